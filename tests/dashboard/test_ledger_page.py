"""The ledger's pages: entries in words, each with a proof that holds, under a head that was verified, at one place for ever."""

from __future__ import annotations

import json

import pytest
from support.bought import buy
from support.chains import NOW
from support.filed import record
from support.logged import KEY, entry

from verifier.__main__ import main
from verifier.dashboard.layout import Scene, html
from verifier.dashboard.page import Query
from verifier.dashboard.pages import ledger
from verifier.dashboard.pages.ledger import LedgerEntry, LedgerPages
from verifier.dashboard.site import NAVIGATION
from verifier.dashboard.sources import Sources
from verifier.ledger import proof

KINDS = ["awarded", "assessed", "decision", "accepted", "certified"]
OTHER = entry(7, time=NOW, reasons=("already-paid", "disputed"))
"""The gate's no, about a contract that the record does not have."""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with record(tmp_path_factory.mktemp("ledger")) as records:
        buy(records, "MA-1")
        with records.ledger.transaction() as page:
            page.append(OTHER)
        yield Sources(now=NOW, records=records)


@pytest.fixture
def four(monkeypatch):
    """Entries of one page."""
    monkeypatch.setattr(ledger, "ROWS", 4)


def document(found, address="ledger"):
    return LedgerPages().page(found, address, Query()).document


def test_the_newest_entries_come_first_and_say_in_words_what_they_are(found):
    told = document(found)["entries"]
    assert [one["kind"] for one in told][::-1] == [*KINDS, "denial"]
    assert [one["number"] for one in told] == [5, 4, 3, 2, 1, 0]
    assert told[0]["what"] == {"en": "the gate said no", "fr": "le contrôle de paiement a dit non"}
    assert [one["en"] for one in told[0]["words"]] == ["already-paid", "disputed"]
    assert told[0]["contract"] is None
    assert told[3]["words"] == [{"en": "met", "fr": "respecté"}]
    assert (told[2]["contract"], told[2]["milestone"], told[2]["round"]) == ({"key": "ma-1", "id": "MA-1"}, "m1", 1)


@pytest.mark.parametrize("address", ["ledger", "ledger/0", "ledger/4"])
def test_every_entry_comes_with_a_proof_that_holds(found, four, address):
    told = document(found, address)
    for one in told["entries"]:
        head = proof.check_inclusion(one["proof"].encode(), one["leaf"].encode(), KEY)
        assert (head.size, head.root.hex()) == (told["size"], told["root"])
        with pytest.raises(Exception, match="does not show"):
            proof.check_inclusion(one["proof"].encode(), one["leaf"].encode() + b" ", KEY)
    assert told["entries"]


def test_pages_are_turned_by_where_entries_stand(found, four):
    newest, first, last = (document(found, one) for one in ("ledger", "ledger/0", "ledger/4"))
    assert [one["number"] for one in newest["entries"]] == [5, 4, 3, 2]
    assert (newest["earlier"], newest["later"], newest["total"]) == (0, None, 6)
    assert [one["number"] for one in first["entries"]] == [3, 2, 1, 0]
    assert (first["earlier"], first["later"], first["size"]) == (None, 4, 4)
    assert [one["number"] for one in last["entries"]] == [5, 4]
    assert (last["earlier"], last["later"]) == (0, None)
    for none in ("ledger/8", "ledger/2", "ledger/04", "ledger/-4", "ledger/x", "ledger/", "ledger-2"):
        assert LedgerPages().page(found, none, Query()) is None, none


def test_a_full_page_stays_as_it_is_when_the_ledger_grows(tmp_path, four):
    with record(tmp_path) as records:
        buy(records, "MA-1")
        sources = Sources(now=NOW, records=records)
        before = {one.address: one.stamp for one in LedgerPages().places(sources)}
        page = document(sources, "ledger/0")
        with records.ledger.transaction() as written:
            written.append(OTHER)
        after = {one.address: one.stamp for one in LedgerPages().places(sources)}
        assert before["ledger"] == after["ledger"] == ""
        assert before["ledger/0"] == after["ledger/0"]
        assert before["ledger/4"] != after["ledger/4"]
        assert document(sources, "ledger/0")["entries"] == page["entries"]


def test_the_command_line_verifies_what_the_page_of_an_entry_gives(found, tmp_path, monkeypatch, capsys):
    page = LedgerEntry().page(found, "ledger/entry/2", Query())
    assert not list(LedgerEntry().places(found))
    (tmp_path / "entry").write_text(page.document["entry"]["leaf"] + "\n")
    (tmp_path / "proof").write_text(page.document["entry"]["proof"])
    monkeypatch.chdir(tmp_path)
    assert main(["ledger", "verify", "proof", "--log-key", page.document["key"], "--entry", "entry"]) == 0
    assert "6 entries" in capsys.readouterr().out
    for none in ("ledger/entry/6", "ledger/entry/", "ledger/entry/x", "ledger/entry/1" + "0" * 30):
        assert LedgerEntry().page(found, none, Query()) is None


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_to_be_copied_stands_there_whole(found, language):
    page = LedgerEntry().page(found, "ledger/entry/0", Query())
    text = html(page, language, Scene(NAVIGATION, live=True)).replace("&#34;", '"').replace("&#43;", "+")
    assert page.document["entry"]["leaf"] in text
    assert page.document["entry"]["proof"] in text
    assert "✓" not in text
    newest = LedgerPages().page(found, "ledger", Query())
    for live in (False, True):
        text = html(newest, language, Scene(NAVIGATION, live=live)).replace("&#43;", "+")
        assert newest.document["head"] in text
        assert newest.document["key"] in text
        assert ("ledger/entry/0.html" in text) is live
        assert "✓" not in text


def test_a_leaf_of_any_length_stands_there_whole(found):
    page = LedgerEntry().page(found, "ledger/entry/5", Query())
    long = json.dumps({"reasons": ["already-paid"] * 500})
    page.document["entry"]["leaf"] = long
    assert long in html(page, "en", Scene(NAVIGATION, live=True)).replace("&#34;", '"')


def test_a_ledger_that_was_changed_is_said_to_be(tmp_path):
    import sqlite3

    with record(tmp_path) as records:
        buy(records, "MA-1")
        with sqlite3.connect(tmp_path / "payments.ledger") as database:
            database.execute("DROP TRIGGER entry_stays")
            database.execute("UPDATE entry SET leaf = replace(leaf, 'passed', 'failed') WHERE position = 3")
        page = LedgerPages().page(Sources(now=NOW, records=records), "ledger", Query())
    assert page.document["trouble"]["en"]
    assert page.document["entries"] == []
    assert "The ledger is not what was signed." in html(page, "en", Scene(NAVIGATION))


def test_without_a_record_there_is_no_ledger():
    page = LedgerPages().page(Sources(now=NOW), "ledger", Query())
    assert "No record was named" in html(page, "en", Scene(NAVIGATION))
