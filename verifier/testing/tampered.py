"""What is said where code of the delivery changed, or could change, what is told of its tests. Pure.

Proven is what the witness within the run saw: a test that failed and was told otherwise. A runner with code of the delivery in it
is a suspicion: what it told cannot be relied on, and nobody is blamed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from verifier.model import Cause, Steering, Tampering, Trouble, Whose
from verifier.testing.events import Run, spoken
from verifier.testing.witness import SHOWN, Hook, rewritten, unwitnessed
from verifier.words import Text, joined, later, say, say_n

MEND_REPLACED = later(
    "Take the code out of the delivery that puts its own in the place of the test runner's, or ask the buyer to decide about "
    "the tests by hand."
)
MEND_WRITTEN = later("Let tests write into a folder of their own, and deliver code and data as they are to be tested.")
MEND_PATCHED = later(
    "Replace it within the test that needs it (monkeypatch, mock.patch), or deliver what is to be tested."
)
MEND_FORGED = later(
    "Take the code out of the tests that runs other code under the name of a delivered file, or changes what coverage measured."
)
MEND_REWRITTEN = later("Mend the code or the test, and take the hook out that tells a failure otherwise.")


def steering(run: Run) -> tuple[Steering, ...]:
    """The hooks of the delivery through which the outcome of a test goes; honest projects have such hooks."""
    return tuple(
        Steering(
            path=hook.path,
            line=hook.line,
            what=say("{hook} could change what is told of a test: what each test itself did counts", hook=hook.name),
        )
        for hook in run.witness.hooks
    )


def patches(run: Run, report: Mapping[str, Any]) -> tuple[Steering, ...]:
    """What tests replaced in the product for all of them: a stand-in for a network, say, is honest."""
    return tuple(
        Steering(
            path=one.by,
            line=one.line,
            what=say("puts its own in the place of {name} of {path} for all tests", name=one.name, path=one.path),
        )
        for one in run.witness.patched
        if one.path in report["files"]
    )


def adulterated(run: Run, report: Mapping[str, Any]) -> Trouble | None:
    """Why what passed cannot be relied on where a function was replaced and ran all the same, through what is in its place.

    One that is replaced and never run counts as not covered, as if it had no tests.
    """
    for one in run.witness.patched:
        entry = report["files"].get(one.path, {})
        if one.lines & set(entry.get("statements", ())) - set(entry.get("missing", ())):
            message = say(
                "The tests run {name} of {path} through code of their own that is in its place for all of them: what passed need "
                "not hold for what was delivered.",
                name=one.name,
                path=one.path,
            )
            return Trouble(
                cause=Cause.DELIVERY,
                message=message,
                whose=Whose.SUPPLIER,
                mend=say(MEND_PATCHED),
                path=one.by,
                line=one.line,
            )
    return None


def tampering(run: Run, written: Sequence[str], forgery: Sequence[Text] = ()) -> tuple[Tampering, ...]:
    """Each test that was told otherwise, cut with their number, what else is suspected, what was written to, what was forged."""
    suspected = (Tampering(what=what) for what in _suspected(run))
    changed = (Tampering(what=_wrote(path), proven=True) for path in written[:SHOWN])
    forged = (Tampering(what=what, proven=True) for what in forgery[:SHOWN])
    return (*_rewritten(run), *suspected, *changed, *forged)


def forged(run: Run, counted: Collection[str]) -> tuple[Text, ...]:
    """What was done to what coverage knows of the counted files, while it measured. Other files may be run in any way."""
    under = ((path, by) for path, by in sorted(run.witness.foreign.items()) if path in counted)
    code = (
        say("code that {path} does not hold was run under its name, by {place}", path=path, place=by)
        for path, by in under
    )
    data = (
        say("what coverage had measured was changed ({way}), by {place}", way=way, place=by)
        for way, by in sorted(run.witness.measured.items())
    )
    return (*code, *data)


def unmeasured(forgery: Sequence[Text]) -> Trouble | None:
    """Why neither coverage nor what passed can be relied on, if so."""
    if not forgery:
        return None
    message = say("Neither coverage nor what passed can be relied on: {what}.", what=forgery[0])
    return Trouble(cause=Cause.DELIVERY, message=message, whose=Whose.SUPPLIER, mend=say(MEND_FORGED))


def suspicion(run: Run, written: Sequence[str]) -> Trouble | None:
    """Why what was told of the tests cannot be relied on, if so: `written` are delivered files that a run wrote to.

    What was tested need not be what was delivered, even where it was put back.
    """
    for what in _suspected(run):
        return Trouble(cause=Cause.DELIVERY, message=what, whose=Whose.SUPPLIER, mend=say(MEND_REPLACED))
    if not written:
        return None
    message = say_n(
        len(written),
        "{n} delivered file was written to while the tests ran: {first}.",
        "{n} delivered files were written to while the tests ran; the first is {first}.",
        first=written[0],
    )
    return Trouble(cause=Cause.DELIVERY, message=message, whose=Whose.SUPPLIER, mend=say(MEND_WRITTEN), path=written[0])


def _wrote(path: str) -> Text:
    return say("the test run wrote to {path}, which was delivered", path=path)


def _rewritten(run: Run) -> Iterator[Tampering]:
    told = rewritten(run.outcomes)
    by = joined(", ", [_placed(hook) for hook in run.witness.hooks[:SHOWN]] or run.witness.replaced[:SHOWN])
    for name, word in list(told.items())[:SHOWN]:
        what = say(
            "{test} failed, and the delivery's own code told it as {word}: {by}", test=name, word=spoken(word), by=by
        )
        yield Tampering(what=what, proven=True)
    more = len(told) - SHOWN
    if more > 0:
        rest = say_n(more, "{n} more test was told otherwise", "{n} more tests were told otherwise")
        yield Tampering(what=rest, proven=True)


def _placed(hook: Hook) -> str:
    return f"{hook.path}:{hook.line} {hook.name}" if hook.line else f"{hook.path} {hook.name}"


def _suspected(run: Run) -> Iterator[Text]:
    if names := run.witness.replaced:
        shown = ", ".join(names[:SHOWN])
        yield say_n(
            len(names),
            "The delivery put code of its own in the place of the test runner's ({names}): what is told of its tests cannot be "
            "relied on.",
            "The delivery put code of its own in {n} places of the test runner ({names}): what is told of its tests cannot be "
            "relied on.",
            names=shown,
        )
    if never := unwitnessed(run.outcomes, run.witness):
        yield say_n(
            len(never),
            "{n} test was told as passed and its function was never entered; the first is {first}.",
            "{n} tests were told as passed and their functions were never entered; the first is {first}.",
            first=never[0],
        )
