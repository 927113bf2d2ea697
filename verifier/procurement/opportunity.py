"""Opportunities as the Micro-Acquisition pilot posted them: Markdown with YAML front matter, one file a language. Pure.

    given = together([read(english, "en.md"), read(french, "fr.md")])

The form: https://github.com/canada-ca/micro-acquisition, `_posts/en/template-opportunity.md`. What is taken: title, value (before
tax), delivery_date, and each item of the list under "Work acceptance criteria", numbered by its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import frontmatter
import yaml
from babel.numbers import NumberFormatError, parse_decimal
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from verifier.errors import UsageError
from verifier.render.inert import inert
from verifier.words import LANGUAGES, say

MOST = 256_000
"""Bytes of a file that is read."""
HEADINGS = {"en": "work acceptance criteria", "fr": "critères d'acceptation"}
"""How the heading begins, in small letters, under which the requirements are listed."""
LOCALES = {"en": "en_CA", "fr": "fr_CA"}
BEFORE_TAX = frozenset(
    {
        *("excluding tax", "excluding taxes", "before tax", "before taxes", "plus tax", "plus taxes"),
        *("hors taxes", "hors les taxes", "avant taxes", "avant les taxes", "taxes en sus", "plus taxes"),
    }
)
"""What may stand in brackets behind a value."""
_VALUE = re.compile(
    r"(?:CA\$|\$|(?P<code>[A-Z]{3}))?\s*(?P<amount>\d(?:[\d\s.,]*\d)?)\s*(?:\$(?:\s?CA)?|(?P<after>[A-Z]{3}))?\s*(?:\((?P<note>[^()]*)\))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """One file. `price` is in cents, before tax; `currency` "" where a dollar sign is all that is said."""

    name: str
    language: str
    ref: str
    title: str
    price: int
    currency: str
    due: str
    requirements: tuple[tuple[str, str], ...]
    """(number of its place, text)."""


class _Front(YAMLHandler):
    """By PyYAML's loader in Python: that in C, which is the default, ends the process where brackets nest too deep."""

    def load(self, fm: str, **options: object) -> Any:
        return super().load(fm, Loader=yaml.SafeLoader, **options)


def read(content: bytes, name: str) -> Opportunity:
    """Raises UsageError, which says what is missing or wrong in the file `name`."""
    meta, body = _parts(content, name)
    language = meta.get("lang")
    if language not in LANGUAGES:
        raise UsageError(say('{file} does not say "lang: en" or "lang: fr".', file=name))
    price, currency = _price(_text(meta, "value", name), language, name)
    return Opportunity(
        name=name,
        language=language,
        ref=_text(meta, "ref", name),
        title=_text(meta, "title", name),
        price=price,
        currency=currency,
        due=_day(meta.get("delivery_date"), name),
        requirements=tuple(_requirements(body, language, name)),
    )


def _parts(content: bytes, name: str) -> tuple[Mapping[str, Any], str]:
    if len(content) > MOST:
        raise UsageError(say("{path} has over {most} bytes; it is not read.", path=name, most=MOST))
    try:
        found = frontmatter.loads(content.decode("utf-8-sig"), handler=_Front())
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise UsageError(say("{file} has front matter that is not valid YAML.", file=name)) from error
    return found.metadata, found.content


def _text(meta: Mapping[str, Any], key: str, name: str) -> str:
    value = meta.get(key)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(say("{file} does not say {what}.", file=name, what=key))
    return " ".join(value.split())


def _price(value: str, language: str, name: str) -> tuple[int, str]:
    """`$6,500 (excluding taxes)` and `6 500$ (hors les taxes)` are 650000 cents."""
    found = _VALUE.fullmatch(value)
    number = _decimal(found["amount"], language) if found else None
    if found is None or number is None or not _whole_cents(number):
        told = say("{file}: {value} is no amount such as $6,500 (excluding taxes).", file=name, value=inert(value))
        raise UsageError(told)
    note = (found["note"] or "").strip().lower()
    if note and note not in BEFORE_TAX:
        told = say(
            "{file}: {value} has to be the price before tax; this says something else.", file=name, value=inert(value)
        )
        raise UsageError(told)
    return int(number * 100), found["code"] or found["after"] or ""


