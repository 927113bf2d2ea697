"""The page of a report of the record: what was signed, what people decided, what changed; and nothing that was not signed."""

import json
from contextlib import contextmanager

import html5lib
import pytest
from support import reported
from support.assessed import PROJECTS
from support.judged import EXAMPLES, example, judged

from verifier.dashboard import site
from verifier.dashboard.assessed import address_of
from verifier.dashboard.build import build
from verifier.dashboard.layout import MOST, Scene, html, twin
from verifier.dashboard.page import Page, Query
from verifier.render.message import needed, to_message
from verifier.report import from_dict, to_dict
from verifier.words import NARROW, in_language, say

SCENE = Scene(())


def read(text):
    return html5lib.parse(text, namespaceHTMLElements=False)


def words(element):
    return " ".join("".join(element.itertext()).split())


def shown(case, assessed, language="en"):
    return read(html(case.page(assessed), language, SCENE))


def by_id(page, name):
    return next(one for one in page.iter() if one.get("id") == name)


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """Three rounds: rejected, inconclusive, and one that was accepted with a decision and a waiver."""
    with judged(tmp_path_factory.mktemp("rounds")) as case:
        first = case.assess(example("rejected"), 1)
        second = case.assess(example("inconclusive"), 2)
        third = case.assess(example("accepted"), 3)
        people = case.decide(third, "Compared.\nAll agree."), case.waive(third, "security.blocking")
        case.accept(third, *people)
        yield case, (first, second, third)


def test_every_kept_report_has_a_page_in_both_languages(rounds, tmp_path):
    case, assessed = rounds
    build(case.sources, tmp_path / "site")
    names = sorted(f"{one.digest[:16]}.html" for one in assessed)
    for language in ("en", "fr"):
        pages = sorted((tmp_path / "site" / language / "reports").iterdir())
        assert [path.name for path in pages] == names
        for path in pages:
            page = read(path.read_text())
            targets = [one.get("href").partition("#") for one in page.iter("a")]
            assert all((path.parent / file).is_file() for file, _, _ in targets if file)
            assert {name for file, _, name in targets if not file} <= {one.get("id") for one in page.iter()}


def test_a_page_is_made_again_when_something_happened_to_its_contract(tmp_path):
    with one_round(tmp_path / "record", example("rejected")) as (case, assessed):
        build(case.sources, tmp_path / "site")
        page = tmp_path / f"site/en/{address_of(assessed.digest)}.html"
        page.write_text("as it was")
        build(case.sources, tmp_path / "site")
        assert page.read_text() == "as it was"
        case.decide(assessed, "Tried by hand.")
        build(case.sources, tmp_path / "site")
        assert "Tried by hand." in page.read_text()
        case.evidence(assessed).write_bytes(b"{}")
        build(case.sources, tmp_path / "site")
        assert "Tried by hand." not in page.read_text()
        case.evidence(assessed).unlink()
        build(case.sources, tmp_path / "site")
        assert not page.exists()


@pytest.mark.parametrize(("language", "verdict"), [("en", "✗ Rejected"), ("fr", "✗ Rejeté")])
def test_the_verdict_is_the_heading_and_what_became_of_it_comes_next(rounds, language, verdict):
    case, (*_, third) = rounds
    main = shown(case, third, language).find(".//main")
    assert [words(one) for one in main.iter("h1")] == [verdict]
    first, second = [words(one) for one in main.iter("p") if (one.get("class") or "").startswith("about")]
    assert {"en": "Acceptance report: ✓ accepted, signed by assessor", "fr": "✓ accepté"}[language] in first
    assert {"en": "1 decision, 1 waiver", "fr": "1 décision, 1 dispense"}[language] in first
    assert second.startswith("MA-2026-014")


