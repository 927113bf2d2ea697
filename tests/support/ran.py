"""Runs of delivered tests made in one line each, as the events that the scripts inside the sandbox write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from verifier.testing.events import Run, read

Outcomes = Mapping[str, str | tuple[str, str]]
"""Name -> outcome, or (outcome, what was said)."""


def events(
    tests: Outcomes | None = None,
    *,
    broken: Mapping[str, str] | None = None,
    missing: Iterable[str] = (),
    files: Mapping[str, str] | None = None,
    collect: bool = False,
    finished: bool = True,
) -> bytes:
    """What a run wrote: `broken` are files that could not be collected, `missing` tests that were collected and never run.

    `files` says in which file a test lies, as unittest's recorder does.
    """
    tests = tests or {}
    found: list[dict[str, object]] = [{"event": "begun", "runner": "pytest", "version": "9.2", "coverage": "7.11"}]
    found += [{"event": "collection error", "id": name, "message": text} for name, text in (broken or {}).items()]
    found += [{"event": "collected", "id": name, "file": (files or {}).get(name, "")} for name in (*tests, *missing)]
    found.append({"event": "collection finished", "count": len(tests)})
    for name, told in () if collect else tests.items():
        found += _one(name, *((told, "") if isinstance(told, str) else told))
    found += [{"event": "started", "id": name} for name in missing]
    if finished:
        found.append({"event": "finished", "status": 0})
    return "".join(json.dumps(event) + "\n" for event in found).encode()


def _one(name: str, outcome: str, said: str) -> list[dict[str, object]]:
    first = {"event": "report", "id": name, "when": "setup", "outcome": "passed"}
    call: dict[str, object] = {"event": "report", "id": name, "when": "call", "outcome": outcome, "message": said}
    if outcome in ("xfailed", "xpassed"):
        call |= {"outcome": "skipped" if outcome == "xfailed" else "passed", "xfail": "reason"}
    last = {"event": "report", "id": name, "when": "teardown", "outcome": "passed"}
    if outcome == "error":
        return [{**call, "when": "setup", "outcome": "failed"}, last]
    return [{"event": "started", "id": name}, first, call, last]


def run(tests: Outcomes | None = None, **more: object) -> Run:
    return read(events(tests, **more))  # type: ignore[arg-type]
