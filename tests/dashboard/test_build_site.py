import json
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from support.booked import revocation
from support.chains import ASSESSED, NOW, contract, signed_file
from support.filed import agreed, event, record
from support.judged import example, judged
from support.shown import altered, rounds, sources

from verifier.dashboard import build as making
from verifier.dashboard.build import build
from verifier.dashboard.layout import table, twin
from verifier.dashboard.page import Page, Table
from verifier.dashboard.serve.app import app
from verifier.dashboard.sources import Sources
from verifier.errors import UsageError
from verifier.procurement.index import SpoiltIndexError
from verifier.words import say

RECORDED = Path(__file__).parent / "recorded" / "blinker-1.9.0"
LATER = "2027-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    (folder / "record").mkdir()
    with sources(folder / "record") as found:
        build(found, folder / "site")
    return folder / "site"


def test_every_page_is_there_in_both_languages_with_its_twin(site):
    english = {path.relative_to(site / "en") for path in (site / "en").rglob("*.html")}
    assert english == {path.relative_to(site / "fr") for path in (site / "fr").rglob("*.html")}
    assert {path.with_suffix("") for path in english} == {
        path.relative_to(site / "data").with_suffix("") for path in (site / "data").rglob("*.json")
    }
    assert (site / "en" / "contracts" / "ma-2026-000.html").is_file()


def test_what_was_delivered_waits_to_be_assessed(site):
    queues = {one["name"]: one for one in json.loads((site / "data" / "index.json").read_text())["queues"]}
    assert [one["id"] for one in queues["to-assess"]["contracts"]] == ["MA-2026-002"]


def test_every_link_of_every_page_leads_to_a_file(site):
    import html5lib

    for path in site.rglob("*.html"):
        page = html5lib.parse(path.read_text(), namespaceHTMLElements=False)
        for link in page.iter("a"):
            target = link.get("href").partition("#")[0]
            assert not target or (path.parent / target).is_file(), (path, link.get("href"))


def test_what_is_read_of_a_contract_serves_all_its_pages_however_they_write_its_id(tmp_path):
    with sources(tmp_path, 1) as found:
        assert found.record("MA-2026-000") is found.record("ma-2026-000")


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "record").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "mine.txt").write_text("mine")
    with sources(tmp_path / "record", 1) as found, pytest.raises(UsageError):
        build(found, tmp_path / "site")
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["mine.txt"]


def test_several_processes_make_the_same_pages(tmp_path, monkeypatch):
    (tmp_path / "record").mkdir()
    monkeypatch.setattr(making, "FEW", 1)
    monkeypatch.setattr(making, "PART", 2)
    with sources(tmp_path / "record") as found:
        alone = build(found, tmp_path / "alone")
        assert build(found, tmp_path / "together", lambda: sources(tmp_path / "record", 0)) == alone
    assert _files(tmp_path / "alone") == _files(tmp_path / "together")


def test_what_stops_another_process_stops_the_build(tmp_path, monkeypatch):
    @contextmanager
    def opening():
        raise UsageError("gone")
        yield

    (tmp_path / "record").mkdir()
    monkeypatch.setattr(making, "FEW", 1)
    with sources(tmp_path / "record") as found:
        with pytest.raises(UsageError, match="gone"):
            build(found, tmp_path / "site", opening)
        assert build(found, tmp_path / "site").pages  # a build that was cut short is gone on with


def test_the_page_of_a_report_is_made_again_once_another_file_of_its_contract_does_not_hold(tmp_path):
    folder, site = tmp_path / "record", tmp_path / "site"
    folder.mkdir()
    with record(folder) as records:
        rounds(records)
        build(Sources(now=NOW, records=records), site)
        altered(next(folder.glob("contracts/*/contract-*")))
        build(Sources(now=NOW, records=records), site)
    pages = [path.read_text() for path in (site / "en/reports").iterdir()]
    assert len(pages) == 2
    assert all("This report cannot be shown" in text for text in pages)


def test_a_page_whose_signed_file_is_no_more_is_removed(tmp_path):
    """The index still names it."""
    folder, site = tmp_path / "record", tmp_path / "site"
    folder.mkdir()
    with record(folder) as records:
        rounds(records)
        build(Sources(now=NOW, records=records), site)
        before = _reports(site)
        next(folder.glob("contracts/*/assessment-*")).unlink()
        assert build(Sources(now=NOW, records=records), site).removed == 1
    assert len(before) == len(_reports(site)) + 3 == 6


def _reports(site):
    return [path for path in site.rglob("reports/*") if path.is_file()]


@pytest.mark.parametrize("name", [b"\xff", "é".encode() * 120, b"MA-2026-000", b"%FF"])
def test_a_folder_that_no_contract_would_have_hides_none(tmp_path, name):
    with sources(tmp_path, 1):
        pass
    (tmp_path / "contracts" / os.fsdecode(name)).mkdir()
    with record(tmp_path) as records:
        build(Sources(now=NOW, records=records), tmp_path / "site")
    assert [path.name for path in (tmp_path / "site/en/contracts").iterdir()] == ["ma-2026-000.html"]


