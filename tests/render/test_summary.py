"""A topic's line: what was measured, once."""

from __future__ import annotations

from support import reported

from verifier.render.summary import summaries

COUNTS = "88 passed, 1 failed"
OLD = f"{COUNTS}; 1 test failed before the delivery as well, not counted"


def test_counts_that_two_criteria_say_are_in_the_line_once():
    document = reported.document()
    whole = next(one for one in document["outcomes"] if one["criterion"] == "tests.exist")
    whole |= {"outcome": "met", "reason": COUNTS}
    document["outcomes"].append(whole | {"criterion": "tests.pass", "reason": OLD})
    criteria = document["criteria"]["criteria"]
    criteria["tests.pass"] = criteria["tests.exist"] | {"check": "tests.failed"}
    told = {row.name: row.text for row in summaries(document, "en")}["tests"]
    assert OLD in told
    assert told.count(COUNTS) == 1
