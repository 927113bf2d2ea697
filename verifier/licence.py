"""What a licence expression says: equivalence, choice, acceptance, copyleft.

Pure: no file is read but license-expression's own index.

    >>> satisfies("MIT OR Apache-2.0", "MIT")
    True
    >>> acceptable("MIT AND GPL-3.0-only", frozenset({"MIT"}))
    False

Expressions are SPDX's (https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/). Deprecated and
differently cased identifiers are read as the current ones ("gpl-3.0+" is GPL-3.0-or-later).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, TypeVar

from license_expression import (
    AND,
    OR,
    ExpressionError,
    LicenseWithExceptionSymbol,
    Licensing,
    get_license_index,
    get_spdx_licensing,
)

NONE = "NONE"
"""There is no licence text (SPDX's word)."""
NOASSERTION = "NOASSERTION"
"""There is something, and nobody could say what (SPDX's word)."""
MAX_LENGTH = 2000
"""Characters of an expression that is still read; delivered metadata may hold anything."""
MAX_OPTIONS = 256
"""Alternatives of a contracted expression; more is not a contract."""
_VERSIONED = re.compile(r"(A?GPL|LGPL)-(\d+\.\d+)-(only|or-later)")
PROPRIETARY = "LicenseRef-scancode-proprietary-license"
"""scancode's word for a statement that no open licence is granted."""
CLOSED = frozenset({"Commercial", "Proprietary Free", "Source-available"})
"""Categories of terms that no open source licence can pass on."""
_OWN_TERMS = re.compile(
    r"LicenseRef-(?!scancode-).*(?:proprietary|commercial|closed|confidential|internal|unlicensed)", re.IGNORECASE
)
_NO_TERMS = re.compile(r"LicenseRef-scancode-(?:unknown|free-unknown|warranty-disclaimer|generic-cla)")

Node = Any
"""A node of license-expression's tree, which has no type hints: AND, OR, or a symbol."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One licence of an expression, with its exception where it has one."""

    key: str
    exception: str = ""

    def __str__(self) -> str:
        return f"{self.key} WITH {self.exception}" if self.exception else self.key


def satisfies(declared: str, wanted: str) -> bool:
    """Whether what was delivered gives everybody what was contracted.

    True where both mean the same, whatever the order and spelling, and where the delivery gives more: another choice
    (`MIT OR Apache-2.0` for a contracted `MIT`), a version range that holds the contracted version (`GPL-2.0-or-later`
    for `GPL-3.0-only`), or an additional permission (`GPL-3.0-only WITH Classpath-exception-2.0` for `GPL-3.0-only`).
    False where it gives less or asks for more: `MIT` for `MIT OR Apache-2.0`, `MIT AND GPL-3.0-only` for `MIT`.
    NONE, NOASSERTION and what cannot be read satisfy nothing.
    """
    delivered, contracted = _parse(declared), _parse(wanted)
    if delivered is None or contracted is None:
        return False
    options = _options(contracted)
    return bool(options) and all(_offers(delivered, option) for option in options)


def acceptable(expression: str, allowed: frozenset[str]) -> bool:
    """Whether a recipient can stay within the allowed licences: one branch of an OR is enough, an AND needs every part.

    A licence with an exception is allowed where its licence is (SPDX exceptions are additional permissions) or where
    the pair is named; an exception that SPDX does not list is not taken for a permission. What cannot be read is not
    acceptable.
    """
    tree = _parse(expression)
    names = frozenset(name for word in allowed if (name := canonical(word)))

    def allows(leaf: Leaf) -> bool:
        return str(leaf) in names or (leaf.key in names and (not leaf.exception or excepted(leaf)))

    return tree is not None and _holds(tree, allows)


def canonical(expression: str) -> str | None:
    """The one way to write an expression: current identifiers, sorted, nothing twice. None where it cannot be read."""
    tree = _parse(expression)
    return None if tree is None else str(tree.simplify())


def known(expression: str) -> bool:
    """Whether the expression can be read and SPDX or scancode lists every licence and exception in it."""
    tree = _parse(expression)
    return tree is not None and not _licensing().unknown_license_keys(tree)


def keys(expression: str) -> frozenset[str]:
    """The licences that an expression names, without exceptions; empty where it cannot be read."""
    tree = _parse(expression)
    return frozenset() if tree is None else frozenset(leaf.key for leaf in _leaves(tree))


def permissive(expression: str) -> bool:
    """Whether a recipient may choose terms that are permissive or public domain throughout."""
    tree = _parse(expression)
    return tree is not None and _holds(tree, lambda leaf: category(leaf.key) in {"Permissive", "Public Domain"})


def strong_copyleft(expression: str) -> bool:
    """Whether every choice includes a licence that reaches the whole work: GPL and its like, without an exception.

    LGPL, MPL and their like stop at the library or the file (category "Copyleft Limited") and may lie within a
    permissive work.
    Categories: https://scancode-licensedb.aboutcode.org/help.html#license-categories
    """
    tree = _parse(expression)
    return tree is not None and not _holds(tree, lambda leaf: category(leaf.key) != "Copyleft" or excepted(leaf))


def recognised(expression: str) -> bool:
    """Whether it names terms throughout, rather than scancode's word for "some licence" or a disclaimer."""
    named = keys(expression)
    return bool(named) and not any(key in {NONE, NOASSERTION} or _NO_TERMS.match(key) for key in named)


def alike(expression: str) -> frozenset[str]:
    """The licences that an expression names, GPL and its kin without "only" or "or later": the same texts."""
    return frozenset(re.sub(r"-(only|or-later)$", "", key) for key in keys(expression))


def within(expression: str, outer: str) -> bool:
    """Whether a recipient of the work under `outer` has the terms of this part of it as well."""
    tree, names = _parse(expression), alike(outer)
    return tree is not None and _holds(tree, lambda leaf: bool(alike(leaf.key) & names))


def choice(expression: str) -> bool:
    """Whether the expression offers a choice."""
    tree = _parse(expression)
    return isinstance(tree, OR)


def category(key: str) -> str:
    """scancode's category of one licence ("Permissive", "Copyleft Limited", ...); empty where it has none."""
    return _categories().get(key, "")


def closed(expression: str) -> bool:
    """Whether every choice includes terms that are no open licence, by scancode's category or by the name they were given."""
    tree = _parse(expression)
    return tree is not None and not _holds(tree, lambda leaf: not _closed(leaf.key))


def _closed(key: str) -> bool:
    return category(key) in CLOSED or "commons-clause" in key or bool(_OWN_TERMS.match(key))


def excepted(leaf: Leaf) -> bool:
    """Whether the licence comes with an exception that SPDX lists."""
    symbol = _licensing().known_symbols.get(leaf.exception)
    return symbol is not None and symbol.is_exception and not leaf.exception.startswith("LicenseRef-")


def options(expression: str) -> list[frozenset[Leaf]]:
    """The alternatives on offer, each a set of licences that apply together; empty where it cannot be read or has too many."""
    tree = _parse(expression)
    return [] if tree is None else _options(tree)


def weighed(expression: str, weigh: Callable[[Leaf], T], key: Callable[[T], int]) -> T | None:
    """The best of a choice, the worst of what applies together, by `key`; None where the expression cannot be read."""
    tree = _parse(expression)
    return None if tree is None else _weighed(tree, weigh, key)


def joined(expressions: Iterable[str], word: str = "AND") -> str:
    """Several expressions as one, canonical; NOASSERTION where there is none or one cannot be read."""
    parts = sorted({f"({part})" for part in expressions})
    return (canonical(f" {word} ".join(parts)) or NOASSERTION) if parts else NOASSERTION


@cache
def _licensing() -> Licensing:
    return get_spdx_licensing()


@cache
def _categories() -> dict[str, str]:
    """Licence key to scancode's category, from the index that license-expression carries."""
    found: dict[str, str] = {}
    for entry in get_license_index():
        for key in (entry.get("spdx_license_key"), *entry.get("other_spdx_license_keys", ())):
            if key and not entry.get("is_exception"):
                found.setdefault(key, entry["category"])
    return found


@cache
def _parse(expression: str) -> Node | None:
    if len(expression) > MAX_LENGTH:
        return None
    try:
        return _licensing().parse(re.sub(r"(?<=\w)\+(?=[\s)]|$)", _or_later, expression))
    except (ExpressionError, RecursionError, TypeError, ValueError, IndexError):  # IndexError: boolean.py on ")" alone
        return None


def _or_later(match: re.Match[str]) -> str:
    """SPDX's `+` ("EUPL-1.1+"): kept where license-expression knows the word, otherwise the named version alone."""
    word = re.split(r"[\s()]", match.string[: match.start()])[-1]
    return "+" if f"{word}+".lower() in _plus_words() else ""


@cache
def _plus_words() -> frozenset[str]:
    symbols = _licensing().known_symbols.values()
    words = (word for symbol in symbols for word in (symbol.key, *symbol.aliases))
    return frozenset(word.lower() for word in words if word.endswith("+"))


def _leaf(node: Node) -> Leaf:
    if isinstance(node, LicenseWithExceptionSymbol):
        return Leaf(node.license_symbol.key, node.exception_symbol.key)
    return Leaf(node.key)


def _leaves(tree: Node) -> Iterator[Leaf]:
    if isinstance(tree, (AND, OR)):
        for part in tree.args:
            yield from _leaves(part)
    else:
        yield _leaf(tree)


def _holds(tree: Node, test: Callable[[Leaf], bool]) -> bool:
    """Evaluates an expression: OR is any, AND is all."""
    return _weighed(tree, test, int)


def _weighed(tree: Node, weigh: Callable[[Leaf], T], key: Callable[[T], int]) -> T:
    if isinstance(tree, (AND, OR)):
        parts = [_weighed(part, weigh, key) for part in tree.args]
        return max(parts, key=key) if isinstance(tree, OR) else min(parts, key=key)
    return weigh(_leaf(tree))


def _options(tree: Node) -> list[frozenset[Leaf]]:
    """The alternatives on offer, each a set of licences that apply together; empty where there are too many."""
    if isinstance(tree, OR):
        found = [option for part in tree.args for option in _options(part)]
    elif isinstance(tree, AND):
        parts = [_options(part) for part in tree.args]
        size = 1
        for part in parts:
            size *= len(part)
        found = [frozenset().union(*choice) for choice in product(*parts)] if size <= MAX_OPTIONS else []
    else:
        found = [frozenset({_leaf(tree)})]
    least = dict.fromkeys(_least(option) for option in found)
    return [option for option in least if not any(_suffices(option, other) for other in least if other != option)]


def _least(option: frozenset[Leaf]) -> frozenset[Leaf]:
    """Without what another part brings along: whoever keeps to the GPL has kept to the GPL with an exception."""
    return frozenset(leaf for leaf in option if not any(_covers(leaf, other) for other in option - {leaf}))


def _suffices(option: frozenset[Leaf], other: frozenset[Leaf]) -> bool:
    """Whether keeping to one option keeps to the other as well, so that nobody needs to be offered the first."""
    return all(any(_covers(leaf, asked) for asked in option) for leaf in other)


def _offers(delivered: Node, option: frozenset[Leaf]) -> bool:
    """Whether the delivery can be used under exactly this set: it suffices, and no part of it is idle.

    Evaluating instead of expanding keeps a delivered expression of many alternatives cheap.
    """

    def under(given: frozenset[Leaf]) -> bool:
        return _holds(delivered, lambda leaf: any(_covers(leaf, asked) for asked in given))

    return under(option) and not any(under(option - {leaf}) for leaf in option)


def _covers(leaf: Leaf, asked: Leaf) -> bool:
    """Whether being licensed under `leaf` includes being licensed under `asked`."""
    if leaf.key in {NONE, NOASSERTION}:
        return False
    if leaf.exception != asked.exception and (asked.exception or not excepted(leaf)):
        return False
    return leaf.key == asked.key or _reaches(leaf.key, asked.key)


def _reaches(key: str, asked: str) -> bool:
    """Whether "this version or any later" reaches the version that was asked for."""
    given, wanted = _VERSIONED.fullmatch(key), _VERSIONED.fullmatch(asked)
    if not given or not wanted or given[1] != wanted[1] or given[3] != "or-later":
        return False
    return float(given[2]) <= float(wanted[2])
