"""The draft of a contract that nobody has signed: what is known of its terms, and its file with what is still to fill in. Pure.

    given = {"id": "MA-2026-014", "title-en": "Parcel rates", "title-fr": "Tarifs des colis", "price": 650_000, ...}
    check(given, guardrails)
    written(terms(given, guardrails), "en")

`given` is flat: money in cents, days such as 2026-11-29, requirements as `rules/contract.schema.json` has them. `guardrails` is
the section of record.yml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from babel.numbers import list_currencies

from verifier.errors import CriteriaError, UsageError
from verifier.rulebook import rules_dir
from verifier.rulebook.amounts import SHARE, amount
from verifier.rulebook.comparisons import spdx
from verifier.rulebook.document import Place
from verifier.rulebook.schema import check as check_shape
from verifier.rulebook.schema import load
from verifier.trust import shapes
from verifier.units import cents, money
from verifier.words import later, say, translator

MILESTONE = "m1"
MONEY = ("price", "tax")
DAYS = ("due", "awarded", "ends")
DAY_WORDS = {
    "due": later("The day of delivery"),
    "ends": later("The last day of payment"),
}
PLAIN = ("supplier", "requester", "payee", "repository", "licence", "commitment", "awarded", "ends")
"""What is in the file as it was given."""
ORDER = (
    *("id", "title", "supplier", "requester", "payee", "currency", "ceiling", "milestones"),
    *("repository", "licence", "commitment", "awarded", "ends", "requirements"),
)
GAPS = {
    "supplier": later("who delivers, as the trust policy names the person"),
    "requester": later("who agrees the contract for the buyer, as the trust policy names the person"),
    "payee": later("who is paid, as the invoice will name them"),
    "repository": later("the address where the delivery is made"),
    "licence": later("the licence of the delivery, an SPDX expression such as MIT"),
    "commitment": later("the reference of the funds reserved under section 32; may be left out"),
    "awarded": later("the day of the award, such as 2026-11-29"),
    "ends": later("the last day on which something may be paid under it"),
}
"""What is said beside what a draft does not know yet."""
OPTIONAL = frozenset({"commitment"})
HEAD = later("A draft of a contract, which nobody has signed. What is still to fill in stands behind a #.")
WIDE = 1_000_000
"""Characters of a line of YAML: a sentence stays in one line."""


@dataclass(frozen=True, slots=True)
class _Typed(Place):
    """The place of what was typed, which is in no file."""

    def error(self, message: str) -> CriteriaError:
        return CriteriaError(message)


def value(name: str, typed: str) -> Any:
    """What was typed for one of the terms. Raises UsageError where it cannot be that."""
    if name in MONEY:
        return cents(typed)
    if name in DAYS:
        return day(typed)
    if name == "currency":
        return currency(typed)
    if name == "licence":
        return _licence(typed)
    _shape({"title" if name.startswith("title-") else name: typed})
    if name == "id":
        _statement_id(typed)
    return typed


def day(typed: str) -> str:
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError as error:
        raise UsageError(say("{day} is not a day of the calendar", day=typed)) from error


def currency(typed: str) -> str:
    if typed not in list_currencies():
        raise UsageError(say("{code} is no currency of ISO 4217, such as CAD.", code=typed))
    return typed


def _licence(typed: str) -> str:
    try:
        return spdx(typed)
    except ValueError as error:
        raise UsageError(say('"licence" {what}', what=error.args[0])) from error


def _shape(data: Mapping[str, Any]) -> None:
    schema = load(rules_dir() / "contract.schema.json")
    check_shape({"id": "draft", **data}, schema, lambda *_: _Typed("", 1, 1))


def _statement_id(typed: str) -> None:
    """An id that the signed statement can have."""
    common = shapes.schema("common")
    check_shape({"id": typed}, {"properties": {"id": common["$defs"]["id"]}}, lambda *_: _Typed("", 1, 1))


def check(given: Mapping[str, Any], guardrails: Mapping[str, Any]) -> None:
    """Raises UsageError where what is known so far does not go together."""
    _order(given)
    if "currency" in given and "price" in given:
        _money(given, guardrails)


def _order(given: Mapping[str, Any]) -> None:
    awarded, ends = given.get("awarded", ""), given.get("ends", "9999-12-31")
    for name, words in DAY_WORDS.items():
        if name in given and given[name] < awarded:
            told = say(
                "{what}, {day}, is before the award, {awarded}.", what=say(words), day=given[name], awarded=awarded
            )
            raise UsageError(told)
    if given.get("due", "") > ends:
        told = say("The day of delivery, {day}, is after the last day of payment, {ends}.", day=given["due"], ends=ends)
        raise UsageError(told)


def _money(given: Mapping[str, Any], guardrails: Mapping[str, Any]) -> None:
    if not given["price"]:
        raise UsageError(say("The price is nothing; give the amount before tax."))
    total, most = given["price"] + tax(given, guardrails), ceiling(given, guardrails)
    if total > most:
        shown, allowed = money(total, given["currency"]), money(most, given["currency"])
        raise UsageError(say("The price with tax, {total}, is over the ceiling, {most}.", total=shown, most=allowed))


def ceiling(given: Mapping[str, Any], guardrails: Mapping[str, Any]) -> int:
    """The most that the contract may cost, in cents. Raises UsageError where none is configured."""
    return cents(str(_of(guardrails, "ceiling", given["currency"])))


def tax(given: Mapping[str, Any], guardrails: Mapping[str, Any]) -> int:
    """The one that was given, else the price times the configured rate, to the nearest cent."""
    if "tax" in given:
        return int(given["tax"])
    rate = amount(_of(guardrails, "tax", given["currency"]), SHARE)
    return (int(given["price"]) * rate + 5_000) // 10_000


def _of(guardrails: Mapping[str, Any], name: str, code: str) -> Any:
    found = guardrails.get(name, {})
    if code not in found:
        what = f"guardrails: {name}: {code}"
        raise UsageError(say("record.yml does not say {what}.", what=what))
    return found[code]


def usual_currency(guardrails: Mapping[str, Any]) -> str | None:
    """The only one that has a ceiling, where there is only one."""
    known = list(guardrails.get("ceiling", {}))
    return known[0] if len(known) == 1 else None


def terms(given: Mapping[str, Any], guardrails: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's file as data, without what is not known. Raises UsageError, as `check`."""
    check(given, guardrails)
    title = {"en": given["title-en"], "fr": given["title-fr"]}
    milestone = {
        "id": MILESTONE,
        "title": dict(title),
        "price": plain(given["price"]),
        "tax": plain(tax(given, guardrails)),
    }
    found = {
        "id": given["id"],
        "title": title,
        "currency": given["currency"],
        "ceiling": plain(ceiling(given, guardrails)),
        "milestones": [milestone | ({"due": given["due"]} if "due" in given else {})],
        "requirements": given["requirements"],
        **{name: given[name] for name in PLAIN if name in given},
    }
    _shape(found)
    return found


def plain(number: int) -> str:
    """Cents as the contract's file has them."""
    return f"{number // 100}.{number % 100:02d}"


def missing(data: Mapping[str, Any]) -> tuple[str, ...]:
    """What both parties cannot sign without."""
    return tuple(name for name in GAPS if name not in data and name not in OPTIONAL)


def written(data: Mapping[str, Any], language: str) -> str:
    """The contract's file; its comments are in this language."""
    tr = translator(language)
    lines = [f"# {tr(HEAD)}\n"]
    for name in ORDER:
        if name in data:
            lines.append(yaml.safe_dump({name: data[name]}, allow_unicode=True, sort_keys=False, width=WIDE))
        elif name in GAPS:
            lines.append(f"# {name}:  # {tr(GAPS[name])}\n")
    return "".join(lines)
