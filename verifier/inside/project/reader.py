"""The delivered tree, read with a bound: nothing is executed or imported; what cannot be read is said and passed over."""

import ast
import configparser
import functools
import json
import os
import re
import tomllib

import yaml

MAX_BYTES = 2_000_000
MAX_ENTRIES = 20_000
MAX_DEPTH = 4
MAX_ALIASES = 100
MAX_NESTING = 100
MAX_KEYS = 10_000
OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
# Folders that hold no project of the delivery's own.
NOT_OURS = re.compile(
    r"\.(?!github$|circleci$|devcontainer$).*|node_modules|vendor(ed)?|third_party|site-packages|v?env|venv.*|__pycache__|build|dist"
)


class Reader:
    """The delivered tree, read with a bound; remembers what could not be read."""

    def __init__(self, root):
        self.root = root
        self.unreadable = []
        self._files = None

    @property
    def files(self):
        """Paths from the root, sorted; links are not followed, depth and number are bounded."""
        if self._files is None:
            self._files = sorted(self._walk())
        return self._files

    @functools.cached_property
    def folders(self):
        """The folders that hold files, with all above them; "." is the root."""
        return {"."} | {path[: place.start()] for path in self.files for place in re.finditer("/", path)}

    def _walk(self):
        found = []
        for folder, folders, names in os.walk(self.root):
            inner = os.path.relpath(folder, self.root)
            depth = 0 if inner == "." else inner.count(os.sep) + 1
            folders[:] = sorted(
                name for name in folders if depth < MAX_DEPTH and name.isprintable() and not NOT_OURS.fullmatch(name)
            )
            found += [os.path.normpath(os.path.join(inner, name)) for name in sorted(names) if name.isprintable()]
            if len(found) > MAX_ENTRIES:
                self.unreadable.append(
                    {"path": ".", "reason": "more than %d files: not all were looked at" % MAX_ENTRIES}
                )
                return found[:MAX_ENTRIES]
        return found

    def exists(self, name):
        """Whether it is a file of the tree: nothing on the way to it is a link, and it does not lead out."""
        path = os.path.join(self.root, name)
        own = os.path.join(os.path.realpath(self.root), os.path.normpath(name))
        return not os.path.isabs(name) and os.path.isfile(path) and os.path.realpath(path) == own

    def raw(self, name):
        try:
            if not self.exists(name):
                return None
            with open(os.path.join(self.root, name), "rb") as handle:
                content = handle.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            return self._refused(name, str(error)[:200])
        return self._refused(name, "longer than %d bytes" % MAX_BYTES) if len(content) > MAX_BYTES else content

    @functools.lru_cache(maxsize=16)  # noqa: B019 - one reader lives as long as its process
    def text(self, name):
        content = self.raw(name)
        if content is None:
            return None
        try:
            return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        except ValueError as error:
            return self._refused(name, str(error)[:200])

    def _refused(self, name, reason):
        self.unreadable.append({"path": name, "reason": reason})

    def parsed(self, name, parse):
        text = self.text(name)
        if text is None:
            return None
        try:
            return parse(text)
        except (ValueError, RecursionError, MemoryError, configparser.Error, SyntaxError, yaml.YAMLError) as error:
            return self._refused(name, ("%s: %s" % (type(error).__name__, error))[:200])

    def toml(self, name):
        return self.parsed(name, tomllib.loads) or {}

    def json(self, name):
        return self.parsed(name, _json) or {}

    def python(self, name):
        """The syntax tree, or None."""
        return self.parsed(name, _python)

    def ini(self, name):
        return self.parsed(name, _ini)

    def yaml(self, name):
        """One YAML document, everything in it text; many aliases are refused: a few lines of them unfold to gigabytes."""
        return self.parsed(name, _yaml)

    def line(self, name, words):
        """The number of the first line that holds these words, or None."""
        text = self.text(name) or ""
        place = text.find(words)
        return None if place < 0 or not text else text.count("\n", 0, place) + 1


def _ini(text):
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(text)
    return parser


def _json(text):
    data = json.loads(text)
    json.dumps(data, ensure_ascii=False).encode()  # a lone surrogate could not be written again
    return data


def _python(text):
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value.encode()  # likewise
    return tree


def _yaml(text):
    aliases = depth = 0
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        aliases += isinstance(token, yaml.AliasToken)
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if aliases > MAX_ALIASES or depth > MAX_NESTING:
            raise ValueError("YAML with more than %d aliases or levels is not read" % max(MAX_ALIASES, MAX_NESTING))
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - the safe loader, but for what it takes for numbers


class _Loader(yaml.CSafeLoader):
    """Everything stays the text that it was: 3.10 is no number here, and a tag changes nothing."""

    yaml_implicit_resolvers = {"<": yaml.CSafeLoader.yaml_implicit_resolvers["<"]}  # merge keys  # noqa: RUF012
    yaml_constructors = {  # noqa: RUF012
        "tag:yaml.org,2002:map": yaml.CSafeLoader.construct_yaml_map,
        "tag:yaml.org,2002:seq": yaml.CSafeLoader.construct_yaml_seq,
        None: lambda loader, node: loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None,
    }

    def flatten_mapping(self, node):
        super().flatten_mapping(node)
        if len(node.value) > MAX_KEYS:
            raise ValueError("YAML with more than %d keys in one mapping is not read" % MAX_KEYS)


def table(value, *keys):
    """A nested mapping, or an empty one when any part is something else."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def texts(value):
    """A text or a list of texts, as a list of those that are texts."""
    listed = value if isinstance(value, (list, tuple)) else [value]
    return [one for one in listed if isinstance(one, str)]


def first(value, otherwise=""):
    """The text, or the first of a list of them. Never what anything else looks like: an alias of YAML can unfold to gigabytes."""
    return next(iter(texts(value)), otherwise)


def inside(folder, name):
    """A path in a folder, both from the tree's root."""
    return name if folder == "." else "%s/%s" % (folder, name)
