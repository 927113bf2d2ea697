"""Product code that asks whether it is being tested or assessed: it may then do otherwise than what its user gets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .steering import Steer

_ASKED = (
    "PYTEST_CURRENT_TEST",
    "PYTEST_VERSION",
    "COVERAGE_PROCESS_START",
    "COVERAGE_RUN",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
)
_OURS = re.compile(r"/(?:copy|delivery|inside)(?:/.*)?", re.DOTALL)
_TOOLS = ("pytest", "_pytest", "unittest", "coverage", "verifier_record", "verifier_witness")
_NEEDLE = re.compile(rb"gettrace|getprofile|sys\.monitoring|modules|PYTEST_|COVERAGE_|/copy|/delivery|/inside")
MOST = 20


def senses(data: bytes, tree: ast.Module) -> list[Steer]:
    """Each place, in order of line."""
    if not _NEEDLE.search(data):
        return []
    found = {(line, what) for node in ast.walk(tree) for line, what in _asks(node)}
    return [
        Steer(f"asks whether it is being tested ({what}): what it then does need not be what its user gets", line)
        for line, what in sorted(found)[:MOST]
    ]


def _asks(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value in _ASKED or _OURS.fullmatch(node.value):
            yield node.lineno, node.value[:80]
    elif isinstance(node, ast.Attribute) and node.attr in {"gettrace", "getprofile", "monitoring"}:
        if getattr(node.value, "id", "") == "sys":
            yield node.lineno, f"sys.{node.attr}"
    elif isinstance(node, ast.Compare) and len(node.comparators) == 1 and isinstance(node.ops[0], ast.In | ast.NotIn):
        tool = getattr(node.left, "value", None)
        if tool in _TOOLS and getattr(node.comparators[0], "attr", "") == "modules":
            yield node.lineno, f"{tool} in sys.modules"
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and node.args:
        owner, tool = getattr(node.func, "value", None), getattr(node.args[0], "value", None)
        if tool in _TOOLS and getattr(owner, "attr", "") == "modules":
            yield node.lineno, f"{tool} in sys.modules"
