"""The folders of a tree that are projects of their own: the root, or else the outermost ones below it."""

import re

from .metadata import Project
from .requirements import files

DEPTH = 3
MOST = 10
# Folders whose manifests install something else than what was delivered.
ASIDE = re.compile(
    r"docs?|examples?|samples?|\.github|\.devcontainer|docker|scripts|tools|terraform|load[-_]?tests?|benchmarks?"
)
MANIFESTS = {"pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt"}


def projects(reader):
    """Project of each folder; the root stands for a tree in which none is found, so that its tests are looked for."""
    root = Project(reader, ".")
    if is_project(root):
        return [root]
    folders = sorted(
        {path.rpartition("/")[0] for path in reader.files if "/" in path and path.rpartition("/")[2] in MANIFESTS},
        key=_depth,
    )
    found = []
    for folder in folders:
        parts = folder.split("/")
        aside = len(parts) > DEPTH or any(ASIDE.fullmatch(part.lower()) for part in parts)
        inner = any(folder.startswith(project.folder + "/") for project in found)
        if not aside and not inner and is_project(Project(reader, folder)) and _holds_python(reader, folder):
            found.append(Project(reader, folder))
    if len(found) > MOST:
        reader.unreadable.append({"path": ".", "reason": "more than %d projects: not all were looked at" % MOST})
    return found[:MOST] or [root]


def _depth(folder):
    return folder.count("/"), folder


def is_project(project):
    return (
        project.installable
        or bool(project.poetry)
        or bool(project.pipfile)
        or bool(files(project.reader, project.folder)["run"])
    )


def _holds_python(reader, folder):
    return any(path.endswith(".py") for path in reader.files if path.startswith(folder + "/"))
