"""Reports that lie in folders: what a supplier sees of their own, and what decides nothing."""

import json
import os
import shutil
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256

import html5lib
import pytest
from starlette.testclient import TestClient
from support.booked import revocation
from support.chains import ASSESSED, NOW, signed_file
from support.filed import POLICY
from support.judged import EXAMPLES, example, judged

from verifier import drafts
from verifier.dashboard import site
from verifier.dashboard.build import build
from verifier.dashboard.layout import Scene, html
from verifier.dashboard.page import Query
from verifier.dashboard.serve.app import app
from verifier.dashboard.sources import Sources
from verifier.statements import envelope
from verifier.trust.store import Store


def words(element):
    return " ".join("".join(element.itertext()).split())


def main(text):
    return html5lib.parse(text, namespaceHTMLElements=False).find(".//main")


def sources(*folders, records=None):
    return Sources(now=NOW, records=records, folders=folders)


def listed(found):
    page = site.found(found, "self-checks", Query())
    return {one["commit"]: one for one in page.document["reports"]}, page.document


def shown(found, report, language="en"):
    rows, _ = listed(found)
    page = site.found(found, rows[report["delivery"]["commit"]]["address"], Query())
    return page.document, main(html(page, language, Scene(())))


def lay(folder, report, signed=None):
    folder.mkdir(parents=True, exist_ok=True)
    content = json.dumps(report).encode()
    (folder / "report.json").write_bytes(content)
    if signed:
        made = drafts.assessment(
            report, sha256=sha256(content).hexdigest(), part=None, nonce="0" * 32, expires="2026-12-01T00:00:00Z"
        )
        (folder / "self-check.sigstore.json").write_bytes(signed_file(made, signed))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A site of nothing but folders."""
    folder = tmp_path_factory.mktemp("site")
    build(sources(EXAMPLES), folder / "site")
    return folder / "site"


def test_the_newest_is_first_and_no_verdict_has_a_colour():
    page = site.found(sources(EXAMPLES), "self-checks", Query())
    times = [one["finished"] for one in page.document["reports"]]
    assert (len(times), times) == (4, sorted(times, reverse=True))
    row = next(
        row for row in main(html(page, "en", Scene(()))).iter("tr") if "official" not in words(row) and row.find("td")
    )
    assert "self-check ✗ rejected" in words(row).replace("self-check✗", "self-check ✗")
    assert not any("state" in (one.get("class") or "") for one in row.iter())


def test_without_a_record_only_the_self_checks_are_in_the_navigation(built):
    for language, name in (("en", "Self-checks"), ("fr", "Autovérifications")):
        for path in (built / language).rglob("*.html"):
            page = html5lib.parse(path.read_text(), namespaceHTMLElements=False)
            links = [words(one) for one in page.find(".//nav[@class='sections']").iter("a")]
            assert links == [name], path
    assert not (built / "en" / "contracts.html").exists()


def test_the_first_page_leads_to_the_self_checks(built):
    (link,) = main((built / "en" / "index.html").read_text()).iter("a")
    assert (built / "en" / link.get("href")).resolve() == built / "en" / "self-checks.html"


def test_with_a_record_and_no_folder_there_are_none(tmp_path):
    with judged(tmp_path) as case:
        assert "self-checks" not in [one.address for one in site.navigation(case.sources)]
        assert site.found(case.sources, "self-checks", Query()) is None


def test_it_is_live_as_well():
    client = TestClient(app(lambda: nullcontext(sources(EXAMPLES))), base_url="http://127.0.0.1:8413")
    assert "There is no procurement record here" in client.get("/en/index.html").text
    address = client.get("/data/self-checks.json").json()["reports"][0]["address"]
    assert client.get(f"/fr/{address}.html").status_code == 200
    assert client.get("/en/contracts.html").status_code == 404
    assert client.get("/en/self-checks-2.html").status_code == 404


def test_a_self_check_says_first_that_it_decides_nothing_and_then_what_to_do(tmp_path):
    report = json.loads((EXAMPLES.parents[1] / "tests/fixtures/reports/dvpwa/report.json").read_bytes())
    lay(tmp_path, report)
    document, page = shown(sources(tmp_path), report)
    assert words(page.find(".//h1")) == "✗ Would be rejected"
    about = next(one for one in page.iter("p") if one.get("class") == "about")
    assert words(about) == "Self-check: not signed by anybody, decides nothing."
    assert [one.get("id") for one in page.iter("h2")][:2] == ["first", "en-judged"]
    first = document["first"]["first"]
    assert [one["criterion"] for one in first] == [one["criterion"] for one in report["flip"][:3]]
    assert first[0]["place"]["path"] in words(page.find(".//ol[@class='steps']/li"))
    assert f"and {len(report['flip']) - 3} more" in words(page)
    assert not any(one.get("data-copy") for one in page.iter())


def test_who_signed_a_self_check_is_told_where_the_policy_knows_them(tmp_path):
    report = example("self-check")
    with judged(tmp_path / "record") as case:
        lay(tmp_path / "signed", report, "supplier")
        _, page = shown(sources(tmp_path / "signed", records=case.records), report)
        assert "Self-check, signed by supplier: decides nothing." in words(page)
        lay(tmp_path / "stranger", report, "nobody")
        _, page = shown(sources(tmp_path / "stranger", records=case.records), report)
        assert "Self-check: decides nothing. A signed assessment lies beside it that does not hold." in words(page)
    _, page = shown(sources(tmp_path / "signed"), report)
    assert "whose signature it is was not checked, as no trust policy was given" in words(page)


def test_without_a_record_the_trust_folder_says_whose_signature_it_is():
    """The signed examples, at a time at which their policy was in force."""
    found = Sources(now="2026-01-19T12:00:00Z", trust=Store(EXAMPLES / "trust"), folders=[EXAMPLES / "self-check"])
    assert shown(found, example("self-check"))[0]["signature"] == {
        "state": "signed",
        "by": ["s.dev"],
        "file": "assessment.sigstore.json",
        "why": None,
    }


def test_a_signature_of_another_report_is_not_taken_for_this_ones(tmp_path):
    lay(tmp_path, example("self-check"), "supplier")
    other = example("self-check") | {"round": 7}
    (tmp_path / "report.json").write_text(json.dumps(other))
    assert shown(sources(tmp_path), other)[0]["signature"] is None


def test_an_official_report_says_whether_the_record_has_it(tmp_path):
    with judged(tmp_path / "record") as case:
        assessed = case.assess(example("rejected"))
        (tmp_path / "in").mkdir()
        shutil.copy(case.evidence(assessed), tmp_path / "in" / "report.json")
        lay(tmp_path / "out", example("inconclusive"))
        found = sources(tmp_path / "in", tmp_path / "out", records=case.records)
        rows, _ = listed(found)
        assert [rows[example(one)["delivery"]["commit"]]["recorded"] for one in ("rejected", "inconclusive")] == [
            True,
            False,
        ]
        assert "Official assessment, in the record." in words(shown(found, example("rejected"))[1])
        assert "Official assessment, not in the record" in words(shown(found, example("inconclusive"))[1])
        text = words(main(html(site.found(found, "self-checks", Query()), "en", Scene(()))))
        assert "official, not in the record" in text


def test_a_file_of_a_reports_name_in_the_record_says_nothing(tmp_path):
    """Edited to be accepted, and an empty file named by its digest in the evidence of its contract."""
    with judged(tmp_path / "record") as case:
        report = example("rejected")
        case.assess(report)
        forged = report | {"verdict": "accepted", "contract": case.contract.predicate["id"]}
        lay(tmp_path / "in", forged)
        digest = sha256((tmp_path / "in" / "report.json").read_bytes()).hexdigest()
        case.records.store.evidence_path(case.contract.predicate["id"], digest).write_bytes(b"")
        document, page = shown(sources(tmp_path / "in", records=case.records), report)
        assert (document["recorded"], document["revoked"]) == (False, None)
        assert "Official assessment, not in the record" in words(page)


def test_an_assessment_of_the_record_that_was_revoked_is_told_as_such(tmp_path):
    with judged(tmp_path / "record") as case:
        assessed = case.assess(example("rejected"))
        (tmp_path / "in").mkdir()
        shutil.copy(case.evidence(assessed), tmp_path / "in" / "report.json")
        case.file(revocation(assessed.statement, ASSESSED), "assessor")
        found = sources(tmp_path / "in", records=case.records)
        document, page = shown(found, example("rejected"))
        assert (document["recorded"], document["revoked"]) == (False, ASSESSED)
        assert "Official assessment, revoked from 2026-11-10 12:00:00 UTC on: it does not count." in words(page)
        assert "évaluation officielle, révoquée" in words(shown(found, example("rejected"), "fr")[1]).casefold()
        assert "official, revoked" in words(main(html(site.found(found, "self-checks", Query()), "en", Scene(()))))


def test_a_signature_of_who_may_not_assess_does_not_count(tmp_path):
    report = example("rejected")
    with judged(tmp_path / "record") as case:
        assessed = case.assess(report)
        lay(tmp_path / "in", report, "payer")  # as a self-check, which is anybody's, and is not of an official report
        shutil.copy(case.evidence(assessed), tmp_path / "in" / "report.json")
        found = sources(tmp_path / "in", records=case.records)
        assert shown(found, report)[0]["signature"] is None
        (tmp_path / "in" / "x.sigstore.json").write_bytes(signed_file(assessed.statement, "payer"))
        document, page = shown(found, report)
        assert (document["signature"]["state"], document["signature"]["by"]) == ("void", ["payer"])
        assert "An assessment lies beside it, signed by payer, that does not count. payer may not act as" in words(page)
        assert "ne compte pas. payer" in words(shown(found, report, "fr")[1])
        (tmp_path / "in" / "y.sigstore.json").write_bytes(signed_file(assessed.statement, "assessor"))
        document, _ = shown(found, report)
        assert (document["signature"]["state"], document["signature"]["by"]) == ("signed", ["assessor"])


def test_a_signature_that_the_policy_revoked_does_not_count(tmp_path):
    report = example("self-check")
    with judged(tmp_path / "record") as case:
        lay(tmp_path / "signed", report, "supplier")
        held = envelope.read((tmp_path / "signed" / "self-check.sigstore.json").read_bytes())
        case.records.policy = replace(POLICY, revoked_statements={envelope.digest(held): ASSESSED})
        document, page = shown(sources(tmp_path / "signed", records=case.records), report)
        assert document["signature"]["state"] == "void"
        assert "Self-check: decides nothing. An assessment lies beside it, signed by supplier," in words(page)
        assert f"The statement was revoked at {ASSESSED}." in words(page)


def test_what_cannot_be_read_is_listed_with_why_and_stops_nothing(tmp_path):
    lay(tmp_path / "good", example("self-check"))
    for name, content in (("text", b"hello"), ("empty", b""), ("other", b"[]"), ("deep", b"[" * 100_000)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_bytes(content)
    (tmp_path / "folder" / "report.json").mkdir(parents=True)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "report.json")
    found = sources(tmp_path)
    rows, document = listed(found)
    assert [one["place"] for one in rows.values()] == ["good"]
    assert document["unread"]["total"] == 6
    reasons = {one["place"]: one["why"]["en"] for one in document["unread"]["first"]}
    assert reasons["text"] == "This is no report that this version of verifier reads."
    assert "is no plain file" in reasons["pipe"]
    build(found, tmp_path / "site")
    assert "is no plain file" in (tmp_path / "site/en/self-checks.html").read_text()


def test_a_report_that_changes_is_read_again(tmp_path):
    lay(tmp_path, example("self-check"))
    assert list(listed(sources(tmp_path))[0]) == [example("self-check")["delivery"]["commit"]]
    lay(tmp_path, example("accepted"))
    assert list(listed(sources(tmp_path))[0]) == [example("accepted")["delivery"]["commit"]]
    found = sources(tmp_path)
    (address,) = [one["address"] for one in listed(found)[0].values()]
    lay(tmp_path, example("rejected"))
    page = site.found(found, address, Query())
    assert page.document["report"] is None
    assert "changed while it was read" in html(page, "en", Scene(()))
