"""How a tool that quotes source writes a secret, so that it can be searched for in what all tools say."""

import re

SHORTEST = 4  # characters
_NAMES_ONE = re.compile(r"pass|pwd|secret|token|key|user|name|auth|admin|login", re.IGNORECASE)


def quotable(secret):
    """Texts that stand for the secret. What may mean something else is one only between quotation marks, a name for one never."""
    if len(secret) >= 8 and re.search("[A-Za-z]", secret) and re.search("[0-9]", secret):
        return (secret,)
    if len(secret) < SHORTEST or _NAMES_ONE.search(secret):
        return ()
    return (f"'{secret}'", f'"{secret}"')
