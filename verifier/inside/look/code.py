"""Python files: do they parse, what do they import, and which functions deserve a reviewer's eye.

Cyclomatic complexity is decisions + 1 with every operand of a compound condition counted, as in T. J. McCabe,
"A Complexity Measure", IEEE TSE SE-2(4), 1976: `if`, `elif`, loops, `except`, conditional expressions, comprehension
loops and conditions, `case` (but for a bare `_`), and each further operand of `and`/`or`. A nested function counts by
itself. The limits below come from the code review guides of the US Tax Court and SmartPay purchases; they ask for a
look and never fail a delivery.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

LIMITS = {"lines": 25, "complexity": 10, "nesting": 5}

Function = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = frozenset(
    {ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Match}
)
_DECISIONS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp)
_COUNTED = frozenset({*_DECISIONS, ast.BoolOp, ast.comprehension, ast.match_case})
_OTHERS = frozenset({ast.Import, ast.ImportFrom, ast.Call, ast.Attribute, ast.ClassDef, *FUNCTIONS})
_ASCII = bytes(byte for byte in range(128) if byte not in b"\x0e\x0f\x1b")  # without the shifts of ISO 2022
_BEGINS = re.compile(rb"(?:^|[\r\n;:])[ \t\f]*(?:import|from|class|def|async)[ \t\\\\]")  # spares most text the parser
_LOADERS = frozenset(
    {"import_module", "__import__", "run_module", "run_path", "spec_from_file_location", "SourceFileLoader"}
)
_ADDS = frozenset({"insert", "append", "extend"})
_LONGEST = 200  # characters of a name or a path
_LEAVES = frozenset({ast.Name, ast.Constant, ast.alias, ast.arg, ast.Pass})
_INNER = (
    frozenset(
        kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST) and kind._fields
    )
    - _LEAVES
)
_WORDS = frozenset(
    {"ctx", "attr", "id", "op", "ops", "name", "names", "arg", "level", "module", "type_comment", "kind"}
)
_FIELDS = {kind: tuple(name for name in kind._fields if name not in _WORDS) for kind in _INNER}  # those that hold nodes


@dataclass(slots=True)
class Measured:
    """One function: physical lines from `def` to its end without the docstring, decisions + 1, deepest block."""

    node: Function | None
    complexity: int = 1
    nesting: int = 0

    @property
    def lines(self) -> int:
        if self.node is None:
            return 0
        total = (self.node.end_lineno or self.node.lineno) - self.node.lineno + 1
        first = self.node.body[0]
        documented = ast.get_docstring(self.node, clean=False) is not None
        return total - ((first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0)


def parse(data: bytes) -> ast.Module:
    """The tree of one file, by its own coding cookie.

    Raises SyntaxError, ValueError (NUL bytes), RecursionError or MemoryError (too deep); a limit of the process may end
    it first, so call it where that costs this file alone.
    """
    _check_text(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(data)


def reads_as_python(data: bytes) -> bool:
    """Whether text under any other name is Python from end to end, and imports or defines something.

    What is given to `exec`, or put in its place by an installation, needs no name of Python's.
    """
    if not any(word in data for word in (b"import", b"class", b"def")) or not _BEGINS.search(data):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef, *FUNCTIONS)) for node in ast.walk(tree))


def _check_text(data: bytes) -> None:
    """Refuses text that Python reads otherwise than everybody else: scanners and people would see other code."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    try:
        plain = _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except (UnicodeError, LookupError):
        plain = False
    if not plain:
        raise SyntaxError(f"its coding cookie, {encoding}, makes Python read other code than people see; use UTF-8")
    if re.search(rb"\r(?!\n)", data):
        raise SyntaxError("a carriage return alone ends a line for Python and for nobody else; use line feeds")


