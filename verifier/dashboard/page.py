"""What a page is before it is written in any language: data, a title, a template, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, unquote

from verifier.dashboard.sources import Sources
from verifier.render.page import Limits
from verifier.render.page import Page as Laid
from verifier.words import Text

ROWS = 100
"""Rows of a list on one page."""
LONGEST = 500
"""Characters of an address, and of one value after its `?`."""
PLAIN = r"^[^\u0000-\u001f\u007f]*$"
"""Which signs such a value may have, as regular expressions of JSON Schema and of Python alike say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a page for spreadsheets; `head` names the columns, the same in both languages."""

    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`address` is its place in the site without language and suffix, such as `contracts/ma-2026-014`.

    `document` is its JSON twin, and all that the template is given. `status` is what a server answers with. `laid` is what was
    laid out of its report for one language, and serves the other.
    """

    address: str
    template: str
    title: Text
    document: Mapping[str, Any]
    table: Table | None = None
    status: int = 200
    laid: dict[Limits, Laid] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A page that there is. `stamp` is the same for as long as the page is; "" where only making it can tell.

    `of` is the contract that it is about, by its key: what is read of the same files is made together.
    """

    address: str
    stamp: str = ""
    of: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """What the reader asked for: the part of the address after `?`, each name once."""

    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class Filter:
    """One name that a section's address may have after the `?`, described for programs; any text where there are no choices."""

    name: str
    words: str
    choices: tuple[str, ...] = ()
    day: bool = False


class Section(Protocol):
    """A kind of page. `address` is that of its first page, under which all the others lie; `title` stands in the navigation."""

    address: str
    title: Text

    def shown(self, sources: Sources) -> bool:
        """Whether it has anything to show; only then it stands in the navigation."""
        ...

    def places(self, sources: Sources) -> Iterator[Place]:
        """Every page that the static site has of it."""
        ...

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        """One of them; None where there is none of this address."""
        ...


def filters_of(section: Section) -> tuple[Filter, ...]:
    """Those of a section, which it has as `filters`; most have none."""
    return getattr(section, "filters", ())


class OfRecord:
    """A section made of the procurement record."""

    def shown(self, sources: Sources) -> bool:
        return sources.records is not None


class OfReports:
    """A section made of reports that lie in folders."""

    def shown(self, sources: Sources) -> bool:
        return bool(sources.folders)


def numbered(address: str, number: int) -> str:
    """The address of a list's further pages: `contracts`, `contracts-2`, …"""
    return address if number == 1 else f"{address}-{number}"


def number_of(address: str, section: str) -> int:
    """The other way round; 0 where it is none of them."""
    if address == section:
        return 1
    told = address.removeprefix(f"{section}-")
    return int(told) if told.isascii() and told.isdigit() and told[0] != "0" and int(told) > 1 else 0


def cut(rows: Sequence[Any], number: int) -> Sequence[Any]:
    """Those of one page."""
    return rows[(number - 1) * ROWS : number * ROWS]


def pages_of(total: int) -> int:
    """How many pages so many rows have: one where there are none."""
    return max((total + ROWS - 1) // ROWS, 1)


def part(name: str) -> str:
    """A name as one part of an address and of a file's name."""
    return quote(name, safe="").replace("~", "%7E").replace(".", "%2E").replace("%", "~")


def unpart(written: str) -> str:
    """The other way round."""
    return unquote(written.replace("~", "%"))
