"""Names in Python that look like another: by Unicode's table of confusable characters (UTS 39), as confusable-homoglyphs has it.

A look-alike is a name with other letters than ASCII that reads as ASCII, and (a) is spelled as another name of the project, a
builtin or a keyword would be, or (b) mixes scripts within a word. A symbol of a formula, such as Greek nu alone, is none.
"""

import builtins
import io
import keyword
import re
import tokenize
import unicodedata
from functools import cache
from typing import NamedTuple

from confusable_homoglyphs import categories, confusables

from .characters import HIDDEN

KNOWN = frozenset({*dir(builtins), *keyword.kwlist, *keyword.softkwlist})
_WORDS = re.compile(r"[_\d]+")
_IN_BRACES = re.compile(r"\{([^{}]*)")
_NAME = re.compile(r"[^\W\d]\w*")
_EAST_ASIAN = frozenset({"HAN", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
_NO_SCRIPT = frozenset({"COMMON", "INHERITED", "UNKNOWN"})
SYMBOL = 2  # letters of a word in a formula


class Name(NamedTuple):
    """One name at a place, from 1."""

    text: str
    line: int
    column: int


class Seen(NamedTuple):
    """What a name is taken for; empty where it only mixes scripts."""

    name: Name
    like: str
    sure: bool


def names(data):
    """Every name of a file; those inside an f-string too, at its start. Raises what `tokenize` does."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    text = data.decode(encoding).removeprefix("\ufeff")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line, column = token.start[0], token.start[1] + 1
        if token.type == tokenize.NAME or (token.type == tokenize.ERRORTOKEN and _NAME.match(token.string)):
            yield Name(token.string, line, column)
        elif token.type == tokenize.STRING and "f" in re.match("[A-Za-z]*", token.string)[0].lower():
            for inner in _IN_BRACES.findall(token.string):
                yield from (Name(word, line, column) for word in _NAME.findall(inner))


def judged(name, others):
    """What the name is taken for, or None. `others` are all names of the project."""
    like = skeleton(name.text)
    if not like.isascii():
        return Seen(name, "", False) if any(map(_mixes, _words(name.text))) else None
    if like in KNOWN or like in others:
        return Seen(name, like, not _symbol(name.text))
    mixing = [word for word in _words(name.text) if _mixes(word)]
    if not mixing:
        return None
    return Seen(name, like, any("GREEK" not in _scripts(word) for word in mixing))


@cache
def skeleton(text):
    """The name in the ASCII letters that it looks like; what looks like none stays."""
    plain = HIDDEN.sub("", unicodedata.normalize("NFKC", HIDDEN.sub("", text)))
    return "".join(map(_like, plain))


@cache
def _like(character):
    if character.isascii():
        return character
    targets = (one["c"] for one in confusables.confusables_data.get(character, ()))
    return next((target for target in targets if _NAME.fullmatch(target) and target.isascii()), character)


def _words(text):
    return [word for word in _WORDS.split(unicodedata.normalize("NFKC", text)) if word]


def _scripts(word):
    found = {categories.alias(character).upper() for character in word} - _NO_SCRIPT
    return {"EAST ASIAN" if script in _EAST_ASIAN else script for script in found}


def _mixes(word):
    return len(_scripts(word)) > 1


def _symbol(text):
    """Greek letters alone or beside one other, as formulas have them, in every word that has any."""
    foreign = [word for word in _words(text) if not word.isascii()]
    return (
        bool(foreign)
        and all(len(word) <= SYMBOL and "GREEK" in _scripts(word) for word in foreign)
        and text.isprintable()
    )
