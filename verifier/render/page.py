"""What the page of a report shows, in its order: counted first, then cut. Pure, and the same in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from verifier.render import running, words
from verifier.render.reading import Entry, Reading
from verifier.render.templates import LONGEST

PIECE = 1000
"""Characters of a piece of a command."""
PIECES = 100
LEAST = 125
"""Characters to which no text is cut: digests and commits have 64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is shown; of what is more, how much more there is.

    `spots` are findings of one criterion, `listed` items of any other list, `packages` installed ones, `lines` those of one
    excerpt, `stretches` those of lines that no test runs, of one file, and `text` characters.
    """

    spots: int = 20
    listed: int = 100
    packages: int = 300
    lines: int = 12
    stretches: int = 12
    text: int = LONGEST

    def halved(self) -> Limits:
        """Half as much; at least one of each."""
        counts = {
            name: max(getattr(self, name) // 2, 1) for name in ("spots", "listed", "packages", "lines", "stretches")
        }
        return Limits(**counts, text=max(self.text // 2, LEAST))


ROOMY = Limits()
Stretches = Sequence[Sequence[int]]
"""Lines that no test runs, of one file: first and last of each stretch."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The first of some items, how many there are in all, and how many are not shown."""

    items: Sequence[Any]
    total: int
    more: int


def counted(items: Iterable[Any], most: int = ROOMY.listed) -> Counted:
    listed = list(items)
    return Counted(listed[:most], len(listed), max(len(listed) - most, 0))


@dataclass(frozen=True, slots=True)
class Criterion:
    """An outcome with its title and why, what was found, and the step that would flip it, where it has one.

    `said` is the word of the outcome as the report has it, which is what is signed.
    """

    id: str
    title: words.Said
    why: words.Said
    outcome: Entry
    said: str
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


def page(whole: Entry, limits: Limits = ROOMY) -> Page:
    document = shortened(whole, limits.text) if limits.text < LONGEST else whole
    reading = Reading.of(document, "en")
    kinds = {"unmet": "unmet", "awaiting a decision": "waiting"}
    criteria = _criteria(document, limits)
    sorted_in: dict[str, list[Criterion]] = {"unmet": [], "waiting": [], "others": []}
    for one in criteria:
        sorted_in[kinds.get(one.outcome["outcome"], "others")].append(one)
    known = {one.id: one for one in criteria}
    steps = [known[step["criterion"]] for step in document["flip"] if step["criterion"] in known]
    left_out = [one for one in steps if one.outcome["outcome"] == words.NOT_ASKED]

    def few(items: Iterable[Any]) -> Counted:
        return counted(items, limits.listed)

    return Page(
        document=document,
        deciding=sum(one.decides for one in sorted_in["unmet"]),
        unmet=few(sorted(sorted_in["unmet"], key=lambda one: not one.decides)),
        waiting=few(sorted_in["waiting"]),
        flip=few(one for one in steps if one not in left_out),
        left_out=few(left_out),
        others=few(sorted_in["others"]),
        lists={
            "suppressions": few(document["suppressions"]),
            "steering": few(document["steering"]),
            "tampering": few(document["tampering"]),
            "waivers": few(waiver | {"standing": reading.standing(waiver)} for waiver in document["waivers"]),
            "missed": few(words.unexamined(document).items()),
            "left": few(document["delivery"]["notIncluded"]),
            "measures": few(running.measures(document)),
            "coverage": few(_coverage(document, limits)),
            "checkers": few(document["checkers"]),
            "evidence": few(document["evidence"]),
            "promises": few(document["sandbox"]["promises"]),
            "lacking": few(document["sandbox"].get("lacking", ())),  # since tiers are probed
        },
        runnings=[_running(one, limits) for one in running.runnings(document)],
        tests_asked=running.asked(document),
    )


def shortened(value: Any, most: int) -> Any:
    """A document with every text cut to so many characters, and how many are left."""
    if isinstance(value, str):
        return value if len(value) <= most else f"{value[:most]} … (+{len(value) - most})"
    if isinstance(value, Mapping):
        return {name: shortened(inner, most) for name, inner in value.items()}
    return [shortened(inner, most) for inner in value] if isinstance(value, list) else value


def _criteria(document: Entry, limits: Limits) -> list[Criterion]:
    findings = words.finding_map(document)
    missed = {file["path"]: file["missing"] for file in document.get("coverage", ())}
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
                said=outcome["outcome"],
                step=step,
                spots=_spots(outcome, step, findings, missed, limits),
            )
        )
    return made


