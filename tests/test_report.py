"""The report's document: by its schema, and back without loss."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support import made

from verifier.criteria import judge
from verifier.errors import UsageError
from verifier.flip import flip
from verifier.model import Cause, Delivery, Steering, Suppression, Tampering, Trouble
from verifier.report import CLOCK_NAMES, UNSEEN, Report, as_json, criteria_entry, from_dict, to_dict
from verifier.words import NARROW

pytestmark = pytest.mark.self
SCHEMA = json.loads((Path(__file__).parent.parent / "reports" / "report.schema.json").read_text())


def report() -> Report:
    wanted = made.criteria(made.search(), made.at_least("tests.exist", "tests.passed", 1), made.manual())
    seen = {
        "suppressions": (Suppression(kind="nosec", path="a.py", line=3, text="# nosec", justification="constant"),),
        "steering": (Steering(path=".bandit", what="configuration of bandit"),),
        "tampering": (Tampering(what="wrote results", proven=True),),
        "not_examined": (made.skipped(),),
    }
    results = (
        made.result(findings=(made.finding(), made.finding(line=2, end_line=4, cwe=(78,))), **seen),
        made.result(
            "tests", topic="tests", trouble=Trouble(cause=Cause.TIME, message="Too long.", path="t.py", line=1)
        ),
    )
    judgement = judge(wanted, results)
    return Report(
        delivery=Delivery(
            url="https://git.example.org/x", commit="a" * 40, tree="b" * 40, manifest="c" * 64, not_included=("n.txt",)
        ),
        criteria=criteria_entry(wanted),
        judgement=judgement,
        flip=flip(wanted, judgement, results),
        results=results,
        sandbox={"tier": "namespaces", "promises": ["no network"], "lacking": []},
        started="2026-11-22T10:00:00Z",
        finished="2026-11-22T10:01:00Z",
        waivers=(made.waiver("x", signed=False),),
        evidence=({"name": "bandit/run.json", "mediaType": "application/json", "sha256": "d" * 64},),
        selected=("security",),
    )


def test_the_document_is_valid_by_its_schema():
    jsonschema.Draft202012Validator(SCHEMA).validate(to_dict(report()))


def test_the_document_holds_integers_only():
    json.loads(as_json(to_dict(report())), parse_float=lambda text: pytest.fail(f"a float: {text}"))


def test_the_document_comes_back_without_loss():
    document = to_dict(report())
    assert to_dict(from_dict(json.loads(as_json(document)))) == document


@pytest.mark.parametrize("cached", ["part", "all"])
def test_how_much_came_from_the_cache_is_told_and_is_a_word_of_the_clock(cached):
    whole = report()
    document = to_dict(replace(whole, results=tuple(replace(result, cached=cached) for result in whole.results)))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert to_dict(from_dict(json.loads(as_json(document)))) == document
    assert {checker["cached"] for checker in document["checkers"]} == {cached}
    assert "cached" in CLOCK_NAMES
    for checker in document["checkers"]:
        del checker["cached"]
    assert document == to_dict(whole)


def test_judging_the_facts_again_gives_the_same_judgement():
    wanted = made.criteria(made.search(), made.at_least("tests.exist", "tests.passed", 1), made.manual())
    back = from_dict(json.loads(as_json(to_dict(report()))))
    assert judge(wanted, back.results) == report().judgement


@pytest.mark.parametrize("document", [None, [], {}, {"schema": "other"}], ids=repr)
def test_what_is_no_report_is_refused(document):
    with pytest.raises(UsageError, match="not a report of a version"):
        from_dict(document)


@pytest.mark.parametrize("name", ["verdict", "checkers", "delivery", "outcomes", "sandbox"])
def test_a_damaged_report_is_refused(name):
    document = to_dict(report())
    del document[name]
    with pytest.raises(UsageError, match="damaged") as caught:
        from_dict(document)
    assert f"Ce rapport est endommagé{NARROW}: KeyError à '{name}'." in caught.value.in_language("fr")


def test_a_finding_that_was_edited_is_refused():
    document = to_dict(report())
    document["checkers"][0]["findings"][0]["path"] = "other.py"
    with pytest.raises(UsageError, match="fingerprint") as caught:
        from_dict(document)
    assert "l'empreinte de" in caught.value.in_language("fr")


def test_a_trouble_that_was_taken_out_is_refused():
    document = to_dict(report())
    document["checkers"][1]["trouble"] = None
    with pytest.raises(UsageError, match="its trouble says otherwise") as caught:
        from_dict(document)
    assert "la difficulté qu'il signale dit le contraire" in caught.value.in_language("fr")


def test_what_stands_in_the_way_is_ordered_unmet_first():
    assert [step["criterion"] for step in to_dict(report())["flip"]] == [
        "security.blocking",
        "tests.exist",
        "requirements",
    ]


def test_a_fingerprint_does_not_change_when_lines_are_added_above():
    moved = replace(made.finding(excerpt="x = 1"), line=99, end_line=99)
    assert moved.fingerprint == made.finding(excerpt="x = 1").fingerprint
    assert replace(moved, path="other.py").fingerprint != moved.fingerprint


@pytest.mark.parametrize(
    "name", ["half \udc80 pair", "turned \u202e text", "not \u200b seen", "\x7f\x9b31m", "a\ufffe"]
)
def test_what_is_not_seen_stands_as_an_escape_and_nothing_is_lost(name):
    text = as_json({"path": name})
    assert text.encode()
    assert all(character.isprintable() for character in text.replace("\n", ""))
    assert json.loads(text) == {"path": name}


def test_french_spaces_and_accents_stand_as_they_are():
    assert "Non examiné\u202f: à" in as_json({"fr": "Non examiné\u202f: à"})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
)


@given(VALUES)
@example(["\ud800", 2**70, -(2**70), "\x7f\x00\u2028\u202e", {}, [], {"": [[]]}])
def test_a_report_is_written_as_the_standard_library_writes(value):
    whole = json.dumps(value, indent=2, ensure_ascii=False)
    assert as_json(value) == UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", whole) + "\n"
