"""What a project says of how it is installed: its own metadata, extras and groups for tests, requirements files."""

import ast

from .reader import table

TEST_NAMES = ("test", "tests", "testing")
DEV_NAMES = ("dev", "develop", "development")
REQUIREMENTS = (
    "requirements{sep}{name}.txt",
    "requirements/{name}.txt",
    "requirements/requirements{sep}{name}.txt",
    "{name}{sep}requirements.txt",
    "tests/requirements.txt",
    "test/requirements.txt",
)


def installation(reader):
    """How the project can be installed: its own metadata, extras and groups for tests, requirements files."""
    pyproject = reader.toml("pyproject.toml")
    project = table(pyproject, "project")
    setup = reader.ini("setup.cfg")
    extras = list(table(project, "optional-dependencies"))
    if setup is not None and setup.has_section("options.extras_require"):
        extras += setup.options("options.extras_require")
    extras += setup_py_extras(reader)
    groups = list(table(pyproject, "dependency-groups"))
    return {
        "installable": installable(reader, pyproject, setup),
        "requires_python": requires_python(reader, project, setup),
        "extras": chosen(extras),
        "groups": chosen(groups),
        "requirements": requirements(reader),
    }


def installable(reader, pyproject, setup):
    if table(pyproject, "project") or table(pyproject, "build-system") or table(pyproject, "tool", "poetry"):
        return True
    if reader.text("setup.py") is not None:
        return True
    return setup is not None and setup.has_section("metadata")


def requires_python(reader, project, setup):
    declared = project.get("requires-python")
    if isinstance(declared, str):
        return declared
    if setup is not None and setup.has_option("options", "python_requires"):
        return setup.get("options", "python_requires")
    value = setup_py_keyword(reader, "python_requires")
    return value if isinstance(value, str) else ""


def setup_py_keyword(reader, name):
    """A literal keyword of the setup() call, read from the syntax tree; the file is never run."""
    tree = reader.parsed("setup.py", ast.parse)
    if tree is None:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "setup":
            for keyword in node.keywords:
                if keyword.arg == name:
                    try:
                        return ast.literal_eval(keyword.value)
                    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                        return None
    return None


def setup_py_extras(reader):
    value = setup_py_keyword(reader, "extras_require")
    return list(value) if isinstance(value, dict) else []


def chosen(names):
    """The names meant for tests; those for development only where none is."""
    lowered = {name.lower(): name for name in names if isinstance(name, str)}
    for wanted in (TEST_NAMES, DEV_NAMES):
        found = [lowered[name] for name in wanted if name in lowered]
        if found:
            return found
    return []


def requirements(reader):
    """Requirements files in their usual places: {"run": [...], "tests": [...], "dev": [...]}."""
    found = {"run": [], "tests": [], "dev": []}
    for name in ("requirements.txt", "requirements/base.txt", "requirements/main.txt", "requirements/prod.txt"):
        if reader.text(name) is not None:
            found["run"].append(name)
    for kind, names in (("tests", TEST_NAMES), ("dev", DEV_NAMES)):
        for pattern in REQUIREMENTS:
            for name in names:
                for sep in ("-", "_"):
                    path = pattern.format(sep=sep, name=name)
                    if path not in found[kind] and reader.text(path) is not None:
                        found[kind].append(path)
    return found
