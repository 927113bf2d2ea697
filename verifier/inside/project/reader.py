"""The delivered tree, read with a bound: nothing is executed or imported; what cannot be read is said and passed over."""

import configparser
import os
import tomllib

MAX_BYTES = 2_000_000


class Reader:
    """The delivered tree, read with a bound; remembers what could not be read."""

    def __init__(self, root):
        self.root = root
        self.unreadable = []

    def text(self, name):
        path = os.path.join(self.root, name)
        try:
            if os.path.islink(path) or not os.path.isfile(path):
                return None
            with open(path, encoding="utf-8-sig") as handle:
                text = handle.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            self.unreadable.append({"path": name, "reason": str(error)[:200]})
            return None
        if len(text) > MAX_BYTES:
            self.unreadable.append({"path": name, "reason": "longer than %d characters" % MAX_BYTES})
            return None
        return text

    def parsed(self, name, parse):
        text = self.text(name)
        if text is None:
            return None
        try:
            return parse(text)
        except (ValueError, RecursionError, MemoryError, configparser.Error, SyntaxError) as error:
            self.unreadable.append({"path": name, "reason": ("%s: %s" % (type(error).__name__, error))[:200]})
            return None

    def toml(self, name):
        return self.parsed(name, tomllib.loads) or {}

    def ini(self, name):
        return self.parsed(name, _ini)


def _ini(text):
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(text)
    return parser


def table(value, *keys):
    """A nested mapping, or an empty one when any part is something else."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
