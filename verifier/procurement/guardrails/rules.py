"""The six rules of contract splitting. Each looks at one purchase beside those that were agreed before it. Pure.

A rule's limits are its section in `guardrails` of record.yml; `off` switches it off. Sums are of one currency, with tax.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from verifier.procurement.guardrails.purchase import LANGUAGES, Purchase
from verifier.units import cents, money, shown
from verifier.words import Text, say, say_n

OFF = "off"
LAST = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Fired:
    """What made a rule fire: other purchases, oldest first, and the reason in words."""

    related: tuple[Purchase, ...]
    words: Text


@dataclass(frozen=True, slots=True)
class Limits:
    """Those of one rule, and the ceiling of the purchase's currency in cents; None where none is configured."""

    own: Mapping[str, Any]
    ceiling: int | None

    def days(self, name: str) -> int:
        return int(self.own[name])

    def percent(self, name: str) -> int:
        return percent(self.own[name])


Rule = Callable[[Purchase, Sequence[Purchase], Limits], Fired | None]


def same_supplier(one: Purchase, others: Sequence[Purchase], limits: Limits) -> Fired | None:
    """Their sum is over the ceiling of one purchase."""
    near = _near(one, [other for other in others if other.supplier == one.supplier], limits)
    if not _over(one, near, limits):
        return None
    words = say(
        "{n} purchases from {supplier} within {days} days come to {total}; the ceiling of one is {ceiling}.",
        supplier=one.supplier,
        **_told(one, near, limits),
    )
    return _fired(near, words)


def back_to_back(one: Purchase, others: Sequence[Purchase], limits: Limits) -> Fired | None:
    """One supplier; the later award came soon after the earlier purchase had ended, or while it still ran."""
    days = limits.days("days")
    near = [other for other in others if other.supplier == one.supplier and _gap(one, other) <= days]
    words = say(
        "It was awarded to {supplier} while another purchase ran, or at most {days} days after that had ended; together they "
        "come to {total}.",
        supplier=one.supplier,
        days=days,
        total=_sum(one, near),
    )
    return _fired(near, words)


def same_requirements(one: Purchase, others: Sequence[Purchase], limits: Limits) -> Fired | None:
    """In one of the two languages, the words that both have are that share of all words that either has."""
    least = limits.percent("alike")
    found = [pair for pair in _alike(one, _near(one, others, limits), limits) if pair[0] >= least]
    near = [other for _, other in found]
    words = say(
        "Its requirements are worded like those of another purchase: up to {share} of the words are the same, {least} are "
        "enough; together they come to {total}.",
        share=_percent(max((share for share, _ in found), default=0)),
        least=_percent(least),
        total=_sum(one, near),
    )
    return _fired(near, words)


def under_ceiling(one: Purchase, _others: Sequence[Purchase], limits: Limits) -> Fired | None:
    """It costs almost as much as one purchase may."""
    if limits.ceiling is None or not 0 <= (limits.ceiling - one.total) * 100 <= limits.ceiling * limits.percent("near"):
        return None
    words = say(
        "{total} is at most {near} under the ceiling of one purchase, {ceiling}.",
        total=money(one.total, one.currency),
        near=_percent(limits.percent("near")),
        ceiling=money(limits.ceiling, one.currency),
    )
    return Fired((), words)


def same_requester(one: Purchase, others: Sequence[Purchase], limits: Limits) -> Fired | None:
    """Their sum is over the ceiling of one purchase, whoever supplies."""
    near = _near(one, [other for other in others if other.requester == one.requester], limits)
    if not _over(one, near, limits):
        return None
    words = say(
        "{n} purchases of {requester} within {days} days come to {total}; the ceiling of one is {ceiling}.",
        requester=one.requester,
        **_told(one, near, limits),
    )
    return _fired(near, words)


def same_repository(one: Purchase, others: Sequence[Purchase], limits: Limits) -> Fired | None:
    """Delivered to one place."""
    near = _near(one, [other for other in others if other.place == one.place], limits)
    words = say_n(
        len(near),
        "{n} other purchase within {days} days is delivered to the same repository; together they come to {total}.",
        "{n} other purchases within {days} days are delivered to the same repository; together they come to {total}.",
        days=limits.days("window"),
        total=_sum(one, near),
    )
    return _fired(near, words)


