"""The table of findings: what a spreadsheet gets to read."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import reported

from verifier.render.table import COLUMNS, MARK, cell, to_csv

pytestmark = pytest.mark.self


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK), newline="")))


def test_one_row_a_finding_with_what_it_counts_against():
    found = rows(to_csv(reported.document()))
    assert [row["rule"] for row in found] == ["bandit:B602", "bandit:B602", "bandit:B404", "bandit:B000"]
    assert found[0] == {
        "fingerprint": reported.BLOCKS.fingerprint,
        "checker": "bandit",
        "topic": "security",
        "rule": "bandit:B602",
        "severity": "warning",
        "confidence": "high",
        "path": "a.py",
        "line": "3",
        "endLine": "",
        "role": "source",
        "inherited": "no",
        "blocks": "yes",
        "criteria": "security.blocking",
        "waiver": "",
        "cwe": "CWE-78",
        "message": "m",
        "help": "https://example.org/b602",
    }
    assert [row["waiver"] for row in found] == ["", "signed", "", "proposed"]
    assert [row["inherited"] for row in found] == ["no", "no", "yes", "no"]


def test_the_head_and_every_line_are_as_rfc_4180_has_them():
    text = to_csv(reported.document())
    assert text.startswith(MARK + ",".join(COLUMNS) + "\r\n")
    assert text.count("\n") == text.count("\r\n") == 5
    assert text.endswith("\r\n")


def test_words_are_in_the_language_asked_for():
    first = rows(to_csv(reported.document("fr"), "fr"))[0]
    assert (first["blocks"], first["severity"], first["role"]) == ("oui", "avertissement", "code source")


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(1)", "'@SUM(1)"),
        (" =1", "' =1"),
        ('"=1', "'\"=1"),
        ("＝1", "'＝1"),
        ("\t=1", "\\u0009=1"),
        ("\r=1", "\\u000d=1"),
        ("a;=1", "a;'=1"),
        ('a; "@x', "a;' \"@x"),
        ("a, -b = c; then", "a, -b = c; then"),
    ],
)
def test_no_cell_starts_a_formula(hostile, harmless):
    assert cell(hostile) == harmless


@given(st.text(alphabet="=+-@;,\" \t\r\n'a＝"))
def test_no_cell_starts_a_formula_wherever_it_is_split(text):
    for part in cell(text).split(";"):
        assert part.replace('"', " ").strip()[:1] not in set("=+-@＝＋－＠")
