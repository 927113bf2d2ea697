"""Whether an assessment may be accepted from: the gate's own checks, as far as they can be made without a report. Pure."""

from __future__ import annotations

from verifier.errors import TrustError, WorldError
from verifier.gate.case import Case, Check
from verifier.gate.certified import apart
from verifier.gate.chained import bound, present, signed_in_role
from verifier.gate.codes import WEIGHT, Answer, Reason
from verifier.gate.judged import as_agreed, decided
from verifier.gate.timely import fresh

CHECKS = (signed_in_role, bound, as_agreed, fresh, decided, apart)
JUDGED = frozenset({"decision-missing", "decision-unmet"})
"""What the verdict itself says: pending and rejected."""


def refuse(case: Case, *more: Check) -> None:
    """Raises TrustError where a statement does not count, WorldError where one is still missing. `more` is checked as well."""
    missing = [
        one for one in present(case) if one.code in ("contract-missing", "assessment-missing", "assessment-unclear")
    ]
    found = [reason for check in (*CHECKS, *more) for reason in check(case) if reason.code not in JUDGED]
    worst = max((*missing, *found), key=lambda reason: WEIGHT.index(reason.answer), default=None)
    if worst is not None:
        _raise(worst)


def _raise(reason: Reason) -> None:
    if reason.answer is Answer.NOT_YET:
        raise WorldError(reason.words)
    raise TrustError(reason.words, code=reason.code)
