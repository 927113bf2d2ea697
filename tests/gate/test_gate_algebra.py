"""No subset, reordering, duplication or mutation of a chain's files, nor of what is entered, turns a denial into an allowance."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from gate.test_entering import BOTH, HONEST, amendment, assessment, decided, failed
from gate.test_threats import DENIED
from hypothesis import given, settings
from hypothesis import strategies as st
from support.booked import Desk, digest, event, revocation, roster, signed_by
from support.chains import NOW, SIGNERS, Purchase
from support.logged import made as new_ledger
from support.logged import opened

from verifier.errors import TrustError, UsageError
from verifier.gate import book
from verifier.gate.answer import answer
from verifier.gate.asked import narrowed
from verifier.gate.case import Case
from verifier.gate.chain import Chain
from verifier.gate.codes import Answer
from verifier.gate.known import Request
from verifier.statements.statement import Statement
from verifier.trust.holders import Holders
from verifier.trust.policy import trust_policy
from verifier.trust.reading import read
from verifier.trust.signed import Signed, together

ALGEBRA = settings(max_examples=400, deadline=None)
ENTERED = settings(max_examples=60, deadline=None)
Move = tuple[str, Statement, tuple[str, ...], Statement | None]
"""A name, what is to be entered, who signed it, and what it revokes."""
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


# What is entered in the ledger.

CHAIN: tuple[Move, ...] = tuple((name, one, SIGNERS[name], None) for name, one in HONEST.items())
AGAINST: tuple[Move, ...] = (
    ("unmet", decided("unmet"), ("a.two",), None),
    ("failed", failed(), ("a.two",), None),
    ("round 2", assessment(2), ("a.two",), None),
    ("another assessment", assessment(1, nonce="e" * 32), ("a.two",), None),
    ("amended", amendment(), BOTH, None),
    ("disputed", event("disputed"), ("supplier",), None),
    ("terminated", event("terminated"), ("requester",), None),
    ("paid", event("paid", "m1"), ("payer",), None),
    *((f"{name} revoked", revocation(one), SIGNERS[name][:1], one) for name, one in HONEST.items()),
)
"""Each of them is enough to stop the payment, by somebody who may."""
LATER = "2998-01-01T00:00:00Z"
STRANGERS: tuple[Move, ...] = (
    ("events", event("terminated"), ("r.other", "s.other"), None),
    ("a dispute", event("disputed"), ("s.other", "payer"), None),
    ("received", event("received"), ("s.other", "requester"), None),
    ("amended by others", amendment(supplier="s.other", requester="r.other"), ("r.other", "s.other"), None),
    ("amended with others", amendment(supplier="s.other"), ("requester", "s.other"), None),
    ("decided by others", decided("unmet"), ("supplier", "certifier"), None),
    ("failed by others", failed(), ("c.two", "s.other"), None),
    ("round 4", assessment(4), ("a.two",), None),
    *((f"{name} revoked by others", revocation(one), ("s.other", "r.other"), one) for name, one in HONEST.items()),
    *((f"{name} revoked from later", revocation(one, LATER), SIGNERS[name][:1], one) for name, one in HONEST.items()),
)
"""None of them changes anything."""
SIGNED: dict[tuple[str, tuple[str, ...]], Signed] = {}


def signed(statement: Statement, *who: str) -> Signed:
    """Once a run, since signing is slow."""
    key = (digest(statement), who)
    if key not in SIGNED:
        SIGNED[key] = signed_by(statement, *who, policy=roster())
    return SIGNED[key]


def taken(path: Path, moves: Iterable[Move]) -> set[str]:
    """The names of those that the ledger took, in this order."""
    trust, entered = trust_policy("e" * 64, roster()), set()
    with opened(path) as ledger, ledger.transaction() as page:
        for name, statement, who, of in moves:
            revoked = signed(of, *dict.fromkeys((*SIGNERS[of_kind(of)], *who))) if of else None
            with contextlib.suppress(TrustError):
                book.enter(page, signed(statement, *who), trust, NOW, of=revoked)
                entered.add(name)
    return entered


def of_kind(statement: Statement) -> str:
    return next(name for name, one in HONEST.items() if one is statement)


@ENTERED
@given(data=st.data())
def test_what_strangers_enter_changes_nothing(data, tmp_path_factory):
    """In any order, each as often as one likes, before and after the honest statements."""
    path = new_ledger(tmp_path_factory.mktemp("ledger") / "payments")
    taken(path, data.draw(st.lists(st.sampled_from((*STRANGERS, *CHAIN)), max_size=20)))
    assert Desk(path).codes() == ()


@ENTERED
@given(data=st.data())
def test_a_refusal_that_the_ledger_took_stands_whatever_is_entered_around_it(data, tmp_path_factory):
    path = new_ledger(tmp_path_factory.mktemp("ledger") / "payments")
    moves = data.draw(st.lists(st.sampled_from((*AGAINST, *AGAINST, *CHAIN, *STRANGERS)), max_size=20))
    against = taken(path, moves) & {name for name, *_ in AGAINST}
    assert (Desk(path).gate()[0].answer is Answer.PAY) == (not against), against


@ENTERED
@given(data=st.data())
def test_the_same_moves_twice_are_the_same_moves(data, tmp_path_factory):
    """What is entered again at once is there already or refused: the gate knows what it knew."""
    folder = tmp_path_factory.mktemp("ledger")
    moves = data.draw(st.lists(st.sampled_from((*AGAINST, *CHAIN, *STRANGERS)), max_size=12))
    once, twice = new_ledger(folder / "once"), new_ledger(folder / "twice")
    taken(once, moves)
    taken(twice, [one for move in moves for one in (move, move)])
    assert Desk(once).codes() == Desk(twice).codes()


@cache
def another() -> tuple[bytes, ...]:
    """The files of another purchase, which was paid."""
    return tuple(Purchase(edits={"contract": {"id": "MA-9"}, "assessment": {"nonce": "e" * 32}}).files().values())


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
