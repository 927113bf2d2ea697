"""The report as one page of HTML in both languages, with nothing outside it: no script, no image, no address that is loaded.

    to_html(document, "fr")   # opens in French; a link at the top shows the same in English

Every value passes `shown` on its way into the page, so that no field can be forgotten; the templates lie in `reports/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from verifier.render import words
from verifier.render.page import ROOMY, Limits, Page, page, stretch
from verifier.render.reading import Entry
from verifier.render.templates import Writer, file, hashed, load, render
from verifier.words import LANGUAGES, translator


def ready() -> None:
    """Loads what `to_html` needs on its first call."""
    load("report.html", "assessment.html")


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
    css = file("report.css") + file("dashboard/assets/assessment.css")
    return render(
        "report.html",
        language=language,
        inner=inner,
        foot=foot,
        names=list(dict.fromkeys(words.name(document, one) for one in languages)),
        commit=document["delivery"]["commit"][:12],
        titles=[words.verdict_word(document, one, capitals=False) for one in languages],
        version=document["verifier"],
        css=css,
        hashed=hashed(css),
    )


def assessment(made: Page, language: str, **slots: Markup) -> Markup:
    """All of a report that stands between the head and the foot of a page.

    `slots` are what a caller adds: to the `contents`, below the `verdict`, and below what waits for `people`.
    """
    return Markup(render("assessment.html", **_context(made, language, slots)))  # noqa: S704 - escaped there


def fitted(laid: Callable[[Limits], Page], language: str, most: int, **slots: Markup) -> Markup:
    """The same in at most so many bytes, without those of the slots: half as much is shown until it fits.

    `laid` gives the page within limits: it is the same in every language, so that who needs several makes it once.
    """
    limits = ROOMY
    room = most + sum(len(one.encode()) for one in slots.values())
    while len((made := assessment(laid(limits), language, **slots)).encode()) > room:
        if limits == limits.halved():
            break
        limits = limits.halved()
    return made


def _context(made: Page, language: str, slots: Mapping[str, Markup]) -> dict[str, Any]:
    """What the inner template may call, in one language."""
    writer = Writer(language)
    return {
        "slots": {"contents": Markup(), "verdict": Markup(), "people": Markup(), **slots},
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
