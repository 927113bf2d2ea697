"""How a delivery may be installed: the ways in the order in which a patient person would try them, and the Python it wants."""

import re

from . import python_versions, requirements, unapplied
from .reader import inside, table, texts

OURS = re.compile(r"coverage[\s=;\[]")  # measured with our own, whatever is locked


class Lists:
    """Requirement lines that stand in no file that uv reads: written beside our own, and named by their path in the sandbox."""

    def __init__(self):
        self.files = {}

    def add(self, stem, lines):
        name = "%s-%d.txt" % (stem, len(self.files))
        self.files[name] = "\n".join(lines) + "\n"
        return "/in/" + name


def install(reader, projects):
    """(the "install" of project.json, the lists to write: {name: text})."""
    lists = Lists()
    declared = [part for project in projects for part in _declared(project, lists)]
    more = [part for project in projects for part in _more(project, lists)]
    locks = [found for project in projects if (found := requirements.lock(project))]
    ways = []
    if locks and declared:
        names = ", ".join(path for path, _, _ in locks)
        constraints = [lists.add("lock", [line for line in lines if not OURS.match(line)]) for _, lines, _ in locks]
        ways.append(
            {"name": "as declared, with the versions of %s" % names, "parts": declared, "constraints": constraints}
        )
    ways.append({"name": "as declared" if declared else "no manifest", "parts": declared, "constraints": []})
    more = [part for part in more if part["words"] not in [known["words"] for known in declared]]
    if more:
        ways.append({"name": "as declared, and every other manifest", "parts": declared + more, "constraints": []})
    reachable = [_within_index(reader, part, lists) for part in declared]
    if reachable != declared:
        ways.append(
            {"name": "as declared, without what lies outside the package index", "parts": reachable, "constraints": []}
        )
    paths = sorted({part["path"] for part in declared + more} | _metadata(reader, projects))
    return {
        "requires_python": [one for project in projects for one in project.requires_python()],
        "wanted_python": python_versions.wanted(reader, projects),
        "ways": ways,
        "pinned": requirements.pinned(reader, paths),
        "refused": unapplied.of_installation(reader, projects),
        "manifests": {path: reader.text(path)[:100_000] for path in paths if reader.text(path)},
    }, lists.files


def _metadata(reader, projects):
    names = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile")
    return {project.path(name) for project in projects for name in names if reader.exists(project.path(name))}


def _part(what, words, path):
    return {"what": what, "words": words, "path": path}


def _declared(project, lists):
    """The project with what it declares for its tests; what is meant for development only where nothing is."""
    reader, folder = project.reader, project.folder
    extras, groups = requirements.chosen(project.extras), requirements.chosen(project.groups)
    files = requirements.files(reader, folder)
    named = bool(extras or groups)
    paths = files["run"] + (files["tests"] or ([] if named else files["dev"]))
    parts = []
    if project.installable:
        parts.append(_editable(project, extras))
    parts += [_group(folder, group) for group in groups]
    parts += [_listed(lists, *found) for found in _in_tables(project) if found[1]]
    parts += [_file(reader, lists, path) for path in paths]
    tox = requirements.tox(reader, folder)
    if tox and not named and not files["tests"] and not files["dev"]:
        parts.append(_listed(lists, "tox.ini", tox, inside(folder, "tox.ini")))
    return parts


def _editable(project, extras):
    path = "." if project.folder == "." else "./" + project.folder
    bracket = "[%s]" % ",".join(extras) if extras else ""
    metadata = next(n for n in ("pyproject.toml", "setup.py", "setup.cfg") if project.reader.exists(project.path(n)))
    return _part("the project" + bracket, ["--editable", path + bracket], project.path(metadata))


def _group(folder, group):
    word = group if folder == "." else "%s/pyproject.toml:%s" % (folder, group)
    return _part("dependency group %s" % group, ["--group", word], inside(folder, "pyproject.toml"))


def _listed(lists, what, lines, path):
    return _part(what, ["--requirement", lists.add("listed", lines)], path)


def _file(reader, lists, path):
    found = requirements.cleaned(reader, path)
    if found is None:
        return _part(path, ["--requirement", path], path)
    lines, done = found
    return _part("%s (%s)" % (path, done), ["--requirement", lists.add("plain", lines)], path)


def _within_index(reader, part, lists):
    """A requirements file without its lines that name an address: an installation can reach the package index alone."""
    lines = requirements.expanded(reader, part["path"]) if part["path"].endswith((".txt", ".pip")) else []
    kept = [(path, line) for path, _, line in lines if not requirements.refused(path, line)]
    if len(kept) == len(lines):
        return part
    listed = lists.add("reachable", [placed for path, line in kept for placed in requirements.placed(path, [line])])
    return _part("%s without addresses" % part["path"], ["--requirement", listed], part["path"])


def _in_tables(project):
    """(what, lines, path) of dependencies that are written in tables which only their own tool reads."""
    path = project.path("pyproject.toml")
    run, test = requirements.poetry(project)
    if not project.installable:
        declared = table(project.pyproject, "project")
        extras = [declared.get("dependencies"), *_values(declared, "optional-dependencies")]
        yield "the project's dependencies", [line for listed in extras for line in texts(listed)], path
    if project.poetry and not project.installable:
        yield "Poetry's dependencies", run, path
    yield "Poetry's dependencies for tests", test, path
    yield "Pipfile", requirements.pipfile(project, "packages", "dev-packages"), project.path("Pipfile")
    pdm = table(project.pyproject, "tool", "pdm", "dev-dependencies")
    yield "PDM's dependencies for tests", [line for name in requirements.chosen(pdm) for line in texts(pdm[name])], path
    yield (
        "uv's dependencies for development",
        texts(table(project.pyproject, "tool", "uv").get("dev-dependencies", [])),
        path,
    )
    hatch = table(project.pyproject, "tool", "hatch", "envs")
    names = ("hatch-test", "test", "default")
    lines = [
        line
        for name in names
        for key in ("dependencies", "extra-dependencies")
        for line in texts(table(hatch, name).get(key, []))
    ]
    yield "hatch's dependencies for tests", lines, path
    tests_require = project.keyword("tests_require")
    yield "tests_require", texts(tests_require) if tests_require else [], project.path("setup.py")


def _values(declared, name):
    listed = table(declared, name)
    return [listed[one] for one in requirements.chosen(listed)]


def _more(project, lists):
    """Everything else that may say what the tests need."""
    reader, folder = project.reader, project.folder
    named = [name for name in project.extras if name.lower() in requirements.MORE]
    groups = [name for name in project.groups if name.lower() in requirements.MORE]
    files = requirements.files(reader, folder)
    paths = [
        path for kind in ("tests", "dev", "other") for path in files[kind] if not requirements.ELSEWHERE.search(path)
    ]
    parts = [_editable(project, named)] if project.installable and named else []
    parts += [_group(folder, group) for group in groups]
    parts += [_file(reader, lists, path) for path in paths]
    _, every = requirements.poetry(project, everything=True)
    others = [
        ("Poetry's groups", every, inside(folder, "pyproject.toml")),
        ("tox.ini", requirements.tox(reader, folder), inside(folder, "tox.ini")),
        ("what its CI installs", requirements.continuous_integration(reader, folder), inside(folder, "Makefile")),
        ("noxfile.py", requirements.nox(reader, folder), inside(folder, "noxfile.py")),
    ]
    return parts + [_listed(lists, *found) for found in others if found[1]]
