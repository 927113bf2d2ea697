"""A document that is taken as it stands is the one that would be made of its report; all others are made, or refused alike."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

import pytest
from support.assessed import PROJECTS

from verifier import report_current
from verifier.errors import UsageError
from verifier.report import SCHEMA, from_dict, to_dict
from verifier.report_current import current

MUTATIONS = 800
ODD: tuple[Any, ...] = (
    "",
    "x",
    "2026-02-31",
    -1,
    0,
    1,
    1.0,
    True,
    False,
    None,
    [],
    {},
    [{}],
    {"en": "a", "fr": "b"},
    ["a", "b"],
)
NAMES = (
    "x",
    "path",
    "fr",
    "cached",
    "anyLanguage",
    "authors",
    "removed",
    "commit",
    "services",
    "line",
    "detail",
    "reason",
)


def documents() -> list[dict[str, Any]]:
    contents = sorted((path.read_bytes() for project in PROJECTS for path in project.reports()), key=len)
    return [json.loads(one) for one in contents[:3]]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, one in inner for place in places(one, (*path, name)))]


def mutated(document: dict[str, Any], place: tuple[Any, ...], chosen: random.Random) -> dict[str, Any]:
    made = deepcopy(document)
    *steps, last = place
    inner: Any = made
    for step in steps:
        inner = inner[step]
    match chosen.choice(("set", "add", "remove")):
        case "add" if isinstance(inner, dict):
            inner[chosen.choice(NAMES)] = chosen.choice(ODD)
        case "remove":
            del inner[last]
        case _:
            inner[last] = chosen.choice(ODD)
    return made


def made(document: Any) -> Any:
    """As the slow way has it, but for who wrote it."""
    try:
        found = {**to_dict(from_dict(document)), "verifier": document["verifier"]}
        return found if report_current._shaped(found) else None
    except (UsageError, ValueError, KeyError, TypeError, AttributeError):
        return None


def taken(document: Any) -> Any:
    try:
        return {**current(document), "verifier": document["verifier"]}
    except (UsageError, ValueError, KeyError, TypeError, AttributeError):
        return None


def test_what_is_taken_as_it_stands_is_what_would_be_made_of_it():
    chosen = random.Random(7)  # noqa: S311 - the same changes each time
    known = [(document, places(document)[1:]) for document in documents()]
    as_it_stands = 0
    for _ in range(MUTATIONS):
        document, there = chosen.choice(known)
        changed = mutated(document, chosen.choice(there), chosen)
        if (
            report_current._is_current(changed) and changed["checkers"]
        ):  # without checkers the slow way loses what they share
            as_it_stands += 1
            assert changed == made(changed)
        else:
            assert taken(changed) == made(changed)
    assert as_it_stands > MUTATIONS / 20


def test_recorded_reports_are_taken_as_they_stand():
    for document in documents():
        assert current(document) is document


@pytest.mark.parametrize(
    ("what", "value"), [("fingerprint", "0" * 32), ("message", "Another one, which is not in its excerpt.")]
)
def test_a_finding_under_another_name_is_refused(what, value):
    document = next(one for one in map(deepcopy, documents()) if any(c["findings"] for c in one["checkers"]))
    finding = next(one for checker in document["checkers"] for one in checker["findings"])
    finding |= {what: value, "excerpt": ""}
    with pytest.raises(UsageError, match="fingerprint"):
        current(document)


def test_a_state_that_the_trouble_contradicts_is_refused():
    document = deepcopy(documents()[0])
    document["checkers"][0]["state"] = "trouble" if document["checkers"][0]["state"] == "done" else "done"
    with pytest.raises(UsageError, match="says otherwise"):
        current(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [("flip", [{}]), ("criteria", {}), ("started", 5), ("sandbox", {"tier": "x"}), ("stopped", "tests.pass")],
)
def test_what_no_page_could_be_made_of_is_refused(name, value):
    with pytest.raises(UsageError, match="damaged"):
        current({**documents()[0], name: value})


def test_an_older_report_is_made_again():
    older = {**documents()[0], "schema": "https://w3id.org/verifier/report/v1"}
    assert current(older)["schema"] == SCHEMA


def test_a_name_that_is_no_text_is_kept():
    document = deepcopy(documents()[0])
    document["delivery"]["notIncluded"] = ["a\udcff.py"]
    assert current(document)["delivery"]["notIncluded"] == ["a\udcff.py"]


@pytest.mark.parametrize("document", [None, [], 7, {}, {"schema": SCHEMA}])
def test_what_is_no_report_is_refused(document):
    with pytest.raises(UsageError):
        current(document)
