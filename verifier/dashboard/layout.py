"""A page written out: as HTML in one language, and its twins for programs (JSON) and spreadsheets (CSV).

Links are relative, so that a page works from a file, below any path, and live alike.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

import verifier
from verifier.dashboard.page import Page, Section, numbered, part
from verifier.render import words
from verifier.render.table import MARK, cell
from verifier.render.templates import Writer, render
from verifier.units import money
from verifier.words import LANGUAGES, translator

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"
)
"""The Content Security Policy of every page: nothing is loaded from anywhere else, nothing inline is run."""
ASSETS = ("dashboard.css", "dashboard.js", "verify.js")


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands around a page. `live` is the moment at which a server made it; "" of the static site.

    `person` is who is signed in; `query` is what follows the `?`, so that the other language shows the same.
    """

    navigation: Sequence[Section]
    live: bool = False
    person: str = ""
    query: str = ""


def html(page: Page, language: str, scene: Scene) -> str:
    """The page in one language."""
    root = "../" * (page.address.count("/") + 1)
    writer = Writer(language)

    def link(address: str, spoken: str = language) -> str:
        return f"{root}{spoken}/{address}.html"

    return render(
        f"dashboard/{page.template}",
        address=page.address,
        asset=lambda name: f"{root}assets/{name}",
        colours=words.COLOURS,
        data=f"{root}data/{page.address}",
        document=page.document,
        has_table=page.table is not None,
        language=language,
        languages=LANGUAGES,
        link=link,
        money=_money(language),
        numbered=numbered,
        part=part,
        policy=POLICY,
        say=writer,
        scene=scene,
        shapes=words.SHAPES,
        state=_state(language),
        title=page.title.in_language(language),
        version=verifier.__version__,
        _=writer.tr,
        tr_n=writer.tr_n,
        certification=translator(language)(words.CERTIFICATION),
    )


def twin(page: Page) -> str:
    """The same as JSON."""
    return json.dumps(page.document, indent=1, ensure_ascii=False, default=_plain) + "\n"


def table(page: Page) -> str:
    """The rows as CSV by RFC 4180. No cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    if page.table:
        writer.writerow(page.table.head)
        writer.writerows([cell("" if one is None else str(one)) for one in row] for row in page.table.rows)
    return MARK + out.getvalue()


def _money(language: str) -> Callable[[int, str], str]:
    return lambda cents, currency: money(cents, currency).in_language(language)


def _state(language: str) -> Callable[[str], Markup | str]:
    """A state of a milestone or a contract as a word with its shape."""
    from verifier.gate.moves import STATE_WORDS, State  # noqa: PLC0415

    return lambda name: translator(language)(STATE_WORDS[State(name)])


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value)
