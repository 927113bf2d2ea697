"""30,000 findings in 600 files with hostile names and a message of 5 MB: everything is posted, within every cap."""

from __future__ import annotations

import re

import pytest
from support import reported
from support.hub import described

from verifier.publish import Order
from verifier.publish.github import GitHub, scanning
from verifier.render.annotations import to_annotations
from verifier.render.job_summary import to_job_summary

FOUND, FILES, LISTED = 30_000, 600, 50
HOSTILE = "\x1b[31m\u202e\r\n::error::x ##[error] [a](b) <b>|@x \ud800\uffff é漢"


@pytest.fixture(scope="module")
def large():
    found = [
        reported.finding(
            number,
            rule=f"bandit:B{number % 200}",
            path=f"src/{HOSTILE if number % 2 else 'é漢 [a](b)'}/{number % FILES}.py",
            line=number + 1,
            message=HOSTILE * (150_000 if number == 0 else 2),
        )
        for number in range(FOUND)
    ]
    document = reported.with_findings(found)
    things = [
        {**document["flip"][0]["things"][0], "path": one["path"], "line": one["line"], "what": one["message"]}
        | {"fingerprints": [one["fingerprint"]]}
        for one in found[:LISTED]
    ]
    document["flip"][0] |= {"things": things, "more": FOUND - LISTED}
    document["verdict"] = "rejected"
    return document


def test_it_is_posted_within_all_caps(large):
    with described() as hub:
        kinds = ("status", "check", "comment", "sarif")
        order = Order(
            kinds=kinds, environment={}, report=large, repository=hub.repository, api=hub.base, token="all", change="1"
        )
        told = list(GitHub().publish(order))
        assert [one.missing for one in told] == [False] * 4
        assert [upload["errors"] for upload in hub.sarifs] == [[]]
        assert sum(len(run["results"]) for run in hub.sarifs[0]["log"]["runs"]) == 25_000
        assert len(hub.checks[0]["annotations"]) == LISTED / 2, "a name with controls is no name in GitHub's tree"
        for text in (hub.comments[0]["body"], hub.checks[0]["output"]["summary"]):
            assert "and 29,990 more" in text or "and 29990 more" in text


def test_the_summary_and_the_annotations_say_how_many_are_left_out(large):
    assert len(to_job_summary(large).encode("utf-8", "surrogatepass")) < 1024 * 1024
    assert re.search(r"and 29[, ]?9\d\d more", to_job_summary(large))
    assert to_annotations(large).splitlines()[-1] == f"and {FOUND - 10} more"


def test_an_upload_that_is_too_large_is_split_by_run_and_the_worst_are_kept(large):
    from verifier.render.sarif import to_sarif

    text = to_sarif(large)
    packed, dropped = scanning.parts(text, 200_000)
    assert len(packed) == len(large["checkers"])
    assert all(len(one) <= 200_000 for one in packed)
    assert 0 < dropped < 25_000
