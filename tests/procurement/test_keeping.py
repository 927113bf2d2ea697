"""Evidence is deleted when its time is past and not before, its digest and why stay, and no interruption loses either."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.chains import Purchase
from support.killed import killed_at, started
from support.standing import record

from verifier.errors import TrustError
from verifier.procurement.deleting import LOG, deletions, present
from verifier.procurement.deleting import delete as deleting
from verifier.procurement.keeping import Keep, Past, after, ended, past
from verifier.procurement.record import Record
from verifier.procurement.store import Store

ID = "MA-2026-014"
NAMED = {
    "report.json": "application/json",
    "bandit/run.json": "application/json",
    "source/run.json": "application/json",
    "tests/run-0.jsonl": "application/jsonl",
    "style/app.txt": "text/x-python",
}
KEEP = {
    "statements": "never",
    "reports": "never",
    "tool-output": 6,
    "source-excerpts": 2,
    "excerpts-in": ["source/*", "tests/*.jsonl", "text/x-*"],
}
PAID = ("paid", "2026-12-01T12:00:00Z", {"reference": "card"})


def digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def entries(*more: tuple[str, str]) -> list[dict[str, str]]:
    listed = [(name, name) for name in NAMED] + list(more)
    return [{"name": name, "mediaType": NAMED.get(name, "text/plain"), "sha256": digest(of)} for name, of in listed]


def of(*events: tuple[str, str, dict[str, str]], named: Sequence[tuple[str, str]] = ()) -> Record:
    purchase = Purchase(edits={"assessment": {"evidence": entries(*named)}})
    return record(purchase, "assessment", "decision", "acceptance", events=events)


def names(found: Sequence[Past]) -> set[str]:
    return {name for one in found for name in one.names}


EXCERPTS = {"source/run.json", "tests/run-0.jsonl", "style/app.txt"}


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        ("2028-12-01", set()),
        ("2028-12-02", EXCERPTS),
        ("2032-12-01", EXCERPTS),
        ("2032-12-02", EXCERPTS | {"bandit/run.json"}),
        ("2999-01-01", EXCERPTS | {"bandit/run.json"}),
    ],
)
def test_each_kind_has_its_time_after_the_last_payment(today, wanted):
    assert names(past(of(PAID), Keep.of(KEEP), today)) == wanted


def test_the_rule_and_the_day_are_told():
    (one,) = [one for one in past(of(PAID), Keep.of(KEEP), "2033-01-01") if one.names == ("bandit/run.json",)]
    assert (one.rule, one.ended, one.digest) == ("tool-output: 6", "2026-12-01", digest("bandit/run.json"))


def test_what_the_section_does_not_say_is_kept_for_ever():
    assert past(of(PAID), Keep.of({}), "2999-01-01") == ()


@pytest.mark.parametrize(
    "events",
    [
        (),
        (("invoiced", "2026-11-20T12:00:00Z", {"reference": "7"}),),
        (("disputed", "2026-11-20T12:00:00Z", {"note": "No."}),),
    ],
    ids=["accepted", "invoiced", "disputed"],
)
def test_of_what_has_not_ended_and_of_a_dispute_everything_is_kept(events):
    found = of(*events)
    assert ended(found) == ""
    assert past(found, Keep.of(KEEP), "2999-01-01") == ()


def test_a_contract_that_was_terminated_has_ended():
    assert ended(of(("terminated", "2026-11-20T12:00:00Z", {"note": "Default."}))) == "2026-11-20"


def test_the_time_begins_with_the_last_that_was_told_of_the_payment():
    assert ended(of(PAID, ("received", "2026-12-05T12:00:00Z", {}))) == "2026-12-05"


@pytest.mark.parametrize(
    ("hold", "held"), [(True, True), (["ma-2026-014"], True), (["MA-2026-015"], False), (False, False)]
)
def test_a_hold_keeps_everything(hold, held):
    assert (past(of(PAID), Keep.of({**KEEP, "hold": hold}), "2999-01-01") == ()) is held


def test_of_two_names_the_one_that_is_kept_longer_decides():
    """The very bytes are a report's as well, and tool output's."""
    found = of(PAID, named=[("other/run.json", "source/run.json"), ("more/run.json", "report.json")])
    assert names(past(found, Keep.of(KEEP), "2029-01-01")) == {"tests/run-0.jsonl", "style/app.txt"}
    later = past(found, Keep.of(KEEP), "2033-01-01")
    assert ("other/run.json", "source/run.json") in [one.names for one in later]
    assert "more/run.json" not in names(later)


@given(st.dates(max_value=date(2500, 1, 1)), st.integers(0, 200))
def test_years_later_is_no_day_early(day, years):
    until = date.fromisoformat(after(day.isoformat(), years))
    assert until.year == day.year + years
    assert (until.month, until.day) == (day.month, day.day) or (until.month, until.day, day.day) == (3, 1, 29)


@pytest.fixture
def store(tmp_path):
    """With every piece of evidence, and one that no assessment names."""
    made = Store(tmp_path)
    for name in [*NAMED, "unnamed"]:
        made.keep_evidence(ID, name.encode())
    return made


DUE = past(of(PAID), Keep.of(KEEP), "2029-01-01")
NOW, LATER = "2029-01-01T00:00:00Z", "2029-01-02T00:00:00Z"


def delete(store: Store, contract: str, due: Sequence[Past], now: str) -> tuple[Past, ...]:
    return tuple(deleting(store, contract, tuple(due), now))


def there(store: Store) -> set[str]:
    return {path.read_bytes().decode() for path in store.kept(ID)}


def steps(store: Store) -> list[tuple[str, str]]:
    return [(one["step"], one["digest"]) for one in map(json.loads, (store.place(ID) / LOG).read_bytes().splitlines())]


def test_files_go_and_digest_rule_and_day_stay(store):
    assert {one.names for one in delete(store, ID, DUE, NOW)} == {one.names for one in DUE}
    assert there(store) == {"report.json", "bandit/run.json", "unnamed"}
    assert [(one.digest, one.names, one.rule, one.time, one.ended) for one in deletions(store, ID)] == [
        (one.digest, one.names, "source-excerpts: 2", NOW, "2026-12-01") for one in DUE
    ]
    assert delete(store, ID, DUE, LATER) == ()
    assert len(steps(store)) == 2 * len(DUE)


def test_looking_deletes_nothing(store):
    assert tuple(present(store, ID, DUE)) == DUE
    assert not (store.place(ID) / LOG).exists()
    assert len(there(store)) == len(NAMED) + 1


def test_of_a_contract_without_a_folder_nothing_is_made(tmp_path):
    assert delete(Store(tmp_path), ID, DUE, NOW) == ()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_what_its_name_says_stays_and_is_said(store):
    path = store.place(ID) / "evidence" / DUE[1].digest
    path.write_bytes(b"other")
    with pytest.raises(TrustError, match="not what its name says"):
        delete(store, ID, DUE, NOW)
    assert path.read_bytes() == b"other"
    assert [one.digest for one in deletions(store, ID)] == [DUE[0].digest]


def test_what_comes_back_is_no_deletion_and_goes_again(store):
    delete(store, ID, DUE, NOW)
    store.keep_evidence(ID, DUE[0].names[0].encode())
    assert DUE[0].digest not in {one.digest for one in deletions(store, ID)}
    assert delete(store, ID, DUE, LATER) == DUE[:1]
    assert {one.digest: one.time for one in deletions(store, ID)}[DUE[0].digest] == LATER


def test_what_somebody_else_took_away_was_not_deleted_by_a_rule(store):
    (store.place(ID) / "evidence" / DUE[0].digest).unlink()
    delete(store, ID, DUE, NOW)
    assert DUE[0].digest not in {one.digest for one in deletions(store, ID)}


def test_a_line_that_was_not_written_to_its_end_was_never_said(store):
    delete(store, ID, DUE[:1], NOW)
    path = store.place(ID) / LOG
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"step": "begun", "time": "2029')
    assert [one.digest for one in deletions(store, ID)] == [DUE[0].digest]
    delete(store, ID, DUE[1:], LATER)
    assert path.read_bytes().startswith(whole)
    assert {one.digest for one in deletions(store, ID)} == {one.digest for one in DUE}


@pytest.mark.parametrize("line", ["nothing", "[]", '{"step": "eaten"}', '{"step": "begun", "digest": "0"}'])
def test_a_log_that_somebody_else_wrote_is_told_and_deletes_nothing(store, line):
    (store.place(ID) / LOG).write_text(f"{line}\n")
    for use in (lambda: delete(store, ID, DUE, NOW), lambda: deletions(store, ID)):
        with pytest.raises(TrustError, match="is no log of deletions: line 1"):
            use()
    assert len(there(store)) == len(NAMED) + 1


def work(store: Store, begin=lambda: None, due: Sequence[Past] = DUE[:1]) -> None:
    begin()
    delete(store, ID, due, NOW)


def fresh(folder: Path) -> Store:
    made = Store(folder)
    for one in DUE[:2]:
        made.keep_evidence(ID, one.names[0].encode())
    return made


def test_killed_at_any_system_call_nothing_is_lost_and_nothing_said_that_did_not_happen(tmp_path):
    killed, stop, left = True, 0, set()
    while killed:
        stop += 1
        store = fresh(tmp_path / f"at{stop}")
        killed = killed_at(started(lambda begin, store=store: work(store, begin)), stop)
        gone = {one.digest for one in DUE[:2]} - {digest(name) for name in there(store)}
        assert {one.digest for one in deletions(store, ID)} == gone, f"killed at stop {stop}"
        said = {one for step, one in (steps_of_whole_lines(store)) if step == "deleted"}
        assert said <= gone, f"killed at stop {stop}"
        left.add((len(said), len(gone)))
        work(store)
        assert steps(store) == [("begun", DUE[0].digest), ("deleted", DUE[0].digest)]
        assert there(store) == {DUE[1].names[0]}
    assert left == {(0, 0), (0, 1), (1, 1)}


def steps_of_whole_lines(store: Store) -> list[tuple[str, str]]:
    path = store.place(ID) / LOG
    return steps(store) if path.exists() and path.read_bytes().endswith(b"\n") else []


def test_what_was_begun_and_is_held_by_now_is_kept_and_the_log_says_so(tmp_path):
    """Killed between the line and the deletion; then the contract was put on hold."""
    for stop in range(1, 400):
        store = fresh(tmp_path / f"at{stop}")
        assert killed_at(started(lambda begin, store=store: work(store, begin)), stop)
        if steps_of_whole_lines(store):
            break
    assert steps(store) == [("begun", DUE[0].digest)]
    delete(store, ID, (), LATER)
    assert steps(store)[1:] == [("kept", DUE[0].digest)]
    assert len(there(store)) == 2
    (store.place(ID) / "evidence" / DUE[0].digest).unlink()
    assert deletions(store, ID) == ()


def test_twice_at_once_each_is_deleted_and_logged_once(tmp_path):
    for number in range(20):
        store = fresh(tmp_path / str(number))
        children = []
        for _ in range(2):
            child = os.fork()
            if not child:
                try:
                    work(store, due=DUE[:2])
                finally:
                    os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        assert steps(store) == [(step, one.digest) for one in DUE[:2] for step in ("begun", "deleted")]
