"""One milestone is released once: whoever asks at the same moment, whoever asks again, and whenever the gate is killed."""

from __future__ import annotations

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support.chains import Purchase, signed_payload
from support.killed import killed_at, started
from support.logged import made, opened

from verifier import drafts
from verifier.gate import book
from verifier.gate.answer import Answered, cases
from verifier.gate.case import Case
from verifier.gate.codes import Answer
from verifier.gate.paying import Outcome, pay
from verifier.statements.statement import write

TRIES, OTHERS = 200, 40
PATIENCE = 60
STEP = 3
"""Of the system calls, every third: the ledger's own test stops at each."""
NO_ENTRY = 0
together: Any = None


def signed(answered: Answered, head: str) -> tuple[str, bytes]:
    """The release, by the gate's key: each time another signature."""
    payload = write(drafts.release(answered.case, [name for name, _ in answered.reasons], head))
    return sha256(payload).hexdigest(), signed_payload(payload, "gate")


def paid(path: Path, case: Case) -> Outcome:
    with opened(path) as ledger:
        return pay(cases(case), ledger, signed)


def asked(**how: Any) -> Case:
    return Purchase(**how).case()


def purchase_of(number: int, invoice: str = "a") -> Case:
    """Another contract each time, another nonce and another invoice."""
    name, edits = f"MA-{number}", {"contract": {"id": f"MA-{number}"}}
    billed = {"invoice": f"{number}-{invoice}"}
    whole = Purchase(edits={**edits, "assessment": {"nonce": f"{number:032x}"}, "certification": billed})
    case = whole.case()
    assert case.chain.ends()[0].certification is not None, name
    return case


def entries(path: Path, kind: str, case: Case) -> int:
    with opened(path, sign=None) as ledger, ledger.reading() as page:
        return len(page.find(kind=kind, contract=book.name(cases(case)[0].about["contract"])))


# One after the other.


def test_a_yes_is_a_release_and_an_entry(tmp_path):
    path, case = made(tmp_path / "payments"), asked()
    outcome = paid(path, case)
    assert (outcome.answer, outcome.repeated, outcome.release != b"") == (Answer.PAY, False, True)
    assert entries(path, "release", case) == 1


def test_the_same_again_is_the_same_release_whatever_came_since(tmp_path):
    """Even when it would be denied by now: what was released is not asked again, and nothing is entered."""
    path, case = made(tmp_path / "payments"), asked()
    first = paid(path, case)
    late = replace(case, request=replace(case.request, now="2030-01-01T00:00:00Z"))
    for again in (case, late):
        outcome = paid(path, again)
        assert (outcome.answer, outcome.repeated, outcome.release) == (Answer.PAY, True, first.release)
    with opened(path, sign=None) as ledger:
        assert ledger.verify().size == 1


@pytest.mark.parametrize(
    "other",
    [
        lambda: asked(edits={"certification": {"invoice": "2026-18"}}),
        lambda: asked(edits={"assessment": {"nonce": "e" * 32}}),
        lambda: asked(request=replace(Purchase().request, invoice="2026-17")),
        lambda: asked(edits={"contract": {"id": "MA-2"}}),
    ],
    ids=["another certification", "another assessment", "another question", "the nonce for another contract"],
)
def test_any_other_request_is_already_paid(tmp_path, other):
    path = made(tmp_path / "payments")
    assert paid(path, asked()).answer is Answer.PAY
    outcome = paid(path, other())
    assert outcome.answered is not None
    assert (outcome.answer, outcome.answered.codes, outcome.release) == (Answer.DO_NOT_PAY, ("already-paid",), b"")
    assert entries(path, "denial", other()) == 1


@pytest.mark.parametrize(
    ("how", "answer", "kind"),
    [
        ({"edits": {"certification": {"payee": "Others Inc."}}}, Answer.DO_NOT_PAY, "denial"),
        ({"left_out": frozenset({"certification"})}, Answer.NOT_YET, "not-yet"),
    ],
)
def test_no_and_not_yet_are_entries_and_use_nothing_up(tmp_path, how, answer, kind):
    path, case = made(tmp_path / "payments"), asked(**how)
    assert (paid(path, case).answer, entries(path, kind, case)) == (answer, 1)
    assert paid(path, asked()).answer is Answer.PAY


