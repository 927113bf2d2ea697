"""What the test run wrote, line by line, as counts and failures. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from verifier.testing.witness import Witness, corrected
from verifier.words import Text, joined, later, later_n, say, say_n

MISSING_MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?")
MISSING_NAME = re.compile(r"ImportError: cannot import name '?[\w.]+'? from '([\w.]+)'")
# What a test prints when the world is not there. Sources: errno(3), getaddrinfo(3), the clients' own words, locale, zoneinfo.
BOUND = {
    "service": re.compile(
        r"connection to server|could not connect to server|Can't connect to MySQL server|Error 111 connecting to"
        r"|ServerSelectionTimeoutError|OperationalError.*(?:refused|could not translate host)"
    ),
    "network": re.compile(
        r"Network is unreachable|Temporary failure in name resolution|Name or service not known|nodename nor servname"
        r"|Failed to resolve|getaddrinfo failed|NameResolutionError|Max retries exceeded"
    ),
    "time zone": re.compile(r"ZoneInfoNotFoundError|UnknownTimeZoneError|No time zone found with key"),
    "locale": re.compile(r"unsupported locale setting"),
    # The words of os.environ, whose lines are not shown from Python 3.11 on; pytest says where the last frame is after the error.
    "variable": re.compile(
        r"(?:raise KeyError\(key\) from None|<frozen os>.* in )[\s\S]{0,200}KeyError: '(\w+)'"
        r"|KeyError: '(\w+)'\s+<frozen os>:\d+: KeyError"
    ),
}
OUTCOMES = {
    "passed": later_n("{n} passed", "{n} passed"),
    "failed": later_n("{n} failed", "{n} failed"),
    "error": later_n("{n} error", "{n} error"),
    "skipped": later_n("{n} skipped", "{n} skipped"),
    "xfailed": later_n("{n} xfailed", "{n} xfailed"),
    "xpassed": later_n("{n} xpassed", "{n} xpassed"),
}
SPOKEN = {
    "passed": later("passed"),
    "failed": later("failed"),
    "error": later("error"),
    "skipped": later("skipped"),
    "xfailed": later("xfailed"),
    "xpassed": later("xpassed"),
    "not run": later("not run"),
}
"""What became of one test, as a person reads it."""
LONGEST = 200
"""Characters of a reason."""
TAKEN_UP = ("collected", "deselected", "collection error", "collection skipped")
# From the tree's root: a path that leads out of it, and what has no file, as "<frozen os>".
ELSEWHERE = re.compile(r"\.\.|/|(?:.*/)?<")


def spoken(outcome: str) -> Text:
    """One test's outcome, in both languages."""
    return say(SPOKEN[outcome])


