"""What the test run wrote, line by line, as counts and failures. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from verifier.model import Cause

MISSING_MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named '([\w.]+)'")
# What a test prints when the world is not there. Sources: errno(3), getaddrinfo(3), the clients' own words.
NETWORK = re.compile(
    r"Network is unreachable|Temporary failure in name resolution|Name or service not known|nodename nor servname"
    r"|Failed to resolve|getaddrinfo failed|NameResolutionError|Max retries exceeded"
)
SERVICE = re.compile(
    r"connection to server|could not connect to server|Can't connect to MySQL server|Error 111 connecting to"
    r"|ServerSelectionTimeoutError|OperationalError.*(?:refused|could not translate host)"
)


@dataclass(slots=True)
class Run:
    """One run of pytest, from its own events."""

    begun: bool = False
    finished: bool = False
    versions: str = ""
    collected: list[str] = field(default_factory=list)
    deselected: int = 0
    collection_errors: list[dict[str, Any]] = field(default_factory=list)
    collection_skips: int = 0  # files and classes skipped as a whole; pytest's summary counts each as one skipped
    outcomes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    running: str = ""

    @property
    def reported(self) -> set[str]:
        return {
            name for name, reports in self.outcomes.items() if any(report["when"] == "teardown" for report in reports)
        }

    def outcome(self, name: str) -> str:
        """One test's outcome as pytest's summary counts it; an error in set-up or tear-down wins."""
        word = "passed"
        for report in self.outcomes[name]:
            if report["outcome"] == "failed":
                return "failed" if report["when"] == "call" else "error"
            if report["outcome"] == "skipped":
                word = "xfailed" if "xfail" in report else "skipped"
            elif "xfail" in report and report["when"] == "call":
                word = "xpassed"
        return word

    def counts(self) -> Counter[str]:
        return Counter(self.outcome(name) for name in self.outcomes) + Counter(skipped=self.collection_skips)

    def count(self, *words: str) -> int:
        counts = self.counts()
        return sum(counts[word] for word in words)

    def summary(self) -> str:
        counts = self.counts()
        words = [
            f"{counts[word]} {word}"
            for word in ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
            if counts[word]
        ]
        if self.collection_errors:
            words.append(f"{len(self.collection_errors)} files could not be collected")
        return ", ".join(words) or "no tests"

    def failures(self) -> list[dict[str, Any]]:
        """Each failure as {kind, message, path, line}, in the order of the run."""
        broken = [_failure("collection-error", event) for event in self.collection_errors]
        for name, reports in self.outcomes.items():
            failed = [report for report in reports if report["outcome"] == "failed"]
            if failed:
                broken.append(_failure(self.outcome(name), failed[0]))
        return broken

    def strangers(self, own: frozenset[str]) -> list[str]:
        """Modules that test files could not import and that the delivery does not itself provide; one per broken file."""
        found = (MISSING_MODULE.search(event["message"]) for event in self.collection_errors)
        names = [match[1].split(".")[0] for match in found if match]
        return [name for name in names if name not in own]

    def bound(self) -> list[tuple[str, Cause]]:
        """Failed tests whose own words show that a service or the network was missing."""
        found = []
        for name, reports in self.outcomes.items():
            text = " ".join(report.get("message", "") for report in reports if report["outcome"] == "failed")
            cause = Cause.SERVICE if SERVICE.search(text) else Cause.NETWORK if NETWORK.search(text) else None
            if cause:
                found.append((name, cause))
        return found


def _failure(kind: str, event: dict[str, Any]) -> dict[str, Any]:
    path = event.get("path")
    inside = isinstance(path, str) and not path.startswith("..")
    crash = event.get("crash") or event.get("message", "")
    line = event.get("line") if inside else None
    message = f"{event['id']}: {str(crash).strip().splitlines()[-1] if str(crash).strip() else kind}"
    return {
        "kind": kind,
        "message": message[:500],
        "path": path if inside else event["id"].split("::")[0],
        "line": line,
    }


def read(content: bytes) -> Run:
    """The events of one run. A line that is no event of ours ends the reading: what follows cannot be relied on."""
    run = Run()
    for line in content.decode("utf-8", "replace").splitlines():
        try:
            event = json.loads(line)
            _apply(run, event)
        except (ValueError, KeyError, TypeError):
            run.finished = False
            break
    return run


def _apply(run: Run, event: dict[str, Any]) -> None:
    match event["event"]:
        case "begun":
            run.begun = True
            run.versions = f"pytest {event['pytest']}, coverage {event['coverage']}"
        case "collected":
            run.collected.append(str(event["id"]))
        case "deselected":
            run.deselected += 1
        case "collection error":
            run.collection_errors.append({**event, "message": str(event["message"])})
        case "collection skipped":
            run.collection_skips += 1
        case "started":
            run.running = str(event["id"])
        case "report":
            run.outcomes.setdefault(str(event["id"]), []).append(event)
            if event["when"] == "teardown":
                run.running = ""
        case "finished":
            run.finished = True
