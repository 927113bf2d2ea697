"""What a contract costs with tax, against its own ceiling and the configured one. Pure.

The same is asked when a contract is signed and when it is filed; its own ceiling is asked again by the gate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from verifier.errors import TrustError
from verifier.gate.certified import over_ceiling
from verifier.procurement.guardrails.rules import ceiling_of, percent
from verifier.units import money, shown
from verifier.words import Text, say


def refuse(terms: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Raises TrustError `over-ceiling`. `terms` are a contract's, `settings` the section `guardrails`, or nothing."""
    for words in _over(terms, settings):
        raise TrustError(words, code="over-ceiling")


def questioned(terms: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[Text]:
    """A sentence for each milestone whose tax is over the highest rate that applies."""
    rate = settings.get("tax", {}).get(terms["currency"])
    for one in terms["milestones"]:
        if rate is not None and one["tax"] * 100 > one["price"] * percent(rate):
            yield say(
                "The tax of milestone {id} is {tax}, over {rate} of its price, {price}: check it.",
                id=one["id"],
                tax=money(one["tax"], terms["currency"]),
                rate=shown(percent(rate) * 100, "basis points"),
                price=money(one["price"], terms["currency"]),
            )


def _over(terms: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[Text]:
    yield from (one.words for one in over_ceiling(terms))
    total, currency = sum(one["price"] + one["tax"] for one in terms["milestones"]), terms["currency"]
    configured = ceiling_of(currency, settings)
    if configured is not None and total > configured:
        yield say(
            "Price and tax come to {total}; a purchase in {currency} may cost {ceiling} at most.",
            total=money(total, currency),
            currency=currency,
            ceiling=money(configured, currency),
        )