@dataclass(slots=True)
class Run:
    """One run of a test runner, from its own events."""

    begun: bool = False
    listed: bool = False  # the collection came to its end: `collected` is all there is
    finished: bool = False
    versions: str = ""
    script_error: str = ""  # a script that runs tests broke before it came to its end
    collected: list[str] = field(default_factory=list)
    deselected: int = 0
    collection_errors: list[dict[str, Any]] = field(default_factory=list)
    # Files and classes skipped as a whole; pytest's summary counts each as one skipped.
    collection_skips: list[dict[str, Any]] = field(default_factory=list)
    outcomes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    running: str = ""
    files: dict[str, set[str]] = field(default_factory=dict)  # path -> its tests that were taken up, without parameters
    lent: dict[str, set[str]] = field(
        default_factory=dict
    )  # path -> `Class.test` written there and run in another file
    homes: set[str] = field(
        default_factory=set
    )  # the files that tests are written in; examples in documentation are none
    inherited: dict[str, str] = field(default_factory=dict)  # tests of `files` -> `path::Class.test`, in another file
    witness: Witness = field(default_factory=Witness)

    @property
    def reported(self) -> set[str]:
        """Tests that were torn down and of which it was said how they went."""
        torn_down = (name for name, reports in self.outcomes.items() if any(r["when"] == "teardown" for r in reports))
        return {name for name in torn_down if self.outcome(name) != "not run"}

    def outcome(self, name: str) -> str:
        """One test's outcome as pytest's summary counts it; an error in set-up or tear-down wins.

        A test that was set up and torn down and of which nothing else was said has not passed.
        """
        word = "not run"
        for report in self.outcomes[name]:
            if report["outcome"] == "failed":
                return "failed" if report["when"] == "call" else "error"
            if report["outcome"] == "skipped":
                word = "xfailed" if "xfail" in report else "skipped"
            elif report["when"] == "call":
                word = "xpassed" if "xfail" in report else "passed"
        return word

    def counts(self) -> Counter[str]:
        return Counter(self.outcome(name) for name in self.outcomes) + Counter(skipped=len(self.collection_skips))

    def count(self, *words: str) -> int:
        counts = self.counts()
        return sum(counts[word] for word in words)

    def summary(self) -> Text:
        counts = self.counts()
        words = [say_n(counts[word], *forms) for word, forms in OUTCOMES.items() if counts[word]]
        if self.collection_errors:
            number = len(self.collection_errors)
            words.append(say_n(number, "{n} file could not be collected", "{n} files could not be collected"))
        return joined(", ", words) if words else say("no tests")

    def failures(self) -> list[dict[str, Any]]:
        """Each failure as {kind, message, path, line}, in the order of the run."""
        broken = [_failure("collection-error", event) for event in self.collection_errors]
        for name, reports in self.outcomes.items():
            failed = [report for report in reports if report["outcome"] == "failed"]
            if failed:
                broken.append(_failure(self.outcome(name), failed[0]))
        return broken

    def failing(self) -> list[str]:
        """Files that could not be collected, then tests that failed or broke, in the order of the run."""
        files = [str(event["id"]) for event in self.collection_errors]
        return files + [name for name in self.outcomes if self.outcome(name) in ("failed", "error")]

    def passed_over(self) -> dict[str, tuple[str, str]]:
        """Tests, files and classes that were skipped or expected to fail: name -> (outcome, the last line of the reason)."""
        found = {str(event["id"]): ("skipped", str(event.get("message", ""))) for event in self.collection_skips}
        for name, reports in self.outcomes.items():
            said = [report for report in reports if report["outcome"] == "skipped" or "xfail" in report]
            if said and self.outcome(name) in ("skipped", "xfailed"):
                found[name] = (self.outcome(name), str(said[-1].get("xfail") or said[-1].get("message", "")))
        return {
            name: (outcome, (words.strip().splitlines() or [""])[-1][:LONGEST])
            for name, (outcome, words) in found.items()
        }

    def text(self, name: str) -> str:
        """All that a failing test or file said."""
        reports = [report for report in self.outcomes.get(name, ()) if report["outcome"] == "failed"]
        files = [event for event in self.collection_errors if event["id"] == name]
        return "\n".join(str(event.get("message", "")) for event in (*files, *reports))

    def strangers(self, own: frozenset[str]) -> dict[str, str]:
        """Files and tests that could not import what the delivery does not itself provide: name -> the module."""
        return {name: module for name, module in self._unimported().items() if module not in own}

    def missing(self, own: frozenset[str]) -> dict[str, str]:
        """Files and tests that could not import what the delivery itself would have to provide: name -> the module."""
        return {name: module for name, module in self._unimported().items() if module in own}

    def lacking(self) -> dict[str, str]:
        """Failing files and tests that show in their own words what was not there: name -> the module, or a key of BOUND."""
        return self._unimported() | self.bound()

    def _unimported(self) -> dict[str, str]:
        found = {name: _last_import_error(own_words(self.text(name))) for name in self.failing()}
        return {name: module.split(".")[0] for name, module in found.items() if module}

    def variables(self) -> list[str]:
        """The environment variables that failing tests asked for and that were not set."""
        found = (one for name in self.failing() for one in BOUND["variable"].findall(self.text(name)))
        return sorted({before or after for before, after in found})

    def bound(self) -> dict[str, str]:
        """Failed tests whose own words show what was missing around them: name -> a key of BOUND."""
        found = {}
        for name in self.failing():
            text = self.text(name)
            own = own_words(text)
            shown = {word: text if word == "variable" else own for word in BOUND}
            what = next((word for word, pattern in BOUND.items() if pattern.search(shown[word])), "")
            if what:
                found[name] = what
        return found


def raised_in(text: str) -> str:
    """The installed package in which a failure was raised, by its last place; empty where that is the delivery or a library."""
    places = re.findall(r'(?m)^(?:  File "([^"\n]+)", line \d+|(\S+):\d+: )', text)
    last = next((one or other for one, other in reversed(places)), "")
    found = re.search(r"/site-packages/(\w+)", last)
    return found[1] if found and not found[1].startswith("_pytest") else ""


def own_words(text: str) -> str:
    """What a failure says, without the source around it: a comment in a test is no evidence of anything.

    Of pytest the lines that it marks with E, of a traceback all but the line of source after each place.
    """
    marked = [line for line in text.splitlines() if line.startswith("E ")]
    return "\n".join(marked) or re.sub(r'(?m)^(  File "[^\n]*)\n    [^\n]*', r"\1", text)


