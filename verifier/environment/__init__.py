"""How an environment that fits a project is found: which interpreter, which attempts in which order, which repairs. Pure."""
