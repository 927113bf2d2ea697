"""Every reason the gate can give, by its code, with what it comes to. Codes are for programs and never change their meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from verifier.words import Text, later, say


class Answer(IntEnum):
    """The gate's answer, which is its exit code too."""

    PAY = 0
    DO_NOT_PAY = 1
    NOT_YET = 3
    TRUST_FAILURE = 4


WEIGHT = (Answer.PAY, Answer.NOT_YET, Answer.DO_NOT_PAY, Answer.TRUST_FAILURE)
"""From the lightest to the heaviest: of several reasons the heaviest decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why not: a code, what fills its sentence, and the answer that it comes to."""

    code: str
    answer: Answer
    words: Text = field(compare=False)


def no(code: str, **values: Any) -> Reason:
    return Reason(code=code, answer=Answer.DO_NOT_PAY, words=say(NO[code], **values))


def not_yet(code: str, **values: Any) -> Reason:
    return Reason(code=code, answer=Answer.NOT_YET, words=say(NOT_YET[code], **values))


def untrusted(code: str, words: Text) -> Reason:
    """What a TrustError said: its code is open, since every way in which bytes can be wrong has one."""
    return Reason(code=code, answer=Answer.TRUST_FAILURE, words=words)


NO = {
    "other-contract": later("The {what} is about another contract than {contract}."),
    "other-milestone": later("The {what} is about milestone {other}, not {milestone}."),
    "other-round": later("The {what} is about round {other}, not {round}."),
    "other-repository": later("The delivery lies in {other}; the contract names {repository}."),
    "other-commit": later("The acceptance report and the assessment are not about the same commit."),
    "other-criteria": later("The criteria of the assessment are not those that the contract names by their digest."),
    "other-report": later("The {what} is about another statement than the one it came with."),
    "unknown-milestone": later("The contract has no milestone {milestone}."),
    "contract-superseded": later(
        "The chain rests on another version of the contract than the newest in the ledger: an earlier one, or one that was not "
        "entered there yet."
    ),
    "contract-ended": later("The contract ended at {moment}."),
    "self-check": later("The assessment is a self-check; only an official one counts."),
    "sandbox-too-weak": later(
        "The assessment ran in a sandbox of tier {tier}; the contract asks for {least} at least."
    ),
    "verifier-too-old": later("The {what} was made by verifier {version}; the trust policy asks for {least} at least."),
    "outcomes-incomplete": later(
        "The outcomes are not those of the contract's criteria, each once and in their order."
    ),
    "outcome-impossible": later(
        "The assessment says of {criterion}: {outcome}. No run under the contract's criteria comes to that."
    ),
    "result-mismatch": later(
        "The acceptance report says {told}; judged again, its parts come to {judged}. They differ in: {names}."
    ),
    "tampered": later("The delivery tampered with its own tests, by the assessment, and nothing was waived."),
    "rejected": later("The delivery was rejected."),
    "decision-unmet": later("A person decided that {criterion} is unmet."),
    "decision-overruled": later("The ledger holds a decision that {criterion} is unmet; it is not among the files."),
    "decision-reused": later("There are two decisions on {criterion}."),
    "decision-late": later("The decision on {criterion} was made after the acceptance report."),
    "made-before": later(
        "The {what} says that it was made at {moment}, before the {earlier} that it is about, which says {then}."
    ),
    "waiver-expired": later("The waiver of {target} ended on {date}."),
    "waiver-unnamed": later("The waiver names nothing that was unmet or undetermined: {target}."),
    "expired": later("The {what} expired at {moment}."),
    "superseded": later("There is a later assessment of this milestone, round {round}."),
    "revoked": later("The {what} was revoked at {moment}."),
    "amount-mismatch": later("{amount} was certified; price and tax of the milestone are {wanted}."),
    "certification-mismatch": later("The certification is not what certifies this report; it differs in: {names}."),
    "request-mismatch": later("The request says {asked}; what was certified is {certified}."),
    "currency-mismatch": later("{currency} was certified; the contract is in {wanted}."),
    "payee-mismatch": later("The certification names another payee than the contract."),
    "over-ceiling": later("The milestones and what was released come to {total}; the contract's ceiling is {ceiling}."),
    "over-limit": later("{amount} was certified; {person} may certify {limit} at most."),
    "not-apart": later("{person} acted as {first} and as {second}; one person may not be both."),
    "author": later("{person} wrote a commit of the delivery and may not act as {role}."),
    "terminated": later("The record says of the contract: {event}."),
    "unreachable": later("The commit {commit} is not in the repository any more."),
    "not-merged": later("The commit {commit} is not merged into {branch}."),
    "already-paid": later("A payment was released for this milestone already."),
}
"""Do not pay."""

NOT_YET = {
    "contract-missing": later("The contract is not among the files."),
    "contract-unsigned": later("The {role} has not signed the contract."),
    "assessment-missing": later("The assessment is not among the files."),
    "assessment-unclear": later("{n} assessments are among the files, and nothing says which one counts: {named}."),
    "input-missing": later("The acceptance report rests on a statement that is not among the files: {digest}."),
    "acceptance-missing": later("There is no acceptance report yet."),
    "certification-missing": later("There is no certification yet."),
    "decision-missing": later("Nobody has decided yet: {criterion}."),
    "pending": later("The delivery is {verdict}: nothing was accepted yet."),
    "disputed": later("The record says that the milestone is disputed."),
    "not-seen": later("The repository could not be asked about the commit: {why}"),
    "signed-later": later("The {what} says that it was made at {moment}, which is not yet."),
}
"""Not yet."""

TRUST = {
    "clock-back": later(
        "The clock says {now}; something that counts was signed or written at {moment}, later than that."
    ),
}
