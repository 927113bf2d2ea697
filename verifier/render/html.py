"""The report as one page of HTML in both languages, with nothing outside it: no script, no image, no address that is loaded.

    to_html(document, "fr")   # opens in French; a link at the top shows the same in English

Every value passes `shown` on its way into the page, so that no field can be forgotten; the templates lie in `reports/`.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from verifier.errors import WorldError
from verifier.render import words
from verifier.render.inert import inert
from verifier.render.page import Page, page, stretch
from verifier.render.reading import Entry
from verifier.shipped import shipped
from verifier.units import shown as in_units
from verifier.words import LANGUAGES, NARROW, say, say_n, translator

LONGEST = 1000
"""Characters of one text; more is cut, and how many are left is said."""


def to_html(document: Entry, language: str = "en") -> str:
    """The page, of the document with both languages; it opens in this one."""
    return _page(document, language, (language, *(other for other in LANGUAGES if other != language)))


def single(document: Entry, language: str) -> str:
    """The page in this language alone, for paper."""
    return _page(document, language, (language,))


def _page(document: Entry, language: str, languages: tuple[str, ...]) -> str:
    made = page(document)
    inner = {one: Markup(_render("assessment.html", **_context(made, one))) for one in languages}  # noqa: S704 - escaped
    foot = {one: translator(one)(words.CERTIFICATION) for one in languages}
    return _render(
        "report.html",
        language=language,
        inner=inner,
        foot=foot,
        names=list(dict.fromkeys(words.name(document, one) for one in languages)),
        commit=document["delivery"]["commit"][:12],
        titles=[words.verdict_word(document, one, capitals=False) for one in languages],
        version=document["verifier"],
        css=_css(),
        css_hash=base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode(),
    )


def shown(value: Any) -> Any:
    """One text as the page writes it: cut, inert, and escaped by Jinja afterwards. Only markup of our own passes as it is."""
    if isinstance(value, Markup):
        return value
    text = str(value)
    return inert(text) if len(text) <= LONGEST else f"{inert(text[:LONGEST])} … (+{len(text) - LONGEST})"


def _context(made: Page, language: str) -> dict[str, Any]:
    """What the inner template may call, in one language."""
    writer = Writer(language)
    return {
        "page": made,
        "document": made.document,
        "language": language,
        "name": _name(made.document),
        "verdict": words.verdict_word(made.document, language, capitals=False),
        "sentence": words.sentence(made.document, language),
        "provided": partial(words.provided, made.document, language=language),
        "uncommitted": words.uncommitted(made.document, language),
        "_": writer.tr,
        "tr_n": writer.tr_n,
        "say": writer,
        "stretch": stretch,
        "shapes": words.SHAPES,
        "colours": words.COLOURS,
    }


@dataclass(frozen=True, slots=True)
class Writer:
    """Words, numbers and times in one language."""

    language: str

    def tr(self, message: str, /, **values: Any) -> str:
        return say(message, **values).in_language(self.language)

    def tr_n(self, number: int, one: str, many: str, /, **values: Any) -> str:
        return say_n(number, one, many, **{"n": self.count(number), **values}).in_language(self.language)

    def said(self, value: words.Said) -> str | Markup:
        """Of verifier's own, or in the words of a tool, which are English."""
        if not isinstance(value, str):
            return words.said(value, self.language)
        return Markup('<span lang="en">{}</span>').format(shown(value)) if value else ""

    def word(self, value: str) -> str:
        return words.word(value, self.language)

    def phrase(self, value: str) -> str:
        return words.phrase(value, self.language)

    def count(self, number: int) -> str:
        return str(format_decimal(number, locale=f"{self.language}_CA")).replace("\u00a0", NARROW)

    def amount(self, value: int | str, unit: str) -> str:
        if unit == "count" and isinstance(value, int):
            return self.count(value)
        return in_units(value, unit).in_language(self.language)

    def moment(self, text: str) -> Markup:
        return Markup('<time datetime="{0}">{1} UTC</time>').format(
            shown(text), shown(text.replace("T", " ").removesuffix("Z"))
        )


def _name(document: Entry) -> str:
    return str(document["delivery"]["url"]).rstrip("/").removesuffix(".git").rsplit("/", 1)[-1].strip(".")


def _render(template: str, **context: Any) -> str:
    return _environment().get_template(template).render(**context)


@cache
def _folder() -> Path:
    found = shipped("reports")
    if found is None:
        raise WorldError(
            say("The templates of reports are missing beside the verifier package; install delivery-verifier again.")
        )
    return found


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_folder()),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _css() -> Markup:
    return Markup((_folder() / "report.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
