"""Which kinds of page there are, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.dashboard import search
from verifier.dashboard.page import Page, Place, Query, Section
from verifier.dashboard.pages.attention import Attention
from verifier.dashboard.pages.contract import Contract
from verifier.dashboard.pages.contracts import Contracts
from verifier.dashboard.sources import Sources

NAVIGATION: tuple[Section, ...] = (Attention(), Contracts())
SECTIONS: tuple[Section, ...] = (*NAVIGATION, Contract())
"""Those of the navigation, and those to which their pages lead."""


def places(sources: Sources) -> Iterator[tuple[Section, Place]]:
    """Every page of the static site."""
    for section in SECTIONS:
        for place in section.places(sources):
            yield section, place


def files(sources: Sources) -> Iterator[tuple[str, str]]:
    """What the static site has beside its pages, by the path there: a server needs none of it."""
    yield from search.files(sources)


def found(sources: Sources, address: str, query: Query) -> Page | None:
    """The page of an address, made now."""
    made = (section.page(sources, address, query) for section in SECTIONS)
    return next((one for one in made if one is not None), None)
