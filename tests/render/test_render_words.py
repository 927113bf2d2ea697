"""The words of the document, as people read them in both languages."""

from __future__ import annotations

from enum import StrEnum

import pytest
from support import reported

from verifier import model
from verifier.render import words

pytestmark = pytest.mark.self
ENUMS = (model.Level, model.Outcome, model.Verdict, model.Kind, model.State, model.Whose, model.Cause, model.Role)
SAME = {"tests", "service", "migrations", "source"}
"""Spelt alike in both languages, or a word of French as well."""


@pytest.mark.parametrize("value", [value for enum in ENUMS for value in enum], ids=str)
def test_every_word_of_the_model_has_its_french(value: StrEnum):
    assert words.word(value, "en") == value
    assert words.word(value, "fr") != value or value in SAME


@pytest.mark.parametrize(
    ("word", "french"),
    [
        ("met", "respecté"),
        ("unmet", "non respecté"),
        ("undetermined", "indéterminé"),
        ("awaiting a decision", "en attente d'une décision"),
        ("waived", "dispensé"),
        ("not applicable", "sans objet"),
        ("rejected", "rejeté"),
        ("inconclusive", "non concluant"),
        ("pending", "en attente"),
        ("accepted", "accepté"),
        ("self-check", "autovérification"),
    ],
)
def test_the_binding_terms(word, french):
    assert words.word(word, "fr") == french


def test_a_word_that_is_not_ours_stays():
    assert words.word("micro-ca", "fr") == words.phrase("micro-ca", "fr") == "micro-ca"


@pytest.mark.parametrize("value", words.PHRASES)
def test_every_phrase_says_more_than_the_word_in_both_languages(value):
    assert words.phrase(value, "en") not in (value, words.phrase(value, "fr"))


def test_what_has_no_phrase_is_said_by_its_word():
    assert [words.phrase("must", language) for language in ("en", "fr")] == ["must", "obligatoire"]


@pytest.mark.parametrize(
    ("kind", "capitals", "english", "french"),
    [
        ("self-check", True, "Would be REJECTED", "Verdict prévu\u202f: REJETÉ"),
        ("self-check", False, "Would be rejected", "Verdict prévu\u202f: rejeté"),
        ("official", True, "REJECTED", "REJETÉ"),
        ("official", False, "Rejected", "Rejeté"),
    ],
)
def test_a_self_check_says_what_the_verdict_would_be(kind, capitals, english, french):
    document = {"kind": kind, "verdict": "rejected"}
    assert words.verdict_word(document, "en", capitals=capitals) == english
    assert words.verdict_word(document, "fr", capitals=capitals) == french


def test_a_title_is_that_of_the_document_or_the_id():
    assert words.title(reported.document("fr"), "requirements") == "mots"
    assert words.title(reported.document(), "unknown") == "unknown"


def test_the_lines_of_a_thing_are_counted_and_cut():
    thing = {"count": 25, "lines": list(range(1, 21))}
    assert words.places(thing, "en") == " (25 places: lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 15 more)"
    assert words.places({"count": 1, "lines": [3]}, "en") == ""
