"""Which kinds of page there are, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.dashboard import search
from verifier.dashboard.page import Page, Place, Query, Section
from verifier.dashboard.pages.attention import Attention
from verifier.dashboard.pages.contract import Contract
from verifier.dashboard.pages.contracts import Contracts
from verifier.dashboard.pages.ledger import LedgerEntry, LedgerPages
from verifier.dashboard.pages.measures import Measures
from verifier.dashboard.pages.register import Register
from verifier.dashboard.pages.report import Report
from verifier.dashboard.pages.self_check import SelfCheck
from verifier.dashboard.pages.self_checks import SelfChecks
from verifier.dashboard.sources import Sources

NAVIGATION: tuple[Section, ...] = (Attention(), Contracts(), SelfChecks(), Register(), Measures(), LedgerPages())
SECTIONS: tuple[Section, ...] = (*NAVIGATION, Contract(), Report(), SelfCheck(), LedgerEntry())
"""Those of the navigation, and those to which their pages lead."""
PUBLIC: tuple[Section, ...] = (Register("index", public=True),)
"""All of a site that is fit to be published: nothing in it leads to, or is made of, anything else."""


def navigation(sources: Sources, sections: Sequence[Section] = NAVIGATION) -> tuple[Section, ...]:
    """The sections that have something to show."""
    return tuple(one for one in sections if one.shown(sources))


def places(sources: Sources, sections: Sequence[Section] = SECTIONS) -> Iterator[tuple[Section, Place]]:
    """Every page of the static site: the first, and those of sections that have something to show."""
    for section in (one for one in sections if one is sections[0] or one.shown(sources)):
        for place in section.places(sources):
            yield section, place


def files(sources: Sources) -> Iterator[tuple[str, str]]:
    """What the static site has beside its pages, by the path there: a server needs none of it."""
    yield from search.files(sources)


def found(sources: Sources, address: str, query: Query) -> Page | None:
    """The page of an address, made now."""
    made = (section.page(sources, address, query) for section in SECTIONS)
    return next((one for one in made if one is not None), None)
