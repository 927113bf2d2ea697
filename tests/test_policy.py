from __future__ import annotations

import dataclasses

import pytest

from verifier.policy import FINDINGS, MEASURES, Limits, Text

pytestmark = pytest.mark.self


def test_text_answers_in_both_official_languages_and_no_other() -> None:
    text = Text(en="licence", fr="licence, en français")
    assert (text.in_language("en"), text.in_language("fr")) == ("licence", "licence, en français")
    with pytest.raises(KeyError):
        text.in_language("de")


def test_types_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Limits().files = 1  # type: ignore[misc]  # the point of the test


def test_findings_are_not_measures() -> None:
    assert not FINDINGS & MEASURES.keys()
    assert all(name.endswith(".findings") for name in FINDINGS)
    assert not any(name.endswith(".findings") for name in MEASURES)


@pytest.mark.parametrize("name", ["tests.coverage.statements", "tests.coverage.branches"])
def test_shares_are_in_basis_points(name: str) -> None:
    assert MEASURES[name] == "basis points"