def test_what_was_signed_is_marked_for_whoever_verifies_it(rounds):
    case, assessed = rounds
    for one in assessed:
        said = one.statement.predicate
        expected = {
            "verdict": said["verdict"],
            "commit": one.statement.digests["gitCommit"],
            "criteria.digest": said["criteria"]["digest"],
            **{f"contract.{name}": str(said["contract"][name]) for name in ("contract", "milestone", "round")},
            **{f"outcomes/{it['criterion']}/outcome": it["outcome"] for it in said["outcomes"]},
        }
        for language in ("en", "fr"):
            marked = [e for e in shown(case, one, language).iter() if e.get("data-signed")]
            assert {e.get("data-signed"): e.get("data-value") for e in marked} == expected
            assert all(expected[e.get("data-signed")] == e.get("data-value") for e in marked)


def test_people_are_told_with_their_reasons_and_only_of_their_assessment(rounds):
    case, (first, _, third) = rounds
    decided, waived = case.page(third).document["people"]["first"]
    assert (decided["outcome"], decided["by"], waived["criterion"]) == ("met", ["assessor"], "security.blocking")
    text = words(shown(case, third))
    assert "Decided requirements" in text
    assert "Compared.All agree." in text
    assert "Waived security.blockingNot used." in text
    assert case.page(first).document["people"]["total"] == 0


def test_what_changed_since_the_round_before_is_counted_and_leads_there(rounds):
    case, (first, second, third) = rounds
    assert case.page(first).document["before"] is None
    before = case.page(third).document["before"]
    assert (before["round"], before["address"], before["changes"]["new"]["total"]) == (2, address_of(second.digest), 1)
    assert case.page(second).document["before"]["changes"]["fixed"]["total"] > 0
    page = shown(case, third)
    assert "All tests pass: undetermined → ✓ met" in words(page)
    assert any(one.get("href", "").endswith(f"{second.digest[:16]}.html") for one in page.iter("a"))


def test_the_message_to_the_supplier_is_on_the_page_in_its_language(rounds):
    case, (first, *_) = rounds
    for language, begin in (("en", "Assessment of parcel-rates"), ("fr", f"Évaluation{NARROW}: parcel-rates")):
        letter = next(one for one in shown(case, first, language).iter("div") if one.get("data-copy"))
        text = "".join(letter.find("details/pre").itertext())
        assert text.startswith(begin)
        assert "\n" in text


def test_nothing_is_coloured_until_a_browser_verified_it():
    css = (EXAMPLES.parent / "dashboard" / "assets" / "dashboard.css").read_text()
    rules = [line for line in css.splitlines() if "var(--good)" in line and "{" in line]
    assert rules
    assert all(line.startswith('html[data-verified="browser"] ') for line in rules)
    assert "--good" not in (EXAMPLES.parent / "dashboard" / "assets" / "assessment.css").read_text()


@contextmanager
def one_round(folder, report, **said):
    with judged(folder) as case:
        yield case, case.assess(report, **said)


def untrusted(case, assessed, why):
    """The page says so first, and nothing of the report."""
    page = case.page(assessed)
    assert page.document["report"] is None
    text = html(page, "en", SCENE)
    main = read(text).find(".//main")
    assert words(main.find("h1")) == "This report cannot be shown"
    assert why in words(main.find("p"))
    assert not any(one.get("data-signed") for one in main.iter())
    assert "rejected" not in words(main).lower()


def test_a_report_that_was_edited_is_not_shown_and_breaks_no_build(tmp_path):
    with one_round(tmp_path / "record", example("rejected")) as (case, assessed):
        good = case.assess(example("accepted"), 2)
        path = case.evidence(assessed)
        path.write_bytes(path.read_bytes().replace(b'"rejected"', b'"accepted"'))
        untrusted(case, assessed, "is not what its name says")
        build(case.sources, tmp_path / "site")
        assert "This report cannot be shown" in (tmp_path / f"site/en/{address_of(assessed.digest)}.html").read_text()
        assert "Rejected" in (tmp_path / f"site/en/{address_of(good.digest)}.html").read_text()
        assert case.page(good).document["before"]["changes"] is None


