"""Which files are tests, documentation, examples, migrations or set-up: the roles of `rules/scope.yml`. Pure."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pathspec import GitIgnoreSpec

from verifier.errors import CriteriaError
from verifier.inside.look import testing
from verifier.inside.look.languages import SOURCE, language_of
from verifier.inventory import Inventory, Look
from verifier.model import File, NotExamined, Role, Skip
from verifier.words import say

LINK = "120000"
ROOTS = ("", "src/")
"""Where absolute imports of a delivery start, beside the importing file's own folder."""
RUNS = (Role.SOURCE, Role.SETUP)
"""The roles of files that say what the product runs."""
HIDEABLE = frozenset({Role.TESTS, Role.DOCS, Role.EXAMPLES})
"""The roles that code loses which the product names. What only sets it up or migrates its data stays what it is."""
COMMANDS = ("bash", "makefile", "json")
"""Files with commands, which run documentation and examples for people as well."""
SCRIPTED = ("javascript", "typescript", "vue", "svelte", "html")
PACKED = re.compile(r"\.(?:tar(?:\.\w+)?|tgz|zip|whl)$", re.IGNORECASE)
"""Archives in which code is installed."""
WHOLE = (".py", ".toml", ".cfg", ".txt", ".pip", ".in")
"""Files that may name a folder for all that is in it: a package, or what is installed."""
MODULES = (".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", "/index.js", "/index.ts")
_DEVELOPERS = re.compile(r"(?:scripts|tools|ci|dev|hack|utils)/")
"""Folders at the root for those who work on the product: what their files name counts where the product names them."""
_TESTING = re.compile(r"[Tt]ests?|__tests__|testing")


@dataclass(frozen=True, slots=True)
class Scope:
    """The patterns of each role, in the order in which they are tried."""

    patterns: tuple[tuple[Role, GitIgnoreSpec], ...]

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any]) -> Scope:
        """From the loaded YAML: `{"version": 1, "roles": {"tests": ["tests/", ...]}}`.

        Raises CriteriaError for another version, a role that does not exist, or patterns that are no list of text.
        """
        roles = content.get("roles")
        if content.get("version") != 1 or not isinstance(roles, Mapping):
            raise CriteriaError(
                say("rules/scope.yml: give `version: 1` and `roles`, a list of patterns for each role.")
            )
        return cls(tuple(_role(name, lines) for name, lines in roles.items()))

    def role(self, path: str) -> Role:
        """The first role with a pattern that matches; source where none does."""
        return next((role for role, spec in self.patterns if spec.match_file(path)), Role.SOURCE)


def _role(name: Any, lines: Any) -> tuple[Role, GitIgnoreSpec]:
    allowed = [role.value for role in Role if role is not Role.SOURCE]
    if name not in allowed:
        raise CriteriaError(
            say(
                "rules/scope.yml: the role {name} does not exist; choose from {roles}.",
                name=repr(name),
                roles=", ".join(allowed),
            )
        )
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise CriteriaError(say("rules/scope.yml: the patterns of {name} must be a list of text.", name=name))
    try:
        return Role(name), GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise CriteriaError(
            say("rules/scope.yml: a pattern of {name} cannot be read: {error}", name=name, error=error)
        ) from error


def classify(files: tuple[File, ...], inventory: Inventory, scope: Scope) -> tuple[File, ...]:
    """The same files with language, role and parsed. A file that was not reported or not read has no language of ours.

    A file is source where any of its names is, those that links give it among them, and a Python file that source imports is
    source, wherever it lies: product code cannot hide in a folder called tests.
    """
    roles = {file.path: scope.role(file.path) for file in files}
    for path, name in _linked(files, inventory):
        if scope.role(name) is Role.SOURCE:
            roles[path] = Role.SOURCE
    for path in _imported_by_source(files, inventory, roles):
        roles[path] = Role.SOURCE
    lenders = _Lenders(files, inventory)
    run = _run_by_product(files, inventory, roles)
    return tuple(
        replace(
            _classified(file, inventory.looks.get(file.path), roles[file.path], run.get(file.path, "")),
            borrows=lenders.of(file.path),
        )
        for file in files
    )


def placed(skipped: tuple[NotExamined, ...], scope: Scope) -> tuple[NotExamined, ...]:
    """What was not delivered, with role and language by name alone. A submodule may hold anything, so it counts as source."""
    found = []
    for skip in skipped:
        language = language_of(skip.path, b"")
        source = language in SOURCE or "submodule" in skip.reason
        found.append(replace(skip, role=scope.role(skip.path), language=language or "", source=source))
    return tuple(found)


