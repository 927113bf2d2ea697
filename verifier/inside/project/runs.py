"""How a delivery's tests may be run: for each project the ways in the order in which a patient person would try them.

A way that the project documents comes first. What could leave out tests (labels, -k, -m, --ignore) is not taken over.
"""

import ast
import fnmatch
import os
import re
import shlex
from collections import Counter

from .commands import STEERING, commands, explained, literal
from .folders import ASIDE
from .pytest_settings import WORK, ini_text, joined, kept_options, settings
from .reader import inside
from .unapplied import EXAMPLES

MOST = 6
TEST_FILE = re.compile(r"(?:test_.*|.*_test|tests)\.py")
# unittest's own pattern and the name that Django's `startapp` gives.
UNITTEST_FILES = "test*.py *_test.py tests.py"
# Options of Django's test command that say how, not which (https://docs.djangoproject.com/en/stable/ref/django-admin/#test).
DJANGO_KEPT = re.compile(r"--(settings|pythonpath|testrunner|top-level-directory)(=.*)?|-t")
UNITTEST_KEPT = re.compile(r"discover|-[stp]|--(start-directory|top-level-directory|pattern)(=.*)?")
# What a folder is called in which the source lies and that is no package itself.
SOURCES = ("src", "lib", "python")
# Of `python -m doctest`: with a value.
DOCTEST_VALUES = ("-o", "--option")
NO_OTHER = "verifier_no_other"  # a name that no function has
# What unittest asks a file for the tests that it is to run, and pytest does not.
LOAD_TESTS = re.compile(r"(?m)^(?:def load_tests\b|load_tests\s*=|from\s.*\bimport\b.*\bload_tests\b)")
DEFINES = re.compile(r"(?m)^[ \t]*(?:async[ \t]+)?def test")
CHOOSE = ("testpaths", "norecursedirs", "python_functions", "python_classes")  # and python_files, which is always ours
SPOKEN = 100  # characters of a command in a note


def runs(reader, projects):
    """(the "runs" of project.json, its "rest", our pytest configurations: {name: text})."""
    suites, files = [], {}
    folders = [project.folder for project in projects]
    for folder in [*folders, *_beside(reader, folders)]:
        others = [one for one in folders if folder == "." != one]
        found = [one for one in commands(reader, folder) if not _below(one.folder, others)]
        shown = [one for one in explained(reader, folder) if not _below(one.folder, others)]
        beside = [*_named(reader, [*found, *shown]), *_doctests(reader, folder, [*found, *shown])]
        beside += _loading(reader, folder, [*found, *shown], others) if _tests_besides(reader, folder, found) else []
        ways = []
        for way in _ways(reader, folder, found, shown, others):
            if len(ways) < MOST and not any(_alike(way, known) for known in ways):
                ways.append(way)
        for way in [*ways, *beside]:
            if way["runner"] == "pytest":
                way["ini"] = "pytest-%d.ini" % len(files)
                files[way["ini"]] = ini_text(way.pop("keys"), way["kept"], way["folder"])
        suites += [ways, *([way] for way in beside)]
    rest = _rest(reader, folders)
    files[rest["ini"]] = ini_text(rest.pop("keys"), rest["kept"], rest["folder"])
    return suites, rest, files


def _rest(reader, folders):
    """How files with tests are run that no way takes up: by pytest, from the root, with nothing in force that chooses tests."""
    configured = settings(reader, folders[0] if len(folders) == 1 else ".")
    found = commands(reader, ".")
    env, places = _environment(found)
    django, module = _django(reader, [".", *folders])
    _import_from(configured, [folder for folder in (*folders, django) if folder not in ("", ".")])
    _import_from(configured, imports(found, explained(reader, ".")))
    if django:
        told = _settings_told(found) or configured.keys.get("DJANGO_SETTINGS_MODULE", module)
        env = {"DJANGO_SETTINGS_MODULE": told, **env}
    way = _pytest(
        ".",
        configured,
        (env, places),
        "named for tests, and run by nothing that the project says",
        python_files="*.py",
    )
    way["keys"] = {key: value for key, value in way["keys"].items() if key not in CHOOSE}
    if _of_one_name(reader, "."):
        way["kept"] = [*way["kept"], "--import-mode=importlib"]
    return {**way, "ini": "pytest-rest.ini", "django": django}


