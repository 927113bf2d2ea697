"""The message to the supplier: plain text, ready to send, wrapped to 78 columns. Pure: a document in one language in, text out.

It says what to mend or who provides what, and how to check it. What a tool could not do is nobody's fault.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from verifier.render import words
from verifier.render.inert import inert
from verifier.render.steps import Step, steps
from verifier.words import counter, translator

Entry = dict[str, Any]
WIDTH = 78
THINGS = 20
TITLES = 10


def to_message(document: Entry, language: str = "en") -> str:
    """Subject, verdict, a numbered list, how to check, and where the criteria stand."""
    return "\n".join(_Message(document, language).lines()) + "\n"


NEEDED = ("contract", "delivery", "flip", "kind", "outcomes", "selected", "stopped", "verdict")


def needed(document: Entry) -> Entry:
    """What of a document its message is made of, which is little of it.

    Of the findings it is those behind a step that does not name its things itself, as those of older documents.
    """
    bare = {step["criterion"] for step in document["flip"] if "things" not in step}
    behind = {key for outcome in document["outcomes"] if outcome["criterion"] in bare for key in outcome["findings"]}
    return {
        **_few(document, NEEDED),
        "criteria": {
            **_few(document["criteria"], ("profile", "title")),
            "criteria": {name: _few(one, ("check", "title")) for name, one in document["criteria"]["criteria"].items()},
        },
        "checkers": [
            {"topic": one["topic"], "findings": [it for it in one["findings"] if it["fingerprint"] in behind]}
            for one in document["checkers"]
        ],
    }


def _few(entry: Entry, names: Sequence[str]) -> Entry:
    return {name: entry[name] for name in names if name in entry}


class _Message:
    def __init__(self, document: Entry, language: str) -> None:
        self._document, self._language = document, language
        self.tr, self.tr_n = translator(language), counter(language)
        self._number = 0

    def lines(self) -> Iterator[str]:
        document, tr = self._document, self.tr
        delivery, criteria = document["delivery"], document["criteria"]
        yield from _wrapped(tr("Assessment of {name}", name=inert(words.name(document, self._language))))
        yield from _wrapped(tr("Commit: {value}", value=inert(delivery["commit"])))
        named = f"{inert(criteria['title'])} ({inert(criteria['profile'])})"
        yield from _wrapped(tr("Criteria: {value}", value=named))
        if document["contract"]:
            yield from _wrapped(tr("Contract: {value}", value=inert(document["contract"])))
        yield ""
        yield from _wrapped(self._verdict())
        found = steps(document)
        yield from self._unmet([step for step in found if step.outcome == "unmet"])
        undetermined = [step for step in found if step.outcome == "undetermined"]
        yield from self._unknown([step for step in undetermined if not step.left_out])
        yield from self._decided([step for step in found if step.outcome == "awaiting a decision"])
        if any(step.left_out for step in found):
            yield ""
            yield from _wrapped(tr("This was an assessment of a part; the rest follows."))
        yield from self._end()

    def _verdict(self) -> str:
        word = words.word(self._document["verdict"], self._language)
        sentence = words.sentence(self._document, self._language)
        if self._document["kind"] == "official":
            return self.tr("The delivery was assessed. Verdict: {verdict}. {sentence}", verdict=word, sentence=sentence)
        return self.tr(
            "The delivery was checked; this check decides nothing. The verdict would be: {verdict}. {sentence}",
            verdict=word,
            sentence=sentence,
        )

    def _unmet(self, found: list[Step]) -> Iterator[str]:
        if not found:
            return
        yield ""
        yield from _wrapped(self.tr("To be mended, in this order:"))
        for step in found:
            yield ""
            yield from self._head(inert(step.titles[0]))
            yield from _wrapped(inert(step.do), "    ")
            yield from self._things(step)
            yield from self._check(step)

    def _unknown(self, found: list[Step]) -> Iterator[str]:
        if not found:
            return
        yield ""
        yield from _wrapped(self.tr("What could not be determined, and who can provide what is missing:"))
        for step in found:
            yield ""
            who = words.word(step.whose, self._language)
            titles = words.listed(
                words.cut([inert(one) for one in step.titles], self._language, TITLES), self._language
            )
            yield from self._head(self.tr("{titles} (to be provided by: {who})", titles=titles, who=who))
            yield from self._things(step)
            if not any(thing["fix"] == step.do for thing in step.things):
                yield from _wrapped(inert(step.do), "    ")
            yield from self._check(step)

    def _head(self, title: str) -> list[str]:
        self._number += 1
        return _wrapped(title, f"{self._number:>2}. ", "    ")

    def _things(self, step: Step) -> Iterator[str]:
        said: set[tuple[str, str]] = set()
        for thing in step.things[:THINGS]:
            place = inert(words.place(thing))
            count = words.places(thing, self._language)
            yield from _wrapped(f"{place}  {inert(thing['what'])}{count}".strip(), "    - ", "      ")
            if (thing["why"], thing["fix"]) not in said:
                said.add((thing["why"], thing["fix"]))
                for text in (thing["why"], thing["fix"]):
                    yield from _wrapped(inert(text), "      ")
        if (left := len(step.things[THINGS:]) + step.more) > 0:
            yield from _wrapped(words.more(left, self._language), "    - ")

    def _check(self, step: Step) -> Iterator[str]:
        if step.check:
            yield from _wrapped(self.tr("To check:"), "    ")
            yield f"      {inert(step.check)}"

    def _decided(self, found: list[Step]) -> Iterator[str]:
        if not found:
            return
        yield ""
        yield from _wrapped(self.tr("A person decides about the following; nothing is to be done for it now:"))
        for step in found:
            items = [thing["what"] for thing in step.things[:THINGS]] or list(step.titles)
            for item in items:
                yield from _wrapped(inert(item), "    - ", "      ")
            if (left := len(step.things[THINGS:]) + step.more) > 0:
                yield from _wrapped(words.more(left, self._language), "    - ")

    def _end(self) -> Iterator[str]:
        yield ""
        if self._document["verdict"] in ("rejected", "inconclusive"):
            yield from _wrapped(
                self.tr(
                    "The commands run the same checks in the folder of the delivery. A new commit is assessed as a new round."
                )
            )
        yield from _wrapped(self.tr("The full report names every finding, what was examined and what was not."))


def _wrapped(text: str, begin: str = "", indent: str | None = None) -> list[str]:
    """Lines of at most 78 columns; a word that is longer stays whole, so that it can be copied."""
    if not text:
        return []
    if len(begin) + len(text) <= WIDTH and text.isprintable() and text == text.strip():
        return [inert(begin + text)]  # as below, in a tenth of the time
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=begin,
        subsequent_indent=begin if indent is None else indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [
        inert(line) for line in lines
    ]  # a break must not put an order to a build service at the beginning of a line