def test_what_a_build_that_was_cut_short_left_is_removed_once_it_is_no_more(tmp_path, monkeypatch):
    folder, site = tmp_path / "reports", tmp_path / "site"
    folder.mkdir()
    shutil.copytree(RECORDED, folder / "one")
    with monkeypatch.context() as cut:
        cut.setattr(making.os, "sync", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build(Sources(now=NOW, folders=[folder]), site)
    assert list(site.rglob("self-checks/*"))
    shutil.rmtree(folder / "one")
    build(Sources(now=NOW, folders=[folder]), site)
    assert not list(site.rglob("self-checks/*"))


def test_every_page_is_made_again_once_a_template_or_what_the_record_goes_by_is_another(tmp_path, monkeypatch):
    with sources(tmp_path, 1) as found:
        whole = build(found, tmp_path / "site").made
        assert build(found, tmp_path / "site").made < whole
        ours = making.of_folder
        monkeypatch.setattr(making, "of_folder", lambda path: ours(path) + ("other" if path.name == "reports" else ""))
        assert build(found, tmp_path / "site").made == whole
        sections = {**found.records.settings.sections, "guardrails": {}}
        found.records.settings = replace(found.records.settings, sections=sections)
        assert build(found, tmp_path / "site").made == whole


def test_every_page_is_made_again_once_the_navigation_is_another(tmp_path):
    (tmp_path / "record").mkdir()
    (tmp_path / "reports").mkdir()
    with sources(tmp_path / "record") as found:
        build(replace(found, folders=[tmp_path / "reports"]), tmp_path / "site")
        build(found, tmp_path / "site")
    for path in (tmp_path / "site").rglob("*.html"):
        assert "self-checks" not in path.read_text(), path


def test_without_a_record_there_are_no_pages_of_one(tmp_path):
    (tmp_path / "reports").mkdir()
    build(Sources(now=NOW, folders=[tmp_path / "reports"]), tmp_path / "site")
    assert {path.stem for path in (tmp_path / "site/en").rglob("*.html")} == {"index", "self-checks"}


def test_a_page_is_made_again_once_what_was_announced_is_in_force(tmp_path):
    one = contract()
    began = event(one, "started", ASSESSED)
    folder = tmp_path / "record"
    folder.mkdir()
    with record(folder) as records:
        records.file([*agreed(one), signed_file(began, "supplier"), signed_file(revocation(began, LATER), "supplier")])
        site = tmp_path / "site"
        made = [build(Sources(now=now, records=records), site).made for now in (NOW, NOW, LATER, LATER)]
    assert made[1] < made[0] == made[2] > made[3]


def _files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_name_that_is_no_text_keeps_no_page_from_being_written():
    """git's names are bytes; those that are no UTF-8 come as half surrogates (PEP 383)."""
    rows = [["a\udcff.py"]]
    page = Page(
        address="a/b",
        template="report.html",
        title=say("Report"),
        document={"path": "a\udcff.py", "word": "été"},
        table=Table(head=["path"], rows=rows),
    )
    assert json.loads(twin(page).encode()) == page.document
    assert "a\\udcff.py" in table(page).encode().decode()


@pytest.fixture(scope="module")
def assessed(tmp_path_factory):
    """A record with an assessment whose report it keeps."""
    with judged(tmp_path_factory.mktemp("assessed") / "record") as case:
        case.assess(example("rejected"))
        yield case.sources


@pytest.mark.parametrize(
    ("change", "address"),
    [
        ("UPDATE contract SET state = 'nonsense'", "contracts"),
        ("UPDATE contract SET total = 'abc'", "contracts"),
        ("UPDATE contract SET licence = x'00ff'", "contracts"),
        ("UPDATE milestone SET measured = 'xx'", "measures"),
        ("""UPDATE milestone SET measured = '{"days": {}}'""", "measures"),
        ("UPDATE statement SET signed = '[[1]]'", ""),
        ("UPDATE statement SET payload = 'text'", ""),
        ("UPDATE statement SET payload = CAST(replace(payload, 'official', 'offizial') AS BLOB)", ""),
    ],
)
def test_a_spoilt_index_is_one_sentence_in_the_build_and_live(assessed, tmp_path, change, address):
    told = "no signed file says"
    with closing(sqlite3.connect(assessed.records.settings.folder / "index.sqlite")) as base, base:
        base.execute(change)
    try:
        with pytest.raises(SpoiltIndexError, match=told):
            build(assessed, tmp_path / "site")
        if address:
            client = TestClient(app(lambda: nullcontext(assessed)), base_url="http://127.0.0.1:8413")
            answer = client.get(f"/en/{address}.html")
            assert (answer.status_code, told in answer.text) == (500, True)
            assert "verifier record rebuild" in client.get(f"/data/{address}.json").json()["what"]["fr"]
    finally:
        assessed.records.rebuild()
