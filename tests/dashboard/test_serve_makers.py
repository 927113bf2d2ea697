"""Pages that other processes make are those that the server would make, and are there without them too."""

import json
import logging
import os
import signal
from contextlib import contextmanager

import psutil
import pytest
from starlette.testclient import TestClient
from support.chains import NOW
from support.filed import record
from support.shown import sources
from support.working import eventually

from verifier.dashboard import site
from verifier.dashboard.layout import Scene
from verifier.dashboard.serve.app import app
from verifier.dashboard.serve.kept import Kept
from verifier.dashboard.serve.makers import Wanted, here, several
from verifier.dashboard.sources import Sources
from verifier.errors import UsageError

ADDRESSES = (
    "index",
    "contracts",
    "contracts/ma-2026-001",
    "ledger",
    "contracts-2",
    "reports/0000000000000000",
    "no-such-page",
)


@pytest.fixture(scope="module")
def opening(tmp_path_factory):
    folder = tmp_path_factory.mktemp("makers") / "record"
    folder.mkdir()
    with sources(folder):
        pass

    @contextmanager
    def opened():
        with record(folder) as records:
            yield Sources(now=NOW, records=records)

    return opened


def wanted(address, language="en"):
    return Wanted(address=address, language=language, scene=Scene(site.NAVIGATION, live=True, person="a.tech"))


def clock():
    return NOW


def children():
    return psutil.Process().children()


@pytest.fixture
def kept(opening):
    with Kept(opening, clock) as found:
        yield found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_other_processes_make_the_same_pages(opening, kept, language):
    with several(opening, clock, here(kept)) as make:
        for address in ADDRESSES:
            assert make(wanted(address, language)) == here(kept)(wanted(address, language)), address
        assert make(wanted("no-such-page")) is None
        assert len(children()) == len(os.sched_getaffinity(0))
    assert children() == []


def test_none_of_them_is_asked_of_this_process(opening, kept):
    def never(_):
        raise AssertionError

    with several(opening, clock, never) as make:
        assert make(wanted("contracts"))[0] == 200


def test_once_one_is_gone_the_server_makes_its_pages_itself(opening, kept, caplog):
    caplog.set_level(logging.INFO, "verifier.dashboard")
    with several(opening, clock, here(kept)) as make:
        expected = make(wanted("contracts"))
        for child in children():
            child.send_signal(signal.SIGKILL)
        assert make(wanted("contracts")) == expected
        assert make(wanted("contracts")) == expected
    assert [json.loads(one.message)["event"] for one in caplog.records] == ["makers-gone"]


def test_what_cannot_be_read_is_said_as_ever(kept):
    @contextmanager
    def closed():
        raise UsageError("The record cannot be read.")
        yield

    with several(closed, clock, here(kept)) as make:
        assert make(wanted("contracts")) == here(kept)(wanted("contracts"))


def test_they_end_with_a_server_that_is_killed(opening):
    reader, writer = os.pipe()
    server = os.fork()
    if not server:
        with several(opening, clock, here(opening)) as make:
            make(wanted("contracts"))
            os.write(writer, json.dumps([one.pid for one in children()]).encode())
            signal.pause()
    made = json.loads(os.read(reader, 1000))
    assert all(map(psutil.pid_exists, made))
    os.kill(server, signal.SIGKILL)
    os.waitpid(server, 0)
    eventually(lambda: not any(map(psutil.pid_exists, made)))


def test_the_server_asks_them(opening, kept):
    asked = []

    def make(one):
        asked.append((one.address, one.language, dict(one.query), one.scene.query))
        return here(kept)(one)

    client = TestClient(app(kept, make=make), base_url="http://127.0.0.1")
    assert client.get("/fr/contracts.html?state=accepted").status_code == 200
    assert client.get("/fr/no-such-page.html").status_code == 404
    assert asked == [
        ("contracts", "fr", {"state": "accepted"}, "?state=accepted"),
        ("no-such-page", "fr", {}, ""),
    ]
