"""No subset, reordering, duplication or mutation of a chain's files turns a denial into an allowance."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from gate.test_threats import DENIED
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chains import NOW, SIGNERS, Purchase

from verifier.errors import TrustError, UsageError
from verifier.gate.answer import answer
from verifier.gate.asked import narrowed
from verifier.gate.case import Case
from verifier.gate.chain import Chain
from verifier.gate.codes import Answer
from verifier.gate.known import Request
from verifier.trust.holders import Holders
from verifier.trust.reading import read
from verifier.trust.signed import together

ALGEBRA = settings(max_examples=400, deadline=None)
REFUSED = Answer.TRUST_FAILURE
"""For whoever asks, nobody knows what about."""


@cache
def purchase(name: str) -> tuple[Purchase, tuple[bytes, ...]]:
    """What is denied, with all its files."""
    made = DENIED[name][0]()
    return made, (*made.files().values(), *made.more)


@cache
def honest() -> tuple[Purchase, tuple[bytes, ...]]:
    made = Purchase()
    return made, tuple(made.files().values())


def answered(made: Purchase, files: list[bytes], request: Request | None = None) -> Answer:
    """The gate's answer to these files, whatever is in them."""
    trust = made.trust()
    holders = Holders.of(trust)
    try:
        found = together(read(content, trust, holders) for content in files)
    except TrustError:
        return Answer.TRUST_FAILURE
    case = Case(chain=Chain.of(found), policy=trust, known=made.known, seen=made.seen, request=request or made.request)
    try:
        return answer(narrowed(case)).answer
    except UsageError:
        return REFUSED


@st.composite
def altered(draw: st.DrawFn, files: tuple[bytes, ...]) -> list[bytes]:
    """Some of the files, in any order, some of them twice, some with a byte changed, taken out or put in."""
    chosen = draw(st.lists(st.sampled_from(files), max_size=2 * len(files)))
    return [draw(st.one_of(st.just(one), mutated(one))) if draw(st.integers(0, 4)) == 0 else one for one in chosen]


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    at = draw(st.integers(0, len(content) - 1))
    put = draw(st.binary(max_size=2))
    return content[:at] + put + content[at + draw(st.integers(0, 2)) :]


@ALGEBRA
@given(st.data(), st.sampled_from(sorted(DENIED)))
def test_what_is_denied_stays_denied(data, name):
    made, files = purchase(name)
    assert answered(made, data.draw(altered(files))) is not Answer.PAY


@ALGEBRA
@given(st.data(), st.sampled_from(sorted(DENIED)))
def test_the_files_of_a_denied_chain_help_no_other_that_lacks_one(data, name):
    """Beside an honest chain without one of its files: the denied ones do not make up for it."""
    made, files = purchase(name)
    lacking = data.draw(st.sampled_from(sorted(SIGNERS)))
    others = tuple(content for who, content in Purchase(left_out=frozenset({lacking})).files().items() if who)
    same = [content for content in files if content not in set(honest()[1])]
    if not same or DENIED[name][1] in ("decision-missing", "certification-missing"):
        return
    assert answered(made, [*others, *data.draw(st.lists(st.sampled_from(same)))]) is not Answer.PAY


@ALGEBRA
@given(st.data())
def test_a_chain_is_paid_whole_or_not_at_all(data):
    made, files = honest()
    chosen = data.draw(st.lists(st.sampled_from(files), max_size=3 * len(files)))
    assert (answered(made, chosen) is Answer.PAY) == (set(chosen) == set(files))


@cache
def another() -> tuple[bytes, ...]:
    """The files of another purchase, which was paid."""
    return tuple(Purchase(edits={"contract": {"id": "MA-1"}, "assessment": {"nonce": "e" * 32}}).files().values())


@ALGEBRA
@given(st.data(), st.sampled_from(sorted(DENIED)))
def test_the_files_of_another_purchase_help_none_that_is_denied(data, name):
    """Where it is said which is to be paid; where it is not, they are refused."""
    made, files = purchase(name)
    others = data.draw(st.lists(st.sampled_from(another()), min_size=1))
    mixed = [*files, *others]
    assert answered(made, mixed) is not Answer.PAY
    contract = made.request.contract or "MA-2026-014"
    assert answered(made, mixed, replace(made.request, contract=contract)) is not Answer.PAY


@ALGEBRA
@given(st.data())
def test_nor_stand_in_the_way_of_one_that_is_paid(data):
    made, files = honest()
    others = data.draw(st.lists(st.sampled_from(another())))
    mixed = data.draw(st.permutations([*files, *others]))
    assert answered(made, mixed, Request(now=NOW, contract="MA-2026-014")) is Answer.PAY
