"""What a project would steer its own tests or installation by, and what is not applied of it: [{path, line, what}].

Its pytest configuration is not here: each way to run the tests says itself what it leaves out (runs.py).
"""

import re

from .commands import STEERING, commands
from .pytest_settings import left_out_of
from .reader import inside, table, texts
from .requirements import expanded, files, refused

EXAMPLES = (".env.example", ".env.test", ".env.sample", "env.example", ".env.dist")
"""Files of a project that show the variables which it reads."""
MOST = 200  # of one kind
CUT = 200  # characters of a line
CREDENTIALS = re.compile(r"//[^/@\s]*@")


def of_tests(reader, projects):
    """The variables and options of documented commands, and the variables of an example, that would act on the runner."""
    folders = list(dict.fromkeys([*(project.folder for project in projects), "."]))
    found = [(one, place) for folder in folders for one, place in _commanded(reader, folder)]
    found += [(one, place) for folder in folders for one, place in _exemplified(reader, folder)]
    return [_at(place, what) for what, place in dict.fromkeys(found)][:MOST]


def _commanded(reader, folder):
    for one in commands(reader, folder):
        yield from (("variable %s of a test command" % name, one.where) for name in one.dropped)
        if one.words[0] == "pytest":
            yield from (("option %s of a test command" % word, one.where) for word in left_out_of(one.words[1:]))


def _exemplified(reader, folder):
    for path in (inside(folder, name) for name in EXAMPLES):
        for number, line in enumerate((reader.text(path) or "").splitlines(), 1):
            name = line.strip().removeprefix("export ").partition("=")[0]
            if "=" in line and STEERING.fullmatch(name):
                yield "variable %s of an example" % name, "%s:%d" % (path, number)


def of_installation(reader, projects):
    """Lines of its lists of requirements, and requirements of its metadata, that an installation cannot or may not follow."""
    paths = {path for one in projects for listed in files(reader, one.folder).values() for path in listed}
    lines = {line for path in paths for line in expanded(reader, path)}
    lines |= {line for project in projects for line in _declared(project)}
    found = [("%s:%d" % (path, number), refused(path, line), line) for path, number, line in sorted(lines)]
    return [_at(place, "%s: %s" % (why, _shown(line))) for place, why, line in found if why][:MOST]


def _declared(project):
    declared, path = table(project.pyproject, "project"), project.path("pyproject.toml")
    groups = [
        *table(declared, "optional-dependencies").values(),
        *table(project.pyproject, "dependency-groups").values(),
    ]
    for line in (one for group in (declared.get("dependencies"), *groups) for one in texts(group)):
        yield path, project.reader.line(path, line) or 1, line


def _shown(line):
    """Without credentials: an address may hold them."""
    return CREDENTIALS.sub("//", " ".join(line.split()))[:CUT]


def _at(place, what):
    path, _, line = place.partition(":")
    return {"path": path, "line": int(line) if line.isdigit() else None, "what": what}
