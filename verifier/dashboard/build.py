"""The static site: every page of every language in a folder, with its twins. What did not change is not made again.

    build(sources, Path("site"))

A page is written whole or not at all; a page that is no more is removed last, so that a site in use is never without its pages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import verifier
from verifier.dashboard import site
from verifier.dashboard.layout import ASSETS, Scene, html, table, twin
from verifier.dashboard.page import Page, Place, Query, Section
from verifier.dashboard.sources import Sources
from verifier.errors import UsageError
from verifier.files import write
from verifier.render.templates import file
from verifier.words import LANGUAGES, say

MADE = ".made.json"
"""Which pages the folder has, and the stamp of each; a folder without it that is not empty is somebody else's."""


@dataclass(frozen=True, slots=True)
class Built:
    """How many pages there are, in each language, how many of them were made now, and how many are no more."""

    pages: int
    made: int
    removed: int


def build(sources: Sources, folder: Path) -> Built:
    """Raises UsageError for a folder with files that no build made."""
    before = _before(folder)
    rules = _rules(sources)
    known = before.pages if before.rules == rules else {}
    scene = Scene(site.NAVIGATION)
    now: dict[str, str] = {}
    made = 0
    for name in ASSETS:
        _write(folder / "assets" / name, str(file(f"dashboard/assets/{name}")))
    for section, place in site.places(sources):
        now[place.address] = place.stamp
        if not place.stamp or known.get(place.address) != place.stamp:
            made += _make(sources, section, place, folder, scene)
    for path, content in site.files(sources):
        _write(folder / path, content)
    _write(folder / "index.html", str(file("dashboard/first.html")))
    gone = before.pages.keys() - now.keys()
    _write(folder / MADE, json.dumps({"rules": rules, "pages": now}, indent=0, sort_keys=True))
    for address in gone:
        _remove(folder, address)
    return Built(pages=len(now), made=made, removed=len(gone))


def _make(sources: Sources, section: Section, place: Place, folder: Path, scene: Scene) -> int:
    page = section.page(sources, place.address, Query())
    if page is None:
        return 0
    for path, content in written(page, scene).items():
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
    write(path, content.encode())


def _remove(folder: Path, address: str) -> None:
    for language in LANGUAGES:
        (folder / language / f"{address}.html").unlink(missing_ok=True)
    for suffix in ("json", "csv"):
        (folder / "data" / f"{address}.{suffix}").unlink(missing_ok=True)
