"""What several surfaces say in a line: one topic, or what else a reader must know. Pure; every text is inert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verifier.render import words
from verifier.render.inert import inert
from verifier.words import counter, translator

Entry = dict[str, Any]
WORST = ("unmet", "undetermined", "awaiting a decision", "waived", "met", "not applicable", words.NOT_ASKED)
LISTED = 5


@dataclass(frozen=True, slots=True)
class Summary:
    """A topic's line: its name, the shape of its worst `must`, what was measured, and the time that it took."""

    name: str
    shape: str
    text: str
    seconds: str


def summaries(document: Entry, language: str) -> list[Summary]:
    """A line for each topic that a `must` is about, in the order of the criteria."""
    topics: dict[str, list[Entry]] = {}
    for outcome in document["outcomes"]:
        if outcome["level"] == "must":
            topics.setdefault(words.topic(document, outcome["criterion"]), []).append(outcome)
    return [_summary(document, language, topic, outcomes) for topic, outcomes in topics.items()]


def _summary(document: Entry, language: str, topic: str, outcomes: list[Entry]) -> Summary:
    worst = min((words.became(document, outcome) for outcome in outcomes), key=WORST.index)
    checkers = [checker for checker in document["checkers"] if checker["topic"] == topic]
    spent = sum(checker["milliseconds"] for checker in checkers)
    if worst in ("unmet", "waived", "met"):
        told = [text for outcome in outcomes if (text := _measured(document, language, outcome, worst))]
    else:
        told = []
    told = _once(told) or [words.word(worst, language)]
    remarks = sum(len(checker["findings"]) for checker in checkers) - sum(len(o["findings"]) for o in outcomes)
    if remarks > 0 and topic != "tests":
        tr_n = counter(language)
        told.append(tr_n(remarks, "{n} remark", "{n} remarks"))
    seconds = words.seconds(spent, language) if checkers else ""
    return Summary(inert(words.word(topic, language)), words.SHAPES[worst], " · ".join(told), seconds)


def _once(told: list[str]) -> list[str]:
    """Each thing once: a count that another criterion says with more to it is not said by itself."""
    return [text for text in dict.fromkeys(told) if not any(other.startswith(f"{text};") for other in told)]


def _measured(document: Entry, language: str, outcome: Entry, worst: str) -> str:
    """What was measured against what is required; nothing where another criterion of the topic says more."""
    if outcome["outcome"] != worst:
        return ""
    measured, reason = inert(outcome["measured"]), inert(outcome["reason"])
    required = inert(outcome["required"])
    tr = translator(language)
    compared = tr("{measured}, {required} needed", measured=measured, required=required)
    check = document["criteria"]["criteria"].get(outcome["criterion"], {}).get("check", "")
    if check in ("tests.passed", "tests.failed"):
        told = reason or measured if worst == "met" else _tests(document, language, check, measured, required)
        return told or compared
    if worst != "met":
        return measured if check.endswith(".findings") or not required else compared
    if check.endswith(".findings"):
        return "" if check == "licence.findings" else tr("nothing that blocks")
    if check.startswith("tests.coverage"):
        return compared
    if check.startswith("tests.mutants."):
        measured = tr("{measured} of small changes noticed", measured=measured)
    return "" if measured in ("0", "1") else measured


def _tests(document: Entry, language: str, check: str, measured: str, required: str) -> str:
    """As a person says it: how many of all tests; nothing where their number is not known."""
    counts = {one["name"]: one["value"] for checker in document["checkers"] for one in checker["measures"]}
    whole = counts.get("tests.collected")
    if not isinstance(whole, int) or not measured.isdecimal():
        return ""
    tr, tr_n = translator(language), counter(language)
    if not whole:
        return tr("no test was found")
    if check == "tests.failed":
        said = tr_n(int(measured), "{n} of {whole} tests fails", "{n} of {whole} tests fail", whole=whole)
    else:
        said = tr_n(int(measured), "{n} of {whole} tests passes", "{n} of {whole} tests pass", whole=whole)
    usual = required.endswith((" 0", " 1"))  # none may fail, one must pass
    return said if usual else tr("{measured}, {required} needed", measured=said, required=required)


def others(document: Entry, language: str) -> Iterator[str]:
    """What nobody looked at, what does not decide, and what was asked to be overlooked."""
    tr, tr_n = translator(language), counter(language)
    missed = words.unexamined(document)
    files = [f"{inert(path)} ({inert(reason)})" for path, reason in missed.items()]
    named = words.listed(words.cut(files, language, LISTED), language)
    if missed:
        yield tr("Not examined: {number} ({named}).", number=tr_n(len(missed), "{n} file", "{n} files"), named=named)
    else:
        yield tr("Not examined: nothing.")
    wished = [o for o in document["outcomes"] if o["level"] == "should" and o["outcome"] == "unmet"]
    if wished:
        titles = words.listed([inert(words.title(document, outcome["criterion"])) for outcome in wished], language)
        yield tr("Wished for and not there; it does not decide: {titles}.", titles=titles)
    if number := len(document["suppressions"]):
        yield tr_n(number, "{n} suppression, listed in the report.", "{n} suppressions, listed in the report.")
    if number := len(document["steering"]):
        yield tr("Configuration not applied: {n}, listed in the report.", n=number)
    if tampering := document["tampering"]:
        named = words.listed(words.cut([inert(one["what"]) for one in tampering], language, LISTED), language)
        yield tr("Tampering: {named}.", named=named)
    if number := sum(not waiver["signed"] for waiver in document["waivers"]):
        yield tr_n(
            number,
            "{n} waiver is proposed; unsigned, it does not count.",
            "{n} waivers are proposed; unsigned, they do not count.",
        )
    if score := words.score(document, language):
        yield inert(score)
