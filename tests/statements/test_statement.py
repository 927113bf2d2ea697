"""Statements of one thing, of a type that is known, in one form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import vectors

from verifier.errors import TrustError
from verifier.statements import statement, strict, uris
from verifier.statements.statement import Statement

pytestmark = pytest.mark.self

COMMIT = Statement(
    subject="https://example.org/delivery",
    digests={"gitCommit": "a" * 40, "gitTree": "b" * 64, "sha256": "c" * 64},
    predicate_type=uris.ASSESSMENT,
    predicate={"amount": 50_000},
)


def document(**changes):
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "it", "digest": {"sha256": "0" * 64}}],
        "predicateType": uris.DECISION,
        "predicate": {},
    } | changes


def code(found):
    with pytest.raises(TrustError) as refused:
        statement.read(strict.canonical(found))
    return refused.value.code


@pytest.mark.parametrize("kind", sorted(uris.PREDICATES))
def test_every_known_type_is_written_and_read(kind):
    written = statement.write(Statement(subject="it", digests={"sha256": "0" * 64}, predicate_type=kind, predicate={}))
    assert statement.read(written).predicate_type == kind
    assert json.loads(written) == document(predicateType=kind)


def test_a_statement_is_read_as_it_was_written():
    written = statement.write(COMMIT)
    assert statement.read(written) == COMMIT
    assert strict.canonical(json.loads(written)) == written


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ([], "statement-type"),
        ({}, "statement-type"),
        (document(_type="https://in-toto.io/Statement/v0.1"), "statement-type"),
        (document(_type="https://in-toto.io/statement/v1"), "statement-type"),
        (document(more=1), "statement-fields"),
        ({name: value for name, value in document().items() if name != "predicate"}, "statement-fields"),
        (document(predicate=None), "statement-fields"),
        (document(predicate=[]), "statement-fields"),
        (document(predicateType=""), "predicate-type"),
        (document(predicateType=1), "predicate-type"),
        (document(predicateType="https://slsa.dev/provenance/v1"), "predicate-type"),
        (document(predicateType=uris.DECISION.upper()), "predicate-type"),
        (document(predicateType=uris.DECISION + "/"), "predicate-type"),
        (document(subject=[]), "subject"),
        (document(subject={}), "subject"),
        (document(subject=document()["subject"] * 2), "subject"),
        (document(subject=document()["subject"] * 1024), "subject"),
        (document(subject=["it"]), "subject"),
        (document(subject=[{"name": "it"}]), "subject"),
        (document(subject=[{"name": "it", "digest": {}}]), "subject"),
        (document(subject=[{"name": "", "digest": {"sha256": "0" * 64}}]), "subject"),
        (document(subject=[{"digest": {"sha256": "0" * 64}}]), "subject"),
        (document(subject=[{"name": "it", "digest": {"sha256": "0" * 64}, "uri": "https://example.org"}]), "subject"),
        (document(subject=[{"name": "it", "digest": {"sha256": "0" * 63}}]), "subject"),
        (document(subject=[{"name": "it", "digest": {"sha256": "A" * 64}}]), "subject"),
        (document(subject=[{"name": "it", "digest": {"sha256": "0" * 63 + "\n"}}]), "subject"),
        (document(subject=[{"name": "it", "digest": {"gitCommit": "0" * 7}}]), "subject"),
        (document(subject=[{"name": "it", "digest": {"sha256": 1}}]), "subject"),
        (document(subject=[{"name": "it", "digest": {"": "00"}}]), "subject"),
        (document(subject=[{"name": "it", "digest": {"other": ""}}]), "subject"),
    ],
)
def test_what_is_no_statement_of_ours_is_refused(found, reason):
    assert code(found) == reason


def test_another_form_of_a_statement_is_refused():
    with pytest.raises(TrustError) as refused:
        statement.read(json.dumps(document()).encode())
    assert refused.value.code == "not-canonical"


@pytest.mark.parametrize("change", [{"subject": ""}, {"digests": {}}, {"predicate_type": "https://example.org"}])
def test_what_would_not_be_read_is_not_written(change):
    parts = {"subject": "it", "digests": {"sha256": "0" * 64}, "predicate_type": uris.WAIVER, "predicate": {}} | change
    with pytest.raises(TrustError):
        statement.write(Statement(**parts))


OWN_REASONS = {"statement-fields", "subject"}
"""in-toto leaves the predicate and a subject's name out where it likes, and speaks of several things; we do not."""


@vectors.needed
@pytest.mark.parametrize(
    "case", vectors.document("in-toto/statements.json").get("cases", []), ids=lambda case: case["line"]
)
def test_in_totos_own_statements(case):
    """The shape alone: none is of a type that is ours, which `read` asks for beside."""
    whole = json.loads(case["statement"])
    refused = None
    try:
        found = statement.shaped(strict.parse(case["statement"].encode()))
    except TrustError as error:
        refused = error.code
    if case["expect"] == "invalid":
        assert refused
    elif refused:
        assert refused in OWN_REASONS
    else:
        assert [{"name": found.subject, "digest": found.digests}] == whole["subject"]
        assert (found.predicate_type, found.predicate) == (whole["predicateType"], whole["predicate"])
        assert code(whole) == "predicate-type"


@settings(deadline=None)
@given(st.text(min_size=1), st.dictionaries(st.text(), st.integers(0, 9) | st.text()))
def test_any_predicate_goes_through(name, predicate):
    made = Statement(subject=name, digests={"sha256": "0" * 64}, predicate_type=uris.EVENT, predicate=predicate)
    assert statement.read(statement.write(made)) == made
