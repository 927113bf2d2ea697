"""What scancode answers with the shortcuts is what it answers without, by its own functions."""

import gc
import random
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "verifier" / "inside"))
import scancode_shortcuts  # noqa: E402 - it runs on another interpreter, beside run_scancode.py

TEXTS = (
    (ROOT / "LICENSE").read_text(),
    (ROOT / "verifier" / "inside" / "run_scancode.py").read_text()[:4000],
    (ROOT / "docs" / "licences.md").read_text()[:3000],
    (ROOT / "LICENSES" / "BSD-3-Clause.txt").read_text(),
    "SPDX-License-" + "Identifier: Apache-2.0 OR MIT\n" + "def plain(): return 1\n" * 50,
    "This file may be copied, used and distributed by anybody, provided that nobody is told.\n" * 3,
    "nothing of the kind stands here\n" * 20,
)


@pytest.fixture(scope="module")
def index():
    from licensedcode.cache import get_index

    gc.disable()  # one pickle of millions of small objects: collecting meanwhile takes longer than loading
    try:
        return get_index()
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def shortened(index, monkeypatch):
    """The shortcuts are in place for as long as a test takes."""
    from licensedcode import index as indexing
    from licensedcode import match_set

    monkeypatch.setattr(match_set, "compute_candidates", match_set.compute_candidates)
    monkeypatch.setattr(indexing, "match_blocks_seq", indexing.match_blocks_seq)
    return lambda: scancode_shortcuts.install(index)


def found(index, text):
    return [
        (one.rule.identifier, one.matcher, one.qspan, one.ispan, one.lines()) for one in index.match(query_string=text)
    ]


def mixed(index, number):
    """The words of rules, whole and in part, among words of no licence."""
    chosen = random.Random(number)  # noqa: S311 - the same texts on every machine
    words = []
    for rid in chosen.sample(sorted(index.approx_matchable_rids), 4):
        tokens = [index.tokens_by_tid[tid] for tid in index.tids_by_rid[rid][:120]]
        start = chosen.randrange(len(tokens))
        words += [*tokens[start:], *["loop", "item", "value", "\n"] * chosen.randrange(20)]
    return " ".join(words)


def test_the_matches_of_a_text_are_the_same(index, shortened):
    texts = [*TEXTS, *(mixed(index, number) for number in range(4))]
    before = [found(index, text) for text in texts]
    shortened()
    assert [found(index, text) for text in texts] == before
    assert any(one[1] == "3-seq" for each in before for one in each)


def compared(index, words, rid):
    """What scancode says of a rule by a set of words alone; None where it passes the rule over."""
    from licensedcode.match_set import compare_token_sets, high_tids_set_subset, tids_set_counter, tids_sets_intersector

    how = tids_sets_intersector, tids_set_counter, high_tids_set_subset, index.len_legalese
    return compare_token_sets(words, index.sets_by_rid[rid], *how, unique=True, rule=index.rules_by_rid[rid])[0]


@pytest.mark.parametrize("number", range(6))
def test_the_rules_that_are_compared_are_those_that_scancode_does_not_pass_over(index, number):
    from intbitset import intbitset

    chosen, words = random.Random(number), set()  # noqa: S311
    for rid in chosen.sample(sorted(index.approx_matchable_rids), 3):
        mine = sorted(index.sets_by_rid[rid])
        words.update(chosen.sample(mine, len(mine) * chosen.randrange(1, 5) // 4))
    whole = [rid for rid in sorted(index.approx_matchable_rids) if compared(index, intbitset(words), rid)]
    alike = scancode_shortcuts.Rules(index).alike({*words, -1}, index.approx_matchable_rids)
    assert alike.rules_by_rid == [index.rules_by_rid[rid] for rid in whole]
    assert whole


def test_every_rule_that_scancode_compares_demands_a_word_that_is_looked_up(index):
    from licensedcode.match_set import high_tids_set_subset

    for rid in sorted(index.approx_matchable_rids)[::7]:
        words = index.sets_by_rid[rid]
        assert compared(index, words - high_tids_set_subset(words, index.len_legalese), rid) is None


@given(
    some.lists(some.integers(0, 7), max_size=40),
    some.lists(some.integers(0, 7), min_size=1, max_size=20),
    some.sets(some.integers(0, 40)),
)
def test_blocks_of_words_are_the_same(a, b, left_out):
    from licensedcode import seq

    good = 4
    b2j = defaultdict(list)
    for place, word in enumerate(b):
        if word < good:
            b2j[word].append(place)
    matchables = frozenset(range(len(a))) - left_out
    asked = {"a_start": 0, "a_end": len(a), "b2j": dict(b2j), "len_good": good, "matchables": matchables}
    wanted = seq.match_blocks(a, b, **asked)
    assert scancode_shortcuts.match_blocks(a, b, **asked) == [tuple(one) for one in wanted]
