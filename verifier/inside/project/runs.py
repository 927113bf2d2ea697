"""How a delivery's tests may be run: for each project the ways in the order in which a patient person would try them.

A way that the project documents comes first. What could leave out tests (labels, -k, -m, --ignore) is not taken over.
"""

import ast
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
CHOOSE = ("testpaths", "norecursedirs", "python_functions", "python_classes")  # and python_files, which is always ours
SPOKEN = 100  # characters of a command in a note


def runs(reader, projects):
    """(the "runs" of project.json, its "rest", our pytest configurations: {name: text})."""
    suites, files = [], {}
    folders = [project.folder for project in projects]
    for folder in [*folders, *_beside(reader, folders)]:
        others = [one for one in folders if folder == "." != one]
        found = [one for one in commands(reader, folder) if not _below(one.folder, others)]
        named = list(_named(reader, [*found, *explained(reader, folder)]))
        ways = []
        for way in _ways(reader, folder, found, others):
            if len(ways) < MOST and not any(_alike(way, known) for known in ways):
                ways.append(way)
        for way in ways:
            if way["runner"] == "pytest":
                way["ini"] = "pytest-%d.ini" % len(files)
                files[way["ini"]] = ini_text(way.pop("keys"), way["kept"], way["folder"])
        suites += [ways, *([way] for way in named)]
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
            "argv": argv,
            "left_out": [],
            "env": env,
            "env_where": places,
            "why": "%s runs %s" % (told[0][0].where, " ".join(argv)[:SPOKEN]),
        }


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


def _ways(reader, folder, found, others=()):
    """`found` is what is documented, `others` are the projects inside this folder that have ways of their own."""
    pytests = [one for one in found if one.words[0] in ("pytest", "nosetests", "nose2")]
    configured = settings(reader, folder)
    doctests = [word for one in pytests for word in kept_options(shlex.join(one.words[1:]))[0]]
    configured.kept += [word for word in doctests if word == "--doctest-modules" and word not in configured.kept][:1]
    configured.kept += ["--ignore=%s/%s" % (WORK, other) for other in others]
    _import_from(configured, [one.folder for one in pytests if one.folder != folder])
    env = _environment(pytests or found)
    documented = [_script(one, _modules(reader, one)) for one in found if one not in pytests]
    usual = _pytest(folder, configured, env, _why(configured, pytests))
    managed = [_manage(home, env) for home in _managed(reader, folder)]
    if configured.where or pytests:
        yield from [usual, *documented]
    else:
        yield from [*(documented or managed), usual]
    examples = _examples(reader, folder, usual["env"])
    if examples:
        path, values = examples
        env = ({**values, **usual["env"]}, {**dict.fromkeys(values, path), **usual["env_where"]})
        yield {**_pytest(folder, configured, env, "with the values of %s" % path), "example": path}
    yield from _fallbacks(reader, folder, configured, pytests, (usual["env"], usual["env_where"]))


def _import_from(configured, folders):
    """`cd backend && python -m pytest` imports from there."""
    added = ["%s/%s" % (WORK, folder) for folder in dict.fromkeys(folders)]
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


def _script(found, named=()):
    """A documented command that is not pytest's: what chooses among the tests is left out; `named` is run beside it."""
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
        "argv": argv,
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


def _fallbacks(reader, folder, configured, pytests, env):
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
        yield _manage(home, env)
    if "python_files" not in configured.keys:
        yield _pytest(
            folder, configured, env, "files named as unittest and Django name them", python_files=UNITTEST_FILES
        )
    yield {**_manage(folder, env), "argv": ["-m", "unittest", "discover"], "why": "unittest's own discovery"}


def _prefix(folder):
    return "" if folder == "." else folder + "/"


def _managed(reader, folder):
    """The folders of Django's manage.py: this one or one below it."""
    prefix = _prefix(folder)
    inner = [path[len(prefix) :] for path in reader.files if path.startswith(prefix)]
    return [
        inside(folder, path).rpartition("/")[0] or "." for path in inner if re.fullmatch(r"(?:[^/]+/)?manage\.py", path)
    ]


def _manage(folder, env):
    values, places = env
    return {
        "runner": "script",
        "folder": folder,
        "argv": ["manage.py", "test"],
        "left_out": [],
        "where": "",
        "env": values,
        "env_where": places,
        "why": "a manage.py lies in %s" % folder,
    }
