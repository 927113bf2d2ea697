"""The Open Contracting Data Standard 1.1: contracts of the record as releases and records, and contracts that begin from them."""
