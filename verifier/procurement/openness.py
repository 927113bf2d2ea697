"""Whether what was accepted is published: anybody can read it, and a licence lies beside it. Pure.

A question of its own, asked at any time after the acceptance. The gate asks another: whether the commit still stands, with the
buyer's own access.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.checkout.trouble import RefusedError
from verifier.errors import VerifierError
from verifier.licence_project import is_licence_file
from verifier.model import Outcome
from verifier.words import Text, later, say

if TYPE_CHECKING:
    from verifier.checkout.published import Published
    from verifier.procurement.record import Record

REACHABLE, LICENCE = "reachable", "licence"
CHECK_WORDS = {REACHABLE: later("open to everybody"), LICENCE: later("licence file")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One check of one accepted commit: met, unmet or undetermined, and why."""

    milestone: str
    commit: str
    check: str
    outcome: Outcome
    reason: Text


def accepted(record: Record) -> Iterator[tuple[str, str]]:
    """(milestone, commit) of each acceptance that counts; the commit is "" where the report is not among the files."""
    for one in record.milestones:
        if found := one.last("accepted"):
            yield one.id, found.signed.statement.digests["gitCommit"] if found.signed else ""


def checked(milestone: str, commit: str, seen: Published | VerifierError) -> tuple[Checked, Checked]:
    """What was seen, or why nothing was."""
    if isinstance(seen, VerifierError):
        refused = isinstance(seen, RefusedError)
        reach = (Outcome.UNMET if refused else Outcome.UNDETERMINED, seen.text)
        licence = (Outcome.UNDETERMINED, say("The files could not be read."))
    elif not seen.reachable:
        reach = (Outcome.UNMET, say("No branch or tag of the repository has the commit."))
        licence = (Outcome.UNDETERMINED, say("The files could not be read."))
    else:
        reach = (Outcome.MET, say("Anybody can read it."))
        licence = _licence(seen)
    return _checked(milestone, commit, REACHABLE, reach), _checked(milestone, commit, LICENCE, licence)


def _checked(milestone: str, commit: str, name: str, found: tuple[Outcome, Text]) -> Checked:
    outcome, reason = found
    return Checked(milestone=milestone, commit=commit, check=name, outcome=outcome, reason=reason)


def outcome(found: Iterable[Checked]) -> Outcome:
    """Of all of them: unmet where one is; met where all are, and there is one."""
    seen = {one.outcome for one in found}
    if Outcome.UNMET in seen:
        return Outcome.UNMET
    return Outcome.MET if seen == {Outcome.MET} else Outcome.UNDETERMINED


def _licence(seen: Published) -> tuple[Outcome, Text]:
    names = [name for name in seen.files if is_licence_file(name)]
    if not names:
        return Outcome.UNMET, say("No licence file is in the root of the repository or in LICENSES/.")
    return Outcome.MET, Text(", ".join(names), ", ".join(names))
