"""The public register names the contracting party and what was accepted, and nobody and nothing else: markers lie everywhere."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing

import html5lib
import pytest
from support.bought import buy, tell
from support.chains import COMMIT, NOW
from support.filed import record

from verifier.dashboard.build import build
from verifier.dashboard.page import Query
from verifier.dashboard.pages import register
from verifier.dashboard.pages.register import COLUMNS, Register, web
from verifier.dashboard.sources import Sources
from verifier.errors import UsageError

MARK = "zqmark"
PEOPLE = ("supplier", "requester", "assessor", "certifier", "payer", "gate", "example.org", "s.other", "a.two")
SEEDED = {
    "requirements": [{"id": f"{MARK}-r", "text": {"en": f"{MARK}-required", "fr": f"{MARK}-exige"}}],
    "merged": f"{MARK}-branch",
    "payee": "Parcels Inc.",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """One accepted, listed and paid, one accepted, one rejected, one only assessed, one only agreed."""
    folder = tmp_path_factory.mktemp("register")
    with record(folder) as records:
        decision = {"rationale": f"{MARK}-rationale"}
        paid = buy(records, "MA-1", contract=SEEDED, decision=decision)["contract"]
        words = {"reference": f"{MARK}-reference", "note": f"{MARK}-note"}
        for by, what in (("supplier", "invoiced"), ("supplier", "disputed"), ("requester", "resolved")):
            tell(records, paid, by, what, **words)
        tell(records, paid, "requester", "debriefed", **words)
        tell(records, paid, "requester", "explained", reference="same-supplier", note=f"{MARK}-lead")
        tell(records, paid, "assessor", "listed", reference="https://ore.example/parcels", note=f"{MARK}-listed")
        tell(records, paid, "payer", "paid", **words)
        buy(records, "MA-2", "acceptance", contract={**SEEDED, "repository": "file:///srv/secret"})
        hidden = {**SEEDED, "title": {"en": f"{MARK}-hidden", "fr": f"{MARK}-cache"}}
        buy(records, "MA-rejected", "acceptance", contract=hidden, decision={"outcome": "unmet", **decision})
        buy(records, "MA-assessed", "decision", contract=hidden)
        buy(records, "MA-agreed", "contract", contract=hidden)
        evidence = json.dumps({"findings": [f"{MARK}-finding"]}).encode()
        records.store.keep_evidence("MA-1", evidence)
        yield Sources(now=NOW, records=records)


@pytest.fixture(scope="module")
def public(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("public") / "site"
    build(found, folder, public=True)
    return folder


def rows(found, **how):
    page = Register(**how).page(found, how.get("address", "register"), Query())
    return {one["contract"]: one for one in page.document["code"]}


def test_what_was_accepted_is_there_and_nothing_else(found):
    both = rows(found)
    assert set(both) == {"MA-1", "MA-2"}
    paid = both["MA-1"]
    assert (paid["payee"], paid["total"], paid["currency"], paid["licence"]) == ("Parcels Inc.", 734500, "CAD", "MIT")
    assert (paid["commit"], paid["accepted"], paid["paid"]) == (COMMIT, NOW[:10], NOW[:10])
    assert (paid["repository"], paid["listing"]) == ("https://git.example/parcels", "https://ore.example/parcels")
    assert (both["MA-2"]["paid"], both["MA-2"]["listing"]) == ("", "")


def test_an_address_that_says_who_opens_it_is_not_told(found):
    assert rows(found)["MA-2"]["repository"] == ""
    for address in ("javascript:alert(1)", "file:///srv/code", "https://a b", "https://", "http://[", "git@host:a"):
        assert web(address) == "", address
    assert web("https://git.example/parcels") == "https://git.example/parcels"


def test_a_report_is_led_to_where_the_record_has_it(found):
    assert rows(found)["MA-1"]["page"] == ""
    assessment = rows(found)["MA-1"]["assessment"]
    place = found.records.store.place("MA-1") / "evidence" / ("4" * 64)
    place.write_text("{}")
    try:
        assert rows(found)["MA-1"]["page"] == f"reports/{assessment[:16]}"
        assert "page" not in rows(found, address="index", public=True)["MA-1"]
    finally:
        place.unlink()


def test_no_byte_of_the_public_site_names_anybody_or_says_what_is_not_public(public):
    made = (path for path in public.rglob("*") if path.is_file() and path.parent.name != "assets")
    content = {path: path.read_text().casefold() for path in made}
    assert {path.name for path in content} >= {"index.html", "index.json", "index.csv", ".made.json"}
    for path, text in content.items():
        told = [word for word in (MARK, *PEOPLE, "ma-rejected", "ma-assessed", "ma-agreed", "secret") if word in text]
        assert not told, path
    assert "parcels inc." in content[public / "en" / "index.html"]
    assert "parcels inc." in content[public / "fr" / "index.html"]


def test_the_marks_are_where_they_would_come_out(found):
    """Else the other test proves nothing."""
    files = found.records.settings.folder.rglob("*.sigstore.json")
    told = [base64.b64decode(json.loads(path.read_bytes())["dsseEnvelope"]["payload"]).decode() for path in files]
    for mark in ("required", "branch", "rationale", "reference", "note", "lead", "listed", "hidden"):
        assert any(f"{MARK}-{mark}" in one for one in told), mark


def test_every_link_of_the_public_site_stays_in_it_or_leads_to_the_code(public):
    for path in public.rglob("*.html"):
        for link in html5lib.parse(path.read_text(), namespaceHTMLElements=False).iter("a"):
            target = link.get("href").partition("#")[0]
            away = target in ("https://git.example/parcels", "https://ore.example/parcels")
            assert away or not target or (path.parent / target).is_file(), (path, target)


def test_neither_site_is_written_over_the_other(found, public, tmp_path):
    with pytest.raises(UsageError):
        build(found, public)
    build(Sources(now=NOW), tmp_path / "whole")
    with pytest.raises(UsageError):
        build(found, tmp_path / "whole", public=True)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE contract SET payee = 'Somebody Ltd.' WHERE id = 'MA-1'",
        "UPDATE contract SET repository = 'https://elsewhere.example/code' WHERE id = 'MA-1'",
        "UPDATE milestone SET total = 1, \"commit\" = 'ab' WHERE contract = 'ma-1'",
        "UPDATE milestone SET accepted = '2026-01-01' WHERE contract = 'ma-rejected'",
    ],
)
def test_what_the_signed_statements_do_not_say_is_not_published(found, change):
    folder = found.records.settings.folder
    with closing(sqlite3.connect(folder / "index.sqlite")) as base, closing(sqlite3.connect(":memory:")) as before:
        base.backup(before)
        base.execute(change)
        base.commit()
        try:
            page = Register("index", public=True).page(found, "index", Query())
        finally:
            before.backup(base)
    told = {one["contract"] for one in page.document["code"]}
    assert page.document["left_out"] == 1
    assert told == ({"MA-1", "MA-2"} if "rejected" in change else {"MA-2"})


def test_what_did_not_change_is_not_made_again(found, public):
    assert build(found, public, public=True).made == 0


def test_a_page_has_so_many_rows(found, monkeypatch):
    monkeypatch.setattr(register, "ROWS", 1)
    first, second = (Register().page(found, one, Query()) for one in ("register", "register-2"))
    names = [page.document["code"][0]["contract"] for page in (first, second)]
    assert names == ["MA-2", "MA-1"]
    assert Register().page(found, "register-3", Query()) is None
    assert second.table.head == COLUMNS
    assert [len(row) for row in second.table.rows] == [len(COLUMNS)]


def test_without_a_record_it_is_empty():
    page = Register().page(Sources(now=NOW), "register", Query())
    assert (page.document["total"], page.document["code"]) == (0, [])
