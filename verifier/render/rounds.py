"""What changed from one round to the next, for a terminal and for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from verifier.compare import Changed, Document, Rounds
from verifier.render import words
from verifier.render.inert import inert
from verifier.units import shown
from verifier.words import counter, later_n, translator

LISTED = 50
PARTS = {
    "fixed": later_n("Fixed: {n} finding", "Fixed: {n} findings"),
    "new": later_n("New: {n} finding", "New: {n} findings"),
    "still": later_n("Still there: {n} finding", "Still there: {n} findings"),
}


def to_text(found: Rounds, before: Document, after: Document, language: str) -> str:
    """The documents are in this language."""
    return "".join(f"{line}\n" for line in _Page(language).lines(found, before, after))


def to_document(found: Rounds, before: Document, after: Document) -> dict[str, Any]:
    return {
        "before": _head(before),
        "after": _head(after),
        **{
            part: [{**one, "certain": one["fingerprint"] not in found.doubtful} for one in getattr(found, part)]
            for part in PARTS
        },
        "outcomes": [{"criterion": one.name, "before": one.before, "after": one.after} for one in found.outcomes],
        "measures": [
            {"name": one.name, "before": _value(one.before), "after": _value(one.after)} for one in found.measures
        ],
    }


def _head(document: Document) -> dict[str, Any]:
    delivery, criteria = document["delivery"], document["criteria"]
    return {
        "commit": delivery["commit"],
        "round": document["round"],
        "verdict": document["verdict"],
        "criteria": {name: criteria[name] for name in ("profile", "version", "digest")},
    }


def _value(measured: tuple[Any, str] | None) -> dict[str, Any] | None:
    return None if measured is None else {"value": measured[0], "unit": measured[1]}


class _Page:
    def __init__(self, language: str) -> None:
        self._language = language
        self.tr, self.tr_n = translator(language), counter(language)

    def lines(self, found: Rounds, before: Document, after: Document) -> Iterator[str]:
        yield self.tr(
            "Round {old} @ {first} → round {new} @ {last}",
            old=before["round"],
            first=inert(str(before["delivery"]["commit"])[:12]),
            new=after["round"],
            last=inert(str(after["delivery"]["commit"])[:12]),
        )
        yield self.tr("Verdict: {change}", change=self._change(found.verdict))
        if before["criteria"]["digest"] != after["criteria"]["digest"]:
            yield self.tr("The criteria are others: an outcome can be another because of them alone.")
        if found.empty:
            yield self.tr("Nothing else changed.")
        yield from self._findings(found)
        yield from self._outcomes(found.outcomes, after, before)
        yield from self._measures(found.measures)

    def _findings(self, found: Rounds) -> Iterator[str]:
        for part, (one, many) in PARTS.items():
            listed: Sequence[Document] = getattr(found, part)
            if listed:
                yield self.tr_n(len(listed), one, many)
            for finding in listed[:LISTED]:
                yield f"  {self._finding(finding)}"
                if finding["fingerprint"] in found.doubtful:
                    yield self.tr("    the other round did not look at it: that it changed is not shown")
            if len(listed) > LISTED:
                yield self.tr("  and {n} more", n=len(listed) - LISTED)

    def _finding(self, finding: Document) -> str:
        path = inert(finding["path"] or "-")
        place = f"{path}:{finding['line']}" if finding["line"] else path
        return f"{place}  {inert(finding['message'])} ({inert(finding['rule'])})"

    def _outcomes(self, changes: Sequence[Changed], after: Document, before: Document) -> Iterator[str]:
        if changes:
            yield self.tr("Criteria that came out otherwise:")
        titles = {**before["criteria"]["criteria"], **after["criteria"]["criteria"]}
        for one in changes:
            yield self._moved(self._title(titles, one.name), self._word(one.before), self._word(one.after))

    def _title(self, titles: Mapping[str, Any], name: str) -> str:
        title = titles[name]["title"] if name in titles else name
        return f"{inert(title)} ({inert(name)})" if title != name else inert(name)

    def _measures(self, changes: Sequence[Changed]) -> Iterator[str]:
        if changes:
            yield self.tr("Measures that moved:")
        for one in changes:
            name = words.phrase(one.name, self._language)
            yield self._moved(inert(name), self._measured(one.before), self._measured(one.after))

    def _moved(self, place: str, old: str, new: str) -> str:
        return self.tr("  {place}: {old} → {new}", place=place, old=old, new=new)

    def _measured(self, measured: tuple[Any, str] | None) -> str:
        return self.tr("nothing") if measured is None else inert(shown(*measured).in_language(self._language))

    def _change(self, one: Changed) -> str:
        old, new = (self._word(value) for value in (one.before, one.after))
        return old if old == new else f"{old} → {new}"

    def _word(self, value: str | None) -> str:
        return self.tr("nothing") if value is None else words.word(value, self._language)
