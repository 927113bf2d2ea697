"""The report as a supplier reads it in a terminal. Pure: a document in one language in, a rich renderable or plain text out.

Delivered text never passes through rich's markup: everything is a `Text`, and nothing is highlighted.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.text import Text

from verifier.render import running, words
from verifier.render.inert import inert
from verifier.render.steps import Step, steps
from verifier.render.summary import Summary, others, summaries
from verifier.words import counter, translator

Entry = dict[str, Any]
COLOURS = {"✓": "green", "✗": "red", "?": "yellow", "…": "cyan", "~": "magenta"}
LISTED = 5
INDENT = "     "


class Line:
    """One line of text; where it is too long for the terminal, it goes on under where it began."""

    def __init__(self, *parts: str | tuple[str, str], begin: str = "", indent: str | None = None) -> None:
        self._text = Text.assemble(*parts)
        self._begin = begin
        self._indent = " " * len(begin) if indent is None else indent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if options.no_wrap:
            yield Text.assemble(self._begin, self._text)
            return
        width = max(20, options.max_width - len(self._indent))
        for number, part in enumerate(self._text.wrap(console, width)):
            part.rstrip()
            yield Text.assemble(self._indent if number else self._begin, part)


def terminal(document: Entry, language: str = "en") -> str:
    """Plain text, one thing a line: for pipes, logs and files."""
    console = Console(
        file=io.StringIO(),
        color_system=None,
        force_terminal=False,
        width=10_000,
        markup=False,
        highlight=False,
        emoji=False,
    )
    with console.capture() as captured:
        console.print(renderable(document, language), soft_wrap=True)
    return captured.get()


def renderable(document: Entry, language: str = "en") -> Group:
    """Topics, the verdict, what to do in the order that matters, what nobody looked at."""
    page = _Page(document, language)
    return Group(
        Line((inert(words.heading(document, language)), "bold")), *page.topics(), *page.verdict(), *page.rest()
    )


class _Page:
    def __init__(self, document: Entry, language: str) -> None:
        self._document, self._language = document, language
        self.tr, self.tr_n = translator(language), counter(language)
        self._steps = steps(document)
        self._number = 0

    def topics(self) -> Iterator[Line]:
        """One line a topic: what was measured, how long it took."""
        rows = summaries(self._document, self._language)
        name_width = max((len(row.name) for row in rows), default=0)
        text_width = max((len(row.text) for row in rows if len(row.text) <= 60), default=0)
        for row in rows:
            yield self._topic(row, name_width, text_width)

    def _topic(self, row: Summary, name_width: int, text_width: int) -> Line:
        time = f"  {row.seconds}" if row.seconds else ""
        text = f"{row.text:<{text_width}}" if time else row.text
        begin = f"  {row.name:<{name_width}}  "
        return Line((row.shape, COLOURS.get(row.shape, "")), f" {text}", (time, "dim"), begin=begin)

    def verdict(self) -> Iterator[Line]:
        word = words.verdict_word(self._document, self._language)
        shape = words.SHAPES[self._document["verdict"]]
        yield Line("")
        if left := words.uncommitted(self._document, self._language):
            yield Line((left, "bold"))
        yield Line((f"{word}.", f"bold {COLOURS[shape]}"), f" {self._sentence()}")
        for step in self._listed():
            yield from self._step(step)

    def _listed(self) -> list[Step]:
        wanted = "unmet" if self._document["verdict"] == "rejected" else "undetermined"
        return [step for step in self._steps if step.outcome == wanted and not step.left_out]

    def _sentence(self) -> str:
        verdict, number = self._document["verdict"], sum(step.number for step in self._listed())
        if verdict == "rejected" and self._document.get("stopped"):
            return self.tr_n(
                number,
                "The assessment stopped early (--fail-fast), with one thing to mend:",
                "The assessment stopped early (--fail-fast), with {n} things to mend:",
            )
        if verdict == "rejected":
            return self.tr_n(
                number,
                "One thing stands between this delivery and acceptance:",
                "{n} things stand between this delivery and acceptance:",
            )
        if verdict != "inconclusive":
            return words.sentence(self._document, self._language)
        if not number:
            return words.sentence(self._document, self._language)
        return self.tr_n(
            number,
            "Nothing required is unmet, but one thing could not be determined:",
            "Nothing required is unmet, but {n} things could not be determined:",
        )

    def _numbered(self) -> str:
        self._number += 1
        return f"{self._number:>3}  "

    def _step(self, step: Step) -> Iterator[Line]:
        """Its things, then once how to check it."""
        tr, unmet = self.tr, step.outcome == "unmet" and not step.hints
        if not unmet:
            titles = " · ".join(words.cut([inert(title) for title in step.titles], self._language, 2))
            yield Line((titles, "bold"), begin=self._numbered())
            if step.do not in (thing["fix"] for thing in step.things):
                yield Line(inert(step.do), begin=INDENT)
        for thing in step.things[: words.SHOWN]:
            yield from self._thing(step, thing, self._numbered() if unmet else INDENT)
        if left := len(step.things[words.SHOWN :]) + step.more:
            self._number += left if unmet else 0
            yield Line(words.more(left, self._language), begin=INDENT)
        if step.outcome != "unmet":
            yield Line(words.provided(self._document, step.whose, self._language), begin=INDENT)
        if step.check:
            told_how = tr("Reproduce: {command}", command=inert(step.check))
            why = tr("Why: {command}", command=inert(step.explain()))
            yield Line((f"{told_how} · {why}", "dim"), begin=INDENT)

    def _thing(self, step: Step, thing: Entry, begin: str) -> Iterator[Line]:
        place = inert(words.place(thing))
        count = words.places(thing, self._language)
        yield Line((place, "bold"), "  " if place else "", inert(thing["what"]), count, begin=begin)
        told = " ".join(inert(text) for text in (thing["why"], thing["fix"]) if text)
        if told and self._first(step, thing):
            yield Line(told, begin=INDENT)

    def _first(self, step: Step, thing: Entry) -> bool:
        """Whether its why and fix were not said of a thing before it."""
        before = step.things[: [one is thing for one in step.things].index(True)]
        return not any((one["why"], one["fix"]) == (thing["why"], thing["fix"]) for one in before)

    def rest(self) -> Iterator[Line]:
        """What else a reader must know, a line each."""
        yield Line("")
        how = inert(running.in_a_line(self._document, self._language))
        cached = words.cached(self._document, self._language)
        for text in filter(None, (how, *self._open(), *others(self._document, self._language), cached)):
            yield Line(text, indent="  ")

    def _open(self) -> Iterable[str]:
        """What is open beside the list above."""
        tr, listed = self.tr, self._listed()
        for step in self._steps:
            titles = words.listed(
                words.cut([inert(one) for one in step.titles], self._language, LISTED), self._language
            )
            if step.left_out and not step.check:
                yield tr("Not part of this run: {titles}.", titles=titles)
            elif step.left_out:
                yield tr(
                    "Not part of this run: {titles}. The whole: {command}", titles=titles, command=inert(step.check)
                )
            elif step.outcome == "undetermined" and step not in listed:
                who = words.word(step.whose, self._language)
                yield tr("Not determined: {titles}. {do} ({who})", titles=titles, do=inert(step.do), who=who)
            elif step.outcome == "awaiting a decision":
                number = self.tr_n(step.number, "{n} item", "{n} items")
                yield tr("Decided by a person later: {titles} ({number}).", titles=titles, number=number)
