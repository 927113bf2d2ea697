"""The message to the supplier, made from the report that the record keeps, as `verifier show --format message` makes it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from verifier.procurement.store import Store
from verifier.procurement.telling import Enclosed
from verifier.procurement.telling.awaited import MESSAGE, Awaited
from verifier.procurement.telling.posts import Person, Post
from verifier.render.message import to_message
from verifier.report import from_dict, to_dict
from verifier.words import LANGUAGES, in_language


def enclosed(post: Post, store: Store) -> tuple[Enclosed, ...]:
    """None of a report that is not kept. Raises TrustError for one that is not what its name says."""
    reports = {(one.report, one.kind): one for one in post.items if one.report}
    return tuple(
        made for number, one in enumerate(reports.values(), 1) for made in _made(one, number, post.person, store)
    )


def _made(one: Awaited, number: int, person: Person, store: Store) -> Iterator[Enclosed]:
    """A supplier reads their own language. A draft is in both: which one the supplier reads, the record does not know."""
    content = store.evidence(one.contract, one.report)
    if content is None:
        return
    document = to_dict(from_dict(json.loads(content)))
    for language in LANGUAGES if one.kind == MESSAGE else person.languages:
        yield Enclosed(f"message-{number}.{language}.txt", to_message(in_language(document, language), language))
