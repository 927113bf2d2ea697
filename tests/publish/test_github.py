"""Posting to GitHub: once, edited in place, within its caps, and never at the verdict's cost."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.hub import Hub, caps, described
from support.hub.server import BOT, Answer

from verifier.publish import Order, Posted
from verifier.publish.github import GitHub
from verifier.publish.github import place as places

RECORDED = Path(__file__).parents[1] / "fixtures" / "reports"
PAGE = "https://github.com/buyer/parcel-rates/actions/runs/1"
KINDS = ("status", "check", "comment", "sarif")


@pytest.fixture
def hub() -> Iterator[Hub]:
    with described() as made:
        yield made


@pytest.fixture(scope="session")
def report() -> dict[str, Any]:
    return json.loads((RECORDED / "dvpwa" / "report.json").read_text())


@pytest.fixture
def waited(monkeypatch) -> list[float]:
    """What would have been slept."""
    slept: list[float] = []
    made = places.Api

    def api(*given: Any) -> Any:
        return made(*given, sleep=slept.append, clock=lambda: 1_000.0)

    monkeypatch.setattr(places, "Api", api)
    return slept


def post(hub: Hub, report: dict[str, Any], *kinds: str, event: Any = None, **given: Any) -> list[Posted]:
    order = Order(
        kinds=kinds or KINDS,
        environment={
            "GITHUB_REPOSITORY": hub.repository,
            "GITHUB_REF": "refs/heads/main",
            **({"GITHUB_EVENT_PATH": str(event)} if event else {}),
        },
        report=report,
        api=hub.base,
        **{
            "repository": hub.repository,
            "token": "all",
            "change": "" if event else "12",
            "page": "https://github.com/buyer/parcel-rates/actions/runs/1",
            **given,
        },
    )
    return list(GitHub().publish(order))


def accepted(report: dict[str, Any]) -> dict[str, Any]:
    other = copy.deepcopy(report)
    other["verdict"], other["flip"] = "pending", []
    return other


def test_everything_is_posted_and_says_the_verdict(hub, report, waited):
    assert [one.missing for one in post(hub, report)] == [False] * 4
    (status,), (check,), (comment,), (sarif,) = hub.statuses, hub.checks, hub.comments, hub.sarifs
    assert (status["state"], status["context"]) == ("failure", "verifier (self-check)")
    assert status["description"].startswith("Would be REJECTED.")
    assert check["conclusion"] == "failure"
    assert {"path": "sqli/dao/student.py", "start_line": 45}.items() <= check["annotations"][0].items()
    assert "Would be REJECTED" in comment["body"]
    assert sarif["commit_sha"] == report["delivery"]["commit"] == check["head_sha"]
    assert sarif["ref"] == "refs/pull/12/head"


def test_the_same_again_posts_nothing(hub, report, waited):
    post(hub, report, "status", "check", "comment")
    before = hub.writes()
    post(hub, report, "status", "check", "comment")
    assert hub.writes() == before


def test_the_comment_is_edited_where_it_is_when_the_verdict_changes(hub, report, waited):
    post(hub, report, "comment")
    hub.comments.insert(0, {**hub.comments[0], "id": 99, "body": "Looks good to me."})
    post(hub, accepted(report), "comment")
    assert [("Would be PENDING" in one["body"]) for one in hub.comments] == [False, True]
    assert hub.comments[0]["body"] == "Looks good to me."


def test_it_is_found_on_a_later_page(hub, report, waited):
    hub.page_size = 3
    post(hub, report, "comment")
    hub.comments[:0] = [{**hub.comments[0], "id": 100 + n, "body": f"{n}"} for n in range(10)]
    post(hub, report, "comment")
    assert len(hub.writes()) == 1


def test_a_comment_of_somebody_else_that_bears_our_mark_is_no_comment_of_ours(hub, report, waited):
    """Else anybody could keep ours away, or have theirs written over."""
    post(hub, report, "comment")
    hub.comments[0]["user"] = hub.comments[0]["user"] | {"login": "somebody"}
    before = hub.comments[0]["body"]
    for given in (report, accepted(report)):
        post(hub, given, "comment")
    assert hub.comments[0]["body"] == before
    assert [one["user"]["login"] for one in hub.comments[1:]] == [BOT]
    assert "PENDING" in hub.comments[1]["body"]


def test_without_a_pull_request_there_is_no_comment_and_nothing_is_missing(hub, report, waited):
    (told,) = post(hub, report, "comment", change="")
    assert (told.missing, hub.comments) == (False, [])


def test_a_self_check_does_not_stand_where_the_assessment_does(hub, report, waited):
    post(hub, report, "status")
    post(hub, {**report, "kind": "official"}, "status")
    assert [one["context"] for one in hub.statuses] == ["verifier (self-check)", "verifier"]


def forked(tmp_path: Path) -> Path:
    sides = {
        "head": {"repo": {"full_name": "supplier/parcel-rates"}},
        "base": {"repo": {"full_name": "buyer/parcel-rates"}},
    }
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 12, **sides}}))
    return event


def test_the_token_of_a_fork_may_only_read_and_that_is_no_error(hub, report, waited, tmp_path):
    hub.tokens["read"] = set()
    told = post(hub, report, token="read", event=forked(tmp_path))
    assert [one.missing for one in told] == [False] * 4
    assert all("a fork's pull request may only read" in one.words for one in told)
    assert [hub.statuses, hub.checks, hub.comments, hub.sarifs] == [[], [], [], []]


def test_a_token_that_lacks_a_permission_is_told_which_and_the_others_are_posted(hub, report, waited):
    hub.tokens["some"] = {"statuses", "checks"}
    told = {one.what: one for one in post(hub, report, token="some")}
    assert [told[kind].missing for kind in KINDS] == [False, False, True, True]
    assert "it needs pull_requests=write" in told["comment"].words
    assert told["comment"].words.fr != told["comment"].words


def test_an_unknown_token_is_told_once_for_each_and_nothing_is_tried_twice(hub, report, waited):
    told = post(hub, report, "status", token="wrong")
    assert "does not know the token (401)" in told[0].words
    assert len(hub.asked) == 1


def test_an_unknown_repository_is_told(hub, report, waited):
    (told,) = post(hub, report, "status", repository="buyer/other")
    assert "(404)" in told.words


def limited(**headers: str) -> Answer:
    return Answer(403, {"message": "API rate limit exceeded", "documentation_url": ""}, **headers)


def test_it_waits_as_long_as_it_is_asked_to(hub, report, waited):
    hub.trouble = [
        Answer(429, {"message": "slow down"}, Retry_After="7"),
        limited(X_RateLimit_Remaining="0", X_RateLimit_Reset="1030"),
    ]
    (told,) = post(hub, report, "status")
    assert (told.missing, waited, len(hub.statuses)) == (False, [7, 30], 1)


def test_a_budget_that_runs_out_is_waited_for(hub, report, monkeypatch):
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        hub.budget = None

    made = places.Api
    monkeypatch.setattr(places, "Api", lambda *given: made(*given, sleep=sleep, clock=lambda: 1_000.0))
    hub.budget = 3
    told = post(hub, report, "status", "comment")
    assert [one.missing for one in told] == [False, False]
    assert slept == [30]
    assert (len(hub.statuses), len(hub.comments)) == (1, 1)


def test_an_unnamed_secondary_limit_is_waited_for_a_minute(hub, report, waited):
    hub.trouble = [Answer(403, {"message": "You have exceeded a secondary rate limit."})]
    post(hub, report, "status")
    assert waited == [60]


def test_after_the_last_try_it_does_not_wait(hub, report, waited):
    hub.trouble = [limited(Retry_After="7")] * 9
    (told,) = post(hub, report, "status")
    assert (told.missing, waited) == (True, [7, 7, 7])
    assert "still asks to wait, 7 seconds more" in told.words


def test_a_date_to_wait_for_is_read(hub, report, waited):
    hub.trouble = [Answer(503, None, Retry_After="Thu, 01 Jan 1970 00:17:10 GMT")]
    (told,) = post(hub, report, "status")
    assert (told.missing, waited) == (False, [30])


def test_annotations_that_a_broken_off_post_left_out_are_sent(hub, report, waited):
    real, steps = hub._done, report["flip"][0]
    many = [{**steps["things"][0], "line": number + 1, "fingerprints": []} for number in range(120)]
    document = {**report, "flip": [{**steps, "things": many}]}

    def broken(method: str, *given: Any, **named: Any) -> Answer:
        return Answer(502) if method == "PATCH" and not waited else real(method, *given, **named)

    hub._done = broken  # type: ignore[method-assign]
    (told,) = post(hub, document, "check")
    assert (told.missing, len(hub.checks), waited) == (False, 1, [1])
    assert len([one for one in hub.checks[0]["annotations"] if one["annotation_level"] == "failure"]) == 100


def test_findings_that_github_could_not_read_are_missing_and_its_words_harmless(hub, report, waited, monkeypatch):
    monkeypatch.setattr(caps, "_troubles", lambda _: ["bad\n::add-mask::x"])
    (told,) = post(hub, report, "sarif")
    assert told.missing
    assert "bad\\u000a::add-mask::x" in told.words


def test_what_the_job_says_of_itself_is_not_said_of_another_repository(hub, report, waited, tmp_path):
    other = {
        "GITHUB_REPOSITORY": "elsewhere/it",
        "GITHUB_REF": "refs/heads/main",
        "GITHUB_EVENT_PATH": str(forked(tmp_path)),
    }
    given = {"environment": other, "report": report, "repository": hub.repository, "api": hub.base, "token": "all"}
    comment, sarif = GitHub().publish(Order(kinds=("comment", "sarif"), **given))
    assert (comment.missing, hub.comments) == (False, [])
    assert "--ref" in sarif.words
    (sarif,) = GitHub().publish(Order(kinds=("sarif",), ref="refs/heads/dev", **given))
    assert (sarif.missing, hub.sarifs[0]["ref"]) == (False, "refs/heads/dev")


def test_it_does_not_wait_for_an_hour(hub, report, waited):
    hub.trouble = [limited(Retry_After="3600")] * 4
    (told,) = post(hub, report, "status")
    assert (told.missing, waited, hub.statuses) == (True, [], [])
    assert "still asks to wait, 3600 seconds more" in told.words


def test_a_failing_service_is_tried_again_from_the_first_look(hub, report, waited):
    """The comment arrived although its answer was lost: it is found, and not written twice."""
    real = hub._done

    def lost(method: str, *given: Any, **named: Any) -> Answer:
        answer = real(method, *given, **named)
        if method == "POST" and len(hub.comments) == 1 and not waited:
            return Answer(502)
        return answer

    hub._done = lost  # type: ignore[method-assign]
    (told,) = post(hub, report, "comment")
    assert (told.missing, len(hub.comments), waited) == (False, 1, [1])


def test_it_gives_up_and_says_so(hub, report, waited):
    hub.trouble = [Answer(503)] * 9
    (told,) = post(hub, report, "status")
    assert told.missing
    assert "GitHub failed (503)" in told.words
    assert waited == [1, 2, 4]


def test_what_cannot_be_taken_is_told_in_the_services_words_made_harmless(hub, report, waited):
    hub.trouble = [None, Answer(422, {"message": "Validation Failed", "errors": ["\x1b[31m::error::no"]})]
    (told,) = post(hub, report, "status")
    assert "did not take it (422): Validation Failed; \\u001b[31m::error::no" in told.words


def test_a_token_does_not_follow_to_another_place(hub, report, waited):
    with described(tokens={}) as other:
        hub.trouble = [Answer(307, None, Location=f"{other.base}/repos/x/y")]
        (told,) = post(hub, report, "status")
        assert told.missing
        assert other.asked == []


def test_a_token_is_sent_in_the_clear_to_nobody(report):
    from verifier.errors import UsageError

    order = Order(kinds=("status",), environment={}, report=report, repository="a/b", api="http://192.0.2.1", token="x")
    with pytest.raises(UsageError, match="no https address"):
        list(GitHub().publish(order))