RULES: Mapping[str, Rule] = {
    "same-supplier": same_supplier,
    "back-to-back": back_to_back,
    "same-requirements": same_requirements,
    "under-ceiling": under_ceiling,
    "same-requester": same_requester,
    "same-repository": same_repository,
}


def fired(one: Purchase, others: Sequence[Purchase], section: Mapping[str, Any]) -> Iterator[tuple[str, Fired]]:
    """`section` is `guardrails` of the settings."""
    ceiling = ceiling_of(one.currency, section)
    looked_at = [other for other in others if other.before(one) and other.counts and other.currency == one.currency]
    for name, rule in RULES.items():
        own = section.get(name, OFF)
        if own != OFF and (found := rule(one, looked_at, Limits(own, ceiling))):
            yield name, found


def ceiling_of(currency: str, section: Mapping[str, Any]) -> int | None:
    """The most that one purchase may cost with tax, in cents; None where the settings say none."""
    found = section.get("ceiling", {}).get(currency)
    return None if found is None else cents(str(found))


def percent(share: str) -> int:
    """`5 %` is 5."""
    return int(share.rstrip("% "))


def alikeness(one: Purchase, other: Purchase, fewest: int) -> int:
    """Percent, of the language in which they are more alike; 0 where a text has too few words to say anything."""
    return max(_shared(one.words[spoken], other.words[spoken], fewest) for spoken in LANGUAGES)


def telling(counted: Mapping[str, int], share: int) -> list[str]:
    """Of a text's words, with how many texts have each, the rarest ones: whatever is that much (percent) like it has one of them.

    It lacks at most `len - enough` of the words, so that one more than that are sure to hit it. Of words that are as rare, the
    longer ones are rarer in other texts.
    """
    rarest = sorted(counted, key=lambda word: (counted[word], -len(word), word))
    return rarest[: len(rarest) - enough(len(rarest), share) + 1]


def enough(words: int, share: int) -> int:
    """How many of its words a text of so many has to share with another one to be that much (percent) like it."""
    return -(-words * share // 100)


def _alike(one: Purchase, near: Sequence[Purchase], limits: Limits) -> list[tuple[int, Purchase]]:
    """With how much, of those that could be alike enough."""
    least, fewest = limits.percent("alike"), limits.days("words")
    told = [(spoken, frozenset(telling(dict.fromkeys(words, 1), least))) for spoken, words in one.words.items()]
    likely = [other for other in near if not all(words.isdisjoint(other.words[spoken]) for spoken, words in told)]
    return [(alikeness(one, other, fewest), other) for other in likely]


def _shared(one: frozenset[str], other: frozenset[str], fewest: int) -> int:
    """Jaccard's measure (https://en.wikipedia.org/wiki/Jaccard_index), rounded down."""
    if min(len(one), len(other)) < max(fewest, 1):
        return 0
    both = len(one & other)
    return both * 100 // (len(one) + len(other) - both)


def _near(one: Purchase, others: Sequence[Purchase], limits: Limits) -> list[Purchase]:
    """Awarded within the window before or after it."""
    window = limits.days("window")
    first, last = (date.fromordinal(day).isoformat() for day in (max(one.day - window, 1), min(one.day + window, LAST)))
    return [other for other in others if first <= other.awarded <= last]


def _gap(one: Purchase, other: Purchase) -> int:
    """Days from the end of the earlier one to the award of the later one; negative where it still ran."""
    first, second = sorted((one, other), key=lambda each: each.day)
    return second.day - first.last


def _over(one: Purchase, near: Sequence[Purchase], limits: Limits) -> bool:
    return limits.ceiling is not None and bool(near) and _cents(one, near) > limits.ceiling


def _cents(one: Purchase, near: Sequence[Purchase]) -> int:
    return one.total + sum(other.total for other in near)


def _sum(one: Purchase, near: Sequence[Purchase]) -> Text:
    return money(_cents(one, near), one.currency)


def _told(one: Purchase, near: Sequence[Purchase], limits: Limits) -> dict[str, Any]:
    return {
        "n": len(near) + 1,
        "days": limits.days("window"),
        "total": _sum(one, near),
        "ceiling": money(limits.ceiling or 0, one.currency),
    }


def _fired(near: Sequence[Purchase], words: Text) -> Fired | None:
    return Fired(tuple(sorted(near, key=lambda other: (other.awarded, other.key))), words) if near else None


def _percent(share: int) -> Text:
    return shown(share * 100, "basis points")