def _last_import_error(text: str) -> str:
    """The module of the import that failed; of several, chained, the last: that is the one which nobody caught."""
    found = [
        (match.start(), match[1]) for pattern in (MISSING_MODULE, MISSING_NAME) for match in pattern.finditer(text)
    ]
    return max(found)[1] if found else ""


def _failure(kind: str, event: dict[str, Any]) -> dict[str, Any]:
    path = event.get("path")
    inside = isinstance(path, str) and not ELSEWHERE.match(path)
    # The exception's own words begin with what is wrong, a whole traceback ends with it.
    lines = (
        str(event.get("crash") or "").strip().splitlines()[:1]
        or str(event.get("message", "")).strip().splitlines()[-1:]
    )
    line = event.get("line") if inside else None
    message = f"{event['id']}: {lines[0] if lines else kind}"
    return {
        "id": event["id"],
        "kind": kind,
        "message": message[:500],
        "path": path if inside else event["id"].split("::")[0],
        "line": line,
    }


def merged(runs: Sequence[Run]) -> Run:
    """Several suites as one run: finished when all are, running what the first unfinished one ran.

    A test that belongs to several suites has failed when it failed in one. The reports are the parts' own: outcomes tells by them
    whether two results come of one run.
    """
    begun, listed, finished = (all(getattr(run, word) for run in runs) for word in ("begun", "listed", "finished"))
    whole = Run(begun=begun, listed=listed, finished=finished)
    whole.versions = ", ".join(dict.fromkeys(run.versions for run in runs if run.versions))
    for run in runs:
        whole.collected += run.collected
        whole.deselected += run.deselected
        whole.collection_errors += run.collection_errors
        whole.collection_skips += run.collection_skips
        for path, names in run.files.items():
            whole.files[path] = whole.files.get(path, set()) | names
        for path, names in run.lent.items():
            whole.lent[path] = whole.lent.get(path, set()) | names
        whole.homes |= run.homes
        whole.inherited |= run.inherited
        whole.witness.add(run.witness)
        for name, reports in run.outcomes.items():
            whole.outcomes[name] = [*whole.outcomes.get(name, ()), *reports]
        whole.running = whole.running or run.running
        whole.script_error = whole.script_error or run.script_error
    return whole


def read(content: bytes, prefix: str = "") -> Run:
    """The events of one run, its tests named from the tree's root by `prefix`.

    A line that is no event of ours ends the reading: what follows cannot be relied on.
    """
    run = Run()
    for line in content.decode("utf-8", "replace").splitlines():
        try:
            event = json.loads(line)
            if "id" in event:
                event["id"] = prefix + str(event["id"])
            _apply(run, event)
        except (ValueError, KeyError, TypeError):
            run.finished = False
            break
    run.outcomes = corrected(run.outcomes, run.witness)
    return run


def _apply(run: Run, event: dict[str, Any]) -> None:  # noqa: C901, PLR0912 - one line for each event
    if event["event"] in TAKEN_UP:
        _take_up(run, event)
    match event["event"]:
        case "begun":
            run.begun, run.versions = True, f"{event['runner']} {event['version']}, coverage {event['coverage']}"
        case "collected":
            run.collected.append(str(event["id"]))
        case "deselected":
            run.deselected += 1
        case "collection error":
            run.collection_errors.append({**event, "message": str(event["message"])})
        case "collection skipped":
            run.collection_skips.append(event)
        case "script error":
            run.script_error = str(event["message"])
        case "collection finished":
            run.listed = True
        case "started":
            run.running = str(event["id"])
        case "report":
            when, outcome = str(event["when"]), str(event["outcome"])
            run.outcomes.setdefault(str(event["id"]), []).append({**event, "when": when, "outcome": outcome})
            if when == "teardown":
                run.running = ""
        case "ran" | "hook" | "replaced" | "patched" | "foreign" | "measure":
            run.witness.hear(event)
        case "finished":
            run.finished = True


def _take_up(run: Run, event: dict[str, Any]) -> None:
    name = re.sub(r"\[.*", "", event["id"], flags=re.DOTALL)
    home = str(event.get("file") or event["id"].partition("::")[0])
    run.files.setdefault(home, set()).add(name)
    if not event.get("doctest"):
        run.homes.add(home)
    if "written" in event:
        home, _, test = str(event["written"]).partition("::")
        run.homes.add(home)
        run.lent.setdefault(home, set()).add(test)
        run.inherited[name] = str(event["written"])
