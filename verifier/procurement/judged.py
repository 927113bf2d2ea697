"""What an assessment comes to with what people decided and waived since. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from verifier.gate.again import concluded, judged_again, outcome_of
from verifier.gate.chain import subject
from verifier.model import Outcome, OutcomeOf, Verdict
from verifier.statements import uris

if TYPE_CHECKING:
    from verifier.procurement.record import Event, Record
    from verifier.trust.signed import Signed


def outcomes(events: Iterable[Event], assessed: Signed) -> tuple[OutcomeOf, ...]:
    """Of one assessment, by those of the events that are about it; of two decisions the one that is unmet stands."""
    about = [one.signed for one in events if one.signed and not one.revoked and one.what in ("decision", "waiver")]
    about = [one for one in about if subject(one) == assessed.digest]
    decisions, waivers = ([one for one in about if one.type == uri] for uri in (uris.DECISION, uris.WAIVER))
    decisions.sort(key=lambda one: outcome_of(one.statement.predicate) is Outcome.UNMET)
    return judged_again(assessed.statement.predicate["outcomes"], decisions, waivers)


def verdict(record: Record) -> Verdict | None:
    """Of the newest assessment that counts; None where there is none, or its statement is not there."""
    found = next((one for one in reversed(record.events) if one.what == "assessed" and not one.revoked), None)
    if found is None or found.signed is None:
        return None
    return concluded(outcomes(record.events, found.signed))[0]
