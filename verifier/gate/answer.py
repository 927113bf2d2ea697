"""May this be paid? Pure: statements that were read and verified, the policy, what is known, the time; an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from verifier.gate.case import Case
from verifier.gate.checks import CHECKS
from verifier.gate.codes import WEIGHT, Answer, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer with all its reasons, by check: all checks that were made, in their order. `case` is what it is about."""

    case: Case
    answer: Answer
    reasons: tuple[tuple[str, tuple[Reason, ...]], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reason.code for _, found in self.reasons for reason in found))


def answer(case: Case) -> Answered:
    """The best answer that one of the certifications can have, so that leaving statements out never makes an answer better."""
    return best(cases(case))


def best(found: Iterable[Case]) -> Answered:
    return min((_answer(one) for one in found), key=lambda one: WEIGHT.index(one.answer))


def cases(case: Case) -> tuple[Case, ...]:
    """One for each certification among the files."""
    return tuple(replace(case, chain=one) for one in case.chain.ends())


def _answer(case: Case) -> Answered:
    """All checks are made, so that one answer names every reason; the heaviest of them decides."""
    reasons = tuple((name, tuple(check(case))) for name, check in CHECKS)
    weights = [WEIGHT.index(reason.answer) for _, found in reasons for reason in found]
    return Answered(case=case, answer=WEIGHT[max(weights, default=0)], reasons=reasons)
