"""Dependencies as a project writes them down beside its metadata: requirements files, Pipfile, Poetry, locks, tox, nox."""

import ast
import posixpath
import re
from collections import Counter

from .metadata import pep440
from .reader import first, inside, table, texts

TESTS = ("test", "tests", "testing")
DEVELOPMENT = ("dev", "develop", "development")
MORE = (*TESTS, *DEVELOPMENT, "ci", "all", "full", "qa", "check")
# Requirements files whose names say that they are for something else than running or testing.
ELSEWHERE = re.compile(
    r"doc|lint|mypy|typing|type-|deploy|lambda|release|publish|build|bench|example|format|black|flake|notebook"
)
FILE = re.compile(
    r"(?:[\w.-]*[-_.])?(?:requirements|reqs?|requires)(?:[-_.][\w.-]*)?\.(?:txt|pip)|requirements/[\w.-]+\.(?:txt|pip)"
)
RUN = re.compile(r"requirements\.(?:txt|pip)|requirements/(?:base|main|prod|production|common|requirements)\.txt")
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
CI = re.compile(r"\.github/workflows/[^/]+\.ya?ml|\.travis\.yml|\.circleci/config\.yml|\.gitlab-ci\.yml")
# What CI installs for itself, and what would measure in our place.
TOOLS = {
    "pip",
    "setuptools",
    "wheel",
    "tox",
    "nox",
    "poetry",
    "pipenv",
    "uv",
    "build",
    "twine",
    "coverage",
    "codecov",
    "coveralls",
}
INCLUDED = re.compile(r"^\s*(-r|-c|--(?:requirement|constraint)(?=[\s=]))[\s=]*(?!/|\w+://)(\S+)")
# What an installation is not asked for, although pip would follow it: another index, and what lies outside the delivery.
OPTION = re.compile(r"\s*(?:-i|-f|--(?:index-url|extra-index-url|find-links|trusted-host|no-index))(?![\w-])")
PLACE = re.compile(
    r"\s*(?:(?:-r|-c|-e|--(?:requirement|constraint|editable)(?=[\s=]))[\s=]*|%s(?:\[[^\]]{0,200}\])?\s*@\s*)?"
    r"(?P<place>(?:file:|[/~.])\S*|\S*/\.\.\S*)" % NAME
)
ADDRESS = re.compile(r"[^#]*(?:git\+|hg\+|svn\+|bzr\+|https?://|ssh://)")
MOST_INCLUDED = 50
PINNED = re.compile(r"(?m)(?:^|[\"'\s])(%s)(?:\[[^\]]{0,200}\])?\s*===?\s*v?(\d[\w.!+-]*)" % NAME)


def files(reader, folder):
    """Requirements files of a folder and of its usual places: {"run": [...], "tests": [...], "dev": [...], "other": [...]}."""
    found = {"run": [], "tests": [], "dev": [], "other": []}
    for path in reader.files:
        inner = _inner(folder, path)
        if inner is None or not FILE.fullmatch(inner.removeprefix("tests/").removeprefix("test/")):
            continue
        found[_kind(inner)].append(path)
    return found


def _inner(folder, path):
    if folder == ".":
        return path
    return path.removeprefix(folder + "/") if path.startswith(folder + "/") else None


def _kind(inner):
    words = set(re.split(r"[-_./]", inner.lower()))
    if RUN.fullmatch(inner):
        return "run"
    if words & set(TESTS):
        return "tests"
    return "dev" if words & set(DEVELOPMENT) else "other"


def chosen(names, wanted=(TESTS, DEVELOPMENT)):
    """The names meant for tests; those for development only where none is."""
    lowered = {name.lower(): name for name in names if isinstance(name, str)}
    for group in wanted:
        found = [lowered[name] for name in group if name in lowered]
        if found:
            return found
    return []


def cleaned(reader, path):
    """(a requirements file in lines that uv reads and may follow, what was done to it); None where it can be taken as it is."""
    lines = expanded(reader, path)
    kept = [(home, line) for home, _, line in lines if not withheld(home, line)]
    if len(kept) < len(lines):
        return [text for home, line in kept for text in placed(home, [line])], "what is refused left out"
    content = reader.raw(path) or b""
    if b"\0" in content or content[:3] == b"\xef\xbb\xbf" or re.search(rb"\r(?!\n)", content):
        return placed(path, (reader.text(path) or "").splitlines()), "its line ends or encoding made plain"
    return None


