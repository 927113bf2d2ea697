"""Posting a report where people look. What is posted is shown and decides nothing: the gate reads signatures and the ledger.

A third party registers a class under the entry-point group `verifier.publishers` of its own distribution.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from verifier.words import Text

Entry = dict[str, Any]
GROUP = "verifier.publishers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """How one post ended. `missing` says that it was wanted and is not there; a post that was not needed is not missing."""

    what: str
    words: Text
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to post, and where. `report` is the document with both languages, `signed` the bytes of a signed statement.

    `environment` is the build service's, by which a publisher knows the repository, the change and its token; what is named
    outright (`repository`, `api`, `token`, `change`) goes before it.
    """

    kinds: Sequence[str]
    environment: Mapping[str, str]
    language: str = "en"
    report: Entry | None = None
    signed: bytes | None = None
    name: str = ""  # of the signed statement's file
    repository: str = ""
    api: str = ""
    token: str = ""
    change: str = ""  # number of the pull or merge request
    ref: str = ""  # refs/heads/... of the commit, for findings
    release: str = ""  # tag
    page: str = ""  # address of a page for people, that posts link to


class Publisher(Protocol):
    """One service. A failed post is a `Posted` that says so, never an exception: it must not change a verdict."""

    name: ClassVar[str]
    kinds: ClassVar[Mapping[str, str]]
    """What it can post, and in a few words what that is."""
    signed: ClassVar[frozenset[str]]
    """Those of them that a signed statement is posted as; the others are of a report."""

    def publish(self, order: Order) -> Iterator[Posted]:
        """Posts each kind that is asked for. Raises UsageError before anything is posted where the order cannot be right."""
        ...
