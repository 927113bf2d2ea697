"""One answer, and its entry in the ledger, in one transaction: a milestone is released once, whoever asks at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from verifier.gate import book
from verifier.gate.answer import Answered, best
from verifier.gate.case import Case
from verifier.gate.codes import Answer
from verifier.ledger import Ledger

Sign = Callable[[Answered, str], tuple[str, bytes]]
"""The release of an answer that is yes, with the ledger's head before it: its payload's digest, and the signed bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`release` are the signed bytes of a yes. Where they were made before, `answered` is None: nothing was judged again.

    `head` is the ledger's checkpoint with the answer in it: kept elsewhere, it shows when the answer is taken out.
    """

    answer: Answer
    release: bytes = b""
    head: bytes = b""
    answered: Answered | None = None

    @property
    def repeated(self) -> bool:
        return self.answered is None


def pay(cases: Iterable[Case], ledger: Ledger, sign: Sign, clock: Callable[[], str] | None = None) -> Outcome:
    """Answers with what the ledger knows at this moment, and enters the answer; the same request again gets the same release.

    The clock is read where the ledger is held, so that nothing that others entered meanwhile is later; without one it is the time
    of the request. What is later, the clock or the newest entry, is now. A trust failure enters nothing: what was handed over may
    be anybody's.
    """
    with ledger.transaction() as page:
        informed = [book.informed(one, page, clock() if clock else one.request.now) for one in cases]
        for one in informed:
            if (found := book.paid(page, one)) is not None:
                return Outcome(answer=Answer.PAY, release=page.stored(found), head=page.checkpoint())
        answered = best(informed)
        release = b""
        if answered.answer is Answer.PAY:
            digest, release = sign(answered, page.checkpoint().decode())
            page.append(book.release(answered.case, digest), release)
        elif answered.answer is not Answer.TRUST_FAILURE:
            page.append(book.refusal(answered.case, answered.answer, answered.codes))
        head = page.checkpoint()
    return Outcome(answer=answered.answer, release=release, head=head, answered=answered)
