"""Clocks that jump by hours, forward and back: no delivery is lost, none is assessed twice."""

from __future__ import annotations

import os
import signal
import time
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from support.worked import submission
from support.working import eventually, working

from verifier.fleet.queue import State
from verifier.fleet.store import LEFT, MAKING


class Clock:
    """Of a worker's whole family of processes: the time of day as somebody sets it; what counts seconds goes on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set("+0")
        (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def set(self, ahead: str) -> None:
        beside = self._file.with_suffix(".new")
        beside.write_text(ahead)
        beside.replace(self._file)


def hours(line):
    """By how many the clock of a line of the log is ahead."""
    return round((datetime.fromisoformat(line["time"]) - datetime.now().astimezone()) / timedelta(hours=1))


def test_a_worker_whose_clock_jumps_forward_and_back_loses_and_doubles_nothing(database, queue, store, tmp_path):
    made = [submission(0, does=f"until:{tmp_path / 'now'}"), submission(1), submission(2)]
    for one in made:
        queue.submit(one)
    clock = Clock(tmp_path / "clock")
    with working(database, store.folder, clock.environment, stalled=10) as worker:
        eventually(lambda: list(store.folder.glob(".making-*/begun")))
        with working(database, store.folder, stalled=10) as other:
            other.until("started")
            for ahead in (5, -5):
                clock.set(f"{ahead:+}h")
                time.sleep(0.6)  # in which each beats and looks around several times
            (tmp_path / "now").touch()
            eventually(lambda: queue.counted()[State.DONE] == 3)
            assert hours(worker.events("assessed")[0]) == -5
            events = [line["event"] for line in (*worker.lines, *other.lines)]
    assert (events.count("taken"), events.count("assessed")) == (3, 3)
    assert {"taken-up", "lost", "again", "given-up"}.isdisjoint(events)
    assert [one.tries for one in queue.listed()] == [1, 1, 1]
    assert store.digests() == sorted(one.digest for one in made)


def test_what_waits_for_another_try_waits_by_the_databases_clock(database, queue, store, tmp_path):
    queue.submit(submission(1, does="world"))
    clock = Clock(tmp_path / "clock")
    clock.set("+30h")
    with working(database, store.folder, clock.environment) as worker:
        worker.until("given-up")
    assert [hours(line) for line in worker.events("again")] == [30, 30]


def test_a_database_whose_clock_jumps_ahead_costs_work_and_no_delivery(database, queue, store):
    """Every worker is silent by it: another takes what one has in hand, and what that one makes is thrown away."""
    queue.submit(submission(1, does="sleep:1"))
    with working(database, store.folder, beat=2, stalled=60) as worker:
        worker.until("taken")
        worker.send(signal.SIGSTOP)  # so that it does not beat before the other looks
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '5 hours'")
        with working(database, store.folder, stalled=60) as other:
            other.until("taken-up")
            worker.send(signal.SIGCONT)
            worker.until("lost")
            other.until("assessed")
    assert (queue.one(1).state, len(store.digests())) == (State.DONE, 1)
    assert list(store.folder.glob(f"{MAKING}*")) == []


def test_a_worker_that_begins_days_ahead_takes_nothing_of_others_away(database, queue, store, tmp_path):
    old, new = store.folder / f"{MAKING}old", store.folder / f"{MAKING}new"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (old.stat().st_mtime - LEFT - 60,) * 2)
    clock = Clock(tmp_path / "clock")
    clock.set("+90h")
    with working(database, store.folder, clock.environment, until_empty=True) as worker:
        worker.wait()
    assert [hours(line) for line in worker.events("started")] == [90]
    assert (old.exists(), new.exists()) == (False, True)
