"""What scancode finds of copyrights with the shortcuts is what it finds without, by pygmars' own functions."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "verifier" / "inside"))
import scancode_copyrights  # noqa: E402 - it runs beside run_scancode.py

TEXTS = [
    *sorted((ROOT / "LICENSES").glob("*.txt")),
    *(ROOT / name for name in ("LICENSE", "README.md", "docs/licences.md", "verifier/inside/run_scancode.py")),
]
WORDS = (
    *(
        "Copyright",
        "copyright",
        "(c)",
        "©",
        "&copy;",
        "2019",
        "2019-2021,",
        "2020",
        "by",
        "and",
        "the",
        "of",
        "Inc.",
        "GmbH",
    ),
    *(
        "Ada",
        "Lovelace",
        "Lovelace,",
        "University",
        "Foundation",
        "contributors",
        "Authors",
        "<ada@example.org>",
        "All",
    ),
    *(
        "Rights",
        "reserved.",
        "holder",
        "SPDX-FileCopyrightText:",
        "http://example.org/a",
        "author:",
        "x" * 200,
        "-",
        "%",
    ),
)
"""Of the kinds that its patterns and rules tell apart."""


@pytest.fixture(scope="module")
def detector():
    from cluecode.copyrights import CopyrightDetector

    return CopyrightDetector()


def lexed(label, words):
    """The words with their labels."""
    from pygmars import Token

    return list(label(Token(word, start_line=number // 7, pos=number) for number, word in enumerate(words)))


def told(tree):
    """All of a tree that is read afterwards."""
    from pygmars.tree import Tree

    return [(one.label, told(one) if isinstance(one, Tree) else (one.value, one.start_line, one.pos)) for one in tree]


@given(some.lists(some.sampled_from(WORDS), min_size=1, max_size=60))
def test_labels_and_trees_are_the_same(detector, words):
    whole = lexed(detector.lexer.lex_tokens, words)
    for _ in range(2):  # the second time all are remembered
        short = lexed(lambda tokens: scancode_copyrights.labelled(detector.lexer, tokens), words)
        assert [one.label for one in short] == [one.label for one in whole]
    assert told(scancode_copyrights.parsed(detector.parser, short)) == told(detector.parser.parse(whole))


def test_a_long_word_is_not_remembered(detector):
    known, _ = scancode_copyrights.labels(detector.lexer)
    before = known.cache_info().currsize
    lexed(lambda tokens: scancode_copyrights.labelled(detector.lexer, tokens), ["x" * 81])
    assert known.cache_info().currsize == before


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_the_copyrights_of_a_text_are_the_same(path, monkeypatch):
    from pygmars.lex import Lexer
    from pygmars.parse import Parser
    from scancode.api import get_copyrights

    whole = get_copyrights(str(path))
    monkeypatch.setattr(Lexer, "lex_tokens", Lexer.lex_tokens)
    monkeypatch.setattr(Parser, "parse", Parser.parse)
    scancode_copyrights.install()
    assert get_copyrights(str(path)) == whole


def test_some_of_these_texts_have_one():
    from scancode.api import get_copyrights

    assert sum(bool(get_copyrights(str(path))["copyrights"]) for path in TEXTS) > 1
