"""The report as one page of HTML in both languages, with nothing outside it: no script, no image, no address that is loaded.

    to_html(document, "fr")   # opens in French; a link at the top shows the same in English

Every value passes `shown` on its way into the page, so that no field can be forgotten; the templates lie in `reports/`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from markupsafe import Markup

from verifier.render import words
from verifier.render.page import Page, page, stretch
from verifier.render.reading import Entry
from verifier.render.templates import Writer, file, hashed, render
from verifier.words import LANGUAGES, translator


def to_html(document: Entry, language: str = "en") -> str:
    """The page, of the document with both languages; it opens in this one."""
    return _page(document, language, (language, *(other for other in LANGUAGES if other != language)))


def single(document: Entry, language: str) -> str:
    """The page in this language alone, for paper."""
    return _page(document, language, (language,))


def _page(document: Entry, language: str, languages: tuple[str, ...]) -> str:
    made = page(document)
    inner = {one: assessment(made, one) for one in languages}
    foot = {one: translator(one)(words.CERTIFICATION) for one in languages}
    return render(
        "report.html",
        language=language,
        inner=inner,
        foot=foot,
        names=list(dict.fromkeys(words.name(document, one) for one in languages)),
        commit=document["delivery"]["commit"][:12],
        titles=[words.verdict_word(document, one, capitals=False) for one in languages],
        version=document["verifier"],
        css=file("report.css"),
        hashed=hashed(file("report.css")),
    )


def assessment(made: Page, language: str) -> Markup:
    """All of a report that stands between the head and the foot of a page."""
    return Markup(render("assessment.html", **_context(made, language)))  # noqa: S704 - escaped there


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


def _name(document: Entry) -> str:
    return str(document["delivery"]["url"]).rstrip("/").removesuffix(".git").rsplit("/", 1)[-1].strip(".")
