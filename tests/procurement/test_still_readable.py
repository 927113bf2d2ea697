"""What was written by an earlier verifier stays readable: every version that there ever was has an example here.

A new version of report.json is added to `verifier.report.READ`, and what it changed is read there, in `from_dict`. A new version
of a statement is another predicateType (`verifier.statements.uris`), whose schema lies beside the earlier one
(`verifier.trust.shapes`). The examples of the version before then move under tests/fixtures and into these lists.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from verifier.errors import TrustError
from verifier.render.message import to_message
from verifier.report import READ, SCHEMA, from_dict, to_dict
from verifier.statements import envelope, uris
from verifier.statements.statement import read
from verifier.trust import shapes
from verifier.words import in_language

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "reports" / "examples"
REPORTS = sorted([*EXAMPLES.glob("*/report/report.json"), *(ROOT / "tests/fixtures/reports").glob("*/report.json")])
STATEMENTS = sorted(EXAMPLES.rglob("*.sigstore.json"))
OF_REPORTS = json.loads((ROOT / "reports" / "report.schema.json").read_text())


def test_there_is_an_example_of_every_version():
    assert {json.loads(path.read_text())["schema"] for path in REPORTS} == READ
    assert {read(envelope.read(path.read_bytes()).payload).predicate_type for path in STATEMENTS} == uris.PREDICATES
    assert shapes.SCHEMAS.keys() == uris.PREDICATES


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_report_is_read_and_written_in_the_present_version(path):
    written = to_dict(from_dict(json.loads(path.read_text())))
    assert written["schema"] == SCHEMA
    jsonschema.Draft202012Validator(OF_REPORTS).validate(written)
    assert to_message(in_language(written, "fr"), "fr")


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_a_statement_has_the_shape_of_its_type(path):
    statement = read(envelope.read(path.read_bytes()).payload)
    shapes.check(statement)
    with pytest.raises(TrustError):
        shapes.check(replace(statement, predicate={**statement.predicate, "of no version": True}))
