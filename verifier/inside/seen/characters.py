"""Characters that turn the direction of text (CVE-2021-42574) or are not seen at all, and where they are honest."""

import re
import unicodedata

BIDI = "\u202a-\u202e\u2066-\u2069"
"""Embeddings, overrides and isolates, with what ends them: with them a line shows its parts in another order than it runs."""
MARKS = "\u200e\u200f\u061c"
"""They give a character next to them a direction; honest in a line with right-to-left letters."""
_VARIATION = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_UNSEEN = (
    f"{MARKS}{_VARIATION}\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2028\u2029\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f"
)
HIDDEN = re.compile(f"[{BIDI}{_UNSEEN}]")
_BIDI = re.compile(f"[{BIDI}]")
_MARKS = re.compile(f"[{MARKS}]")
_SELECTOR = re.compile(f"[{_VARIATION}]")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")  # of England and the like: an emoji
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def on_line(text, *, first):
    """(column, character) of those that hide something, from 1. `first`: a byte-order mark may begin the line."""
    flags = {place for flag in _FLAG.finditer(text) for place in range(*flag.span())}
    return [
        (found.start() + 1, found[0])
        for found in HIDDEN.finditer(text)
        if found.start() not in flags and not _honest(text, found.start(), first=first)
    ]


def turns(character):
    """Whether it changes the order in which the rest of the line is shown."""
    return bool(_BIDI.match(character))


def right_to_left(text):
    """Whether there are Hebrew, Arabic or related letters in it."""
    return bool(_RIGHT_TO_LEFT.search(text))


def named(character):
    """`U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'UNNAMED')}"


def _honest(text, place, *, first):
    character, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if character == "\ufeff":
        return first and place == 0
    if _SELECTOR.match(character):
        return bool(before) and not HIDDEN.match(before) and not before.isspace() and not re.match("[A-Za-z]", before)
    if character == "\u200d":
        return _joined(before) and _joined(after)
    if character == "\u200c":
        return _letter(before) and _letter(after)
    return bool(_MARKS.match(character)) and right_to_left(text)


def _joined(neighbour):
    """An emoji, what belongs to one, or a letter of a script that joins."""
    return unicodedata.category(neighbour or " ") in {"So", "Sk"} or neighbour == "\ufe0f" or _letter(neighbour)


def _letter(neighbour):
    return neighbour > "\u02af" and unicodedata.category(neighbour)[0] in "LM"