def _django(reader, folders):
    """The folder of the first manage.py that says which settings Django takes, and their module."""
    for home in dict.fromkeys(home for folder in folders for home in _managed(reader, folder)):
        tree = reader.python(inside(home, "manage.py"))
        modules = list(filter(None, map(_settings_module, ast.walk(tree)))) if tree else []
        if modules:
            return home, modules[0]
    return "", ""


def _settings_module(node):
    """`x` of `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "x")` and of `os.environ["DJANGO_SETTINGS_MODULE"] = "x"`."""
    values = []
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "setdefault":
        values = node.args
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        values = [node.targets[0].slice, node.value]
    name, module = ([getattr(value, "value", None) for value in values] + [None, None])[:2]
    return module if name == "DJANGO_SETTINGS_MODULE" and literal(module) else None


def _settings_told(found):
    """The settings that a documented command of Django's gives as an option."""
    text = " ".join(
        word for one in found if "manage.py" in one.words[0] or one.words[0] == "django" for word in one.words
    )
    told = re.search(r"--settings[ =]([\w.]+)", text)
    return told[1] if told else ""


def imported(reader, projects):
    """{"imports": folders that documented commands import from, "modules": {what lies in a folder for source: that folder}}."""
    folders = dict.fromkeys([*(project.folder for project in projects), "."])
    named = [one for folder in folders for one in imports(commands(reader, folder), explained(reader, folder))]
    modules = {}
    for path in reader.files:
        parts = path.split("/")
        for place in [index for index, part in enumerate(parts[:-1]) if part in SOURCES][:1]:
            name = parts[place + 1]
            if path.endswith(".py") and name.removesuffix(".py").isidentifier():
                modules.setdefault(name.removesuffix(".py"), "/".join(parts[: place + 1]))
    return {"imports": list(dict.fromkeys(named)), "modules": modules}


def imports(found, shown=()):
    """The delivered folders from which documented commands import; what a README shows counts where nothing else names one."""
    named = [folder for one in found for folder in one.imports]
    return list(dict.fromkeys(named or [folder for one in shown for folder in one.imports]))


def _of_one_name(reader, folder):
    """Whether two files of tests have one name: pytest's own way to import takes the one for the other."""
    names = Counter(path.rpartition("/")[2] for path in reader.files if path.startswith(_prefix(folder)))
    return any(number > 1 and TEST_FILE.fullmatch(name) for name, number in names.items())


def _alike(one, other):
    return all(one.get(key) == other.get(key) for key in ("runner", "folder", "argv", "env", "keys", "kept"))


def _beside(reader, folders):
    """The root as well, where tests lie outside the projects: a manifest in `app/` does not hide what is in `tests/`."""
    if "." in folders:
        return []
    outside = (path for path in reader.files if not any(path.startswith(folder + "/") for folder in folders))
    tests = (path for path in outside if TEST_FILE.fullmatch(path.rpartition("/")[2]))
    return ["."] if any(not ASIDE.fullmatch(path.partition("/")[0]) for path in tests) else []


def _below(folder, others):
    return any((folder + "/").startswith(other + "/") for other in others)


def _named(reader, found):
    """For each folder one run, beside the ways, of the modules that unittest is told by name and no pattern finds."""
    by_folder = {}
    for one in found:
        modules = _modules(reader, one)
        if modules:
            by_folder.setdefault(one.folder, []).append((one, modules))
    for told in by_folder.values():
        argv = ["-m", "unittest", *dict.fromkeys(module for _, modules in told for module in modules.values())]
        env, places = _environment([one for one, _ in told])
        yield {
            **_script(told[0][0]),
            "argv": [*_from(imports([one for one, _ in told])), *argv],
            "left_out": [],
            "env": env,
            "env_where": places,
            "why": "%s runs %s" % (told[0][0].where, " ".join(argv)[:SPOKEN]),
        }