def expanded(reader, path, known=()):
    """The lines of a requirements file as (path, number, line), with those of the delivered files that it includes."""
    known = [*known, path]
    found = []
    for number, line in enumerate((reader.text(path) or "").splitlines(), 1):
        included = INCLUDED.match(line)
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), included[2])) if included else ""
        if included and included[1] in ("-r", "--requirement") and reader.exists(target) and len(known) < MOST_INCLUDED:
            found += expanded(reader, target, known) if target not in known else []
        else:
            found.append((path, number, line))
    return found


def withheld(path, line):
    """Why an installation is not asked for a line; empty where it is."""
    if OPTION.match(line):
        return "names a package index of its own, which is not asked"
    named = PLACE.match(line)
    place = posixpath.normpath(posixpath.join("/copy", posixpath.dirname(path), named["place"])) if named else "/copy/"
    if not (place + "/").startswith("/copy/") or (named and named["place"].startswith(("file:", "~"))):
        return "leads out of the delivery, and is not followed"
    return ""


def refused(path, line):
    """Likewise, with what is asked for first and cannot be reached."""
    return (
        withheld(path, line)
        or (ADDRESS.match(line) and "is no package of the index, and nothing else can be reached")
        or ""
    )


def placed(path, lines):
    """Lines of a requirements file for a file that lies elsewhere: what they include stays where it is in the tree."""
    home = posixpath.dirname("/copy/" + path)
    return [INCLUDED.sub(lambda found: "%s %s" % (found[1], posixpath.join(home, found[2])), line, 1) for line in lines]


def pipfile(project, *sections):
    """The requirements of a Pipfile's sections."""
    return [line for section in sections for line in _poetic(table(project.pipfile, section), exact=True)]


def poetry(project, *, everything=False):
    """(to run, to test): the requirements of Poetry's dependencies and of its groups for tests or development."""
    groups = {name: table(group, "dependencies") for name, group in table(project.poetry, "group").items()}
    groups.setdefault("dev", table(project.poetry, "dev-dependencies"))
    named = list(groups) if everything else chosen(groups, (TESTS,)) + chosen(groups, (DEVELOPMENT,))
    return _poetic(table(project.poetry, "dependencies")), [line for name in named for line in _poetic(groups[name])]


def _poetic(dependencies, *, exact=False):
    """Requirement lines of a TOML table of dependencies; what is no package of an index (git, path, file, url) is left out."""
    lines = []
    for name, value in dependencies.items():
        one = value[0] if isinstance(value, list) and value else value
        details = one if isinstance(one, dict) else {"version": one}
        if name.lower() == "python" or not re.fullmatch(NAME, name) or {"git", "path", "file", "url"} & details.keys():
            continue
        version = details.get("version")
        version = first(version, "*") if exact else pep440(version)
        extras = ",".join(texts(details.get("extras")))
        marker = details.get("markers")
        line = name + ("[%s]" % extras if extras else "") + ("" if version in ("*", None) else version)
        lines.append(line + ("; %s" % marker if isinstance(marker, str) else ""))
    return lines


def lock(project):
    """(file name, requirement lines, what was left out) of the first lock file that is there, or None."""
    for name, parse in (
        ("poetry.lock", _toml_lock),
        ("pdm.lock", _toml_lock),
        ("uv.lock", _toml_lock),
        ("Pipfile.lock", None),
    ):
        path = project.path(name)
        if parse is None:
            lines, left_out = _pipfile_lock(project.reader.json(path))
        else:
            lines, left_out = parse(project.reader.toml(path))
        if lines:
            return path, lines, left_out
    return None


