"""May this be paid? The checks over a chain of signed statements, and what the ledger knows and learns of it."""