def _from(folders):
    """The words that tell our script where the run imports from."""
    return ["--import-from=%s" % _at_work(folder) for folder in folders]


def _at_work(path):
    return os.path.normpath(os.path.join(WORK, path))


def _tests_besides(reader, folder, found):
    """Whether pytest is what a folder's tests are run with first, and finds some: what it passes over is run beside them."""
    first = settings(reader, folder).where or any(one.words[0] == "pytest" for one in found) or not found
    return bool(first) and any(DEFINES.search(reader.text(path) or "") for path in _test_files(reader, folder))


def _test_files(reader, folder):
    prefix = _prefix(folder)
    return [
        path
        for path in reader.files
        if path.startswith(prefix)
        and (TEST_FILE.fullmatch(path.rpartition("/")[2]) or fnmatch.fnmatchcase(path.rpartition("/")[2], "test*.py"))
    ]


def _loading(reader, folder, found, others=()):
    """The run, if there is one, of the files that tell unittest by load_tests what their tests are."""
    modules, homes = [], []
    for path in _test_files(reader, folder):
        if LOAD_TESTS.search(reader.text(path) or "") and not _below(path, others):
            module, home = _as_module(reader, path)
            modules.append(module)
            homes.append(home)
    if not modules:
        return []
    argv = ["-m", "unittest", *dict.fromkeys(modules)]
    folders = [folder for folder in [*homes, *imports(found)] if folder != "."]
    way = _manage(folder, _environment(found))
    return [{**way, "argv": [*_from(dict.fromkeys(folders)), *argv], "why": "load_tests says what the tests are"}]


def _as_module(reader, path):
    """(the name by which unittest imports a file, the folder from which it does): that above all packages."""
    home, _, name = path.rpartition("/")
    parts = [name.removesuffix(".py")]
    while home and reader.exists(inside(home, "__init__.py")):
        home, _, name = home.rpartition("/")
        parts.insert(0, name)
    return ".".join(parts), home or "."


def _doctests(reader, folder, found):
    """The run, if there is one, of the files that `python -m doctest` is told to run."""
    told = [(one, path) for one in found if one.words[0] == "doctest" for path in _doctested(reader, one)]
    if not told:
        return []
    configured = settings(reader, folder)
    paths = list(dict.fromkeys(path for _, path in told))
    if "--doctest-modules" in configured.kept:
        paths = [path for path in paths if not path.endswith(".py")]
    first = told[0][0]
    modules = [path for path in paths if path.endswith(".py")]
    configured.kept = [word for word in configured.kept if not word.startswith("--doctest")] + [
        "--doctest-modules"
    ] * bool(modules)
    configured.kept += ["--doctest-glob=%s" % path.rpartition("/")[2] for path in paths if path not in modules]
    _import_from(configured, imports(found))
    keys = {
        "testpaths": shlex.join(map(_at_work, paths)),
        "python_functions": NO_OTHER,
        "python_classes": NO_OTHER,
    }
    if options := [word for word in _options(first) if word.isidentifier()]:
        keys["doctest_optionflags"] = " ".join(options)
    env = _environment([one for one, _ in told])
    return [_pytest(folder, configured, env, "%s runs doctest" % first.where, **keys)] if paths else []


def _doctested(reader, one):
    """The delivered files among the words of such a command."""
    words = one.words[1:]
    values = {index + 1 for index, word in enumerate(words) if word in DOCTEST_VALUES}
    named = [word for index, word in enumerate(words) if index not in values and not word.startswith("-")]
    patterns = [os.path.normpath(inside(one.folder, word)) for word in named if literal(word)]
    return [path for pattern in patterns for path in reader.files if _fits(path, pattern)]


def _fits(path, pattern):
    """As a shell has it: a star goes no further than its folder."""
    return path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(path, pattern)


def _options(one):
    return [after for word, after in zip(one.words, one.words[1:], strict=False) if word in DOCTEST_VALUES]


def _modules(reader, found):
    """What unittest is told to run -> the delivered module that it lies in, of those that are not named for tests."""
    if found.words[0] != "unittest" or "discover" in found.words:
        return {}
    modules = {word: _module(reader, found.folder, word) for word in found.words[1:]}
    return {word: module for word, module in modules.items() if module}


