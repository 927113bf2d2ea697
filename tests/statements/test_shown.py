"""What a person sees before signing is made from the very bytes that are signed: all of it, and inert."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chains import Purchase

from verifier.render.inert import inert
from verifier.render.statement import shown
from verifier.statements import uris
from verifier.statements.statement import Statement, read, write

pytestmark = pytest.mark.self

TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "\x1b[2J",
        "a\nSign this? Type yes: yes",
        "\u202eevil",
        "::error::x",
        "##[error]x",
        "\r",
        "é",
        "\u200b",
        "a\x00b",
        "\u2028",
    ]
)
LEAF = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUE = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXT, inner, max_size=3)
        | st.fixed_dictionaries({"en": inner, "fr": inner})
    ),
    max_leaves=12,
)
PREDICATE = st.dictionaries(TEXT, VALUE, max_size=4)
NAMES = {"en", "fr"}


def payload(predicate: dict[str, Any], subject: str = "parcels") -> bytes:
    statement = Statement(
        subject=subject, digests={"sha256": "f" * 64}, predicate_type=uris.DECISION, predicate=predicate
    )
    return write(statement)


def seen(data: bytes) -> str:
    return shown(read(data), "decision")


def told(value: Any) -> Iterator[str]:
    """Every name and every value, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from told(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from told(inner)
    elif value is not None:
        yield str(value)


def is_in(one: str, text: str) -> bool:
    """As it is, or with escapes; what is an order at the beginning of a line alone needs none elsewhere."""
    return one in text or inert(one) in text


@settings(deadline=None)
@given(PREDICATE, TEXT.filter(bool))
def test_every_name_and_every_value_is_there(predicate, subject):
    text = seen(payload(predicate, subject))
    for one in (subject, *told(predicate)):
        assert is_in(one, text)


@settings(deadline=None)
@given(PREDICATE)
def test_a_text_makes_no_line_and_no_sign_of_its_own(predicate):
    """As many lines as there are values, whatever they say; nothing that a terminal or a build service obeys."""

    def tame(value: Any) -> Any:
        if isinstance(value, dict):
            return {f"{number}": tame(inner) for number, inner in enumerate(value.values())}
        return [tame(inner) for inner in value] if isinstance(value, list) else "x"

    text = seen(payload(predicate))
    assert text.count("\n") == seen(payload(tame(predicate))).count("\n")
    for line in text.split("\n"):
        assert line.isprintable() or inert(line) == line


@settings(deadline=None)
@given(PREDICATE, TEXT, TEXT)
def test_another_text_anywhere_is_seen(predicate, one, other):
    """Not only that it is there: two payloads that differ in what they say look different."""
    if inert(one) == inert(other) or {inert(one), inert(other)} == {"-", ""}:
        return
    first, second = ({**predicate, "more": {"en": text, "fr": [text]}} for text in (one, other))
    assert seen(payload(first)) != seen(payload(second))


def test_both_languages_are_there():
    """Who reads one of them signs the other as well."""
    text = seen(payload({"sentence": {"en": "Nothing is paid.", "fr": "Tout est payé."}}))
    assert "  sentence:\n    en: Nothing is paid.\n    fr: Tout est payé.\n" in text


@pytest.mark.parametrize("name", Purchase().statements())
def test_every_statement_of_a_chain_is_seen_whole(name):
    statement = Purchase().statements()[name]
    text = shown(read(write(statement)), name)
    for one in (statement.subject, *statement.digests.values(), *told(dict(statement.predicate))):
        assert is_in(one, text)
