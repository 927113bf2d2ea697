"""bandit on every Python file that parses, with nothing in the tree steering it (verifier/inside/run_bandit.py)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from verifier.checker import APART, INSIDE, OUT, Command, Settings, ToolOutput
from verifier.model import Checkout, File, Finding, NotExamined, Observations, Skip
from verifier.scope import LINK
from verifier.words import say

SEVERITY = {"HIGH": "error", "MEDIUM": "warning", "LOW": "note"}
BASE_SECONDS = 300
QUOTABLE = "secrets.json"
"""The hard-coded passwords that bandit saw: handed on, and no evidence."""
REDACTED = ("secrets: messages end before the password that they quote",)


class Bandit:
    """All of bandit's tests, at every severity and confidence; which of them block is the buyer's list."""

    name: ClassVar[str] = "bandit"
    topic: ClassVar[str] = "security"
    tool: ClassVar[str] = "bandit"
    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:
        """None where there is no Python. The script exits with 0 whatever bandit found."""
        del settings
        paths = [file.path for file in _python(checkout) if file.parsed]
        if not paths:
            return []
        return [
            Command(
                argv=("python", "-I", f"{INSIDE}/run_bandit.py", f"{OUT}/{QUOTABLE}", *APART),
                stdin=json.dumps([[path] for path in paths]).encode("ascii"),
                passes=(QUOTABLE,),
                redacted=REDACTED,
                repeatable=True,
                apart=True,
                seconds=BASE_SECONDS + len(paths),
            )
        ]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        """Raises ValueError where the answer is not about exactly the files asked for."""
        said = json.loads(outputs[0].stdout) if outputs else {"results": [], "scanned": [], "skipped": []}
        asked = {file.path for file in _python(checkout) if file.parsed}
        scanned = frozenset(said["scanned"])
        if asked != scanned | {path for path, _ in said["skipped"]}:
            raise ValueError("bandit did not answer for exactly the files that it was given")
        return Observations(
            findings=tuple(_finding(result) for result in said["results"]),
            examined=scanned,
            not_examined=(
                *(_unparsable(file.path) for file in _python(checkout) if not file.parsed),
                *(_skipped(path, why) for path, why in said["skipped"]),
            ),
            secrets=frozenset(json.loads(outputs[0].files[QUOTABLE]) if outputs else ()),
        )


def _python(checkout: Checkout) -> tuple[File, ...]:
    return tuple(file for file in checkout.source("python") if file.mode != LINK)


def _unparsable(path: str) -> NotExamined:
    return NotExamined(path=path, skip=Skip.UNPARSABLE, reason=say("does not parse as {language}", language="Python"))


def _skipped(path: str, why: str) -> NotExamined:
    return NotExamined(path=path, skip=Skip.TOOL, reason=say("{tool}: {words}", tool="bandit", words=why))


def _finding(result: dict[str, Any]) -> Finding:
    lines = result["line_range"] or [result["line_number"]]
    cwe = result["issue_cwe"].get("id")
    return Finding(
        rule=f"bandit:{result['test_id']}",
        message=result["issue_text"],
        path=result["filename"],
        line=result["line_number"] or None,
        end_line=max(lines) or None,
        severity=SEVERITY.get(result["issue_severity"], "note"),
        confidence=result["issue_confidence"].lower(),
        help=result["more_info"],
        cwe=(cwe,) if cwe else (),
    )