def _module(reader, folder, word):
    """`tests.calc` of `tests/calc.py`, `tests.calc` and `tests.calc.Prices.test_double`."""
    parts = os.path.normpath(re.sub(r"\.py$", "", word)).replace("/", ".").split(".")
    for end in range(len(parts), 0, -1):
        name = parts[end - 1] + ".py"
        if all(map(str.isidentifier, parts)) and reader.exists(inside(folder, "/".join([*parts[: end - 1], name]))):
            return "" if name.startswith("test") or TEST_FILE.fullmatch(name) else ".".join(parts[:end])
    return ""


def _ways(reader, folder, found, shown=(), others=()):
    """`found` is what is documented, `shown` what a README says, `others` are the projects inside this folder.

    Those have ways of their own. What a README says of unittest comes where our own discovery finds no tests.
    """
    pytests = [one for one in found if one.words[0] in ("pytest", "nosetests", "nose2")]
    configured = settings(reader, folder)
    doctests = [word for one in pytests for word in kept_options(shlex.join(one.words[1:]))[0]]
    configured.kept += [word for word in doctests if word == "--doctest-modules" and word not in configured.kept][:1]
    configured.kept += ["--ignore=%s/%s" % (WORK, other) for other in others]
    _import_from(configured, [one.folder for one in pytests if one.folder != folder])
    folders = imports(found, shown)
    _import_from(configured, folders)
    env = _environment(pytests or found)
    scripts = [one for one in found if one not in pytests and one.words[0] != "doctest"]
    documented = [_script(one, _modules(reader, one), one.imports or folders) for one in scripts]
    readmes = [_script(one, _modules(reader, one), one.imports) for one in shown if one.words[0] == "unittest"]
    usual = _pytest(folder, configured, env, _why(configured, pytests))
    managed = [_manage(home, env, folders) for home in _managed(reader, folder)]
    if configured.where or pytests:
        yield from [usual, *documented]
    else:
        yield from [*(documented or managed), usual]
    yield from readmes
    yield from _loading(reader, folder, [*found, *shown], others)
    examples = _examples(reader, folder, usual["env"])
    if examples:
        path, values = examples
        env = ({**values, **usual["env"]}, {**dict.fromkeys(values, path), **usual["env_where"]})
        yield {**_pytest(folder, configured, env, "with the values of %s" % path), "example": path}
    yield from _fallbacks(reader, folder, configured, pytests, (usual["env"], usual["env_where"]), folders=folders)


def _import_from(configured, folders):
    """`cd backend && python -m pytest` imports from there, and `PYTHONPATH=src pytest` from `src`."""
    added = [_at_work(folder) for folder in dict.fromkeys(folders)]
    if added:
        configured.keys["pythonpath"] = joined([configured.keys.get("pythonpath", ""), *added])


def _why(configured, pytests):
    if pytests:
        return "%s runs pytest" % pytests[0].where
    return "pytest is configured in %s" % configured.where if configured.where else "pytest's own rules"


def _environment(found):
    """The variables of the documented command that names most of them (a `make test` that CI runs has both), and their places."""
    if not found:
        return {}, {}
    chosen = max(found, key=lambda one: len(one.env))
    return chosen.env, dict.fromkeys(chosen.env, chosen.where)


def _pytest(folder, configured, env, why, **keys):
    values, places = env
    return {
        "runner": "pytest",
        "folder": folder,
        "keys": {**configured.keys, **keys},
        "kept": configured.kept,
        "left_out": configured.left_out,
        "dropped": configured.dropped,
        "where": configured.where,
        "env": values,
        "env_where": places,
        "why": why,
    }