def _run_by_product(files: tuple[File, ...], inventory: Inventory, roles: Mapping[str, Role]) -> dict[str, str]:
    """{path: language} of what is code by the way in which the product runs it, and not by its name or content.

    `node web/server`, `sh install`.
    """
    looks = inventory.looks
    plain = {
        file.path
        for file in files
        if file.mode != LINK and file.path in looks and looks[file.path].kind == "file" and not looks[file.path].source
    }
    found: dict[str, str] = {}
    for path in (path for path in sorted(looks) if roles.get(path) in RUNS):
        for name, language in looks[path].starts.items():
            found.update(
                (one, language) for one in _placed(name, path) if language and one in plain and not looks[one].binary
            )
    return found


def installed(files: tuple[File, ...], inventory: Inventory) -> tuple[NotExamined, ...]:
    """The archives that the delivery's own lists of requirements install: their code was not delivered where it can be read.

    It is product code, wherever the archive lies.
    """
    lists = [look for path, look in sorted(inventory.looks.items()) if path.endswith((".txt", ".pip", ".in"))]
    named = {one for look in lists for name in look.names for one in _placed(name, look.path)}
    reason = say("an archive of code that the delivery installs: deliver its source in the tree instead")
    return tuple(
        NotExamined(path=file.path, skip=Skip.NOT_DELIVERED, reason=reason)
        for file in files
        if file.path in named and PACKED.search(file.path) and not inventory.looks[file.path].source
    )


def _placed(name: str, importer: str) -> Iterator[str]:
    """Where a path may lie: from the file that names it, from the root, or from a folder for source."""
    for root in dict.fromkeys((posixpath.dirname(importer), *ROOTS)):
        yield posixpath.normpath(posixpath.join(root, name.lstrip("/")))


def _classified(file: File, look: Look | None, role: Role, run_as: str = "") -> File:
    if look is None or file.mode == LINK:
        return replace(file, language=None, role=role, parsed=None)
    if run_as:
        return replace(file, language=run_as, source=True, role=role, parsed=None)
    parsed = False if look.failed and look.language == "python" else look.parsed
    return replace(file, language=look.language, source=look.source, role=role, parsed=parsed, tests=look.tests)


def _linked(files: tuple[File, ...], inventory: Inventory) -> Iterator[tuple[str, str]]:
    """(path, another name of it) of each file to which a link leads, itself or by its folder."""
    paths = sorted(file.path for file in files if file.mode != LINK)
    for link in (file.path for file in files if file.mode == LINK):
        look = inventory.looks.get(link)
        target = look.target if look else ""
        if not target:
            continue
        for path in paths[bisect_left(paths, target) :]:
            if not path.startswith(target):
                break
            if path == target or path[len(target)] == "/":
                yield path, link + path[len(target) :]


class _Lenders:
    """Which delivered files offer tests to a file that imports them, itself or by a package that passes names on."""

    def __init__(self, files: tuple[File, ...], inventory: Inventory) -> None:
        self.looks = {f.path: inventory.looks[f.path] for f in files if f.mode != LINK and f.path in inventory.looks}
        offering = {path for path, look in self.looks.items() if look.offers}
        self.paths = offering | {path for path in self.looks if posixpath.basename(path) == "__init__.py"}
        self.ends = _by_ending(self.paths)
        self._named: dict[str, frozenset[str]] = {}

    def of(self, path: str) -> tuple[str, ...]:
        if path not in self.looks or not testing.FILE.fullmatch(path):
            return ()
        found: set[str] = set()
        waiting = [path]
        while waiting:
            one = waiting.pop()
            new = self._imported(one) - found - {path}
            found |= new
            waiting += [other for other in new if not self.looks[other].offers]
        return tuple(sorted(one for one in found if self.looks[one].offers))

    def _imported(self, path: str) -> frozenset[str]:
        """Once: most tests come to the same packages."""
        if path not in self._named:
            names = self.looks[path].imports
            self._named[path] = frozenset(other for name in names for other in self._places(name, path))
        return self._named[path]

    def _places(self, name: str, importer: str) -> Iterator[str]:
        yield from (one for one in _modules(name, importer) if one in self.paths)
        for ending in (f"{name}.py", *_endings(name)):
            yield from self.ends.get(ending, ())


