"""For a few files scancode's index is loaded without its automatons: what it finds word for word is the same."""

from __future__ import annotations

import gc
import random
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "verifier" / "inside"))
import scancode_automaton  # noqa: E402 - it runs beside run_scancode.py

TEXTS = [
    *sorted((ROOT / "LICENSES").glob("*.txt")),
    *(ROOT / name for name in ("LICENSE", "README.md", "docs/licences.md")),
]


@pytest.fixture(scope="module")
def asleep():
    """The index as it is loaded, and the automaton of all rules."""
    from licensedcode import cache

    path = Path(cache.__file__).parent / "data" / "cache" / "license_index" / "index_cache"
    gc.disable()
    try:
        index = scancode_automaton.load(path).index
        return index, index.rules_automaton.awake()
    finally:
        gc.freeze()
        gc.enable()


def words(index, text):
    from licensedcode.query import Query

    return tuple(Query(query_string=text, idx=index).whole_query_run().tokens)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_text_has_the_same_rules_in_it_in_the_same_order(asleep, path):
    index, whole = asleep
    tokens = words(index, path.read_text(encoding="utf-8"))
    found = list(scancode_automaton.Fitting(index.tids_by_rid).iter(tokens))
    assert found == list(whole.iter(tokens))
    assert found


@pytest.mark.parametrize("number", range(12))
def test_so_have_words_of_rules_whole_and_in_part_among_others(asleep, number):
    index, whole = asleep
    chosen, tokens = random.Random(number), []  # noqa: S311 - the same texts on every machine
    for _ in range(30):
        rule = index.tids_by_rid[chosen.randrange(len(index.tids_by_rid))]
        start = chosen.choice((0, 0, chosen.randrange(len(rule))))
        tokens += [
            *rule[start:][:300],
            *(chosen.randrange(len(index.tokens_by_tid)) for _ in range(chosen.randrange(3))),
        ]
    assert list(scancode_automaton.Fitting(index.tids_by_rid).iter(tuple(tokens))) == list(whole.iter(tuple(tokens)))


def test_no_word_has_no_rule(asleep):
    index, _ = asleep
    assert list(scancode_automaton.Fitting(index.tids_by_rid).iter(())) == []
    assert list(scancode_automaton.Fitting([(1, 2)]).iter((3,))) == []


def test_every_rule_is_in_the_automaton_once_and_nothing_else_is(asleep):
    index, whole = asleep
    assert len(whole) == len(index.tids_by_rid) == len({tuple(rule) for rule in index.tids_by_rid})


def test_many_files_have_all_of_it(asleep):
    index, whole = asleep
    made = scancode_automaton.Asleep(*whole.__reduce__()[1])
    for files, kind in (
        (scancode_automaton.FEW, scancode_automaton.Fitting),
        (scancode_automaton.FEW + 1, type(whole)),
    ):
        index.rules_automaton = made
        scancode_automaton.settle(index, files)
        assert isinstance(index.rules_automaton, kind)


def test_the_one_that_no_option_of_ours_needs_is_let_go(asleep):
    index, whole = asleep
    index.unknown_automaton = scancode_automaton.Asleep(*whole.__reduce__()[1])
    scancode_automaton.prepare(index)
    assert index.unknown_automaton is None
    index.unknown_automaton = whole  # of an index that was built just now
    scancode_automaton.prepare(index)
    assert index.unknown_automaton is whole
