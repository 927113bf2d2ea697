"""What the server says of the signed files of a contract: each by its steps, and none hides another."""

from __future__ import annotations

import pytest
from support.booked import digest, revocation
from support.chains import Purchase
from support.tampered import taken
from support.trusted import Trusted

from verifier.dashboard import enclosed, signatures
from verifier.dashboard.layout import Scene, html
from verifier.dashboard.page import Query
from verifier.dashboard.site import found as page_of
from verifier.statements.envelope import bundle

ID = "MA-2026-014"


@pytest.fixture
def made(tmp_path):
    one = Trusted(tmp_path / "desk")
    one.file(one.purchase())
    return one


def told(made, about=None):
    with made.sources() as found:
        agreed = digest(Purchase().statements()["contract"])
        return signatures.of_contract(found, ID, agreed if about is None else about)


def row(document, kind):
    return next(one for one in document["statements"] if one["file"].startswith(kind))


def test_every_file_with_its_steps_its_signers_and_its_entry(made):
    document = told(made)
    assert document["held"]
    assert document["total"] == 8
    assert document["said"] == {
        "en": "All 8 signed files hold.",
        "fr": "Les 8 fichiers signés sont tous valides.",
    }
    assert {tuple(one["steps"]) for one in document["statements"]} == {(1, 2, 3, 4, 5, 6)}
    certified = row(document, "certification")
    assert certified["signers"] == [{"person": "certifier", "key": made.key_id("certifier")[:16], "time": None}]
    assert certified["entry"]["time"] == "2026-11-14T12:00:00Z"
    assert row(document, "contract")["entry"]["number"] == 0


def test_a_file_that_does_not_hold_hides_no_other(made):
    (path,) = made.record.glob("contracts/*/decision-*")
    path.write_bytes(b"{}")
    document = told(made)
    assert not document["held"]
    first, *others = document["statements"]
    assert (first["file"], first["held"], first["failed"], first["code"]) == (path.name, False, 1, "container")
    assert first["trouble"]["fr"] != first["trouble"]["en"]
    assert all(one["held"] for one in others)


def test_what_was_revoked_is_told_as_such_and_is_no_failure(made):
    decided = Purchase().statements()["decision"]
    made.file([bundle(made.signed(revocation(decided), "assessor"))])
    document = told(made)
    assert document["held"]
    assert "1 of them was revoked" in document["said"]["en"]
    assert row(document, "decision")["revoked"]
    assert not told(made, digest(decided))["held"]
    assert "it does not count" in told(made, digest(decided))["said"]["en"]


def test_what_nobody_entered_is_told(made):
    waiting = Purchase(edits={"contract": {"id": "MA-2026-020"}}).statements()["contract"]
    made.file([bundle(made.signed(waiting, "requester"))])
    with made.sources() as found:
        (only,) = signatures.of_contract(found, "MA-2026-020", digest(waiting))["statements"]
    assert only["held"]
    assert only["entry"] is None


def test_a_page_whose_statement_is_not_there(made):
    document = told(made, "a" * 64)
    assert not document["held"]
    assert "does not lie here as it was signed" in document["said"]["en"]


def test_the_files_of_one_assessment(made):
    assessed = digest(Purchase().statements()["assessment"])
    with made.sources() as found:
        document = signatures.of_assessment(found, ID, assessed)
        none = signatures.of_assessment(found, ID, "a" * 64)
    assert [one["kind"] for one in document["statements"]] == ["assessment"]
    assert document["held"]
    assert not none["held"]
    assert none["total"] == 0


def test_evidence_that_was_deleted_is_no_failure_and_no_step(made):
    assert row(told(made), "assessment")["steps"] == [1, 2, 3, 4, 5, 6]


def test_a_live_page_says_that_the_server_verified(made):
    with made.sources() as found:
        page = page_of(found, "contracts/ma-2026-014", Query())
    live, built = (html(page, "en", Scene((), live=one)) for one in (True, False))
    assert "Verified by this server at 2026-11-14 12:00:00 UTC, not by your browser." in live
    assert "Verified when this page was made, at 2026-11-14 12:00:00 UTC, not by your browser." in built


def test_what_lies_in_the_page_for_the_browser(made):
    with made.sources() as found:
        data = taken(html(page_of(found, "contracts/ma-2026-014", Query()), "en", Scene(())))
    assert data["pins"].encode() == made.store.pinned()
    assert len(data["policies"]) == 1
    assert len(data["statements"]) == 7
    assert sorted(len(one["signatures"]) for one in data["statements"]) == [1, 1, 1, 1, 1, 1, 2]


def test_what_is_too_large_for_a_page_is_left_to_the_command(made, monkeypatch):
    monkeypatch.setattr(enclosed, "MOST", 1000)
    with made.sources() as found:
        page = html(page_of(found, "contracts/ma-2026-014", Query()), "en", Scene(()))
    assert 'id="envelopes"' not in page
    assert "Your browser cannot verify them itself" in page
