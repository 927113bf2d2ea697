"""Filing in process: all or none, whatever stops in between, whoever files at once."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.booked import digest, revocation
from support.chains import ASSESSED, DECIDED, Purchase, contract, signed_file
from support.filed import agreed, event, record

from verifier.errors import TrustError
from verifier.gate.moves import State
from verifier.procurement.index import Index, Wanted

ID = "MA-2026-014"
STARTED = event(contract(), "started", ASSESSED)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.sigstore.json"))


def test_of_several_one_is_refused_and_nothing_of_the_others_is_filed(tmp_path):
    refused = signed_file(event(contract(), "resolved", DECIDED), "requester")
    with record(tmp_path) as records:
        records.file(agreed())
        before, head = files(tmp_path), records.ledger.checkpoint()
        with pytest.raises(TrustError) as told:
            records.file([signed_file(STARTED, "supplier"), refused])
        assert told.value.code == "illegal-move"
        assert (files(tmp_path), records.ledger.checkpoint()) == (before, head)
        assert records.record(ID).state is State.AWARDED


def test_they_are_entered_in_the_order_of_what_they_say_whatever_the_order_of_the_files(tmp_path):
    moves = [event(contract(), what, moment) for what, moment in (("delivered", DECIDED), ("started", ASSESSED))]
    with record(tmp_path) as records:
        records.file([*(signed_file(one, "supplier") for one in moves), *agreed()])
        assert [one.what for one in records.record(ID).events] == ["awarded", "started", "delivered"]


def test_a_whole_purchase_is_filed_at_once(tmp_path):
    with record(tmp_path) as records:
        filed = records.file(Purchase().files().values())
        assert all(one.entered for one in filed)
        assert records.record(ID).state is State.CERTIFIED


def test_a_contract_waits_for_its_second_signature(tmp_path):
    first, second = agreed()
    with record(tmp_path) as records:
        (filed,) = records.file([first])
        assert (filed.entered, records.record(ID).state) == (False, State.POSTED)
        (filed,) = records.file([second])
        assert (filed.entered, records.record(ID).state) == (True, State.AWARDED)


def test_an_index_that_stopped_is_caught_up(tmp_path, monkeypatch):
    with record(tmp_path) as records:
        records.file(agreed())
        with monkeypatch.context() as stopped:
            stopped.setattr(Index, "changing", _stopped)
            with pytest.raises(KeyboardInterrupt):
                records.file([signed_file(STARTED, "supplier")])
        assert [one.state for one in records.listed(Wanted())] == ["awarded"]
    with record(tmp_path) as records:
        assert [one.state for one in records.listed(Wanted())] == ["in progress"]


def test_what_is_filed_twice_is_there_once(tmp_path):
    with record(tmp_path) as records:
        for _ in range(2):
            records.file([*agreed(), signed_file(STARTED, "supplier")])
        assert len(records.record(ID).events) == 2


def test_what_its_signer_revoked_moves_nothing_and_still_shows(tmp_path):
    with record(tmp_path) as records:
        records.file([*agreed(), signed_file(STARTED, "supplier")])
        records.file([signed_file(revocation(STARTED), "supplier")])
        found = records.record(ID)
        assert found.state is State.AWARDED
        assert [(one.what, bool(one.revoked)) for one in found.events] == [("awarded", False), ("started", True)]


def test_a_revocation_of_what_the_record_does_not_have_is_refused(tmp_path):
    with record(tmp_path) as records:
        records.file(agreed())
        with pytest.raises(TrustError) as told:
            records.file([signed_file(revocation(STARTED), "supplier")])
        assert told.value.code == "not-entered"


def test_two_processes_file_at_once(tmp_path):
    with record(tmp_path) as records:
        records.file(agreed())
    for index in tmp_path.glob("index.sqlite*"):
        index.unlink()
    context = multiprocessing.get_context("fork")
    desks = [context.Process(target=_file, args=(tmp_path, what)) for what in ("started", "delivered") * 2]
    for one in desks:
        one.start()
    for one in desks:
        one.join(60)
    assert [one.exitcode for one in desks].count(0) >= 2
    with record(tmp_path) as records:
        told = [one.what for one in records.record(ID).events]
        assert told in (["awarded", "started", "delivered"], ["awarded", "delivered"])
        assert [one.state for one in records.listed(Wanted())] == ["delivered"]


def _file(folder: Path, what: str) -> None:
    with record(folder) as records:
        records.file([signed_file(event(contract(), what, ASSESSED), "supplier")])


def _stopped(_: Index) -> None:
    raise KeyboardInterrupt


def test_an_index_that_stopped_at_a_revocation_is_caught_up(tmp_path, monkeypatch):
    with record(tmp_path) as records:
        records.file([*agreed(), signed_file(STARTED, "supplier")])
        with monkeypatch.context() as stopped:
            stopped.setattr(Index, "changing", _stopped)
            with pytest.raises(KeyboardInterrupt):
                records.file([signed_file(revocation(STARTED), "supplier")])
    with record(tmp_path) as records:
        assert [one.state for one in records.listed(Wanted())] == ["awarded"]


def test_who_comes_between_entering_and_indexing_is_in_the_index(tmp_path):
    """The one who entered first indexes last: neither loses what the other said."""
    extended = replace(
        event(contract(), "extended", ASSESSED),
        predicate={**event(contract(), "extended", ASSESSED).predicate, "until": "2036-01-31"},
    )
    with record(tmp_path) as first, record(tmp_path) as second:
        first.file(agreed())
        put = first._put

        def late(*words: Any) -> None:
            second.file([signed_file(event(contract(), "started", DECIDED), "supplier")])
            put(*words)

        first._put = late
        first.file([signed_file(extended, "requester")])
        assert [(one.state, one.due) for one in first.listed(Wanted())] == [("in progress", "2036-01-31")]


def test_a_revocation_counts_from_its_time_on(tmp_path):
    with record(tmp_path) as records:
        records.file([*agreed(), signed_file(STARTED, "supplier")])
        records.file([signed_file(revocation(STARTED, "2998-01-01T00:00:00Z"), "supplier")])
        assert records.record(ID).state is State.IN_PROGRESS


def test_nothing_waits_that_cannot_be_entered(tmp_path):
    amended = replace(contract(), predicate={**contract().predicate, "amends": digest(contract()), "licence": "ISC"})
    other = replace(amended, predicate={**amended.predicate, "licence": "BSD-2-Clause"})
    with record(tmp_path) as records:
        records.file([*agreed(), signed_file(STARTED, "supplier")])
        records.file([signed_file(revocation(STARTED), "supplier"), signed_file(other, "requester")])
        assert [one.digest for one in records.record(ID).waiting] == [digest(other)]
        records.file(agreed(amended))
        assert records.record(ID).waiting == ()
        assert records.record(ID).terms["licence"] == "ISC"


def test_the_id_of_a_contract_is_not_taken_by_others(tmp_path):
    others = replace(contract(), predicate={**contract().predicate, "supplier": "s.other", "requester": "r.other"})
    with record(tmp_path) as records:
        records.file(agreed())
        with pytest.raises(TrustError) as told:
            records.file([signed_file(others, "r.other"), signed_file(others, "s.other")])
        assert told.value.code == "other-contract"