def _spots(
    outcome: Entry, step: Entry, findings: dict[str, Entry], missed: Mapping[str, Stretches], limits: Limits
) -> Counted:
    """What to mend where: the step's things, else the findings as they are."""
    behind = [findings[key] for key in outcome["findings"] if key in findings]
    most = limits.spots
    if step.get("things"):
        things = [_thing(thing, missed, limits.lines) for thing in step["things"][:most]]
        counts = [_count(thing) for thing in step["things"]]
        total = max(sum(counts) + step.get("more", 0), len(behind))
        return Counted(things, total, total - sum(counts[:most]))
    behind.sort(key=lambda finding: (finding["path"] or "", finding["line"] or 0))
    shown = _told_once([_finding(one, missed, limits.lines) for one in behind[:most]])
    return Counted(shown, len(behind), max(len(behind) - most, 0))


def _told_once(spots: list[Entry]) -> list[Entry]:
    """The page of a rule is named where the rule first occurs."""
    first = {spot["rule"]: number for number, spot in reversed(list(enumerate(spots)))}
    return [spot if first[spot["rule"]] == number else spot | {"help": ""} for number, spot in enumerate(spots)]


def _count(thing: Entry) -> int:
    return max(int(thing.get("count") or 1), 1)


def _thing(thing: Entry, missed: Mapping[str, Stretches], most: int) -> Entry:
    found: Entry = {"path": None, "line": None, "rule": "", "what": "", "why": "", "fix": "", "cwe": [], "help": ""}
    found |= {name: value for name, value in thing.items() if value is not None}
    lines = _excerpt(found.get("excerpt", ""), found["line"], missed.get(found["path"], ()), most)
    also = [line for line in thing.get("lines", ()) if line != found["line"]]
    return found | {"count": _count(thing), "lines": lines, "unrun": _unrun(lines), "also": also}


def _finding(finding: Entry, missed: Mapping[str, Stretches], most: int) -> Entry:
    names = ("path", "line", "rule", "cwe", "help")
    lines = _excerpt(finding["excerpt"], finding["line"], missed.get(finding["path"], ()), most)
    return {
        **{name: finding[name] for name in names},
        "what": finding["message"],
        "why": "",
        "fix": "",
        "count": 1,
        "also": [],
        "lines": lines,
        "unrun": _unrun(lines),
    }


def _unrun(lines: Counted) -> bool:
    """Whether one of them is run by no test."""
    return any(missed for _, _, missed in lines.items)


def _excerpt(text: str, first: int | None, missed: Stretches, most: int) -> Counted:
    """Lines with their numbers, none where the place has no line, and whether it is known that no test runs them."""
    if not text.strip():
        return Counted((), 0, 0)
    split = text.expandtabs(4).rstrip("\n").split("\n")
    return counted([_row(first + number if first else None, line, missed) for number, line in enumerate(split)], most)


def _row(number: int | None, line: str, missed: Stretches) -> tuple[int | None, str, bool]:
    return number, line, number is not None and any(start <= number <= end for start, end in missed)


def _running(one: running.Running, limits: Limits) -> Entry:
    attempts = [
        {"said": made.said, "steps": counted(made.steps, limits.listed), "failed": made.failed} for made in one.attempts
    ]
    return {
        "base": one.base,
        "python": one.python,
        "attempts": counted(attempts, limits.listed),
        "installed": counted(one.installed, limits.packages),
        "again": pieces(one.again, min(PIECES, limits.listed)),
        "others": counted(one.others, limits.listed),
    }


def pieces(text: str, most: int = PIECES) -> list[str]:
    """A command, which is of no use when it is cut, in pieces that no surface cuts; one beyond all measure is cut."""
    return [text[start : start + PIECE] for start in range(0, min(len(text), PIECE * most), PIECE)]


def _coverage(document: Entry, limits: Limits) -> list[Entry]:
    """By file, the least covered first, each with the lines at which something was found."""
    found: dict[str, set[int]] = {}
    for finding in words.finding_map(document).values():
        if finding["path"] and finding["line"]:
            found.setdefault(finding["path"], set()).add(finding["line"])
    files = [_covered(file, sorted(found.get(file["path"], ())), limits) for file in document.get("coverage", ())]
    return sorted(files, key=lambda file: (file["share"], file["path"]))


def _covered(file: Entry, found: Sequence[int], limits: Limits) -> Entry:
    """A file with its share in basis points; one without statements has none to miss."""
    share = file["covered"] * 10_000 // file["statements"] if file["statements"] else 10_000
    stretches, lines = counted(file["missing"], limits.stretches), counted(found, limits.stretches)
    return file | {"share": share, "stretches": stretches, "found": lines}


def stretch(lines: Sequence[int]) -> str:
    first, last = islice(lines, 2)
    return str(first) if first == last else f"{first}–{last}"
