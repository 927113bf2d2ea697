"""The test commands that a project itself documents: in tox, nox, Makefiles, scripts and the files of its CI.

Read as text and never run. Each is found as words, the folder that it runs in, the environment beside it, and its place.
"""

import ast
import posixpath
import re
import shlex
from itertools import islice

from .reader import first, inside, table, texts
from .requirements import CI

READMES = re.compile(r"(?:readme|contributing|testing)(?:\.(?:md|rst|txt))?", re.IGNORECASE)
SCRIPTS = re.compile(r"(?:scripts?/|bin/)?(?:run[-_]?)?tests?(?:[-_]\w+)?\.sh|(?:scripts?|bin)/tests?")
TARGET = re.compile(
    r"^(tests?|check|unit-?tests?|test-unit|pytest)\s*:(?!=)[^\n]*\n((?:\t[^\n]*\n|\s*\n)*)", re.MULTILINE
)
EXPORTED = re.compile(r"(?m)^(?:[\w-]+[ \t]*:[ \t]*)?export[ \t]+(\w+)[ \t]*[:?]?=[ \t]*([^\n#]*?)[ \t]*$")
# What a part of a README is about that is read as a command.
SHOWN = ("-m unittest", "-m doctest", "pytest", "PYTHONPATH=")
BEFORE = {
    "poetry",
    "pipenv",
    "uv",
    "pdm",
    "hatch",
    "rye",
    "run",
    "sudo",
    "time",
    "xvfb-run",
    "exec",
    "env",
    "coverage",
    "-m",
    "python",
    "python3",
}
RUNNERS = {"pytest": "pytest", "py.test": "pytest", "nosetests": "nosetests", "nose2": "nose2"}
# Variables that steer the interpreter, the tools or us, or that say where things are on the machine of somebody else.
STEERING = re.compile(
    r"PATH|HOME|SHELL|USER|PWD|TMPDIR|LANG|LC_\w+|TZ|LD_\w+|DYLD_\w+|PYTHON\w*|PY|COVERAGE_\w+|COV_\w+|PYTEST_\w+|PIP_\w+|UV_\w+"
    r"|VIRTUAL_ENV|CONDA_\w+|TOX\w*|NOX\w*|VERIFIER_\w+|GIT_\w+|GITHUB_\w+|\w*_proxy|\w*_PROXY|DJANGO_TEST_PROCESSES",
)
# How a value names the folder in which its command runs, the tree's root, and what was on the path before.
HERE = re.compile(r"(?:\$\$?\{?PWD\}?|\$\$?\(pwd\)|\$[({](?:CURDIR|PWD)[)}]|`pwd`|\{toxinidir\}|\{tox_root\})(?=/|$)")
ROOT = re.compile(
    r"(?:\$\{\{\s*github\.workspace\s*\}\}|\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|TRAVIS_BUILD_DIR)\}?)(?=/|$)"
)
BEFORE_IT = re.compile(
    r"\$\$?\{PYTHONPATH[^}]*\}|\$\$?\(PYTHONPATH\)|\$\$?PYTHONPATH\b|\{env:PYTHONPATH[^}]*\}|%PYTHONPATH%"
)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MAX_VALUE = 500
MAX_LINES = 500  # of one piece of shell, and of the commands in one line
MOST_VARIABLES = 200
MOST_COMMANDS = 100


class Found:
    """One documented command: `words` from the runner on, `folder` from the tree's root.

    `imports` are the delivered folders that it puts on Python's path; nothing else of a variable that steers is taken over.
    """

    def __init__(self, words, folder, env, where, there=()):
        self.words = words
        self.folder = folder
        self.where = where
        kept = [name for name in env if not STEERING.fullmatch(name)][:MOST_VARIABLES]
        self.env = {name: env[name] for name in kept}
        self.imports, whole = _imported(env.get("PYTHONPATH", ""), folder, there)
        steering = (name for name in env if STEERING.fullmatch(name) and not (whole and name == "PYTHONPATH"))
        self.dropped = sorted(steering)[:MOST_VARIABLES]


def commands(reader, folder):
    """Those for the project in this folder, what the project's own tools say before what its CI says."""
    found = []
    for shell, place, env, where in (
        *_tox(reader, folder),
        *_make(reader, folder),
        *_scripts(reader, folder),
        *_nox(reader, folder),
    ):
        found += _in_shell(reader, shell, place, env, where)
    for path in filter(CI.fullmatch, reader.files):
        for shell, place, env, where in _ci(reader, path):
            found += _in_shell(reader, shell, place, env, where)
    return [
        one
        for one in found
        if one.folder in reader.folders and (one.folder + "/").startswith(("" if folder == "." else folder + "/"))
    ]


