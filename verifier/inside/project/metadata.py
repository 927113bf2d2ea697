"""What a project's own metadata says: whether it can be installed, its extras and groups, the Python that it requires."""

import ast
import re

from .reader import inside, table, texts

PRE_RELEASE = r"(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|post|dev)[-_.]?\d*)*"
SPECIFIER = re.compile(r"(?:===|[<>=!~]=|[<>])[\w.*+!-]+")


class Project:
    """The metadata files of one folder, read once."""

    def __init__(self, reader, folder):
        self.reader = reader
        self.folder = folder
        self.pyproject = reader.toml(inside(folder, "pyproject.toml"))
        self.setup_cfg = reader.ini(inside(folder, "setup.cfg"))
        self.setup_py = reader.python(inside(folder, "setup.py"))
        self.pipfile = reader.toml(inside(folder, "Pipfile"))
        self.poetry = table(self.pyproject, "tool", "poetry")

    def path(self, name):
        return inside(self.folder, name)

    @property
    def installable(self):
        """Whether it names itself a package: a project of Poetry without packages is only a list of dependencies."""
        if self.poetry.get("package-mode") is False:
            return False
        if self.poetry and not table(self.pyproject, "project"):
            return self.poetry.get("packages") != []
        declared = table(self.pyproject, "project") or table(self.pyproject, "build-system")
        named = self.setup_cfg is not None and self.setup_cfg.has_section("metadata")
        return bool(declared) or self.setup_py is not None or named

    @property
    def extras(self):
        found = list(table(self.pyproject, "project", "optional-dependencies")) + list(table(self.poetry, "extras"))
        if self.setup_cfg is not None and self.setup_cfg.has_section("options.extras_require"):
            found += self.setup_cfg.options("options.extras_require")
        literal = self._value("extras_require")
        keys = literal.keys if isinstance(literal, ast.Dict) else []
        return list(dict.fromkeys(found + texts([getattr(key, "value", None) for key in keys])))

    @property
    def groups(self):
        return list(table(self.pyproject, "dependency-groups"))

    def keyword(self, name):
        """A literal keyword of the setup() call, read from the syntax tree; a name stands for what it was assigned."""
        value = self._value(name)
        try:
            return None if value is None else ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None

    def _value(self, name):
        call = _setup_call(self.setup_py)
        value = next((keyword.value for keyword in call.keywords if keyword.arg == name), None) if call else None
        return _assigned(self.setup_py, value.id) if isinstance(value, ast.Name) else value

    def requires_python(self):
        """What must hold, each with its place."""
        declared = table(self.pyproject, "project").get("requires-python")
        option = self.setup_cfg is not None and self.setup_cfg.has_option("options", "python_requires")
        found = [
            ("pyproject.toml", "requires-python", declared),
            ("setup.cfg", "python_requires", self.setup_cfg.get("options", "python_requires") if option else None),
            ("setup.py", "python_requires", self.keyword("python_requires")),
            ("pyproject.toml", "python", pep440(table(self.poetry, "dependencies").get("python"))),
        ]
        return [
            {"text": text, "path": self.path(name), "line": self.reader.line(self.path(name), word)}
            for name, word, text in found
            if isinstance(text, str) and text.strip()
        ]

    def classifiers(self):
        listed = texts(table(self.pyproject, "project").get("classifiers")) or texts(self.keyword("classifiers"))
        if not listed and self.setup_cfg is not None and self.setup_cfg.has_option("metadata", "classifiers"):
            listed = self.setup_cfg.get("metadata", "classifiers").splitlines()
        return [line.strip() for line in listed]


def _setup_call(tree):
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call)) if tree else ()
    return next((call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) == "setup"), None)


def _assigned(tree, name):
    """The value of the last plain assignment to a name at the top of the file."""
    values = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == name for target in node.targets)
    ]
    return values[-1] if values else None


def pep440(text):
    """A version constraint of Poetry in PEP 440's words (https://python-poetry.org/docs/dependency-specification/)."""
    if not isinstance(text, str):
        return None
    parts = [
        _constraint(part.strip())
        for part in re.sub(r"([<>=!~^])\s+", r"\1", text.rpartition("|")[2]).replace(" ", ",").split(",")
        if part.strip()
    ]
    return ",".join(part for part in parts if part)


def _constraint(part):
    match = re.fullmatch(r"(\^|~|=)?v?(\d{1,9}(?:\.\d{1,9})*)(\.\*|%s)" % PRE_RELEASE, part)
    if match is None:
        return part if SPECIFIER.fullmatch(part) else ""
    sign, release, rest = match.groups()
    if sign in (None, "="):
        return "==" + release + rest
    return ">=%s%s,<%s" % (release, rest.replace(".*", ""), _next([int(number) for number in release.split(".")], sign))


def _next(release, sign):
    """The first version that a caret (the next that may break) or a tilde (the next minor) keeps out."""
    if sign == "~":
        place = min(1, len(release) - 1)
    else:
        place = next((index for index, number in enumerate(release) if number), len(release) - 1)
    return ".".join(str(number) for number in [*release[:place], release[place] + 1])
