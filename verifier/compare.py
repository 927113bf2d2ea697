"""Two rounds' reports side by side: what was fixed, what is new, what is still there, and what came out otherwise. Pure.

    rounds(before, after).fixed

Findings are known by their fingerprint, which holds no line: what merely moved is still there. That one round did not look at
something makes nothing fixed or new; `doubtful` names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
"""A report's document, as `verifier.report.to_dict` makes it, in one language or both."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing with its old and its new value; None on the side where it is not."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Rounds:
    """`fixed` are findings as the earlier report has them, `new` and `still` as the later one does.

    `outcomes` are of criteria; `measures` are (value, unit). `doubtful` are fingerprints among `fixed` and `new` of which the
    other round could not have said anything: the checker did not do its work there, or left the file out.
    """

    fixed: tuple[Document, ...]
    new: tuple[Document, ...]
    still: tuple[Document, ...]
    outcomes: tuple[Changed, ...]
    measures: tuple[Changed, ...]
    verdict: Changed
    doubtful: frozenset[str]

    @property
    def empty(self) -> bool:
        """Whether nothing is other than it was."""
        same = self.verdict.before == self.verdict.after
        return same and not (self.fixed or self.new or self.outcomes or self.measures)


def rounds(before: Document, after: Document) -> Rounds:
    old, new = _findings(before), _findings(after)
    gone, come = old.keys() - new.keys(), new.keys() - old.keys()
    return Rounds(
        fixed=tuple(one for name, (_, one) in old.items() if name in gone),
        new=tuple(one for name, (_, one) in new.items() if name in come),
        still=tuple(one for name, (_, one) in new.items() if name in old),
        outcomes=_changed(_outcomes(before), _outcomes(after)),
        measures=_changed(_measures(before), _measures(after)),
        verdict=Changed("verdict", before["verdict"], after["verdict"]),
        doubtful=frozenset(
            {name for name in gone if not _looked(after, *old[name])}
            | {name for name in come if not _looked(before, *new[name])}
        ),
    )


def _findings(document: Document) -> dict[str, tuple[str, Document]]:
    """Fingerprint -> the checker's name, and the finding."""
    return {
        finding["fingerprint"]: (checker["name"], finding)
        for checker in document["checkers"]
        for finding in checker["findings"]
    }


def _looked(document: Document, checker: str, finding: Document) -> bool:
    """Whether a round would have had the finding, were it there."""
    return any(
        one["name"] == checker
        and one["state"] == "done"
        and all(skipped["path"] != finding["path"] for skipped in one["notExamined"])
        for one in document["checkers"]
    )


def _outcomes(document: Document) -> dict[str, Any]:
    return {one["criterion"]: one["outcome"] for one in document["outcomes"]}


def _measures(document: Document) -> dict[str, Any]:
    return {one["name"]: (one["value"], one["unit"]) for checker in document["checkers"] for one in checker["measures"]}


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Changed, ...]:
    return tuple(_each(before, after))


def _each(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Changed(name, before.get(name), after.get(name))
