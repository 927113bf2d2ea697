"""What the page of a report shows, in its order: counted first, then cut. Pure, and the same in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from verifier.render import running, words
from verifier.render.reading import Entry, Reading

SPOTS = 20
"""Findings of one criterion."""
LISTED = 100
"""Items of any other list."""
PACKAGES = 300
"""Installed packages."""
PIECE = 1000
"""Characters of a piece of a command."""
LINES = 12
"""Lines of one excerpt."""
STRETCHES = 12
"""Stretches of lines that no test runs, of one file."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The first of some items, how many there are in all, and how many are not shown."""

    items: Sequence[Any]
    total: int
    more: int


def counted(items: Iterable[Any], most: int = LISTED) -> Counted:
    listed = list(items)
    return Counted(listed[:most], len(listed), max(len(listed) - most, 0))


@dataclass(frozen=True, slots=True)
class Criterion:
    """An outcome with its title and why, what was found, and the step that would flip it, where it has one."""

    id: str
    title: words.Said
    why: words.Said
    outcome: Entry
    step: Entry
    spots: Counted

    @property
    def decides(self) -> bool:
        return bool(self.outcome["level"] == "must")


@dataclass(frozen=True, slots=True)
class Page:
    """Everything but the words around it."""

    document: Entry
    deciding: int
    unmet: Counted
    waiting: Counted
    flip: Counted
    left_out: Counted
    others: Counted
    lists: dict[str, Counted]
    runnings: list[Entry]
    tests_asked: bool


def page(document: Entry) -> Page:
    reading = Reading.of(document, "en")
    criteria = _criteria(document)
    kinds = {"unmet": "unmet", "awaiting a decision": "waiting"}
    sorted_in: dict[str, list[Criterion]] = {"unmet": [], "waiting": [], "others": []}
    for one in criteria:
        sorted_in[kinds.get(one.outcome["outcome"], "others")].append(one)
    known = {one.id: one for one in criteria}
    steps = [known[step["criterion"]] for step in document["flip"] if step["criterion"] in known]
    left_out = [one for one in steps if one.outcome["outcome"] == words.NOT_ASKED]
    return Page(
        document=document,
        deciding=sum(one.decides for one in sorted_in["unmet"]),
        unmet=counted(sorted(sorted_in["unmet"], key=lambda one: not one.decides)),
        waiting=counted(sorted_in["waiting"]),
        flip=counted(one for one in steps if one not in left_out),
        left_out=counted(left_out),
        others=counted(sorted_in["others"]),
        lists={
            "suppressions": counted(document["suppressions"]),
            "steering": counted(document["steering"]),
            "tampering": counted(document["tampering"]),
            "waivers": counted(waiver | {"standing": reading.standing(waiver)} for waiver in document["waivers"]),
            "missed": counted(words.unexamined(document).items()),
            "left": counted(document["delivery"]["notIncluded"]),
            "measures": counted(running.measures(document)),
            "coverage": counted(sorted(map(_covered, document.get("coverage", ())), key=_least), LISTED),
            "checkers": counted(document["checkers"]),
            "evidence": counted(document["evidence"]),
            "promises": counted(document["sandbox"]["promises"]),
            "lacking": counted(document["sandbox"].get("lacking", ())),  # since tiers are probed
        },
        runnings=[_running(one) for one in running.runnings(document)],
        tests_asked=running.asked(document),
    )


def _criteria(document: Entry) -> list[Criterion]:
    findings = words.finding_map(document)
    steps = {step["criterion"]: {"check": ""} | step for step in document["flip"]}
    known = document["criteria"]["criteria"]
    made = []
    for outcome in document["outcomes"]:
        name = outcome["criterion"]
        entry, step = known.get(name, {}), steps.get(name, {})
        made.append(
            Criterion(
                id=name,
                title=entry.get("title") or name,
                why=entry.get("why", ""),
                outcome=outcome
                | ({"outcome": words.NOT_ASKED, "reason": ""} if words.left_out(document, outcome) else {}),
                step=step,
                spots=_spots(outcome, step, findings),
            )
        )
    return made


def _spots(outcome: Entry, step: Entry, findings: dict[str, Entry]) -> Counted:
    """What to mend where: the step's things, else the findings as they are."""
    behind = [findings[key] for key in outcome["findings"] if key in findings]
    if step.get("things"):
        things = [_thing(thing) for thing in step["things"]]
        total = max(sum(thing["count"] for thing in things) + step.get("more", 0), len(behind))
        return Counted(things[:SPOTS], total, total - sum(thing["count"] for thing in things[:SPOTS]))
    behind.sort(key=lambda finding: (finding["path"] or "", finding["line"] or 0))
    return Counted(_told_once([_finding(one) for one in behind[:SPOTS]]), len(behind), max(len(behind) - SPOTS, 0))


def _told_once(spots: list[Entry]) -> list[Entry]:
    """The page of a rule is named where the rule first occurs."""
    first = {spot["rule"]: number for number, spot in reversed(list(enumerate(spots)))}
    return [spot if first[spot["rule"]] == number else spot | {"help": ""} for number, spot in enumerate(spots)]


def _thing(thing: Entry) -> Entry:
    found: Entry = {"path": None, "line": None, "rule": "", "what": "", "why": "", "fix": "", "cwe": [], "help": ""}
    found |= {name: value for name, value in thing.items() if value is not None}
    lines = _excerpt(found.get("excerpt", ""), found["line"])
    also = [line for line in thing.get("lines", ()) if line != found["line"]]
    return found | {"count": max(int(thing.get("count") or 1), 1), "lines": lines, "also": also}


def _finding(finding: Entry) -> Entry:
    names = ("path", "line", "rule", "cwe", "help")
    return {
        **{name: finding[name] for name in names},
        "what": finding["message"],
        "why": "",
        "fix": "",
        "count": 1,
        "also": [],
        "lines": _excerpt(finding["excerpt"], finding["line"]),
    }


def _excerpt(text: str, first: int | None) -> Counted:
    """Lines with their numbers; none where the place has no line."""
    if not text.strip():
        return Counted((), 0, 0)
    split = text.expandtabs(4).rstrip("\n").split("\n")
    return counted([((first + number) if first else None, line) for number, line in enumerate(split)], LINES)


def _running(one: running.Running) -> Entry:
    attempts = [{"said": made.said, "steps": counted(made.steps), "failed": made.failed} for made in one.attempts]
    return {
        "base": one.base,
        "python": one.python,
        "attempts": counted(attempts),
        "installed": counted(one.installed, PACKAGES),
        "again": pieces(one.again),
        "others": counted(one.others),
    }


def pieces(text: str) -> list[str]:
    """A command, which is of no use when it is cut, in pieces that no surface cuts; one beyond all measure is cut."""
    return [text[start : start + PIECE] for start in range(0, min(len(text), PIECE * LISTED), PIECE)]


def _covered(file: Entry) -> Entry:
    """A file with its share in basis points; one without statements has none to miss."""
    share = file["covered"] * 10_000 // file["statements"] if file["statements"] else 10_000
    return file | {"share": share, "stretches": counted(file["missing"], STRETCHES)}


def _least(file: Entry) -> tuple[int, str]:
    return file["share"], file["path"]


def stretch(lines: Sequence[int]) -> str:
    first, last = islice(lines, 2)
    return str(first) if first == last else f"{first}–{last}"
