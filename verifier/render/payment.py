"""A payment request as a page of the terminal, and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from verifier.drafts import SUPPORTS, both
from verifier.render.inert import inert
from verifier.units import money
from verifier.words import Text, later, say

if TYPE_CHECKING:
    from verifier.procurement.payment.request import Request

METHODS = {"card": later("acquisition card"), "paypal": later("PayPal")}
MOVES_NOTHING = later(
    "This page asks; it moves no money, and only the gate's payment release says that it may be paid."
)
BLANKS = {
    "cardholder": later("Cardholder name"),
    "date": later("Date of the transaction"),
}
OF_PAYPAL = {
    "necessary": later("How the purchase was necessary to meet operational requirements"),
    "vendors": later(
        "Steps taken to find a vendor who accepts the acquisition card directly, or why there was none other"
    ),
    "account": later("Whether an account was registered with PayPal"),
}
"""What the pilot's justification for the use of PayPal asks of the cardholder besides."""


def page(made: Request, language: str) -> str:
    """Plain text of one page, in `en` or `fr`."""
    return "".join(f"{inert(line.in_language(language))}\n" for line in _lines(made))


def entry(made: Request) -> dict[str, Any]:
    """The same as JSON: money in cents, what is not known null, sentences in both languages."""
    terms, certified, milestone = made.terms, made.certified, made.milestone
    return {
        "contract": terms["id"],
        "title": terms["title"],
        "milestone": {"id": milestone["id"], "title": milestone["title"], "state": made.state.value},
        "commitment": terms.get("commitment"),
        "supplier": terms["supplier"],
        "payee": terms["payee"],
        "method": made.method,
        "currency": terms["currency"],
        "price": milestone["price"],
        "tax": milestone["tax"],
        "total": made.total,
        "invoice": {"number": made.invoice.number, "total": made.invoice.total},
        "match": made.matches,
        "certification": _certification(made),
        "acceptance": certified.acceptance or None,
        "release": certified.release or None,
        "problems": [{"code": one.code, "words": both(one.words)} for one in made.problems],
        "blanks": {name: both(say(words)) for name, words in _blanks(made).items()},
        "statement": both(say(SUPPORTS)),
    }


def _certification(made: Request) -> dict[str, Any] | None:
    signed, said = made.certified.certification, made.certified.said
    if signed is None:
        return None
    told = {name: said[name] for name in ("amount", "invoice", "notExamined", "made")}
    return {"digest": signed.digest, "by": list(made.certified.by), **told}


def _blanks(made: Request) -> dict[str, str]:
    return {**BLANKS, **(OF_PAYPAL if made.method == "paypal" else {})}


def _lines(made: Request) -> Iterator[Text]:
    terms, milestone = made.terms, made.milestone
    title = {"title": _text(terms["title"]), "name": _text(milestone["title"])}
    yield say("Payment request: {title}, milestone {name}", **title)
    yield say("Contract: {id}, milestone {milestone}", id=terms["id"], milestone=milestone["id"])
    yield say(
        "Commitment (section 32): {reference}", reference=terms.get("commitment") or say("the contract names none")
    )
    yield say("Payee: {payee}", payee=terms["payee"])
    yield say("Method: {method}", method=say(METHODS[made.method]))
    yield from _amounts(made)
    for one in made.problems:
        yield say("  {code}: {words}", code=one.code, words=one.words)
    yield from _behind(made)
    yield say("To be filled in by the cardholder:")
    for words in _blanks(made).values():
        yield say("  {what}: ______", what=say(words))
    yield say(SUPPORTS)
    yield say(MOVES_NOTHING)


def _amounts(made: Request) -> Iterator[Text]:
    currency = made.terms["currency"]
    price, tax, total, billed = (
        money(cents, currency)
        for cents in (made.milestone["price"], made.milestone["tax"], made.total, made.invoice.total)
    )
    yield say("Contract: price {price}, tax {tax}, together {total}", price=price, tax=tax, total=total)
    yield say("Invoice {number}: {billed}", number=made.invoice.number, billed=billed)
    if made.invoice.total == made.total:
        yield say("Match: the invoice is the contract's price and tax.")


def _behind(made: Request) -> Iterator[Text]:
    none, certified = say("none yet"), made.certified
    if certified.certification:
        yield say(
            "Certified under section 34 by {people} on {day}: {amount}, invoice {number}",
            people=", ".join(certified.by),
            day=certified.said["made"][:10],
            amount=money(certified.said["amount"], made.terms["currency"]),
            number=certified.said["invoice"],
        )
    else:
        yield say("Certified under section 34: {none}", none=none)
    yield say("Acceptance report: {digest}", digest=certified.acceptance or none)
    yield say("Payment release: {digest}", digest=certified.release or none)


def _text(value: dict[str, str]) -> Text:
    return Text(value["en"], value["fr"])
