"""One command's answer: from the cache, in part or in whole, and into it.

Only what ran no delivered code, ended well and was not cut is kept, and of single files only those that were asked about.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from verifier.cache import digests, name
from verifier.cache.cache import Cache
from verifier.cache.entry import opened, packed, squeezed, unpacked
from verifier.checker import Command, ToolOutput
from verifier.model import Checkout

VERIFIER = Path(__file__).parents[1]
"""All of it: its scripts say what is answered, and the rest of it what a command is shown."""


class Recalls:
    """Of one assessment."""

    def __init__(self, cache: Cache, rules: Path) -> None:
        self._cache = cache
        self._rules = rules
        self._known: dict[Path, str] = {}
        self._lock = threading.Lock()

    def of(self, command: Command, checkout: Checkout, *, given: Path, env: Path) -> Recall | None:
        """What to do about a command; None where nothing may come from a cache, or go into one.

        `given` is what the checker's earlier steps left, `env` the delivery's environment, where it has one.
        """
        if not command.repeatable or _own_way(command):
            return None
        always = {
            "rules": self._of(self._rules, digests.of_folder),
            "verifier": self._of(VERIFIER, digests.of_folder),
            "tools": digests.of_tools(),
        }
        if command.environment and env.is_dir():
            always["environment"] = self._of(env, digests.of_folder)
        seen = {"manifest": checkout.delivery.manifest, "tree": name.of_files(checkout.files)}
        seen["given"] = digests.of_folder(given)
        if command.history and checkout.history.patch:
            seen["history"] = self._of(checkout.history.patch, digests.of_file)
        files = {file.path: file for file in checkout.files}
        targets = json.loads(command.stdin) if command.apart else []
        return Recall(
            command=command,
            cache=self._cache,
            whole=name.of_command(command, always | seen),
            each=name.of_each(command, always, targets, files),
        )

    def _of(self, path: Path, digest: Callable[[Path], str]) -> str:
        """Once: nothing of it changes while a delivery is assessed."""
        with self._lock:
            if path not in self._known:
                self._known[path] = digest(path)
            return self._known[path]


def _own_way(command: Command) -> bool:
    """Whether it runs what was delivered, or asks somebody else, or hands on what is not in its answer as it is kept."""
    runs = command.delivered_code or command.edits or command.services or command.records
    handed = command.volatile and (command.produces or command.passes)
    return bool(runs or command.index or command.base or handed)


@dataclass(kw_only=True)
class Recall:
    """`whole` names the answer, `each` by path those about single files."""

    command: Command
    cache: Cache
    whole: str
    each: Mapping[str, str]
    _parts: dict[str, Any] = field(default_factory=dict)

    def answer(self) -> ToolOutput | None:
        """All of it, where it is there."""
        content = self.cache.get([self.whole]).get(self.whole)
        try:
            return unpacked(self.command, content) if content else None
        except (ValueError, KeyError, TypeError):
            return None

    def known(self) -> bytes:
        """What is known of single files, as the command reads it; empty where nothing is."""
        found = self.cache.get(self.each.values())
        for path, named in self.each.items():
            if named in found:
                self._parts[path] = opened(found[named])
        return json.dumps(self._parts).encode("ascii") if self._parts else b""

    def kept(self, output: ToolOutput, made: bytes) -> ToolOutput:
        """Puts what may come again into the cache. `made` is what the command left about single files."""
        new, whole = _made(made) if self.command.apart else ({}, True)
        asked = self.each.keys() - self._parts.keys()
        if output.ok and not output.killed:
            entries = {self.each[path]: squeezed(part) for path, part in new.items() if path in asked}
            self.cache.put(entries | ({self.whole: packed(output)} if whole else {}))
        return replace(output, cached="part" if self._parts else "")


def _made(content: bytes) -> tuple[dict[str, Any], bool]:
    """(what is new, whether all of the answer would be the same another time)."""
    try:
        said = json.loads(content)
        return dict(said["parts"]), said["whole"] is True
    except (ValueError, KeyError, TypeError):
        return {}, False
