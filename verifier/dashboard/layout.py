"""A page written out: as HTML in one language, and its twins for programs (JSON) and spreadsheets (CSV).

Links are relative, so that a page works from a file, below any path, and live alike.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

import orjson
from markupsafe import Markup, escape

import verifier
from verifier.dashboard import chart
from verifier.dashboard.page import Page, Section, numbered, part
from verifier.dashboard.theme import Look
from verifier.render import words
from verifier.render.html import fitted
from verifier.render.message import needed, to_message
from verifier.render.page import Counted, Limits, counted
from verifier.render.page import Page as Laid
from verifier.render.page import page as laid_out
from verifier.render.table import MARK, cell
from verifier.render.templates import Writer, render, shown
from verifier.units import money
from verifier.words import LANGUAGES, in_language, translator

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"
)
"""The Content Security Policy of every page: nothing is loaded from anywhere else, nothing inline is run."""
MOST = 150_000
"""Bytes of a page of HTML."""
AROUND = 12_000
"""Of them, what the layout may have."""
LETTER = 25_000
"""Bytes of the message to a supplier."""
STATE_SHAPES = {
    "posted": "○",
    "awarded": "○",
    "in progress": "▷",
    "delivered": "◇",
    "assessing": "…",
    "changes requested": "↺",
    "accepted": "◆",
    "certified": "◆",
    "payable": "◆",
    "paid": "■",
    "not delivered": "□",
    "terminated": "□",
    "disputed": "!",
}
"""Neutral ones: a list has verified nothing."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What stands around a page. `live` says that a server made it, and not the static site's build.

    `person` is who is signed in; `query` is what follows the `?`, so that the other language shows the same. `token` goes into
    every form of who is signed in; `signs_in` is whether anybody can be. `root` is where the site begins, for what is answered
    at another address than the page's own. `theme` is another look.
    """

    navigation: Sequence[Section]
    live: bool = False
    person: str = ""
    query: str = ""
    token: str = ""
    signs_in: bool = False
    root: str = ""
    theme: Look | None = None


def html(page: Page, language: str, scene: Scene) -> str:
    """The page in one language."""
    root = scene.root or "../" * (page.address.count("/") + 1)
    writer = Writer(language)

    def link(address: str, spoken: str = language) -> str:
        return f"{root}{spoken}/{address}.html"

    return render(
        f"dashboard/{page.template}",
        address=page.address,
        assessment=partial(_assessment, page, language),
        asset=lambda name: f"{root}assets/{name}",
        chart=chart.drawn,
        colours=words.COLOURS,
        data=f"{root}data/{page.address}",
        document=page.document,
        has_table=page.table is not None,
        language=language,
        languages=LANGUAGES,
        letter=partial(_letter, language),
        link=link,
        money=_money(language),
        numbered=numbered,
        part=part,
        policy=POLICY,
        say=writer,
        scene=scene,
        shapes=words.SHAPES,
        state=_state(language),
        state_shapes=STATE_SHAPES,
        title=page.title.in_language(language),
        version=verifier.__version__,
        _=writer.tr,
        tr_n=writer.tr_n,
        certification=translator(language)(words.CERTIFICATION),
    )


def twin(page: Page) -> str:
    """The same as JSON. A file's name that is no text (PEP 383) is written with escapes."""
    try:
        return orjson.dumps(page.document, default=_plain, option=orjson.OPT_APPEND_NEWLINE).decode()
    except TypeError:
        return json.dumps(page.document, default=_plain) + "\n"


def table(page: Page) -> str:
    """The rows as CSV by RFC 4180. No cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    if page.table:
        writer.writerow(page.table.head)
        writer.writerows([cell("" if one is None else str(one)) for one in row] for row in page.table.rows)
    return MARK + out.getvalue().encode(errors="backslashreplace").decode()


def _assessment(page: Page, language: str, report: dict[str, Any], below: str = "", **slots: Markup) -> Markup:
    """The body of a page about one report, with what the page adds to it; of a long one as much as a page has room for.

    `below` is what follows it on the page.
    """
    room = MOST - AROUND - sum(len(one.encode()) for one in (below, *slots.values()))

    def laid(limits: Limits) -> Laid:
        if limits not in page.laid:
            page.laid[limits] = laid_out(report, limits)
        return page.laid[limits]

    return fitted(laid, language, room, **slots)


def _letter(language: str, report: dict[str, Any]) -> Counted:
    """The message to the supplier in lines, as many as there is room for."""
    lines = to_message(in_language(needed(report), language), language).splitlines()
    room = accumulate(len(str(escape(shown(line))).encode()) for line in lines)
    fitting = sum(size <= LETTER for size in room)
    return counted(lines, fitting)


def _money(language: str) -> Callable[[int, str], str]:
    return lambda cents, currency: money(cents, currency).in_language(language)


def _state(language: str) -> Callable[[str], Markup | str]:
    """A state of a milestone or a contract as a word with its shape."""
    from verifier.gate.moves import STATE_WORDS, State  # noqa: PLC0415

    shape = Markup('<span class="state"><span class="shape" aria-hidden="true">{}</span> {}</span>')
    return lambda name: shape.format(STATE_SHAPES[name], translator(language)(STATE_WORDS[State(name)]))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value)