def explained(reader, folder):
    """The test commands that a README shows; those of pytest are tried without its word, but for where they import from."""
    prefix = "" if folder == "." else folder + "/"
    found = []
    for path in reader.files:
        if path.startswith(prefix) and READMES.fullmatch(path[len(prefix) :]):
            shown = [part for line in (reader.text(path) or "").splitlines() for part in line.split("`")]
            shell = "\n".join(part.strip().lstrip("$>% ") for part in shown if any(word in part for word in SHOWN))
            found += _in_shell(reader, shell, folder, {}, path + ":1", followed=True)
    return [one for one in found if one.words[0] in ("unittest", "doctest", "pytest") and one.folder in reader.folders]


def _imported(value, folder, there):
    """(the folders among `there` that a PYTHONPATH names, from the tree's root; whether that is all of it)."""
    found, whole = [], True
    for piece in re.split("[:;]", BEFORE_IT.sub("", value)):
        root, here = ROOT.match(piece), HERE.match(piece)
        start = "." if root else folder
        named = piece[(root or here).end() :].lstrip("/") if root or here else piece
        path = posixpath.normpath(posixpath.join(start, named)) if literal(named) else ".."
        if path in there:
            found += [path] if piece else []
        else:
            whole = False
    return list(dict.fromkeys(found)), whole


def told(name, value):
    """Whether the value of a variable can be taken as it stands; of Python's path each part is looked at by itself."""
    return literal(value) or (name == "PYTHONPATH" and isinstance(value, str) and len(value) <= MAX_VALUE)


def literal(value):
    """A value that is written out: nothing of a shell or a template in it."""
    return (
        isinstance(value, str)
        and len(value) <= MAX_VALUE
        and not re.search(r"\$|`|\{\{|\{(?:env|tox|posargs|\[)|[\n\0]", value)
    )


def _in_shell(reader, text, folder, env, where, *, followed=False):
    """The test commands in a piece of shell, line by line; `cd` and `export` hold for what comes after."""
    found, env, path = [], dict(islice(env.items(), 2 * MOST_VARIABLES)), where.partition(":")[0]
    for line in re.sub(r"\\\n\s*", " ", text).replace("$(shell pwd)", "$(pwd)").splitlines()[:MAX_LINES]:
        for part in re.split(r"&&|\|\||;|\|", line, maxsplit=MAX_LINES)[:MAX_LINES]:
            words = _words(part)
            while (words and words[0] in ("export", "env", "set")) or (words and re.match(r"[A-Za-z_]\w*=", words[0])):
                name, sign, value = words.pop(0).partition("=")
                if sign and told(name, value) and len(env) < 2 * MOST_VARIABLES:
                    env[name] = value
            if words[:1] == ["cd"] and len(words) > 1 and literal(words[1]):
                folder = _moved(folder, words[1])
            runner = _runner(words)
            if runner:
                number = reader.line(path, line.strip())
                place = "%s:%d" % (path, number) if number else where
                found.append(Found(runner, folder, dict(env), place, reader.folders))
            elif words and not followed:
                found += _followed(reader, words, folder, env)
            if len(found) >= MOST_COMMANDS:
                return found[:MOST_COMMANDS]
    return found


def _words(part):
    try:
        return [word for word in shlex.split(part.strip().lstrip("@-"), comments=True) if word]
    except ValueError:
        return []


def _moved(folder, target):
    parts = [] if folder == "." else folder.split("/")
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or "."


def _followed(reader, words, folder, env):
    """`make test` and `./test.sh`: one level down."""
    if words[0] == "make" and len(words) > 1:
        targets = [found for found in _make(reader, folder, words[1]) if found]
        return [
            one
            for shell, place, more, where in targets
            for one in _in_shell(reader, shell, place, {**env, **more}, where, followed=True)
        ]
    script = _moved(folder, words[1] if words[0] in ("sh", "bash") and len(words) > 1 else words[0])
    text = reader.text(script) if script.endswith(".sh") else None
    return _in_shell(reader, text, folder, env, script + ":1", followed=True) if text else []


def _runner(words):
    """The words from the test runner on, or None where this is no test command: ["pytest", ...], ["manage.py", "test", ...]."""
    for index, word in enumerate(words):
        name = re.sub(r"^(?:\{\w+\}/|\./|.*/bin/)", "", word)
        found = _known(name, words[index + 1 :], words[index - 1] if index else "")
        if found:
            return found
        plain = name in BEFORE or word.startswith(("-", "{")) or re.fullmatch(r"python[\d.]*|\S+=\S+", name)
        if not plain and not (index and words[index - 1].startswith("-")):
            return None
    return None


def _known(name, rest, before):
    """The runner of this name; `python -m NAME` is told by the word before it."""
    if name in RUNNERS:
        return [RUNNERS[name], *rest]
    if before == "-m" and name in ("unittest", "doctest"):
        return [name, *rest]
    if rest[:1] == ["test"]:
        if name == "django-admin" or (before == "-m" and name == "django"):
            return ["django", *rest]
        if re.fullmatch(r"(?:[\w.-]+/)*manage\.py", name):
            return [name, *rest]
        if name == "setup.py":
            return ["pytest"]
    return [name, *rest] if re.fullmatch(r"(?:[\w/]+/)?run_?tests?\.py", name) else None


