"""The page names every attack and every row, and no test that does not exist."""

from __future__ import annotations

import ast
import re

import pytest
from attacks.attack import TABLE
from attacks.base import ROOT
from attacks.test_attacks import GROUPS

pytestmark = pytest.mark.self
PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
LINES = {found[1]: found[2].split(" | ") for found in re.finditer(r"(?m)^\| ([A-Z]\d+) \| (.*) \|$", PAGE)}
ATTACKS = {"A": 14, "B": 12, "C": 12, "D": 1, "E": 19, "F": 11}


def test_every_attack_has_a_line():
    assert list(LINES) == [f"{letter}{number}" for letter, most in ATTACKS.items() for number in range(1, most + 1)]


@pytest.mark.parametrize("attack", LINES)
def test_a_line_says_all_and_names_tests_that_exist(attack):
    trick, default, answer, tests = LINES[attack]
    assert all(words.strip() for words in (trick, default, answer))
    named = tests.split(", ")
    assert {row for row in TABLE if TABLE[row].number == attack} <= set(named)
    assert [name for name in named if name not in TABLE and not _exists(name)] == []


def _exists(name):
    path, _, test = name.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == test for node in tree.body)


def test_every_row_is_of_a_group_that_is_here():
    assert {row.trees.__module__ for row in TABLE.values()} == {group.__name__ for group in GROUPS}
