"""Two versions of a contract, or of criteria, side by side: what was, and what is to be. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

from verifier.criteria import requirement
from verifier.policy import BlockingRule, Criteria, Criterion
from verifier.render.inert import inert
from verifier.render.statement import MONEY
from verifier.statements.statement import Statement
from verifier.units import amount
from verifier.words import Text, say

IGNORED = frozenset({"amends"})
Change: TypeAlias = tuple[str, Any, Any]
"""A place, its old value and its new one; None where it has none."""


def compared(before: Statement, after: Statement) -> Text:
    """Each place that is another, with its old and its new value; lines in both languages."""
    return told(differences(before, after))


def told(changes: Iterable[Change]) -> Text:
    """The same of changes that were found before."""
    lines = [
        say("  {place}: {old} → {new}", place=inert(place), old=_shown(place, old), new=_shown(place, new))
        for place, old, new in changes
    ]
    head = say("What changes:") if lines else say("Nothing changes.")
    return Text(*("\n".join(one.in_language(spoken) for one in (head, *lines)) + "\n" for spoken in ("en", "fr")))


def differences(before: Statement, after: Statement) -> Iterator[Change]:
    """In the order of the places. The digest of the criteria is a place too."""
    yield from between(_flat(before), _flat(after))


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """The same of places with their values."""
    for place in sorted(old.keys() | new.keys()):
        if old.get(place) != new.get(place):
            yield place, old.get(place), new.get(place)


def criteria_places(criteria: Criteria) -> dict[str, Any]:
    """What criteria ask, place by place: of each criterion its level, what it is held against, its words; limits and services."""
    whole = {
        "profile": criteria.profile,
        "version": criteria.version,
        "title": _both(criteria.title),
        "gate": criteria.gate,
        "sandbox": criteria.sandbox_at_least,
        "fresh": criteria.fresh,
        "services": {name: name for name in criteria.services},
        "limits": asdict(criteria.limits),
        "tests": asdict(criteria.tests),
        "licences": {name: name for name in criteria.licences.accepted},
        "criteria": [_criterion(one) for one in criteria.criteria],
        "digest": criteria.digest,
    }
    return dict(_places(whole, ""))


def _criterion(one: Criterion) -> dict[str, Any]:
    """Of exactly one kind: a comparison, a list of what blocks, a severity, or what a person decides."""
    return {
        "id": one.id,
        "level": one.level.value,
        "title": _both(one.title),
        "why": _both(one.why),
        "check": one.check,
        "by": {name: name for name in one.by},
        "languages": {name: name for name in one.languages},
        "outside": {role.value: role.value for role in one.outside},
        "required": _both(requirement(one.comparison)) if one.comparison else None,
        "severity": one.severity,
        "manual": None if one.manual is None else [{"id": item.id, "text": _both(item.text)} for item in one.manual],
        "blocking": {rule.rule: _rule(rule) for rule in one.blocking.rules.values()} if one.blocking else None,
    }


def _rule(rule: BlockingRule) -> dict[str, Any]:
    return {
        "confidence": rule.confidence,
        "environment": rule.environment,
        "reason": _both(rule.reason),
        "outside": {role.value: role.value for role in rule.outside},
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "fr": text.fr}


def _flat(statement: Statement) -> dict[str, Any]:
    found = dict(_places({name: one for name, one in statement.predicate.items() if name not in IGNORED}, ""))
    return found | {"criteria/digest": statement.digests.get("sha256", "")}


def _places(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Entries of a list that have an id are known by it, so that one that comes before moves no other."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _places(inner, f"{at}/{name}" if at else name)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, inner in enumerate(value):
            name = inner["id"] if isinstance(inner, Mapping) and "id" in inner else number
            yield from _places(inner, f"{at}/{name}")
    else:
        yield at, value


def _shown(place: str, value: Any) -> Text:
    if value is None:
        return say("nothing")
    if place.rpartition("/")[2] in MONEY and isinstance(value, int):
        return amount(value)
    return Text(inert(str(value)), inert(str(value)))
