"""What is said where tests ran other code under the name of a delivered file, or changed what coverage measured."""

from __future__ import annotations

import json

import pytest
from support.ran import events
from support.translated import english_alone

from verifier.model import Observations, Whose
from verifier.testing import tampered
from verifier.testing.events import Run, merged, read

pytestmark = pytest.mark.self

FOREIGN = {"event": "foreign", "path": "more.py", "by": "tests/test_more.py:8"}
CHANGED = {"event": "measure", "how": "add_lines", "by": "conftest.py:9"}


def seen(*told) -> Run:
    said = "".join(json.dumps(one) + "\n" for one in told).encode()
    return merged([read(events({"t": "passed"})), read(said + events({"u": "passed"}))])


def test_nothing_is_said_of_honest_tests_nor_of_files_that_are_not_counted():
    assert tampered.forged(seen(), {"more.py"}) == ()
    assert tampered.forged(seen(FOREIGN), {"rates.py"}) == ()
    assert tampered.unmeasured(()) is None


def test_what_was_forged_is_proven_and_leaves_coverage_and_passing_tests_unsaid():
    run = seen(FOREIGN, FOREIGN, CHANGED)
    forgery = tampered.forged(run, {"more.py"})
    assert list(forgery) == [
        "code that more.py does not hold was run under its name, by tests/test_more.py:8",
        "what coverage had measured was changed (add_lines), by conftest.py:9",
    ]
    assert [(one.what, one.proven) for one in tampered.tampering(run, (), forgery)] == [(one, True) for one in forgery]
    trouble = tampered.unmeasured(forgery)
    assert trouble.whose is Whose.SUPPLIER
    assert trouble.message == f"Neither coverage nor what passed can be relied on: {forgery[0]}."
    assert english_alone(Observations(trouble=trouble)) == []


PATCHED = {"event": "patched", "path": "rates.py", "name": "rate", "lines": [5, 6], "by": "conftest.py", "line": 8}


def report(path="rates.py", *, missing=()):
    return {"files": {path: {"statements": [4, 5, 6], "missing": list(missing)}}}


def test_what_is_replaced_and_run_all_the_same_leaves_passing_tests_unsaid_and_what_is_not_run_is_listed():
    run = seen(PATCHED, PATCHED)
    (listed,) = tampered.patches(run, report())
    assert (listed.path, listed.line) == ("conftest.py", 8)
    trouble = tampered.adulterated(run, report(missing=[6]))
    assert (trouble.path, trouble.whose) == ("conftest.py", Whose.SUPPLIER)
    assert english_alone(Observations(trouble=trouble, steering=(listed,))) == []
    assert tampered.adulterated(run, report(missing=[5, 6])) is None
    assert tampered.adulterated(run, report("more.py")) is None
    assert tampered.patches(run, report("more.py")) == ()