def _script(found, named=(), folders=()):
    """A documented command that is not pytest's: what chooses among the tests is left out; `named` is run beside it.

    `folders` are those that it imports from besides its own.
    """
    name, rest = found.words[0], found.words[1:]
    pattern = UNITTEST_KEPT if name == "unittest" else DJANGO_KEPT
    if name == "unittest" and rest[:1] == ["discover"] and not (rest[1:2] or ["-"])[0].startswith("-"):
        rest = ["discover", "-s", *rest[1:]]
    kept, left_out = _split(rest[1:] if name != "unittest" and rest[:1] == ["test"] else rest, pattern)
    if name == "unittest":
        argv = ["-m", "unittest", *(kept if kept[:1] == ["discover"] else ["discover", *kept])]
    elif name == "django":
        argv = ["-m", "django", "test", *kept]
    elif name.endswith("manage.py"):
        argv = [name, "test", *kept]
    else:
        argv, left_out = [name], rest
    return {
        "runner": "script",
        "folder": found.folder,
        "argv": [*_from(folders), *argv],
        "left_out": [word for word in left_out if word not in named],
        "where": found.where,
        "env": found.env,
        "env_where": dict.fromkeys(found.env, found.where),
        "why": "%s runs %s" % (found.where, " ".join(argv)[:SPOKEN]),
    }


def _split(words, pattern):
    """Words that match, with the value that follows a bare option, and the others."""
    kept, left_out, index = [], [], 0
    while index < len(words):
        word = words[index]
        takes = (
            word.startswith("-") and "=" not in word and index + 1 < len(words) and not words[index + 1].startswith("-")
        )
        taken = words[index : index + (2 if takes and pattern.fullmatch(word) else 1)]
        (kept if pattern.fullmatch(word) and all(map(literal, taken)) else left_out).extend(taken)
        index += len(taken)
    return kept, left_out


def _examples(reader, folder, known):
    """The values of a file that the project gives as an example of its environment, where they add something."""
    for name in EXAMPLES:
        path = inside(folder, name)
        lines = (reader.text(path) or "").splitlines()
        pairs = [
            line.strip().removeprefix("export ").partition("=")
            for line in lines
            if re.match(r"\s*(export )?[A-Za-z_]\w*=", line)
        ]
        values = {n: v.strip("\"'") for n, _, v in pairs if n not in known and literal(v) and not STEERING.fullmatch(n)}
        if values:
            return path, values
    return None


def _fallbacks(reader, folder, configured, pytests, env, *, folders):
    paths = [
        word
        for one in pytests
        for word in one.words[1:]
        if re.fullmatch(r"[\w./-]+", word) and not word.startswith("-")
    ]
    paths = [
        path
        for path in dict.fromkeys(paths)
        if any(f == inside(folder, path) or f.startswith(inside(folder, path).rstrip("/") + "/") for f in reader.files)
    ]
    if paths and "testpaths" not in configured.keys:
        yield {
            **_pytest(folder, configured, env, "the paths that %s names" % pytests[0].where, testpaths=" ".join(paths)),
            "paths": paths,
        }
    if _of_one_name(reader, folder):
        way = _pytest(folder, configured, env, "each file imported for itself: two have one name")
        yield {**way, "kept": [*configured.kept, "--import-mode=importlib"], "whole": True}
    for home in _managed(reader, folder):
        yield _manage(home, env, folders)
    if "python_files" not in configured.keys:
        yield _pytest(
            folder, configured, env, "files named as unittest and Django name them", python_files=UNITTEST_FILES
        )
    discover = [*_from(folders), "-m", "unittest", "discover"]
    yield {**_manage(folder, env), "argv": discover, "why": "unittest's own discovery"}


def _prefix(folder):
    return "" if folder == "." else folder + "/"


def _managed(reader, folder):
    """The folders of Django's manage.py: this one or one below it."""
    prefix = _prefix(folder)
    inner = [path[len(prefix) :] for path in reader.files if path.startswith(prefix)]
    return [
        inside(folder, path).rpartition("/")[0] or "." for path in inner if re.fullmatch(r"(?:[^/]+/)?manage\.py", path)
    ]


def _manage(folder, env, folders=()):
    values, places = env
    return {
        "runner": "script",
        "folder": folder,
        "argv": [*_from(folders), "manage.py", "test"],
        "left_out": [],
        "where": "",
        "env": values,
        "env_where": places,
        "why": "a manage.py lies in %s" % folder,
    }
