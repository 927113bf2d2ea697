"""Tests that ask not to be run or not to count: skip, skipif, xfail and unittest's words, with their reasons.

Read from the syntax tree, so that a string or a function of the project's own by that name does not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

NEEDLES = (b"skip", b"xfail", b"expectedfailure")

# Full name -> the kind, and the position of the reason among the arguments. The names are those of pytest's reference
# ("Marks", "pytest.skip") and of unittest's documentation ("Skipping tests and expected failures").
_WORDS: dict[str, tuple[str, int | None]] = {
    "pytest.mark.skip": ("skip", 0),
    "pytest.mark.skipif": ("skipif", None),
    "pytest.mark.xfail": ("xfail", None),
    "pytest.skip": ("skip", 0),
    "pytest.xfail": ("xfail", 0),
    "unittest.skip": ("skip", 0),
    "unittest.skipIf": ("skipif", 1),
    "unittest.skipUnless": ("skipif", 1),
    "unittest.SkipTest": ("skip", 0),
    "unittest.expectedFailure": ("xfail", None),
}
_BARE = frozenset({"pytest.mark.skip", "pytest.mark.xfail", "unittest.expectedFailure"})  # need no call


class Skip(NamedTuple):
    """`reason` is the text, or the word "expression" and what makes it; empty where none is given."""

    kind: str
    line: int
    end: int
    reason: str


def skips(nodes: list[ast.AST]) -> list[Skip]:
    """In order of line. `nodes` are those of `code.walk`."""
    known = _aliases(nodes)
    called: set[int] = set()
    found: list[Skip] = []
    for node in nodes:
        if isinstance(node, ast.Call):
            called.add(id(node.func))  # parents first: a call is met before the name that it calls
            found.extend(_call(node, known))
        elif isinstance(node, ast.Attribute) and id(node) not in called:
            found.extend(_bare(node, known))
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.extend(
                skip for name in node.decorator_list if isinstance(name, ast.Name) for skip in _bare(name, known)
            )
    return sorted(found, key=lambda one: one.line)


def _bare(node: ast.Attribute | ast.Name, known: dict[str, str]) -> Iterator[Skip]:
    name = _full(node, known)
    if name in _BARE:
        yield Skip(_WORDS[name][0], node.lineno, node.end_lineno or node.lineno, "")


def _call(node: ast.Call, known: dict[str, str]) -> Iterator[Skip]:
    if isinstance(node.func, ast.Attribute) and node.func.attr == "skipTest":
        yield Skip("skip", node.lineno, node.end_lineno or node.lineno, _reason(node, 0))
        return
    word = _WORDS.get(_full(node.func, known))
    if word:
        yield Skip(word[0], node.lineno, node.end_lineno or node.lineno, _reason(node, word[1]))


def _aliases(nodes: list[ast.AST]) -> dict[str, str]:
    """What each imported name of pytest and unittest stands for: `{"mark": "pytest.mark", "pt": "pytest"}`."""
    known: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [(alias.asname or alias.name, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [(alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names]
        else:
            continue
        known.update((short, full) for short, full in names if full.split(".")[0] in {"pytest", "unittest"})
    return known


def _full(node: ast.AST, known: dict[str, str]) -> str:
    """The dotted name that a node stands for: `mark.skip` after `from pytest import mark` is `pytest.mark.skip`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in known:
        return ""
    full = ".".join([known[node.id], *reversed(parts)])
    return full.replace("unittest.case.", "unittest.", 1)


def _reason(node: ast.Call, position: int | None) -> str:
    given = [keyword.value for keyword in node.keywords if keyword.arg in {"reason", "msg"}]
    if not given and position is not None:
        given = node.args[position : position + 1]
    if not given:
        return ""
    value = given[0]
    return str(value.value or "") if isinstance(value, ast.Constant) else f"expression {ast.unparse(value)}"
