"""A drafted contract file: what the source said, and what is to be filled in as commented lines. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from verifier.procurement.ocds.draft import Draft, Part
from verifier.words import Text, later, say

FIRST = later("Drafted from {ocid}; nobody has signed it. Fill in the commented lines, then sign it.")
HELP = {
    "title": later("in both languages"),
    "supplier": later("who delivers, as the trust policy names the person"),
    "requester": later("who agrees the contract for the buyer, as the trust policy names the person"),
    "payee": later("who is paid, as the invoice names them"),
    "currency": later("three capital letters"),
    "ceiling": later("the most that the contract may cost, with tax"),
    "price": later("before tax; the source says {value} for the whole contract, and not whether tax is in it"),
    "priced": later("before tax"),
    "tax": later("in the same currency"),
    "repository": later("where the delivery is made"),
    "licence": later("an SPDX expression"),
    "requirements": later("what a person decides whether it is met; an id and a text in both languages each"),
    "awarded": later("the day of the award"),
    "ends": later("the last day on which something may be paid under it"),
}
EXAMPLES = {
    "title": '{en: "...", fr: "..."}',
    "supplier": "...",
    "requester": "...",
    "payee": '"..."',
    "currency": "CAD",
    "ceiling": '"10000.00"',
    "repository": "https://git.example.org/team/project",
    "licence": "MIT",
    "requirements": '[{id: "...", text: {en: "...", fr: "..."}}]',
    "awarded": "2026-11-29",
    "ends": "2027-03-31",
}


def contract_file(draft: Draft, language: str) -> str:
    """`contract.yml`, with comments in this language."""
    return "".join(f"{line}\n" for line in _lines(draft, language))


def missing(draft: Draft) -> list[str]:
    """What has to be filled in before it can be signed, by its names in a contract file."""
    known = _known(draft)
    lacking = [name for name in EXAMPLES if name not in known]
    titles = ["title"] if any(one.title is None for one in _parts(draft)) else []
    return [*lacking, *(f"milestones: {name}" for name in (*titles, "price", "tax"))]


def _lines(draft: Draft, language: str) -> Iterator[str]:
    known = _known(draft)
    yield f"# {say(FIRST, ocid=_one_line(draft.ocid)).in_language(language)}"
    yield f"id: {_quoted(draft.id)}"
    for name, example in EXAMPLES.items():
        if name in known:
            yield f"{name}: {known[name]}"
        else:
            yield f"# {name}: {example}  # {say(HELP[name]).in_language(language)}"
    yield "milestones:"
    for part in _parts(draft):
        yield from _part(part, draft.value, language)


def _parts(draft: Draft) -> tuple[Part, ...]:
    """A contract has one milestone at least."""
    return draft.parts or (Part(id="m1", title=draft.title, due=""),)


def _known(draft: Draft) -> dict[str, str]:
    """What the source said, as it stands in the file."""
    said = {
        "title": _both(draft.title) if draft.title else "",
        "payee": _quoted(draft.payee) if draft.payee else "",
        "currency": draft.currency,
        "awarded": draft.awarded,
        "ends": draft.ends,
    }
    return {name: value for name, value in said.items() if value}


def _part(part: Part, value: int | None, language: str) -> Iterator[str]:
    yield f"  - id: {_quoted(part.id)}"
    if part.title:
        yield f"    title: {_both(part.title)}"
    else:
        yield f"    # title: {EXAMPLES['title']}  # {say(HELP['title']).in_language(language)}"
    price = say(HELP["priced"]) if value is None else say(HELP["price"], value=_amount(value))
    yield f'    # price: "{_amount(value or 0)}"  # {price.in_language(language)}'
    yield f'    # tax: "0.00"  # {say(HELP["tax"]).in_language(language)}'
    if part.due:
        yield f"    due: {part.due}"


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _both(text: Text) -> str:
    return f"{{en: {_quoted(text.en)}, fr: {_quoted(text.fr)}}}"


def _quoted(text: str) -> str:
    """As YAML has text in double quotes, on one line."""
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in json.dumps(text, ensure_ascii=False))


def _one_line(text: str) -> str:
    return _quoted(text)[1:-1]
