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
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import verifier
from verifier.cache.digests import of_folder
from verifier.dashboard import site
from verifier.dashboard.assets import ASSETS, asset
from verifier.dashboard.layout import Scene, html, table, twin
from verifier.dashboard.page import Page, Query, Section
from verifier.dashboard.sources import Opening, Sources
from verifier.dashboard.theme import Theme
from verifier.errors import UsageError
from verifier.files import write
from verifier.render import templates
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


def build(
    sources: Sources,
    folder: Path,
    opening: Opening | None = None,
    *,
    public: bool = False,
    theme: Theme | None = None,
) -> Built:
    """With an `opening`, by which other processes get the sources for themselves, many pages are made by several at once.

    `public` is the public register alone. Raises UsageError for a folder with files that no build of this kind made.
    """
    before = _before(folder, public)
    scene = Scene(
        site.navigation(sources, site.PUBLIC if public else site.NAVIGATION), theme=theme.look if theme else None
    )
    rules = _rules(sources, scene)
    known = before.pages if before.rules == rules else {}
    places = sorted(site.places(sources, site.PUBLIC if public else site.SECTIONS), key=lambda one: one[1].of)
    now = {place.address: place.stamp for _, place in places}
    asked = [
        (section, place.address)
        for section, place in places
        if not place.stamp or known.get(place.address) != place.stamp
    ]
    coming = {address: "" for _, address in asked}
    _note(folder, _Before(rules, {**before.pages, **coming}, public))  # should this build be cut short
    _write_assets(folder / "assets", theme)
    made = set(_made(asked, sources, _Target(folder, scene), opening))
    now = {address: stamp for address, stamp in now.items() if address in made or address not in coming}
    for path, content in () if public else site.files(sources):
        _write(folder / path, content)
    _write(folder / "index.html", str(templates.file("dashboard/first.html")))
    os.sync()  # once, and not for each of the files: what MADE says is there is on the disk
    gone = before.pages.keys() - now.keys()
    for address in gone:
        _remove(folder, address)
    _note(folder, _Before(rules, now, public))
    return Built(pages=len(now), made=len(made), removed=len(gone))


@dataclass(frozen=True, slots=True)
class _Target:
    """Where pages are written, and what stands around each."""

    folder: Path
    scene: Scene


def _made(asked: Sequence[Asked], sources: Sources, target: _Target, opening: Opening | None) -> list[str]:
    """The addresses of those that there are: an index may name a page that its files do not bear out."""
    if opening is None or len(asked) < FEW:
        return [one[1] for one in asked if _make(sources, *one, target)]
    parts = [(asked[first : first + PART], target) for first in range(0, len(asked), PART)]
    processes = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(processes, get_context("fork"), _begin, (opening,)) as pool:
        return list(chain.from_iterable(pool.map(_make_part, parts)))


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


def _make_part(part: tuple[Sequence[Asked], _Target]) -> list[str]:
    asked, target = part
    return [one[1] for one in asked if _make(_own[0].sources, *one, target)]


def _make(sources: Sources, section: Section, address: str, target: _Target) -> bool:
    page = section.page(sources, address, Query())
    for path, content in written(page, target.scene).items() if page else ():
        _write(target.folder / path, content)
    return page is not None


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
    public: bool = False


def _note(folder: Path, told: _Before) -> None:
    write(folder / MADE, json.dumps(asdict(told), indent=0, sort_keys=True).encode())


def _before(folder: Path, public: bool) -> _Before:
    if not folder.exists() or not any(folder.iterdir()):
        folder.mkdir(parents=True, exist_ok=True)
        return _Before(public=public)
    try:
        before = _Before(**json.loads((folder / MADE).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        words = say("{folder} holds files that no `dashboard build` made; name an empty folder.", folder=folder)
        raise UsageError(words) from error
    if before.public is not public:
        words = say(
            "{folder} holds the whole dashboard or the public register, and not what was asked for; name another folder.",
            folder=folder,
        )
        raise UsageError(words)
    return before


def _write_assets(folder: Path, theme: Theme | None) -> None:
    """And none that another look had left there."""
    more = theme.files if theme else {}
    for name in ASSETS:
        _write(folder / name, asset(name))
    for name, content in more.items():
        write(folder / name, content, lasting=False)
    for path in folder.iterdir():
        if path.name not in (*ASSETS, *more):
            path.unlink()


def _rules(sources: Sources, scene: Scene) -> str:
    """What every page depends on beside its own stamp: verifier's own files, what stands around a page, whom it trusts, what the
    record goes by, and what time alone changes.
    """
    ours = [of_folder(Path(verifier.__file__).parent), of_folder(templates.folder())]
    policy = sources.policy.digest if sources.policy else ""
    settings = sources.records.settings.sections if sources.records else {}
    around = [one.address for one in scene.navigation]
    return sha256(repr([ours, policy, settings, sources.passed, scene.theme, around]).encode()).hexdigest()


def _write(path: Path, content: str) -> None:
    data = content.encode()
    try:
        write(path, data, lasting=False)
    except FileNotFoundError:  # the first file of a folder: asking for each whether it is there takes longer
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, data, lasting=False)


def _remove(folder: Path, address: str) -> None:
    for language in LANGUAGES:
        (folder / language / f"{address}.html").unlink(missing_ok=True)
    for suffix in ("json", "csv"):
        (folder / "data" / f"{address}.{suffix}").unlink(missing_ok=True)
