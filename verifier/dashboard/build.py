"""The static site: every page of every language in a folder, with its twins. What did not change is not made again.

    build(sources, Path("site"))

A page is written whole or not at all; a page that is no more is removed last, so that a site in use is never without its pages.
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import verifier
from verifier.dashboard import site
from verifier.dashboard.layout import ASSETS, Scene, html, table, twin
from verifier.dashboard.page import Page, Query, Section
from verifier.dashboard.sources import Opening, Sources
from verifier.errors import UsageError
from verifier.files import write
from verifier.render.templates import file
from verifier.words import LANGUAGES, say

MADE = ".made.json"
"""Which pages the folder has, and the stamp of each; a folder without it that is not empty is somebody else's."""
FEW = 200
"""Pages that one process makes sooner than several begin."""
PART = 25
"""Pages that a process is given at once."""
GARBAGE = 100_000
"""Things after which such a process looks for what can go: it lives for a short time, and looking takes a tenth of it."""
Asked = tuple[Section, str]
"""A page that is to be made, by its kind and its address."""


@dataclass(frozen=True, slots=True)
class Built:
    """How many pages there are, in each language, how many of them were made now, and how many are no more."""

    pages: int
    made: int
    removed: int


def build(sources: Sources, folder: Path, opening: Opening | None = None) -> Built:
    """With an `opening`, by which other processes get the sources for themselves, many pages are made by several at once.

    Raises UsageError for a folder with files that no build made.
    """
    before = _before(folder)
    rules = _rules(sources)
    known = before.pages if before.rules == rules else {}
    places = sorted(site.places(sources), key=lambda one: one[1].of)
    now = {place.address: place.stamp for _, place in places}
    asked = [
        (section, place.address)
        for section, place in places
        if not place.stamp or known.get(place.address) != place.stamp
    ]
    for name in ASSETS:
        _write(folder / "assets" / name, str(file(f"dashboard/assets/{name}")))
    made = _made(asked, sources, folder, opening)
    _write(folder / "index.html", str(file("dashboard/first.html")))
    os.sync()  # once, and not for each of the files: what MADE says is there is on the disk
    gone = before.pages.keys() - now.keys()
    write(folder / MADE, json.dumps({"rules": rules, "pages": now}, indent=0, sort_keys=True).encode())
    for address in gone:
        _remove(folder, address)
    return Built(pages=len(now), made=made, removed=len(gone))


def _made(asked: Sequence[Asked], sources: Sources, folder: Path, opening: Opening | None) -> int:
    if opening is None or len(asked) < FEW:
        return sum(_make(sources, *one, folder) for one in asked)
    parts = [(asked[first : first + PART], folder) for first in range(0, len(asked), PART)]
    processes = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(processes, get_context("fork"), _begin, (opening,)) as pool:
        return sum(pool.map(_make_part, parts))


class _Own:
    """What a process has that makes pages for another: it never touches what that one has open."""

    def __init__(self, opening: Opening) -> None:
        self._opening, self._stack = opening, ExitStack()

    @cached_property
    def sources(self) -> Sources:
        """Open until the process ends."""
        return self._stack.enter_context(self._opening())


_own: list[_Own] = []


def _begin(opening: Opening) -> None:
    gc.set_threshold(GARBAGE)
    _own.append(_Own(opening))


def _make_part(part: tuple[Sequence[Asked], Path]) -> int:
    asked, folder = part
    return sum(_make(_own[0].sources, *one, folder) for one in asked)


def _make(sources: Sources, section: Section, address: str, folder: Path) -> int:
    page = section.page(sources, address, Query())
    if page is None:
        return 0
    for path, content in written(page, Scene(site.NAVIGATION)).items():
        _write(folder / path, content)
    return 1


def written(page: Page, scene: Scene) -> Mapping[str, str]:
    """Every file of a page, by its path in the site."""
    found = {f"{language}/{page.address}.html": html(page, language, scene) for language in LANGUAGES}
    found[f"data/{page.address}.json"] = twin(page)
    if page.table is not None:
        found[f"data/{page.address}.csv"] = table(page)
    return found


@dataclass(frozen=True, slots=True)
class _Before:
    """What the folder says of the build before: the stamp of each page, and what all of them depended on."""

    rules: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)


def _before(folder: Path) -> _Before:
    if not folder.exists() or not any(folder.iterdir()):
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / MADE, b"{}")  # so that it is ours, should this build be cut short
        return _Before()
    try:
        return _Before(**json.loads((folder / MADE).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        words = say("{folder} holds files that no `dashboard build` made; name an empty folder.", folder=folder)
        raise UsageError(words) from error


def _rules(sources: Sources) -> str:
    """What every page depends on beside its own stamp: the verifier, its templates' code, and whom it trusts."""
    policy = sources.records.policy.digest if sources.records else ""
    return sha256(f"{verifier.__version__} {policy}".encode()).hexdigest()


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, content.encode(), lasting=False)


def _remove(folder: Path, address: str) -> None:
    for language in LANGUAGES:
        (folder / language / f"{address}.html").unlink(missing_ok=True)
    for suffix in ("json", "csv"):
        (folder / "data" / f"{address}.{suffix}").unlink(missing_ok=True)
