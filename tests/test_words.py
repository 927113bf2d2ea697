"""Sentences in both languages: what is filled in, plurals, French spacing, and that the catalogue is whole."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from verifier import words
from verifier.words import NARROW, Text, french_spacing, in_language, say, say_n, translator

pytestmark = pytest.mark.self

ROOT = Path(__file__).parents[1]
KNOWN = {
    "{n} files": "{n} fichiers",
    "Not run: {what}.": f"Non exécuté{NARROW}: {{what}}.",
    ("{n} test of {where}", "{n} tests of {where}"): ("{n} test de {where}", "{n} tests de {where}"),
}


@pytest.fixture
def catalogue(monkeypatch):
    monkeypatch.setattr(words, "_catalogue", lambda: KNOWN)


@pytest.mark.usefixtures("catalogue")
def test_a_sentence_is_its_english_words_and_has_the_french_ones_beside_them():
    sentence = say("{n} files", n=3)
    assert sentence == "3 files"
    assert (sentence.en, sentence.fr) == ("3 files", "3 fichiers")
    assert (sentence.in_language("en"), sentence.in_language("fr")) == ("3 files", "3 fichiers")
    assert translator("fr")("{n} files", n=3) == "3 fichiers"


@pytest.mark.usefixtures("catalogue")
def test_a_sentence_in_a_sentence_is_in_its_language():
    assert say("Not run: {what}.", what=say("{n} files", n=2)).fr == f"Non exécuté{NARROW}: 2 fichiers."


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("number", "en", "fr"),
    [
        (0, "0 tests of a", "0 test de a"),
        (1, "1 test of a", "1 test de a"),
        (2, "2 tests of a", "2 tests de a"),
    ],
)
def test_french_counts_nothing_as_one(number, en, fr):
    sentence = say_n(number, "{n} test of {where}", "{n} tests of {where}", where="a")
    assert (sentence.en, sentence.fr) == (en, fr)


@pytest.mark.usefixtures("catalogue")
def test_what_the_catalogue_does_not_have_is_english_in_both():
    assert say("unknown").fr == "unknown"
    assert say_n(2, "a", "b").fr == "b"


@pytest.mark.usefixtures("catalogue")
def test_braces_in_what_is_filled_in_stay_as_they_are():
    assert say("Not run: {what}.", what="{n} {0}").fr == f"Non exécuté{NARROW}: {{n}} {{0}}."


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])  # noqa: S301
def test_a_copy_keeps_its_french(copied):
    assert copied(Text("a", "b")).fr == "b"


@pytest.mark.parametrize(
    ("plain", "spaced"),
    [
        ("Non : oui ; qui ? Ah !", f"Non{NARROW}: oui{NARROW}; qui{NARROW}? Ah{NARROW}!"),
        ("« ici »", f"«{NARROW}ici{NARROW}»"),
        ("80 % et 10 $", f"80{NARROW}% et 10{NARROW}$"),
        ("https://a.b:80", "https://a.b:80"),
        ("a :b", "a :b"),
    ],
)
def test_french_spacing(plain, spaced):
    assert french_spacing(plain) == spaced


def test_a_document_in_one_language_has_every_sentence_in_it_and_all_else_as_it_was():
    document = {"a": [{"en": "x", "fr": "y"}, 1], "b": {"c": "of a tool", "d": {"en": "p", "fr": "q"}}, "e": None}
    assert in_language(document, "fr") == {"a": ["y", 1], "b": {"c": "of a tool", "d": "q"}, "e": None}
    assert in_language(document, "en")["a"] == ["x", 1]


def test_the_catalogue_holds_just_the_sentences_of_the_code_and_each_has_its_french():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "collect-words", "--check"], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
