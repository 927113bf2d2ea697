"""A report's document in one language, as the machine-readable renderers read it: with what each finding stands behind. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from verifier.render import words
from verifier.words import translator

Entry: TypeAlias = dict[str, Any]
"""An object of the report's document."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`outcomes` are those that name a finding, by its fingerprint; `waivers` are by what they name."""

    document: Entry
    language: str
    outcomes: Mapping[str, Sequence[Entry]]
    waivers: Mapping[str, Sequence[Entry]]
    blocking: frozenset[str]  # fingerprints behind an unmet `must`

    @classmethod
    def of(cls, document: Entry, language: str) -> Reading:
        outcomes: dict[str, list[Entry]] = defaultdict(list)
        waivers: dict[str, list[Entry]] = defaultdict(list)
        for outcome in document["outcomes"]:
            for fingerprint in outcome["findings"]:
                outcomes[fingerprint].append(outcome)
        for waiver in document["waivers"]:
            waivers[waiver["target"]].append(waiver)
        unmet = (o for o in document["outcomes"] if o["level"] == "must" and o["outcome"] == "unmet")
        blocking = frozenset(fingerprint for outcome in unmet for fingerprint in outcome["findings"])
        return cls(document, language, dict(outcomes), dict(waivers), blocking)

    @property
    def tr(self) -> Callable[..., str]:
        """What is written around the document's own sentences, in the reader's language."""
        return translator(self.language)

    def word(self, value: str) -> str:
        return words.word(value, self.language)

    def title(self, criterion: str) -> str:
        return words.title(self.document, criterion)

    def findings(self) -> Iterator[tuple[Entry, Entry]]:
        """Every finding with its checker, in the document's order."""
        for checker in self.document["checkers"]:
            for finding in checker["findings"]:
                yield checker, finding

    def blocks(self, finding: Entry) -> bool:
        """Whether the delivery is rejected because of it."""
        return finding["fingerprint"] in self.blocking

    def criteria(self, finding: Entry) -> list[str]:
        """The criteria that it counts against."""
        return [str(outcome["criterion"]) for outcome in self.outcomes.get(finding["fingerprint"], ())]

    def waivers_of(self, finding: Entry) -> list[Entry]:
        """Those that name it, or a criterion that it counts against."""
        names = (finding["fingerprint"], *self.criteria(finding))
        return [waiver for name in names for waiver in self.waivers.get(name, ())]

    def waiver(self, finding: Entry) -> str:
        """How the best of its waivers stands; nothing where it has none."""
        stand = {self.standing(waiver) for waiver in self.waivers_of(finding)}
        return next((word for word in ("signed", "expired", "proposed") if word in stand), "")

    def standing(self, waiver: Entry) -> str:
        """`signed`, `expired` or `proposed`. Only the first counts, on the day of the assessment (`verifier.criteria.judge`)."""
        if not waiver["signed"]:
            return "proposed"
        return "signed" if waiver["until"] >= self.document["started"][:10] else "expired"
