"""The procurement record: what happened to a contract from award to payment, and what other systems and people get of it."""