def _imported_by_source(files: tuple[File, ...], inventory: Inventory, roles: Mapping[str, Role]) -> set[str]:
    """Paths that have another role but are imported or named by source, directly or through one another.

    What sets the product up starts it as well, and is believed in what it names.
    """
    paths = {file.path for file in files if file.mode != LINK}
    waiting = [path for path in sorted(paths) if roles[path] in RUNS]
    ends = _by_ending(paths)
    places = _Places(paths, ends, inventory)
    found: set[str] = set()
    reached: set[str] = set()  # those among the scripts of developers that something else names
    while waiting:
        path = waiting.pop()
        look = inventory.looks.get(path)
        named: set[str] = set()
        called: set[str] = set()
        for name in look.imports if look and (roles[path] is Role.SOURCE or path in found) else ():
            named.update(one for one in _modules(name, path) if one in paths)
            named.update(one for ending in _endings(name) for one in ends.get(ending, ()))
        of = HIDEABLE if look and look.language not in COMMANDS else {Role.TESTS}
        for name in look.names if look and (path in reached or not _DEVELOPERS.match(path)) else ():
            called.update(places.of(name, path))
        again = {one for one in called if _DEVELOPERS.match(one)} - reached
        reached |= again
        waiting.extend(sorted(again))
        named.update(one for one in called if roles[one] in of)
        new = {one for one in named if roles[one] is not Role.SOURCE} - found
        found |= new
        waiting.extend(sorted(new))
    return found


class _Places:
    """What a path or a dotted name leads to that a file names: delivered code, all of it where that is a folder."""

    def __init__(self, paths: set[str], ends: Mapping[str, list[str]], inventory: Inventory) -> None:
        self.code = {path for path in paths if (look := inventory.looks.get(path)) and look.source}
        self.ends = ends
        self.folders: dict[str, list[str]] = {}
        for path in sorted(self.code):
            parts = path.split("/")[:-1]
            for end in range(1, len(parts) + 1):
                self.folders.setdefault("/".join(parts[:end]), []).append(path)

    def of(self, name: str, importer: str) -> Iterator[str]:
        whole = importer.endswith(WHOLE)
        found = [one for one in self._spelt(name, importer) if one in self.code or (whole and one in self.folders)]
        for one in found:
            if one in self.code:
                yield one
            elif _TESTING.fullmatch(posixpath.basename(one)):
                yield from (inner for inner in self.folders[one] if inner == f"{one}/__init__.py")
            else:
                yield from self.folders[one]

    def _spelt(self, name: str, importer: str) -> Iterator[str]:
        endings = ("", *MODULES) if language_of(importer, b"") in SCRIPTED else ("",)
        for ending in endings:
            yield from _placed(name + ending, importer)
        bare = name.lstrip("./")
        if "/" in bare:
            yield from self.ends.get(bare, ())
        elif not name.startswith((".", "/")):
            parts = name.split(".")
            for end in (end for end in (len(parts), len(parts) - 1) if end > 1):
                stem = "/".join(parts[:end])
                yield from (
                    one for ending in (f"{stem}.py", f"{stem}/__init__.py") for one in self.ends.get(ending, ())
                )
                yield from (root + stem for root in (*ROOTS, f"{posixpath.dirname(importer)}/") if end == len(parts))


def _endings(name: str) -> Iterator[str]:
    """Where an absolute dotted name may lie below any folder. One word alone is more often somebody else's package."""
    parts = name.split(".") if not name.startswith(".") else []
    for end in range(2, len(parts) + 1):
        stem = "/".join(parts[:end])
        yield f"{stem}.py"
        yield f"{stem}/__init__.py"


def _by_ending(paths: set[str]) -> dict[str, list[str]]:
    """Paths by each of their endings: an import may start at any folder that somebody puts on the path."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        parts = path.split("/")
        for start in range(len(parts)):
            found.setdefault("/".join(parts[start:]), []).append(path)
    return found


def _modules(name: str, importer: str) -> Iterator[str]:
    """Where a dotted name may lie, packages on the way included: `.a.b` in `p/q.py` gives `p/a.py`, `p/a/b.py`, ..."""
    folder = posixpath.dirname(importer)
    tail = name.lstrip(".")
    dots = len(name) - len(tail)
    for _ in range(dots - 1):
        folder = posixpath.dirname(folder)
    here = f"{folder}/" if folder else ""
    parts = tail.split(".") if tail else []
    for root in (here,) if dots else dict.fromkeys((*ROOTS, here)):
        for end in range(1, len(parts) + 1):
            stem = root + "/".join(parts[:end])
            yield f"{stem}.py"
            yield f"{stem}/__init__.py"
