"""Whether an assessment may be accepted from: the gate's own checks, as far as they can be made without a report. Pure."""

from __future__ import annotations

from verifier.errors import TrustError, WorldError
from verifier.gate import checks
from verifier.gate.checks import Case, Check
from verifier.gate.codes import WEIGHT, Answer, Reason

CHECKS = (checks.signed_in_role, checks.bound, checks.as_agreed, checks.fresh, checks.decided, checks.apart)
JUDGED = frozenset({"decision-missing", "decision-unmet"})
"""What the verdict itself says: pending and rejected."""


def refuse(case: Case, *more: Check) -> None:
    """Raises TrustError where a statement does not count, WorldError where one is still missing. `more` is checked as well."""
    missing = [one for one in checks.present(case) if one.code in ("contract-missing", "assessment-missing")]
    found = [reason for check in (*CHECKS, *more) for reason in check(case) if reason.code not in JUDGED]
    worst = max((*missing, *found), key=lambda reason: WEIGHT.index(reason.answer), default=None)
    if worst is not None:
        _raise(worst)


def _raise(reason: Reason) -> None:
    if reason.answer is Answer.NOT_YET:
        raise WorldError(reason.words)
    raise TrustError(reason.words, code=reason.code)
