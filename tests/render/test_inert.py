"""Text that came from a delivery does nothing but be read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.render.inert import code, inert, markdown

pytestmark = pytest.mark.self


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("a\x1b[31mred", "a\\u001b[31mred"),
        ("one\ntwo", "one\\u000atwo"),
        ("\u202eevil", "\\u202eevil"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("half\ud800", "half\\ud800"),
        ("no\uffffcharacter", "no\\uffffcharacter"),
        ("déjà vu ✓", "déjà vu ✓"),
    ],
)
def test_controls_and_invisible_characters_become_visible(hostile, harmless):
    assert inert(hostile) == harmless


@given(st.text())
def test_nothing_can_move_the_cursor_or_start_a_line(text):
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in inert(text))


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("::error file=a.py::owned", "\\u003a:error file=a.py::owned"),
        ("  ::stop-commands::x", "  \\u003a:stop-commands::x"),
        ("a ##[set-output name=a]b", "a #\\u0023[set-output name=a]b"),
        ("##vso[task.setvariable variable=a]b", "#\\u0023vso[task.setvariable variable=a]b"),
        ("##teamcity[buildProblem]", "#\\u0023teamcity[buildProblem]"),
        ("###[error]", "##\\u0023[error]"),
        ("std::string ## heading", "std::string ## heading"),
    ],
)
def test_a_build_service_takes_no_order_from_it(hostile, harmless):
    assert inert(hostile) == harmless


@given(st.text(alphabet=" :#[]aV\t\n\u3000\u202e", max_size=20))
def test_no_order_is_left(text):
    plain = inert(text)
    assert not plain.lstrip().startswith("::")
    assert "##[" not in plain


def test_a_long_text_takes_no_long_time():
    started = time.process_time()
    inert("\x1b" * 1_000_000)
    inert("##" * 500_000 + "a" * 500_000)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "text", ["<script>", "[a](b)", "![a](b)", "**b**", "# head", "`x`", "@someone", "| cell |", "a_b_c", "&lt;"]
)
def test_markdown_has_no_effect(text):
    escaped = markdown(text)
    for character in "<>[]()*#`@|_&!":
        assert escaped.replace("\\" + character, "").count(character) == 0


def test_an_address_is_not_made_a_link():
    assert "://" not in markdown("see https://evil.example")


@given(st.text(alphabet="`a|\\ "))
def test_a_code_span_cannot_be_left(text):
    span = code(text)
    fence = span[: len(span) - len(span.lstrip("`"))]
    assert not text or (fence and fence not in span[len(fence) : -len(fence)])
