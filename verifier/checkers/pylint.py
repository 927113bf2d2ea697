"""pylint under the buyer's configuration, seeing the delivery's installed packages read-only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from verifier.checker import INSIDE, RULES, TREE, Command, Settings, ToolOutput
from verifier.checkers.python_files import examinable, unparsable
from verifier.model import Checkout, Finding, Measure, NotExamined, Observations, Skip

SEVERITY = {
    "fatal": "error",
    "error": "error",
    "warning": "warning",
    "convention": "note",
    "refactor": "note",
    "info": "note",
}
CONFIDENCE = {"INFERENCE_FAILURE": "low", "UNDEFINED": "medium"}
UNREAD = frozenset({"syntax-error", "astroid-error", "parse-error"})
HELP = "https://pylint.readthedocs.io/en/stable/user_guide/messages/{type}/{symbol}.html"


class Pylint:
    """One process: with `-j` pylint's answers depend on how the files were divided."""

    name: ClassVar[str] = "pylint"
    topic: ClassVar[str] = "lint"
    tool: ClassVar[str] = "pylint"
    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    environment: ClassVar[bool] = True
    optional: ClassVar[bool] = False

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:
        del settings
        paths = [file.path for file in examinable(checkout)]
        if not paths:
            return []
        script = ("python", "-I", f"{INSIDE}/run_pylint.py", f"{RULES}/tools/pylintrc")
        return [Command(argv=script, stdin=json.dumps(paths).encode("ascii"), environment=True, repeatable=True)]

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        asked = frozenset(file.path for file in examinable(checkout))
        messages = json.loads(outputs[0].stdout)["messages"] if outputs else []
        unread = tuple(_unread(message) for message in messages if message["symbol"] in UNREAD)
        unfollowed = _unfollowed(messages)
        findings = tuple(_finding(message, unfollowed) for message in messages)
        counts = tuple(
            Measure(name=f"lint.{word}s", value=sum(finding.severity == word for finding in findings))
            for word in ("error", "warning")
        )
        return Observations(
            findings=findings,
            measures=counts,
            examined=asked - {skipped.path for skipped in unread},
            not_examined=(*unparsable(checkout), *unread),
        )


def _path(message: dict[str, Any]) -> str:
    return str(message["path"]).removeprefix(f"{TREE}/").removeprefix("./")


def _unread(message: dict[str, Any]) -> NotExamined:
    return NotExamined(path=_path(message), skip=Skip.UNPARSABLE, reason=str(message["message"]).splitlines()[0][:200])


def _unfollowed(messages: list[dict[str, Any]]) -> frozenset[str]:
    """Files with a star import of something that is not there: which names it brings nobody can see."""
    places = {
        symbol: {(_path(message), message["line"]) for message in messages if message["symbol"] == symbol}
        for symbol in ("wildcard-import", "import-error")
    }
    return frozenset(path for path, _ in places["wildcard-import"] & places["import-error"])


def _confidence(message: dict[str, Any], unfollowed: frozenset[str]) -> str:
    if message["symbol"] == "undefined-variable" and _path(message) in unfollowed:
        return "low"
    return CONFIDENCE.get(message.get("confidence", ""), "high")


def _finding(message: dict[str, Any], unfollowed: frozenset[str]) -> Finding:
    return Finding(
        rule=f"pylint:{message['symbol']}",
        message=message["message"],
        path=_path(message),
        line=message["line"] or None,
        end_line=message.get("endLine"),
        severity=SEVERITY[message["type"]],
        confidence=_confidence(message, unfollowed),
        help=HELP.format(type=message["type"], symbol=message["symbol"]),
    )
