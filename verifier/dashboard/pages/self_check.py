"""One report that lies in a folder, as the supplier sees it: what to do first, and that it decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from verifier.dashboard import lying
from verifier.dashboard.page import OfReports, Page, Place, Query
from verifier.dashboard.sources import Report, Sources, stamp
from verifier.errors import VerifierError
from verifier.render import words
from verifier.words import LANGUAGES, Text, say

FIRST = 3
"""Steps that are told at the top."""
_NAME = re.compile(rf"[0-9a-f]{{{lying.DIGITS}}}")


class SelfCheck(OfReports):
    address = "self-checks"
    title = say("Self-check")

    def places(self, sources: Sources) -> Iterator[Place]:
        for report in sources.reports:
            if report.head is not None:
                yield Place(lying.address_of(report.digest), _stamp(sources, report))

    def page(self, sources: Sources, address: str, query: Query) -> Page | None:
        name = address.removeprefix(f"{self.address}/")
        if not _NAME.fullmatch(name) or address != lying.address_of(name):
            return None
        report = next((one for one in sources.reports if one.head is not None and one.digest.startswith(name)), None)
        return _page(sources, address, report) if report else None


def _page(sources: Sources, address: str, report: Report) -> Page:
    told: dict[str, Any] = {"digest": report.digest, "trouble": None, "report": None}
    try:
        found = report.document()
    except VerifierError as error:
        told |= {"trouble": {"en": error.text.en, "fr": error.text.fr}}
    else:
        more = {"signature": lying.signature(sources, report), **lying.standing(sources, report)}
        told |= {**more, "first": _steps(found), "report": found}
    head = report.head or {}
    title = Text(*(f"{head['name'][spoken]} @ {head['commit'][:12]}" for spoken in LANGUAGES))
    return Page(address=address, template="self-check.html", title=title, document=told)


def _steps(report: Mapping[str, Any]) -> dict[str, Any]:
    """What to do first; what was not asked for in this run is no step."""
    known = report["criteria"]["criteria"]
    steps = [one for one in report["flip"] if not words.left_out(dict(report), one)]
    first = [
        {
            **{name: one.get(name) or "" for name in ("criterion", "outcome", "do", "whose", "check")},
            "place": _place(one),
            "title": known.get(one["criterion"], {}).get("title") or one["criterion"],
        }
        for one in steps[:FIRST]
    ]
    return {"total": len(steps), "first": first}


def _place(step: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where a step begins; None where that is no file."""
    thing = next(iter(step.get("things") or ()), None)
    if thing is None or not thing.get("path"):
        return None
    return {name: thing.get(name) for name in ("path", "line", "what")}


def _stamp(sources: Sources, report: Report) -> str:
    """What the page is made of: the report, what lies beside it, and what the record has of it."""
    near = [f"{path.name} {stamp(path)}" for path in lying.beside(report)]
    return sha256("\n".join([report.digest, str(lying.standing(sources, report)), *near]).encode()).hexdigest()
