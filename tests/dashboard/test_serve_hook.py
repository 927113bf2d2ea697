"""What GitHub tells: only its signed word counts, each delivery is submitted once, and one id follows it."""

from __future__ import annotations

import hmac
import json
import logging
from hashlib import sha256

import psycopg
import pytest
from support.chains import REPOSITORY
from support.provider import running
from support.visiting import BACK, Site, filed

from verifier.dashboard.serve.hook import ADDRESS, Hook
from verifier.errors import UsageError, WorldError
from verifier.fleet import queue as queues
from verifier.fleet.queue import State
from verifier.fleet.submission import Submission

SECRET = b"of the hook"
COMMIT = "a" * 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return filed(tmp_path_factory.mktemp("hooked") / "record")


@pytest.fixture(scope="module")
def provider():
    with running(BACK) as found:
        yield found


@pytest.fixture(scope="module")
def address(postgres):
    return postgres.database()


@pytest.fixture
def queue(address):
    """An empty one."""
    with queues.opened(address) as found, psycopg.connect(address) as connection:
        connection.execute("TRUNCATE procrastinate_jobs RESTART IDENTITY CASCADE")
        connection.commit()
        yield found


@pytest.fixture
def visitor(folder, provider, queue):
    def submit(wanted, ref, id_):
        if ref.endswith("missing"):
            raise UsageError("no such tag")
        if ref.endswith("unreachable"):
            raise WorldError("no such host")
        return queue.submit(
            Submission(
                id=id_,
                time="",
                where=wanted.repository,
                commit=ref,
                criteria="",
                supplier="",
                milestone=wanted.milestone,
            )
        )

    return Site(folder, provider, how={"hook": Hook(secret=SECRET, submit=submit)}).visitor()


def push(commit=COMMIT, branch="main", address=REPOSITORY, **more):
    repository = {
        "default_branch": "main",
        "html_url": address,
        "clone_url": f"{address}.git",
        "ssh_url": "git@x:y.git",
    }
    return {"ref": f"refs/heads/{branch}", "after": commit, "repository": repository} | more


def release(tag="v1", action="published"):
    return push() | {"action": action, "release": {"tag_name": tag}}


def told(visitor, payload, event="push", *, id_="72d3162e-cc78-11e3-81ab-4c9367dc0958", secret=SECRET, body=None):
    body = json.dumps(payload).encode() if body is None else body
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": id_,
        "X-Hub-Signature-256": f"sha256={hmac.new(secret, body, sha256).hexdigest()}",
    }
    return visitor.client.post(ADDRESS, content=body, headers=headers)


def test_a_push_to_the_main_branch_is_submitted_under_its_id(visitor, queue, caplog):
    with caplog.at_level(logging.INFO, "verifier.dashboard"):
        answer = told(visitor, push())
    (found,) = queue.listed()
    assert (answer.status_code, answer.json()["digest"]) == (202, found.submission.digest)
    assert (found.submission.where, found.submission.commit, found.submission.milestone) == (REPOSITORY, COMMIT, "m1")
    line = json.loads(caplog.messages[-1])
    assert (line["id"], line["event"], found.submission.id) == (answer.json()["id"], "submitted", answer.json()["id"])


def test_a_published_release_is_submitted_by_its_tag(visitor, queue):
    assert told(visitor, release(), "release").status_code == 202
    assert queue.one(1).submission.commit == "refs/tags/v1"


def test_what_is_told_again_is_submitted_once(visitor, queue):
    assert told(visitor, push()).json()["new"]
    assert not told(visitor, push()).json()["new"]
    assert not told(visitor, push("b" * 40)).json()["new"]  # the same delivery of the event, as GitHub counts
    assert not told(visitor, push(), id_="another").json()["new"]
    assert told(visitor, push("b" * 40), id_="a-third").json()["new"]
    assert queue.counted()[State.WAITING] == 2


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        (push(branch="feature"), "push"),
        (push("0" * 40), "push"),
        (push(address="https://example.org/nobodys"), "push"),
        (release(action="created"), "release"),
        ({}, "ping"),
        ({}, "issues"),
    ],
)
def test_what_is_no_delivery_is_left_aside(visitor, queue, payload, event):
    answer = told(visitor, payload, event)
    assert (answer.status_code, "left" in answer.json(), queue.listed()) == (200, True, [])


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"secret": b"guessed"}, 401),
        ({"id_": "no id"}, 400),
        ({"payload": {}}, 400),
        ({"payload": push() | {"repository": []}}, 400),
        ({"payload": push() | {"after": 7}}, 400),
        ({"body": b"[]"}, 400),
        ({"body": b"{"}, 400),
        ({"payload": release("missing"), "event": "release"}, 422),
        ({"payload": release("unreachable"), "event": "release"}, 503),
    ],
)
def test_what_is_not_right_is_refused(visitor, queue, how, status):
    assert told(visitor, how.pop("payload", push()), **how).status_code == status
    assert queue.listed() == []


def test_without_a_signature_nothing_is_read(visitor, queue):
    assert visitor.client.post(ADDRESS, json=push()).status_code == 401
    assert visitor.get(ADDRESS).status_code == 405


def test_without_a_secret_there_is_no_such_address(folder, provider):
    assert told(Site(folder, provider).visitor(), push()).status_code == 404


def test_health_and_what_was_answered(folder, provider):
    counted = []
    visitor = Site(folder, provider, how={"counted": lambda *one: counted.append(one)}).visitor()
    assert visitor.get("/health").text == "ok\n"
    visitor.get("/nowhere")
    assert counted == [("GET", 200), ("GET", 404)]
