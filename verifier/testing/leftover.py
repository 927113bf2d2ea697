"""Tests that none of the project's own ways to run tests takes up, file by file. Pure.

What says which tests count is the delivery's own, and could leave out one that fails. So what is left over is run by itself:
where it passes it is only named; where it does not, nobody can say whether it was meant to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.model import Cause, Checkout, File, Finding, Role, Trouble, Whose
from verifier.testing.events import Run, merged
from verifier.words import Text, later, say, say_n

# Named for tests, by pytest, unittest or Django.
NAMED = re.compile(r"(?:.*/)?(?:test[^/]*|[^/]*_tests?)\.py")
# Examples at the root, what tests read and nobody runs, and what is somebody else's.
ASIDE = re.compile(
    r"(?:examples?|samples?|docs?|documentation)/"
    r"|(?:.*/)?(?:tests?/(?:.*/)?(?:fixtures?|data|samples?|examples?|resources?|snippets?|templates?|inputs?|assets|golden)"
    r"|test_?data|_?vendor(?:ed)?|third_party|extern(?:al)?|site-packages|node_modules|[^/]*\{\{[^/]*)/",
    re.IGNORECASE,
)
MEND = later("Let the project's own test command run them and pass, or take them out of the delivery.")
FINE = ("passed", "skipped", "xfailed", "xpassed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """One file of which not all is taken up. `trouble` says why the rest did not pass by itself; empty where it did."""

    path: str
    tests: int
    trouble: str = ""


def left_over(checkout: Checkout, runs: Sequence[Run]) -> list[File]:
    """Delivered files that are named for tests and of which no run took up all that their syntax defines, but for data."""
    return [file for file in _unknown(checkout, runs) if not ASIDE.match(file.path)]


def aside(checkout: Checkout, runs: Sequence[Run]) -> list[File]:
    """The same among data and the code of others: named, and not run."""
    return [file for file in _unknown(checkout, runs) if file.tests and ASIDE.match(file.path)]


def _unknown(checkout: Checkout, runs: Sequence[Run]) -> list[File]:
    """A module that unittest could not import is known by its name alone: it may lie below any folder."""
    taken = merged(runs)
    broken = tuple(f"/{event['file']}" for run in runs for event in run.collection_errors if event.get("file"))
    errors = {event["id"] for run in runs for event in run.collection_errors}
    return [
        file
        for file in checkout.source("python")
        if NAMED.fullmatch(file.path)
        and (file.tests or file.borrows or not file.parsed)
        and file.role in (Role.TESTS, Role.SOURCE)
        and not _taken_up(file, taken)
        and file.path not in errors
        and not f"/{file.path}".endswith(broken)
    ]


def _taken_up(file: File, taken: Run) -> bool:
    """A test counts where it is written: one of an abstract class is run by the classes that are derived of it, in any file.

    Those that go by another name than in the syntax count as well: parameters may be in it.
    """
    own = {_short(name) for name in taken.files.get(file.path, set()) - taken.inherited.keys()}
    known = own | (taken.lent.get(file.path, set()) & set(file.tests))
    return len(known) >= len(file.tests) if file.tests else file.path in taken.files


def judged(files: Sequence[File], run: Run, runs: Sequence[Run]) -> list[Leftover]:
    """What the run of the rest says of each. A file without tests of its own is one only if it gets some that are not known."""
    taken = merged(runs)
    found = []
    for file in files:
        new = _new(file.path, run, taken)
        trouble = _trouble(file, run, taken, new)
        if file.tests or new or trouble:
            found.append(Leftover(path=file.path, tests=len(file.tests or new), trouble=trouble))
    return found


def _known(path: str, taken: Run) -> set[str]:
    return {_short(name) for name in taken.files.get(path, ())} | taken.lent.get(path, set())


def _new(path: str, run: Run, taken: Run) -> list[str]:
    """Its tests, but for those that were taken up: here, or under the same name where they were imported from."""
    known = _known(path, taken)
    own = [name for name in run.collected if name.partition("::")[0] == path and _short(name) not in known]
    return [name for name in own if not _is_elsewhere(name, run, taken)]


def _is_elsewhere(name: str, run: Run, taken: Run) -> bool:
    home, _, test = run.inherited.get(re.sub(r"\[.*", "", name, flags=re.DOTALL), "").partition("::")
    return test == _short(name) and test in _known(home, taken)


def _trouble(file: File, run: Run, taken: Run, collected: Sequence[str]) -> str:
    if not file.parsed:
        return say("it is not valid Python")
    failing = [name for name in collected if name in run.outcomes and run.outcome(name) not in (*FINE, "not run")]
    if failing:
        return say(
            "{n} of {collected} fail, the first is {first}",
            n=len(failing),
            collected=len(collected),
            first=failing[0].partition("::")[2],
        )
    # Where nothing new is collected and the tests that it may borrow were run, it need not be possible to import it from here.
    borrowed = run.listed and not file.tests and not collected and any(_known(path, taken) for path in file.borrows)
    return "" if borrowed or _known(file.path, taken) else _unsaid(file, run, collected)


def _unsaid(file: File, run: Run, collected: Sequence[str]) -> str:
    """Why nothing is known of a file of which nothing was taken up before."""
    errors = [event for event in run.collection_errors if event["id"] == file.path]
    if errors:
        lines = str(errors[0]["message"]).strip().splitlines()
        return say("it cannot be collected: {error}", error=lines[-1][:200] if lines else say("no message"))
    if not run.listed:
        return say("pytest, as the project has it installed, could not collect them")
    if not run.finished or any(name not in run.outcomes for name in collected):
        return say("its run did not come to its end")
    skipped = file.path in run.files and not collected  # as a whole
    return "" if collected or skipped or file.path in run.lent or not file.tests else say("no test of it is collected")


def _short(name: str) -> str:
    """`Class.test` or `test`, of pytest's `file::Class::test[case]` and of unittest's `package.module.Class.test`."""
    path, separator, rest = name.partition("::")
    return (
        re.sub(r"\[.*", "", rest, flags=re.DOTALL).replace("::", ".") if separator else ".".join(path.split(".")[-2:])
    )


def findings(left: Sequence[Leftover], data: Sequence[File]) -> tuple[Finding, ...]:
    """Each of them, so that an assessor sees what was left out."""
    said = [(one.path, one.tests, _by_itself(one)) for one in left]
    said += [
        (file.path, len(file.tests), say("it lies among data or the code of others, so it was not run"))
        for file in data
    ]
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
        mend=say(MEND),
        path=first.path,
    )
