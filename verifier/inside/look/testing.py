"""The tests that a file defines by its syntax: what pytest and unittest take for tests with no word from the project."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

# pytest's `test_*.py` and `*_test.py`, unittest's `test*.py`, Django's `tests.py`.
FILE = re.compile(r"(?:.*/)?(?:test[^/]*|[^/]*_tests?)\.py", re.DOTALL)
# pytest's own: bare functions are tests in these alone.
OF_PYTEST = re.compile(r"(?:.*/)?(?:test_[^/]*|[^/]*_test)\.py", re.DOTALL)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def defined(path: str, tree: ast.Module) -> list[str]:
    """Test functions, and test methods of classes that are called Test... or have a base; none in a file of another name."""
    if not FILE.fullmatch(path):
        return []
    statements = list(_statements(tree.body))
    classes = [node for node in statements if isinstance(node, ast.ClassDef) and _holds_tests(node)]
    names = {f"{one.name}.{node.name}" for one in classes for node in _statements(one.body) if _is_test(node)}
    if OF_PYTEST.fullmatch(path):
        names |= {node.name for node in statements if _is_test(node)}
    return sorted(names)


def offers(tree: ast.Module) -> bool:
    """Whether another file may get tests by importing this one, whatever it is called: functions, or methods of any class."""
    statements = list(_statements(tree.body))
    methods = (_statements(node.body) for node in statements if isinstance(node, ast.ClassDef))
    return any(_is_test(node) for body in (statements, *methods) for node in body)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of a module or class, also under `if`, `try` and `with`."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


def _holds_tests(node: ast.ClassDef) -> bool:
    """A base may have any name: `from unittest import TestCase as Case`."""
    bases = [getattr(base, "id", "") for base in node.bases]
    return node.name.startswith("Test") or bool(bases and bases != ["object"])


def _is_test(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    if not isinstance(node, _FUNCTIONS) or not node.name.startswith("test"):
        return False
    return not any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)
