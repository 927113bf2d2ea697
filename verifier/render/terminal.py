"""The report as a supplier reads it in a terminal. Pure: a document in, text out."""

from __future__ import annotations

from typing import Any

from verifier.render import words
from verifier.render.inert import inert


def terminal(document: dict[str, Any]) -> str:
    """Plain text: the verdict, what to do in the order that matters, what nobody looked at."""
    parts = [inert(words.heading(document)), *_criteria(document), "", *_verdict(document), *_rest(document)]
    return "\n".join(parts) + "\n"


def _criteria(document: dict[str, Any]) -> list[str]:
    width = max((len(outcome["criterion"]) for outcome in document["outcomes"]), default=0)
    return [f"  {outcome['criterion']:<{width}}  {_outcome(outcome)}" for outcome in document["outcomes"]]


def _outcome(outcome: dict[str, Any]) -> str:
    shape = words.SHAPES[outcome["outcome"]]
    level = "" if outcome["level"] == "must" else f" ({outcome['level']})"
    measured = inert(outcome["measured"])
    compared = f" · {measured}, {inert(outcome['required'])} required" if measured else ""
    return f"{shape} {outcome['outcome']}{level}{compared}"


def _verdict(document: dict[str, Any]) -> list[str]:
    lines = [f"{words.verdict_word(document)}. {words.sentence(document)}"]
    findings = words.finding_map(document)
    by_name = {outcome["criterion"]: outcome for outcome in document["outcomes"]}
    for number, step in enumerate(document["flip"], 1):
        outcome = by_name[step["criterion"]]
        lines.append(f"  {number}  {words.title(document, step['criterion'])} [{step['criterion']}]")
        behind = [findings[key] for key in outcome["findings"] if key in findings]
        lines += [f"     {line}" for line in _do(step, behind)]
    return lines


def _do(step: dict[str, Any], findings: list[dict[str, Any]]) -> list[str]:
    if not findings:
        return [inert(step["do"])] if step["do"] else []
    ordered = sorted(findings, key=lambda f: (f["path"] or "", f["line"] or 0))
    return words.cut([f"{inert(words.place(f))}  {inert(f['message'])} ({inert(f['rule'])})" for f in ordered])


def _rest(document: dict[str, Any]) -> list[str]:
    lines = [f"{words.score(document)}."]
    missed = words.unexamined(document)
    listed = words.cut([f"{inert(path)} ({inert(reason)})" for path, reason in missed.items()], 5)
    lines.append(f"Not examined: {len(missed)} files" + (f": {'; '.join(listed)}" if missed else "") + ".")
    for name, what in (
        ("suppressions", "Suppressions"),
        ("steering", "Configuration not applied"),
        ("tampering", "Tampering"),
    ):
        if document[name]:
            lines.append(f"{what}: {len(document[name])}, listed in the report.")
    if proposed := [waiver for waiver in document["waivers"] if not waiver["signed"]]:
        lines.append(f"Waivers proposed: {len(proposed)}. Unsigned, so they do not count.")
    if not_included := document["delivery"]["notIncluded"]:
        names = ", ".join(words.cut([inert(name) for name in not_included], 5))
        lines.append(f"Not in the commit, so not judged: {names}.")
    return lines
