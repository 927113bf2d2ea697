"""ruff with its default rules: optional, for buyers whose criteria name it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from verifier.checker import TREE, Command, Settings, ToolOutput
from verifier.checkers.python_files import examinable, unparsable
from verifier.model import Checkout, Finding, NotExamined, Observations, Skip

UNREAD = "invalid-syntax"


class Ruff:
    """One run, without the tree's configuration, caches or `noqa` comments."""

    name: ClassVar[str] = "ruff"
    topic: ClassVar[str] = "lint"
    tool: ClassVar[str] = "ruff"
    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    environment: ClassVar[bool] = False
    optional: ClassVar[bool] = True

    def steps(self, checkout: Checkout, settings: Settings) -> Sequence[Command]:
        del settings
        paths = [f"./{file.path}" for file in examinable(checkout)]
        options = (
            "--isolated",
            "--no-cache",
            "--ignore-noqa",
            "--no-respect-gitignore",
            "--exit-zero",
            "--output-format=json",
        )
        return [Command(argv=("ruff", "check", *options, *paths), repeatable=True)] if paths else []

    def parse(self, checkout: Checkout, outputs: Sequence[ToolOutput]) -> Observations:
        messages = json.loads(outputs[0].stdout) if outputs else []
        unread = {_path(m): m["message"] for m in messages if m["code"] in (None, UNREAD)}
        return Observations(
            findings=tuple(_finding(m) for m in messages if _path(m) not in unread),
            examined=frozenset(file.path for file in examinable(checkout)) - unread.keys(),
            not_examined=(
                *unparsable(checkout),
                *(NotExamined(path=path, skip=Skip.UNPARSABLE, reason=why) for path, why in unread.items()),
            ),
        )


def _path(message: dict[str, Any]) -> str:
    return str(message["filename"]).removeprefix(f"{TREE}/")


def _finding(message: dict[str, Any]) -> Finding:
    return Finding(
        rule=f"ruff:{message['code']}",
        message=message["message"],
        path=_path(message),
        line=message["location"]["row"],
        end_line=message["end_location"]["row"],
        severity="warning",
        help=message["url"] or "",
    )
