"""The report on paper: the page in one language as a tagged PDF (PDF/UA-1). Nothing is fetched."""

from __future__ import annotations

import hashlib
from typing import Any, NoReturn

from verifier.errors import WorldError
from verifier.render.html import single
from verifier.render.reading import Entry
from verifier.words import later, say

MISSING = later(
    "A PDF needs Pango and HarfBuzz, which are not on this machine: install libpango-1.0-0, libpangoft2-1.0-0 and "
    "libharfbuzz-subset0, or ask for html."
)


def to_pdf(document: Entry, language: str = "en") -> bytes:
    """Raises WorldError where the libraries that set the text are missing."""
    try:
        from weasyprint import HTML  # noqa: PLC0415 - loads the libraries
    except OSError as error:
        raise WorldError(say(MISSING)) from error
    page = single(document, language)
    name = hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    made: bytes | None = HTML(string=page, url_fetcher=_refuse).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=name)
    return made or b""


def _refuse(url: str, *_: Any, **__: Any) -> NoReturn:
    raise WorldError(say("A report loads nothing, and {address} was asked for.", address=url[:100]))