def walk(tree: ast.Module) -> tuple[list[Measured], list[ast.AST]]:
    """Every function in order of line, and every other node of interest, parents first: imports, calls, names, classes.

    One pass, since a pass costs as much as parsing. No recursion: a deep tree must not end the walk.
    """
    found: list[Measured] = []
    others: list[ast.AST] = []
    stack: list[tuple[ast.AST, Measured, int]] = [(tree, Measured(None), 0)]
    while stack:
        node, function, depth = stack.pop()
        kind = node.__class__
        if isinstance(node, FUNCTIONS):
            function, depth = Measured(node), 0
            found.append(function)
        elif kind in _BLOCKS:
            depth += 1
            function.nesting = max(function.nesting, depth)
        if kind in _OTHERS:
            others.append(node)
        elif kind in _COUNTED:
            function.complexity += _decisions(node)
        children = _children(node, kind)
        if kind is ast.If:
            stack.extend([(child, function, depth - _is_elif(node, child)) for child in children])
        else:
            stack.extend([(child, function, depth) for child in children])
    return sorted(found, key=lambda one: one.node.lineno if one.node else 0), others


def _children(node: ast.AST, kind: type) -> list[ast.AST]:
    """The child nodes but for leaves, which are most of a tree."""
    children: list[ast.AST] = []
    for name in _FIELDS[kind]:
        value = getattr(node, name, None)
        if value.__class__ in _INNER:
            children.append(value)
        elif value.__class__ is list:
            children += [item for item in value if item.__class__ in _INNER]
    return children


def _decisions(node: ast.AST) -> int:
    if isinstance(node, _DECISIONS):
        return 1
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    pattern = getattr(node, "pattern", None)
    return 0 if isinstance(pattern, ast.MatchAs) and pattern.pattern is None else 1


def _is_elif(parent: ast.AST, child: ast.AST) -> bool:
    return (
        isinstance(parent, ast.If)
        and isinstance(child, ast.If)
        and parent.orelse == [child]
        and child.col_offset == parent.col_offset
    )


def imports(nodes: list[ast.AST]) -> list[str]:
    """Dotted names that the file may import, sorted: `pkg`, `pkg.mod`; relative ones keep their dots (`.mod`).

    `from a import b` gives `a` and `a.b`, since only the tree tells whether `b` is a module. Constant arguments of what
    loads modules or runs code count, and folders put on the path before what is imported; names made at run time cannot be seen.
    """
    names: set[str] = set()
    folders: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(_from(node))
        elif isinstance(node, ast.Call):
            names.update(_called(node))
            folders.update(_searched(node))
    return sorted(names | {f"{folder}.{name}" for folder in folders for name in names if not name.startswith(".")})


def _from(node: ast.ImportFrom) -> Iterator[str]:
    base = "." * node.level + (node.module or "")
    yield base
    dot = "" if base.endswith(".") else "."
    yield from (base + dot + alias.name for alias in node.names if alias.name != "*")


def _called(node: ast.Call) -> Iterator[str]:
    """`import_module("a.b")` gives `a.b`; `run_path(HERE / "tests" / "label.py")` and `exec(open("tests/label.py").read())`
    give `tests.label`.
    """
    runs = isinstance(node.func, ast.Name) and node.func.id in {"exec", "compile"}  # not re.compile
    words = _constants(node) if runs or _name(node.func) in _LOADERS else []
    ends = [end for end, word in enumerate(words, 1) if word.endswith(".py")]
    for end in ends:
        yield from (_dotted(path.removesuffix(".py")) for path in (words[end - 1], "/".join(words[:end])))
    if not (runs or ends):
        yield from words


def _searched(node: ast.Call) -> Iterator[str]:
    """The folder that `sys.path.insert(0, join(HERE, "..", "tests"))` puts on the path, as far as it is told."""
    function = node.func
    onto = isinstance(function, ast.Attribute) and function.attr in _ADDS and _name(function.value) == "path"
    if onto or _name(function) == "addsitedir":
        folder = _dotted("/".join(_constants(node)))
        if folder:
            yield folder


def _name(node: ast.AST) -> str:
    return getattr(node, "attr", None) or getattr(node, "id", None) or ""


def _constants(node: ast.Call) -> list[str]:
    """The words among a call's arguments, in the order in which they are written."""
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    found = [one for argument in given for one in ast.walk(argument) if isinstance(one, ast.Constant)]
    found.sort(key=lambda one: (one.lineno, one.col_offset))
    return [one.value for one in found if isinstance(one.value, str) and len(one.value) < _LONGEST]


def _dotted(path: str) -> str:
    return ".".join(part for part in path.split("/") if part not in ("", ".", ".."))
