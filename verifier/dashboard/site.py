"""Which kinds of page there are, in the order of the navigation."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.dashboard.page import Page, Place, Query, Section
from verifier.dashboard.pages.attention import Attention
from verifier.dashboard.pages.contract import Contract
from verifier.dashboard.pages.contracts import Contracts
from verifier.dashboard.pages.report import Report
from verifier.dashboard.pages.self_check import SelfCheck
from verifier.dashboard.pages.self_checks import SelfChecks
from verifier.dashboard.sources import Sources

NAVIGATION: tuple[Section, ...] = (Attention(), Contracts(), SelfChecks())
SECTIONS: tuple[Section, ...] = (*NAVIGATION, Contract(), Report(), SelfCheck())
"""Those of the navigation, and those to which their pages lead."""


def navigation(sources: Sources) -> tuple[Section, ...]:
    """The sections that have something to show."""
    return tuple(one for one in NAVIGATION if one.shown(sources))


def places(sources: Sources) -> Iterator[tuple[Section, Place]]:
    """Every page of the static site."""
    for section in SECTIONS:
        for place in section.places(sources):
            yield section, place


def found(sources: Sources, address: str, query: Query) -> Page | None:
    """The page of an address, made now."""
    made = (section.page(sources, address, query) for section in SECTIONS)
    return next((one for one in made if one is not None), None)
