"""Folders of a delivery whose terms are their own: those with a licence file, those named for the code of others. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from verifier.licence import recognised
from verifier.licence_detected import Detected, text_of
from verifier.licence_project import is_licence_file, project_licence

# Tight on purpose: `external` and `lib` hold a project's own code as often.
_OTHERS = re.compile(
    r"_?vendor(?:ed)?|_?third[-_]?party|_?3rd[-_]?party|node_modules|bower_components|site-packages|_bundled"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder below the root with licence files of its own: the first of them, what they say, the source files they cover."""

    path: str
    expression: str
    files: tuple[str, ...]

    @property
    def name(self) -> str:
        return posixpath.dirname(self.path)


def folders(files: Mapping[str, Detected], sources: Iterable[str]) -> list[Folder]:
    """The folders with licence texts, each with the source files that no deeper one covers; without any it is left out."""
    texts: dict[str, list[str]] = {}
    for path in sorted(files):
        folder, name = posixpath.split(path)
        if folder and folder != "LICENSES" and is_licence_file(name):
            texts.setdefault(folder, []).append(path)
    covered: dict[str, list[str]] = {folder: [] for folder in texts}
    for path in sources:
        if nearest := next((above for above in _above(path) if above in texts), None):
            covered[nearest].append(path)
    found = []
    for folder, paths in texts.items():
        read = [replace(text_of(files[path]), path=posixpath.basename(path)) for path in paths]
        expression = project_licence(read, ()).expression
        if covered[folder] and recognised(expression):
            found.append(Folder(path=paths[0], expression=expression, files=tuple(covered[folder])))
    return found


def piece(path: str) -> str:
    """The piece of others' code that a path is of, by its folders' names: `a/vendor/six.py`, `node_modules/@b/c`. Else empty."""
    parts = path.split("/")
    at = next((number for number, part in enumerate(parts[:-1]) if _OTHERS.fullmatch(part)), None)
    if at is None or parts[at + 1 :] == ["__init__.py"]:
        return ""
    return "/".join(parts[: at + (3 if parts[at + 1].startswith("@") else 2)])


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path
