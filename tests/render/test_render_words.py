"""Texts of the document in the reader's language."""

from __future__ import annotations

import pytest

from verifier.render.words import said, title

pytestmark = pytest.mark.self
BOTH = {"en": "Too long.", "fr": "Trop long."}


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Too long.", "fr", "Too long."),
        (BOTH, "fr", "Trop long."),
        (BOTH, "en", "Too long."),
        ({"en": "Too long."}, "fr", "Too long."),
        ({"en": "Too long.", "fr": ""}, "fr", "Too long."),
        ("", "fr", ""),
    ],
)
def test_a_text_is_plain_or_in_both_languages(text, language, words):
    assert said(text, language) == words


def test_a_title_is_in_the_language_asked_for():
    document = {
        "criteria": {"criteria": {"tests.pass": {"title": {"en": "No test fails", "fr": "Aucun test n'échoue"}}}}
    }
    assert title(document, "tests.pass", "fr") == "Aucun test n'échoue"
    assert title(document, "gone", "fr") == "gone"
