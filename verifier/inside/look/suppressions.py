"""Markers that ask a tool to look away, with the justification written beside them.

A justification is text after (or before) the marker in the same comment, the `Justification=` of an attribute, or the
comment directly above where that is about the marker: it names the tool, a code of it, or that something is passed over. A bare
list of codes, another marker, a licence header or what the code itself does is none.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from typing import Any, NamedTuple

from .languages import PROSE

CUT = 200  # characters of text and of justification that are kept
MOST = 1000  # listed for one file; more are counted
LONG = 2000  # characters of one line that are looked at, around the marker

_NAMES = r"[\w@/.\-]+(?:\s*,\s*[\w@/.\-]+)*"  # a list of rules
_LINTED = r"[A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*"  # a list of codes: E501, W291

# kind, and the marker with its codes. Each follows the tool's own pattern or documentation:
# bandit core/manager.py, flake8 defaults.py (NOQA_INLINE_REGEX), ruff "Error suppression", semgrep "Ignore code",
# pylint "Messages control", PEP 484 and mypy "Error codes", coverage "Excluding code", REUSE specification,
# ESLint "Configure rules", TypeScript "Type checking JavaScript", shellcheck "Directive", istanbul and c8 "Ignoring",
# golangci-lint "nolint", clang-tidy "Suppressing", RuboCop "Disabling cops", PHP_CodeSniffer, detect-secrets, gitleaks.
_IN_COMMENTS: tuple[tuple[str, str], ...] = (
    ("nosec", r"\bnosec\b:?(?:[\s,]*\b(?:B\d{3}|[a-z]+(?:_[a-z\d]+)+)\b)*"),
    ("noqa: file", rf"\b(?:ruff|flake8)\s*[:=]\s*noqa\b(?:\s*:\s*{_LINTED})?"),
    ("noqa", rf"\bnoqa\b(?:\s*:\s*{_LINTED})?"),
    ("nosemgrep", rf"\bnosem(?:grep)?\b(?:\s*:\s*{_NAMES})?"),
    ("pylint: skip-file", r"\bpylint\s*:\s*skip-file\b"),
    ("pylint: disable-next", rf"\bpylint\s*:\s*disable-next\s*=\s*{_NAMES}"),
    ("pylint: disable", rf"\bpylint\s*:\s*disable(?:-msg|-all)?\b(?:\s*=\s*{_NAMES})?"),
    ("type: ignore", r"\btype\s*:\s*ignore\b(?:\s*\[[^\]]*\])?"),
    ("pyright: ignore", r"\bpyright\s*:\s*ignore\b(?:\s*\[[^\]]*\])?"),
    ("mypy: ignore-errors", r"\bmypy\s*:\s*(?:ignore-errors|disable-error-code)\b(?:\s*=\s*\S+)?"),
    ("pragma: no cover", r"\bpragma[:\s]?\s*no\s*cover\b"),
    ("pragma: no branch", r"\bpragma[:\s]?\s*no\s*branch\b"),
    ("pragma: allowlist secret", r"\bpragma\s*:\s*(?:allow|white)list\s+(?:nextline\s+)?secret\b"),
    ("gitleaks:allow", r"\bgitleaks:allow\b"),
    ("REUSE-IgnoreStart", r"\bREUSE-IgnoreStart\b"),
    ("eslint-disable", rf"\beslint-disable(?:-next-line|-line)?\b(?:\s+(?!--){_NAMES})?"),
    ("ts-ignore", r"@ts-(?:ignore|expect-error|nocheck)\b:?"),
    ("tslint:disable", rf"\btslint:disable(?:-next-line|-line)?\b(?:\s*:\s*{_NAMES})?"),
    ("biome-ignore", r"\bbiome-ignore(?:-all|-start)?\s+[\w/]+:?"),
    ("istanbul ignore", r"\b(?:istanbul|c8|v8)\s+ignore\b(?:\s+(?:next|if|else|file|start|stop))?(?:\s+\d+)?"),
    ("shellcheck disable", rf"\bshellcheck\s+disable\s*=\s*{_NAMES}"),
    ("nolint", r"\bnolint(?:nextline|begin)?\b(?:\s*:\s*[\w\-]+(?:,[\w\-]+)*|\([^)]*\))?"),
    ("rubocop:disable", rf"\brubocop\s*:\s*(?:disable|todo)\s+{_NAMES}"),
    ("phpcs:ignore", rf"\bphpcs\s*:\s*(?:ignoreFile|ignore|disable)\b(?:\s+{_NAMES})?"),
    ("NOSONAR", r"\bNOSONAR\b"),
)
_OF_SECRETS = frozenset({"pragma: allowlist secret", "gitleaks:allow"})
"""What stands before these may be the secret itself, so only what follows them is kept."""
# Attributes, which stand in the code itself.
_IN_CODE: tuple[tuple[str, str, frozenset[str]], ...] = (
    (
        "SuppressMessageAttribute",
        r"\[[^\]\n]*\bSuppressMessage(?:Attribute)?\s*\([^)]*\)",
        frozenset({"powershell", "csharp", "vb", "fsharp"}),
    ),
    (
        "SuppressWarnings",
        r"@(?:file:)?Suppress(?:Warnings)?\s*\([^)]*\)",
        frozenset({"java", "kotlin", "scala", "groovy"}),
    ),
    ("allow", r"#!?\[allow\([^)]*\)\]", frozenset({"rust"})),
)
_NEEDLES = (
    b"nosec",
    b"noqa",
    b"nosem",
    b"pylint",
    b"ignore",
    b"mypy",
    b"pragma",
    b"gitleaks",
    b"eslint-disable",
    b"@ts-",
    b"tslint",
    b"shellcheck",
    b"nolint",
    b"rubocop",
    b"phpcs",
    b"nosonar",
    b"suppress",
    b"allow(",
)
_MARKER = re.compile("|".join(f"(?P<m{n}>{pattern})" for n, (_, pattern) in enumerate(_IN_COMMENTS)), re.IGNORECASE)
_QUICK = re.compile("|".join(re.escape(needle.decode()) for needle in _NEEDLES), re.IGNORECASE)
_QUICK_BYTES = re.compile(b"|".join(re.escape(needle) for needle in _NEEDLES), re.IGNORECASE)
_OPENERS = (re.compile(r"#|//|/\*|<!--|\{-|\(\*|^\s*\*"), re.compile(r"--|;|%|\bREM\b|^\s*'"))
_ABOVE = re.compile(r"\s*(?:#|//|/\*|\*|<!--|--|;|%)(?!!)(.*)")
# Two blanks before it, or no quotation mark after it: else it may be part of a string.
_AT_THE_END = re.compile(r"\s\s(?:#|//|/\*)(.+)$|(?:#|//|/\*)([^'\"]+)$")
_NO_REASON = re.compile(r"copyright|licen[cs]e|SPDX-|coding[:=]|all rights reserved", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:fmt|isort|yapf|black|ruff|pylint|pyright|mypy|type)\s*:\s*\S+|(?:Justification|CheckId)\s*=", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’/\-][^\W\d_]+)*")
_IDLE = frozenset({"todo", "fixme", "xxx", "hack", "ignore", "ignored", "noqa", "nosec", "tbd", "ok", "sic"})
# What a comment above a marker is about where it explains it: the tool, or that something is passed over.
_ABOUT = re.compile(
    r"\b(?:nosec|bandit|noqa|flake8|ruff|pylint|mypy|pyright|semgrep|nosem(?:grep)?|eslint|tslint|shellcheck|nolint|rubocop"
    r"|phpcs|sonar|gitleaks|linters?|scanners?|type[- ]?check\w*|typing|stubs?|cover(?:age|ed)|(?:un)?tested"
    r"|false[- ]positives?|faux positifs?|(?:suppress|ignor|silenc|disabl|désactiv|exclud)\w*)\b",
    re.IGNORECASE,
)
_RULE = re.compile(r"\b[A-Z]+\d{2,}\b|\b[a-z]+(?:[-_][a-z]+)+\b")  # B602, unused-import
_JUSTIFIED = re.compile(r"Justification\s*=\s*(?:'([^']*)'|\"([^\"]*)\")", re.IGNORECASE)


class Mark(NamedTuple):
    """One suppression; `text` and `justification` are cut to CUT characters."""

    kind: str
    line: int
    text: str
    justification: str

    def to_dict(self) -> dict[str, Any]:
        return self._asdict()


def mark(kind: str, line: int, text: str, justification: str) -> Mark:
    return Mark(kind, line, " ".join(text.split())[:CUT], " ".join(justification.split())[:CUT])


def may_hold(data: bytes, extra: tuple[bytes, ...] = ()) -> bool:
    """A quick look: False means that there is certainly nothing."""
    lowered = data.lower()
    return any(needle in lowered for needle in (*_NEEDLES, *extra))


def in_python(data: bytes, lines: list[str]) -> Iterator[Mark]:
    """Markers in comments, found with `tokenize`, so that those in strings do not count.

    What cannot be tokenised is read line by line instead: a file that does not parse hides nothing by it.
    """
    if not _after_a_hash(data):
        return
    try:
        comments = [
            (token.start[0], token.string)
            for token in tokenize.tokenize(io.BytesIO(data).readline)
            if token.type == tokenize.COMMENT and _QUICK.search(token.string)
        ]
    except (tokenize.TokenError, SyntaxError, ValueError, LookupError):
        comments = [
            (n, line[line.index("#") :]) for n, line in enumerate(lines, 1) if "#" in line and _QUICK.search(line)
        ]
    for number, comment in comments:
        yield from _in_comment(number, comment, lines)


def _after_a_hash(data: bytes) -> bool:
    """Whether any line has a marker after `#`: most files have none, and `tokenize` is slow."""
    for tried, hit in enumerate(_QUICK_BYTES.finditer(data)):
        hash_sign = data.find(b"#", data.rfind(b"\n", 0, hit.start()) + 1, hit.start())
        near = data[max(0, hit.start() - 20) : hit.end() + 20].decode("utf-8", "replace")
        if tried >= MOST or (hash_sign >= 0 and _MARKER.search(near)):
            return True
    return False


def in_lines(language: str | None, lines: list[str]) -> Iterator[Mark]:
    """Markers of any other language: those that stand after the opening of a comment, and attributes."""
    for number, whole in enumerate(lines, 1):
        hit = _QUICK.search(whole)
        if hit is None:
            continue
        line = whole if len(whole) <= LONG else whole[max(0, hit.start() - LONG // 2) : hit.start() + LONG // 2]
        opener = next(filter(None, (kind.search(line) for kind in _OPENERS)), None)
        if opener:
            marks = _in_comment(number, line[opener.start() :], lines)
            yield from (m for m in marks if language not in PROSE or m.kind == "REUSE-IgnoreStart")
        yield from _in_code(language, number, line, lines)


def _in_comment(number: int, comment: str, lines: list[str]) -> Iterator[Mark]:
    comment = comment[:LONG]
    found = list(_MARKER.finditer(comment))
    if not found:
        return
    beside = justification(_MARKER.sub(" ", comment))
    for match in found:
        kind = _IN_COMMENTS[int((match.lastgroup or "m0")[1:])][0]
        if kind in _OF_SECRETS:
            told = comment[match.start() :]
            yield mark(kind, number, told, justification(comment[match.end() :]) or about(told, number, lines))
        else:
            yield mark(kind, number, comment, beside or about(comment, number, lines))


def _in_code(language: str | None, number: int, line: str, lines: list[str]) -> Iterator[Mark]:
    for kind, pattern, languages in _IN_CODE:
        if language not in languages:
            continue
        text = "\n".join(lines[number - 1 : number + 4])[:LONG] if len(line) < LONG else line
        match = re.search(pattern, text)
        if match and match.start() < len(line):
            given = _JUSTIFIED.search(match[0])
            reason = (given[1] or given[2] or "") if given else ""
            rest = text[match.end() :].partition("\n")[0]
            yield mark(kind, number, match[0], reason.strip() or beside(rest) or about(match[0], number, lines))


def beside(line: str) -> str:
    """The justification in the comment that ends a line of code; empty where there is none."""
    opener = _AT_THE_END.search(line[-LONG:])
    return justification(_MARKER.sub(" ", opener[1] or opener[2])) if opener else ""


def above(number: int, lines: list[str]) -> str:
    """The comment that stands directly above a line (counted from 1), joined; empty where it says nothing."""
    block: list[str] = []
    for line in reversed(lines[max(0, number - 11) : number - 1]):
        match = _ABOVE.fullmatch(line[:LONG])
        if match is None:
            break
        block.insert(0, match[1].strip())
    text = " ".join(block)
    return "" if _NO_REASON.search(text) else justification(_MARKER.sub(" ", text))


def about(marker: str, number: int, lines: list[str]) -> str:
    """The comment directly above, where it is about the marker and not about the code that both stand at."""
    text = above(number, lines)
    names = {name.lower() for name in _RULE.findall(marker)}
    named = any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE) for name in names)
    return text if named or _ABOUT.search(text) else ""


def justification(text: str) -> str:
    """The text without comment signs, if it holds a word for a person: a code, a name with `_` or "todo" is none."""
    text = _OTHER.sub(" ", text).strip(" \t\r\n#/*-–—:;,<!>%")
    tokens = (token.strip(".,;:()[]{}\"'`!?-–—/#*") for token in text.split())
    words = [token for token in tokens if _WORD.fullmatch(token) and token.lower() not in _IDLE]
    return text if words else ""
