"""Plain data with places -> the frozen types of `verifier.policy`, every reference resolved."""

from __future__ import annotations

from typing import Any

from verifier.model import Level, Role
from verifier.policy import FINDINGS, MEASURES, Criterion, Item, Limits
from verifier.rulebook import amounts, schema
from verifier.rulebook.comparisons import MEANING, comparison
from verifier.rulebook.document import quoted
from verifier.rulebook.merge import WAYS, Source
from verifier.rulebook.sentences import meant
from verifier.rulebook.shelf import Shelf, blocking, in_criterion, text
from verifier.words import Text, say

NO_CONTRACT = Item(
    id="requirements",
    text=Text(
        en="The delivery does what the contract asks for.",
        fr="La livraison répond à ce que demande le contrat.",
    ),
)
"""What a person decides where no contract lists its requirements."""

_FOR_FINDINGS = frozenset({"blocking", "severity"})
_SIZES = ("repository", "file")
_TIMES = ("checkout_time", "install_time", "test_time", "probe_time")


def items(value: list[dict[str, Any]]) -> tuple[Item, ...]:
    return tuple(Item(id=one["id"], text=text(one["text"])) for one in value)


def limits(source: Source) -> Limits:
    """The schema has seen to it that each amount can be read."""
    found = source.data
    sizes = {key: amounts.amount(found[key], amounts.BYTES) for key in _SIZES if key in found}
    times = {key: amounts.amount(found[key], amounts.SECONDS) for key in _TIMES if key in found}
    counts = {"files": found["files"]} if "files" in found else {}
    return Limits(**sizes, **times, **counts)


def criterion(source: Source, shelf: Shelf) -> Criterion:
    """Raises CriteriaError with the place."""
    name = source.get("id")
    whole = schema.load(shelf.rules / "criteria.schema.json")
    part = {"$ref": "#/$defs/criterion", "$defs": whole["$defs"]}
    schema.check(source.data, part, source.place, whole=say("criterion {name}", name=quoted(name)))
    way = next(way for way in WAYS if way in source.parts)
    return Criterion(
        id=name,
        level=Level(source.get("level")),
        title=text(source.get("title", name)),
        why=text(source.get("why", "")),
        check=_check(source, way),
        manual=_manual(source, shelf) if way == "manual" else None,
        comparison=comparison(source, way, shelf) if way in WAYS[1:5] else None,
        blocking=blocking(source, shelf) if way == "blocking" else None,
        severity=source.get("severity"),
        by=tuple(source.get("by", ())),
        languages=frozenset(source.get("languages", ())),
        outside=frozenset(Role(role) for role in source.get("outside", ())),
    )


def _check(source: Source, way: str) -> str:
    """The measure or findings, if they are known and this way of judging fits them."""
    name: str = source.get("check", "")
    if way == "manual":
        return name
    where = in_criterion(source)
    known = sorted(FINDINGS | MEASURES.keys())
    if name not in known and "unit" not in source.parts:
        hint = meant(name, known) or say('; a checker of your own needs its "unit" beside it')
        words = say("unknown measure {name}{where}{hint}", name=quoted(name), where=where, hint=hint)
        raise source.error("check", words)
    unit = MEASURES.get(name, "count")
    if name in known and source.get("unit", unit) != unit:
        words = say(
            '"unit"{where} must be {unit}: {name} is {meaning}',
            where=where,
            unit=unit,
            name=name,
            meaning=say(MEANING[unit]),
        )
        raise source.error("unit", words)
    findings = name.endswith(".findings")
    if findings and way not in _FOR_FINDINGS:
        words = say('"{way}" cannot judge {name}{where}; use blocking or severity', way=way, name=name, where=where)
        raise source.error(way, words)
    if not findings and way in _FOR_FINDINGS:
        words = say('"{way}"{where} judges findings, and {name} is a measure', way=way, where=where, name=name)
        raise source.error(way, words)
    return name


def _manual(source: Source, shelf: Shelf) -> tuple[Item, ...]:
    wanted = source.get("manual")["items"]
    if wanted == "from-contract":
        return (shelf.contract.requirements if shelf.contract else ()) or (NO_CONTRACT,)
    for index, one in enumerate(wanted):
        if any(one["id"] == other["id"] for other in wanted[:index]):
            place = source.place(("manual", "items", index, "id"))
            raise place.error(
                say("the item id {name} is used twice{where}", name=quoted(one["id"]), where=in_criterion(source))
            )
    return items(wanted)