def _tox(reader, folder):
    path = inside(folder, "tox.ini")
    ini = reader.ini(path)
    for section in ini.sections() if ini is not None else []:
        if section == "testenv" or section.startswith("testenv:"):
            env = {}
            for line in ini.get(section, "setenv", fallback=ini.get(section, "set_env", fallback="")).splitlines():
                name, sign, value = line.strip().partition("=")
                if sign and NAME.fullmatch(name.strip()) and told(name.strip(), value.strip()):
                    env[name.strip()] = value.strip()
            shell = re.sub(r"(?m)^[\w.{},!-]+:\s+", "", ini.get(section, "commands", fallback="")).replace(
                "{posargs}", ""
            )
            yield (
                re.sub(r"\{posargs:([^}]*)\}", r"\1", shell),
                folder,
                env,
                "%s:%d" % (path, reader.line(path, "[%s]" % section) or 1),
            )


def _make(reader, folder, target=""):
    path = inside(folder, "Makefile")
    text = (reader.text(path) or "") + "\n"
    env = {name: value for name, value in EXPORTED.findall(text)[:MOST_VARIABLES] if told(name, value)}
    for match in TARGET.finditer(text):
        if not target or match[1] == target:
            shell = re.sub(r"\$\(?\{?ARGS\}?\)?|\\\n\s*", " ", match[2].replace("\t", ""))
            for line in shell.splitlines():  # each is given to a shell of its own
                yield line, folder, env, "%s:%d" % (path, reader.line(path, match[0].splitlines()[0]) or 1)


def _scripts(reader, folder):
    prefix = "" if folder == "." else folder + "/"
    for path in reader.files:
        if path.startswith(prefix) and SCRIPTS.fullmatch(path[len(prefix) :]):
            yield reader.text(path) or "", folder, {}, path + ":1"


def _nox(reader, folder):
    path = inside(folder, "noxfile.py")
    tree = reader.python(path)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "run":
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield shlex.join(words), folder, _given(node), "%s:%d" % (path, node.lineno)


def _given(call):
    """The variables that are written out in `session.run(..., env={"A": "one"})`."""
    given = next((one.value for one in call.keywords if one.arg == "env"), None)
    pairs = zip(given.keys, given.values, strict=True) if isinstance(given, ast.Dict) else ()
    return _literals({getattr(name, "value", None): getattr(value, "value", None) for name, value in pairs})


def _ci(reader, path):
    data = reader.yaml(path)
    if path.startswith(".github/"):
        return _github(data, path)
    if path.startswith(".circleci/"):
        return _circle(data, path)
    if path == ".travis.yml":
        shell = "\n".join(texts(table(data).get("before_script", [])) + texts(table(data).get("script", [])))
        return [(shell, ".", _travis_env(table(data)), path + ":1")]
    return [
        (
            "\n".join(texts(job.get("before_script", [])) + texts(job.get("script", []))),
            ".",
            {**_literals(table(data, "variables")), **_literals(table(job, "variables"))},
            path + ":1",
        )
        for job in table(data).values()
        if isinstance(job, dict)
    ]


def _literals(mapping):
    return {
        name: value
        for name, value in mapping.items()
        if isinstance(name, str) and NAME.fullmatch(name) and told(name, value)
    }


def _github(data, path):
    for job in table(data, "jobs").values():
        defaults = {**table(data, "defaults", "run"), **table(job, "defaults", "run")}
        steps = table(job).get("steps")
        env = {**_literals(table(data, "env")), **_literals(table(job, "env"))}
        for step in steps if isinstance(steps, list) else []:
            if isinstance(table(step).get("run"), str):
                place = _placed(first({**defaults, **step}.get("working-directory"), "."), job)
                yield step["run"], _moved(".", place), {**env, **_literals(table(step, "env"))}, path + ":1"


def _placed(folder, job):
    """A folder with the first value of the matrix in its place."""
    matrix = table(job, "strategy", "matrix")
    folder = re.sub(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}", lambda found: first(matrix.get(found[1]), "."), folder)
    return re.sub(r"\$\{\{[^}]*\}\}|\$GITHUB_WORKSPACE", ".", folder)


def _circle(data, path):
    for job in table(data, "jobs").values():
        images = table(job).get("docker")
        env = _literals(table(job, "environment"))
        for image in images[:1] if isinstance(images, list) else []:
            env = {**_literals(table(image, "environment")), **env}
        steps = table(job).get("steps")
        for step in steps if isinstance(steps, list) else []:
            run = step.get("run") if isinstance(step, dict) else None
            shell = run if isinstance(run, str) else table(run).get("command")
            if isinstance(shell, str):
                yield shell, ".", {**env, **_literals(table(run, "environment"))}, path + ":1"


def _travis_env(data):
    env = data.get("env")
    lines = texts(env.get("global")) if isinstance(env, dict) else texts(env)[:1]  # a list alone is a matrix
    pairs = [word.partition("=") for line in lines for word in _words(line)]
    return {name: value for name, sign, value in pairs if sign and NAME.fullmatch(name) and told(name, value)}