def _decimal(text: str, language: str) -> Decimal | None:
    try:
        return parse_decimal(re.sub(r"\s", "\u00a0", text), locale=LOCALES[language], strict=True)
    except NumberFormatError:
        return None


def _whole_cents(number: Decimal) -> bool:
    """Money has no decimals or two: `6,500` in French would be six and a half."""
    return number.as_tuple().exponent in (0, -2) and 0 < number < 10**9


def _day(value: object, name: str) -> str:
    """The day where the delivery is due, by the clock of the place that the file names."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise UsageError(say("{file} has no delivery_date such as 2026-11-29.", file=name))


def _requirements(body: str, language: str, name: str) -> Iterator[tuple[str, str]]:
    found = list(_items(_section(MarkdownIt().parse(body), HEADINGS[language])))
    if not found:
        told = say('{file} has no list under the heading "{heading}".', file=name, heading=HEADINGS[language])
        raise UsageError(told)
    for number, words in found:
        if not words:
            raise UsageError(say("{file}: item {number} of the list is empty.", file=name, number=number))
        yield number, words


def _section(tokens: Sequence[Token], heading: str) -> Iterator[Token]:
    """What stands under a heading, up to the next of its level or of a higher one."""
    level = ""
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            title = tokens[index + 1].content.replace("’", "'").strip().lower()
            if level and token.tag <= level:
                return
            level = level or (token.tag if title.startswith(heading) else "")
        if level:
            yield token


def _items(tokens: Iterable[Token]) -> Iterator[tuple[str, str]]:
    """Each item with the number of its place: 1, 1.1, 1.2, 2; its text is without that of the items inside it."""
    place: list[int] = []
    inside: Counter[tuple[int, ...]] = Counter()
    texts: dict[tuple[int, ...], list[str]] = {}
    for token in tokens:
        if token.type == "list_item_open":
            inside[tuple(place)] += 1
            place.append(inside[tuple(place)])
            texts[tuple(place)] = []
        elif token.type == "list_item_close":
            place.pop()
        elif token.type == "inline" and place:
            texts[tuple(place)].append(_plain(token.children or ()))
    for numbers, words in texts.items():
        yield ".".join(map(str, numbers)), " ".join(" ".join(words).split())


def _plain(tokens: Iterable[Token]) -> str:
    """Without markup; the address of a link stands behind its words."""
    parts, address = [], ""
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrs["href"])
        elif token.type == "link_close":
            parts.append(f" ({address})")
        else:
            parts.append(" " if token.type in ("softbreak", "hardbreak") else token.content)
    return "".join(parts)


def together(files: Sequence[Opportunity]) -> dict[str, Any]:
    """The terms that both files give, as `draft` has them. Raises UsageError where they are not one opportunity."""
    by_language = {one.language: one for one in files}
    if len(files) != len(LANGUAGES) or by_language.keys() != set(LANGUAGES):
        raise UsageError(say("Give two files of an opportunity: the English one and the French one."))
    english, french = by_language["en"], by_language["fr"]
    for name in ("ref", "price", "currency", "due"):
        if getattr(english, name) != getattr(french, name):
            _differ(english, french, name)
    return {
        "title-en": english.title,
        "title-fr": french.title,
        "price": english.price,
        **({"currency": english.currency} if english.currency else {}),
        "due": english.due,
        "requirements": _paired(english, french),
    }


def _differ(english: Opportunity, french: Opportunity, name: str) -> None:
    key = {"price": "value", "currency": "value", "due": "delivery_date"}.get(name, name)
    raise UsageError(say("{en} and {fr} have not the same {what}.", en=english.name, fr=french.name, what=key))


def _paired(english: Opportunity, french: Opportunity) -> list[dict[str, Any]]:
    numbers = [[number for number, _ in one.requirements] for one in (english, french)]
    if numbers[0] != numbers[1]:
        told = say(
            "{en} lists {n} acceptance criteria and {fr} {m}, or in another order; both have to list the same.",
            en=english.name,
            n=len(numbers[0]),
            fr=french.name,
            m=len(numbers[1]),
        )
        raise UsageError(told)
    return [
        {"id": f"r{number}", "text": {"en": text, "fr": other}}
        for (number, text), (_, other) in zip(english.requirements, french.requirements, strict=True)
    ]