def test_a_trust_failure_enters_nothing(tmp_path):
    path, case = made(tmp_path / "payments"), asked(signers={"certification": ("assessor",)})
    assert paid(path, case).answer is Answer.TRUST_FAILURE
    with opened(path, sign=None) as ledger:
        assert ledger.verify().size == NO_ENTRY


def test_where_nobody_signs_nothing_is_entered(tmp_path):
    path, case = made(tmp_path / "payments"), asked()

    def away(_: Answered, __: str) -> tuple[str, bytes]:
        raise InterruptedError

    with opened(path) as ledger, pytest.raises(InterruptedError):
        pay(cases(case), ledger, away)
    assert entries(path, "release", case) == 0
    assert paid(path, case).answer is Answer.PAY


# At the same moment.


def ready(barrier: Any) -> None:
    global together  # noqa: PLW0603 - a barrier is only handed to a process when it starts
    together = barrier


def pay_all(path: Path, asking: list[Case]) -> list[tuple[Answer, bool, bytes, tuple[str, ...]]]:
    """Each of them at the moment when the other asks the same, or another for the same milestone."""
    answers = []
    with opened(path) as ledger:
        for case in asking:
            together.wait(PATIENCE)
            one = pay(cases(case), ledger, signed)
            answers.append((one.answer, one.repeated, one.release, one.answered.codes if one.answered else ()))
    return answers


def raced(path: Path, *asking: list[Case]) -> list[list[tuple[Answer, bool, bytes, tuple[str, ...]]]]:
    context = multiprocessing.get_context("fork")  # the keys of a run are its own
    with ProcessPoolExecutor(2, context, ready, (context.Barrier(2),)) as racers:
        return [one.result() for one in [racers.submit(pay_all, path, cases_) for cases_ in asking]]


def released(path: Path) -> tuple[int, int]:
    """Entries of releases and of denials, in a ledger that verifies and has no others."""
    with opened(path, sign=None) as ledger:
        size = ledger.verify().size
        with ledger.reading() as page:
            found = len(page.find(kind="release")), len(page.find(kind="denial"))
    assert sum(found) == size
    return found


def test_of_two_that_ask_the_same_at_once_one_pays_and_the_other_has_its_answer(tmp_path):
    path, asking = made(tmp_path / "payments"), [purchase_of(number) for number in range(TRIES)]
    told = raced(path, asking, asking)
    for one, other in zip(*told, strict=True):
        assert (one[0], other[0]) == (Answer.PAY, Answer.PAY)
        assert {one[1], other[1]} == {False, True}, "one of them is repeated"
        assert one[2] == other[2] != b""
    assert released(path) == (TRIES, 0)
    assert {repeated for _, repeated, _, _ in told[0]} == {False, True}, "one of them was always first"


def test_of_two_that_ask_otherwise_at_once_one_is_paid_and_the_other_is_told(tmp_path):
    path = made(tmp_path / "payments")
    told = raced(
        path,
        [purchase_of(number) for number in range(OTHERS)],
        [purchase_of(number, "b") for number in range(OTHERS)],
    )
    for one, other in zip(*told, strict=True):
        assert sorted([one[0], other[0]]) == [Answer.PAY, Answer.DO_NOT_PAY]
        assert sorted([one[3], other[3]]) == [(), ("already-paid",)]
    assert released(path) == (OTHERS, OTHERS)


# Killed.


def test_killed_at_any_moment_it_paid_whole_or_not_at_all(tmp_path):
    """From the beginning of the gate's transaction until the ledger is closed: asked again, it answers as if nothing were."""
    whole, case = made(tmp_path / "whole"), asked()
    sizes, killed, stop = set(), True, 0

    def gate(path: str, begin: Any) -> None:
        with opened(Path(path)) as ledger:
            begin()
            pay(cases(case), ledger, signed)

    while killed:
        stop += STEP
        path = Path(shutil.copy(whole, tmp_path / f"at{stop}"))
        killed = killed_at(started(lambda begin, path=path: gate(path, begin)), stop)
        with opened(path, sign=None) as ledger:
            size = ledger.verify().size
        outcome = paid(path, case)
        assert (outcome.answer, outcome.repeated) == (Answer.PAY, size == 1), f"killed at stop {stop}"
        with opened(path, sign=None) as ledger:
            assert ledger.verify().size == 1
        sizes.add(size)
    assert sizes == {0, 1}
    assert stop > 50
