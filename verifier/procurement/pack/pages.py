"""What a pack shows: its history, its reports, and the page that says what to check and how. Pure, all of it made from `Sources`.

Whoever verifies a pack with the verifier that made it makes these files again and compares: no page has to be believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from verifier.errors import UsageError
from verifier.procurement.pack import byhand
from verifier.procurement.pack.readme import LANGUAGES_OF, readme
from verifier.procurement.pack.sources import Sources, report_of
from verifier.render import history
from verifier.render.html import to_html
from verifier.render.markdown import to_markdown
from verifier.render.record import as_document, page
from verifier.report import from_dict, to_dict
from verifier.words import LANGUAGES, in_language, translator

HISTORY, REPORTS = "history/", "reports/"


def pages(found: Sources) -> dict[str, bytes]:
    """Every file that is made from the others, but the manifest and the sums, which are of all of them."""
    made: dict[str, str | bytes] = {**dict(_history(found)), **dict(_reports(found)), **byhand.files(found)}
    made |= {LANGUAGES_OF[language]: readme(found, language) for language in LANGUAGES}
    return {name: text.encode() if isinstance(text, str) else text for name, text in made.items()}


def _history(found: Sources) -> Iterator[tuple[str, str]]:
    """As of the newest entry: a pack is the same on whatever day it is made."""
    day = found.moment[:10]
    document = as_document(found.record, day)
    yield f"{HISTORY}record.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    told = {}
    for language in LANGUAGES:
        tr = translator(language)
        title = tr("History of {contract}, as of {day}", contract=found.contract, day=day)
        text = page(found.record, day, language)
        told[language] = (title, text)
        yield f"{HISTORY}history.{language}.md", f"# {title}\n\n{_fenced(text)}"
    yield f"{HISTORY}history.html", history.page(found.contract, told)


def _fenced(text: str) -> str:
    """A block that Markdown leaves as it is: what lies in it holds no line that begins with the fence."""
    return f"~~~~text\n{text.replace('~~~~', '~ ~ ~ ~')}~~~~\n"


def _reports(found: Sources) -> Iterator[tuple[str, str]]:
    for assessment in found.assessments:
        digest = report_of(assessment)
        document = _document(found.report(digest)) if digest in found.evidence else None
        if document is not None:
            yield from _rendered(document, f"{REPORTS}{assessment.digest[:16]}/report")


def _document(content: bytes) -> dict[str, Any] | None:
    """None for a report that this verifier does not read: it lies in the pack as it is, and has no page."""
    try:
        return to_dict(from_dict(json.loads(content)))
    except (ValueError, RecursionError, UsageError):
        return None


def _rendered(document: dict[str, Any], stem: str) -> Iterator[tuple[str, str]]:
    """The page in HTML has both languages."""
    yield f"{stem}.html", to_html(document)
    for language in LANGUAGES:
        yield f"{stem}.{language}.md", to_markdown(in_language(document, language), language)