def _toml_lock(data):
    """Packages of the index with their exact versions; those from elsewhere are named."""
    lines, left_out = [], []
    packages = data.get("package")
    for package in map(table, packages if isinstance(packages, list) else []):
        name, version = package.get("name"), package.get("version")
        source = table(package, "source")
        elsewhere = source.keys() & {"git", "path", "directory", "url", "virtual", "editable"} or source.get(
            "type"
        ) in (
            "git",
            "directory",
            "file",
            "url",
        )
        if not isinstance(name, str) or not isinstance(version, str) or not re.fullmatch(NAME, name):
            continue
        if elsewhere:
            left_out.append(name)
        else:
            marker = package.get("markers") or package.get("marker")
            lines.append("%s==%s%s" % (name, version, "; %s" % marker if isinstance(marker, str) else ""))
    versions = Counter(line.partition("==")[0] for line in lines)
    # Several versions of one package hold for different interpreters: uv chooses.
    return [line for line in lines if versions[line.partition("==")[0]] == 1], left_out


def _pipfile_lock(data):
    lines, left_out = [], []
    for section in ("default", "develop"):
        for name, details in table(data, section).items():
            version = table(data, section, name).get("version")
            if isinstance(version, str) and re.fullmatch(NAME, name):
                marker = details.get("markers")
                lines.append("%s%s%s" % (name, version, "; %s" % marker if isinstance(marker, str) else ""))
            else:
                left_out.append(name)
    return list(dict.fromkeys(lines)), left_out


def tox(reader, folder):
    """Requirement words of tox's environments: plain names and `-r file`."""
    ini = reader.ini(inside(folder, "tox.ini"))
    lines = []
    for section in ini.sections() if ini is not None else []:
        if section == "testenv" or re.match(r"testenv:.*(?:py|test|cov)", section):
            lines += ini.get(section, "deps", fallback="").splitlines()
    return _plain(folder, [found for line in lines if (found := _unconditioned(line))])


def _unconditioned(line):
    """A line without its factors (`django42: Django~=4.2`); of several such lines for one package the last holds.

    One for Python 2 alone (`py27: mock<4`) is left out.
    """
    match = re.match(r"^([\w.{},!-]+):\s+(.*)$", line.strip())
    if match is None:
        return line.strip()
    return "" if re.search(r"(?<!!)\bpy2\d", match[1]) and "py3" not in match[1] else match[2]


def nox(reader, folder):
    """The literal words of `session.install(...)`."""
    tree = reader.python(inside(folder, "noxfile.py"))
    words = []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "install":
            given = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            words += _joined(given)
    return _plain(folder, words)


def continuous_integration(reader, folder):
    """The packages that the project's own CI and Makefile install by name."""
    paths = [path for path in reader.files if CI.fullmatch(path)] + [inside(folder, "Makefile")]
    lines = []
    for path in paths:
        for match in re.finditer(r"pip3? install ([^\n&|;]+)", reader.text(path) or ""):
            lines += [
                re.sub(r"[=<>~!].*", "", word) if "$" in word else word
                for word in match[1].replace('"', " ").replace("'", " ").split()
            ]
    return _plain(folder, [line for line in lines if not line.startswith((".", "-")) and line.lower() not in TOOLS])


def _joined(words):
    """`-r`, `x.txt` as one line."""
    return [" ".join(pair) for pair in re.findall(r"(-r) (\S+)", " ".join(words))] + [
        word for before, word in zip(["", *words], words, strict=False) if before != "-r" and not word.startswith("-")
    ]


def _plain(folder, lines):
    """Names with versions and requirements files; of several lines for one package the last. No address, no path."""
    found = {}
    for line in lines:
        file = re.fullmatch(r"-r\s*(?:\{toxinidir\}/)?([\w./-]+)", line.strip())
        if file:
            found[line] = "-r /copy/" + inside(folder, file[1])
            continue
        match = re.match(r"(%s)(\[[\w,-]*\])?\s*((?:[<>=!~]=?=?\s*[\w.*]+,?\s*)*)(;.*)?$" % NAME, line.strip())
        if match:
            found[match[1].lower()] = line.strip()
    return list(found.values())


def pinned(reader, paths):
    """{name: version} of packages that manifests pin to one version."""
    found = [pair for path in paths for pair in PINNED.findall(reader.text(path) or "")]
    return {name.lower(): version for name, version in sorted(found) if name.lower() != "python"}
