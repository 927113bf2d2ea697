"""Who may sign what: the trust policy, its own trust, and reading signed statements under it."""
