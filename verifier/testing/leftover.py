"""Files with tests that none of the project's own ways to run tests takes up. Pure.

What says which tests count is the delivery's own, and could leave out one that fails. So what is left over is run by itself:
where it passes it is only named; where it does not, nobody can say whether it was meant to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.checkers.python_files import examinable
from verifier.model import Cause, Checkout, File, Finding, Role, Trouble, Whose
from verifier.testing.events import Run
from verifier.words import Text, say, say_n

# Folders whose files tests read and nobody runs.
DATA = re.compile(
    r"(?:^|/)(?:fixtures?|(?:test_?)?data|samples?|resources?|snippets?|templates?|inputs?|assets|golden)/",
    re.IGNORECASE,
)
FINE = ("passed", "skipped", "xfailed", "xpassed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """One file that nothing takes up. `trouble` says why its tests did not pass by themselves; empty where they did."""

    path: str
    tests: int
    trouble: str = ""


def left_over(checkout: Checkout, runs: Sequence[Run]) -> list[File]:
    """Delivered files that define tests and of which no run took up any, but for data."""
    return [file for file in _unknown(checkout, runs) if not DATA.search(file.path)]


def as_data(checkout: Checkout, runs: Sequence[Run]) -> list[File]:
    """The same that lie among the data of tests: named, and not run."""
    return [file for file in _unknown(checkout, runs) if DATA.search(file.path)]


def _unknown(checkout: Checkout, runs: Sequence[Run]) -> list[File]:
    """A module that unittest could not import is known by its name alone: it may lie below any folder."""
    known = {path for run in runs for path in run.files}
    broken = tuple(f"/{event['file']}" for run in runs for event in run.collection_errors if event.get("file"))
    tests = [file for file in examinable(checkout) if file.tests and file.role in (Role.TESTS, Role.SOURCE)]
    return [file for file in tests if file.path not in known and not f"/{file.path}".endswith(broken)]


def judged(files: Sequence[File], run: Run) -> list[Leftover]:
    """What their own run says of each."""
    return [Leftover(path=file.path, tests=file.tests, trouble=_trouble(file.path, run)) for file in files]


def _trouble(path: str, run: Run) -> str:
    errors = [event for event in run.collection_errors if event["id"] == path]
    if errors:
        lines = str(errors[0]["message"]).strip().splitlines()
        return say("it cannot be collected: {error}", error=lines[-1][:200] if lines else say("no message"))
    collected = [name for name in run.collected if name.partition("::")[0] == path]
    failing = [name for name in collected if name in run.outcomes and run.outcome(name) not in FINE]
    if failing:
        return say(
            "{n} of {collected} fail, the first is {first}",
            n=len(failing),
            collected=len(collected),
            first=failing[0].partition("::")[2],
        )
    if not run.listed:
        return say("pytest, as the project has it installed, could not collect them")
    if not run.finished or any(name not in run.outcomes for name in collected):
        return say("its run did not come to its end")
    skipped = path in run.files and not collected  # as a whole
    return "" if collected or skipped else say("no test of it is collected")


def findings(left: Sequence[Leftover], data: Sequence[File]) -> tuple[Finding, ...]:
    """Each of them, so that an assessor sees what was left out."""
    said = [(one.path, one.tests, _by_itself(one)) for one in left]
    said += [(file.path, file.tests, say("it lies among data, so it was not run")) for file in data]
    return tuple(
        Finding(
            rule="tests:left-out",
            message=say_n(
                tests,
                "{n} test here that nothing in the project runs; {what}",
                "{n} tests here that nothing in the project runs; {what}",
                what=what,
            ),
            path=path,
            role=Role.TESTS,
        )
        for path, tests, what in said
    )


def _by_itself(one: Leftover) -> Text:
    return say("run by themselves: {what}", what=one.trouble or say("they pass"))


def trouble(left: Sequence[Leftover]) -> Trouble | None:
    """Why it cannot be said that no test fails."""
    failing = [one for one in left if one.trouble]
    if not failing:
        return None
    first = failing[0]
    return Trouble(
        cause=Cause.DELIVERY,
        message=say_n(
            len(failing),
            "{n} file with tests that nothing in the project runs do not pass by themselves; the first is {path}: {trouble}.",
            "{n} files with tests that nothing in the project runs do not pass by themselves; the first is {path}: {trouble}.",
            path=first.path,
            trouble=first.trouble,
        ),
        whose=Whose.SUPPLIER,
        mend=say("Let the project's own test command run them and pass, or take them out of the delivery."),
        path=first.path,
    )