def test_a_report_that_says_something_else_than_the_assessment_is_not_shown(tmp_path):
    with one_round(tmp_path, example("rejected"), verdict="accepted") as (case, assessed):
        untrusted(case, assessed, "says something else")


def test_a_report_that_is_none_is_not_shown(tmp_path):
    with judged(tmp_path) as case:
        assessed = case.assess(example("rejected"), keep=False)
        case.evidence(assessed).parent.mkdir()
        case.evidence(assessed).write_bytes(b"{}")
        untrusted(case, assessed, "is not what its name says")
        case.evidence(assessed).unlink()
        assert case.page(assessed) is None  # not kept: no page


def test_a_statement_that_does_not_hold_is_told_in_the_place_of_the_report(tmp_path):
    with one_round(tmp_path, example("rejected")) as (case, assessed):
        (path,) = case.records.store.place("MA-2026-014").glob("assessment-*")
        path.write_bytes(path.read_bytes().replace(b'"sig":"', b'"sig":"AA'))
        untrusted(case, assessed, "A signed statement of this contract does not hold.")


def test_there_is_no_page_of_what_is_no_assessment(rounds):
    case, (first, *_) = rounds
    (digest,) = {one.digest for key, one in case.records.index.of_type(case.contract.predicate_type)}
    for address in (address_of(digest), "reports/0000", f"reports/{first.digest}", "reports/" + "g" * 16, "reports"):
        assert site.found(case.sources, address, Query()) is None


@pytest.mark.parametrize(
    "text", ['"' * 1_000_000, "<script>" * 1000, "\u202e" * 5000, "x"], ids=["1 MB", "tags", "bidi", "many"]
)
def test_a_hostile_report_has_a_page_of_its_size_and_nothing_of_it_acts(tmp_path, text):
    found = [reported.finding(number, line=number + 1) for number in range(10_000)]
    hostile = reported.hostile(text) | {"kind": "official", "contract": "MA-2026-014"}
    whole = reported.with_findings(found)
    for name in ("checkers", "outcomes"):
        hostile[name] = whole[name]
    for finding in hostile["checkers"][0]["findings"]:
        finding["message"] = finding["excerpt"] = text[:2000]
    hostile["checkers"][0]["findings"][0]["message"] = text
    hostile["coverage"] = [
        {
            "path": f"{text[:500]}{number}.py",
            "statements": 10,
            "covered": 3,
            "branches": 0,
            "coveredBranches": 0,
            "missing": [[line, line] for line in range(1, 100, 2)],
        }
        for number in range(300)
    ]
    page = html_of(hostile)
    assert len(page.encode()) <= MOST
    assert "10,000 findings" in page
    assert not {"script", "img", "svg"} & {one.tag for one in read(page).find(".//main").iter()}
    assert "\u202e" not in page


def html_of(report):
    """The page as it would be, of a report that nobody signed."""
    nobody = {"total": 0, "first": []}
    document = {
        "contract": {"key": "ma-2026-014", "id": "MA-2026-014"},
        "milestone": {"id": "m1", "title": None},
        "round": 1,
        "assessment": {"by": ["a"], "entered": None, "revoked": None},
        "trouble": None,
        "signature": None,
        "people": nobody,
        "acceptance": None,
        "before": None,
        "report": report,
    }
    return html(Page(address="reports/x", template="report.html", title=say("Report"), document=document), "en", SCENE)


def test_the_twin_holds_the_whole_report(rounds):
    case, (first, *_) = rounds
    told = json.loads(twin(case.page(first)))
    assert told["report"] == to_dict(from_dict(example("rejected"))) | {"round": 1}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_message_of_what_it_needs_is_the_whole_message(language):
    for path in (path for project in PROJECTS for path in project.reports()):
        document = json.loads(path.read_bytes())
        whole = to_message(in_language(document, language), language)
        assert to_message(in_language(needed(document), language), language) == whole, path
