"""Workers: what happens when they, their children or the database go away in the middle of it."""

from __future__ import annotations

import asyncio
import signal

import psutil
import pytest
from support.worked import submission, work
from support.working import eventually, working

from verifier.fleet.queue import State
from verifier.fleet.worker import ended


def left(store):
    return sorted(path.name for path in store.folder.glob(".making-*"))


def gone(family):
    """Dead, or waiting for whoever looks after dead processes."""
    return all(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in family)


def test_one_job_a_delivery_and_one_report(database, queue, store):
    made = [submission(number) for number in range(5)]
    for one in made:
        queue.submit(one)
    with working(database, store.folder, until_empty=True) as worker:
        assert worker.wait() == 0
    assert queue.counted()[State.DONE] == 5
    assert store.digests() == sorted(one.digest for one in made)
    assert store.submission(made[2].digest) == made[2]
    told = worker.events("assessed")
    assert [(one["id"], one["report"]) for one in told] == [(one.id, one.digest[:8]) for one in made]
    assert (left(store), worker.other) == ([], [])


def test_what_is_in_the_store_is_not_assessed_again(database, queue, store):
    made = submission(1, does="crash")
    with store.making() as folder:
        work(submission(1), folder)
        assert store.keep(folder, made)
    queue.submit(made)
    with working(database, store.folder, until_empty=True) as worker:
        worker.wait()
    assert worker.events("assessed")[0]["known"]


def test_what_no_try_would_mend_is_given_up_at_once_and_can_wait_again(database, queue, store):
    for number, does in enumerate(("wrong", "limit", "crash")):
        queue.submit(submission(number, does=does))
    with working(database, store.folder, until_empty=True) as worker:
        worker.wait()
    assert [one.tries for one in queue.listed(State.GIVEN_UP)] == [1, 1, 1]
    assert len(worker.events("given-up")) == 3
    why = store.why(submission(0, does="wrong").digest)
    assert (why.en[:22], why.fr[:13]) == ("Nothing follows the @ ", "Rien ne suit ")
    again = queue.requeue(1)
    assert (again.new, again.tries, queue.one(again.number).state) == (True, 0, State.WAITING)
    assert len(queue.listed()) == 3


@pytest.mark.parametrize("does", ["world", "die"])
def test_trouble_of_the_world_is_tried_again_so_often_and_no_oftener(database, queue, store, does):
    queue.submit(submission(1, does=does))
    with working(database, store.folder) as worker:
        assert [one["tries"] for one in worker.until("taken", 3)] == [0, 1, 2]
        worker.until("given-up")
    assert len(worker.events("again")) == 2
    assert queue.one(1).tries == 3


def test_too_long_is_stopped_and_given_up(database, queue, store):
    queue.submit(submission(1, does="sleep:60"))
    with working(database, store.folder, limit=1, until_empty=True) as worker:
        worker.wait()
    assert worker.events("given-up")[0]["why"] == "The assessment took over 1 seconds and was stopped."
    assert left(store) == []


def test_sigterm_lets_the_delivery_end_and_leaves_nothing(database, queue, store):
    queue.submit(submission(1, does="sleep:1"))
    queue.submit(submission(2))
    with working(database, store.folder) as worker:
        worker.until("taken")
        eventually(lambda: list(store.folder.glob(".making-*/begun")))
        family = worker.family()
        worker.send(signal.SIGTERM)
        assert worker.wait() == 0
    assert [one["event"] for one in worker.lines] == ["started", "taken", "assessed", "stopped"]
    assert queue.counted()[State.WAITING] == 1
    eventually(lambda: gone(family))


def test_a_second_sigterm_gives_the_delivery_back(database, queue, store):
    queue.submit(submission(1, does="sleep:60"))
    with working(database, store.folder) as worker:
        eventually(lambda: list(store.folder.glob(".making-*/begun")))
        family = worker.family()
        worker.send(signal.SIGTERM)
        worker.send(signal.SIGINT)
        assert worker.wait() == 0
    assert worker.events("again")
    assert queue.one(1).state is State.WAITING
    eventually(lambda: gone(family))
    assert left(store) == []


def test_a_killed_workers_delivery_is_taken_up_by_another(database, queue, store):
    queue.submit(submission(1, does="sleep:2"))
    with working(database, store.folder) as killed:
        eventually(lambda: list(store.folder.glob(".making-*/begun")))
        family = killed.family()
        killed.send(signal.SIGKILL)
        killed.wait()
        eventually(lambda: gone(family))
    with working(database, store.folder) as other:
        other.until("taken-up")
        assert other.until("assessed")[0]["id"] == "a-1"
    assert queue.one(1).state is State.DONE


def test_a_worker_that_was_frozen_writes_nothing_when_it_wakes(database, queue, store):
    queue.submit(submission(1, does="sleep:2"))
    with working(database, store.folder) as frozen:
        frozen.until("taken")
        frozen.send(signal.SIGSTOP)
        with working(database, store.folder) as other:
            other.until("assessed")
            other.send(signal.SIGTERM)
            other.wait()
        place = store.place(submission(1, does="sleep:2").digest)
        inode = place.stat().st_ino
        frozen.send(signal.SIGCONT)
        frozen.until("lost")
        queue.submit(submission(2))
        assert frozen.until("assessed")[0]["id"] == "a-2"
    assert place.stat().st_ino == inode
    assert (queue.one(1).state, queue.one(1).tries, left(store)) == (State.DONE, 2, [])


def test_the_database_may_go_away_while_a_delivery_is_assessed(postgres, database, queue, store):
    queue.submit(submission(1, does="sleep:1"))
    with working(database, store.folder, stalled=10) as worker:
        eventually(lambda: list(store.folder.glob(".making-*/begun")))
        postgres.stop()
        worker.until("no-database")
        postgres.start()
        worker.until("assessed")
        queue.submit(submission(2))
        worker.until("assessed", 2)
    assert len(worker.events("taken")) == 2


def test_a_disk_that_refuses_the_report_is_tried_again(database, queue, store):
    made = submission(1)
    store.place(made.digest).parent.write_text("in the way")
    queue.submit(made)
    with working(database, store.folder) as worker:
        worker.until("again")
        store.place(made.digest).parent.unlink()
        worker.until("assessed")
    assert store.has(made.digest)


def test_a_single_delivery_waits_for_no_thousand_of_another(database, queue, store):
    """One worker, whose work is nothing: B's one comes right after the one that is being done when it is submitted."""
    queue.submit(submission(0, does="sleep:1.5"))
    for number in range(1, 1000):
        queue.submit(submission(number))
    with working(database, store.folder) as worker:
        worker.until("taken")
        queue.submit(submission(1, supplier="b"))
        queue.submit(submission(2, supplier="b"))
        taken = [one["id"] for one in worker.until("taken", 6, seconds=60)]
    assert taken[:6] == ["a-0", "b-1", "a-1", "b-2", "a-2", "a-3"]


def test_a_high_priority_comes_first(database, queue, store):
    for number, priority in enumerate((0, -1, 9)):
        queue.submit(submission(number, priority=priority))
    with working(database, store.folder, until_empty=True) as worker:
        worker.wait()
    assert [one["id"] for one in worker.events("taken")] == ["a-2", "a-0", "a-1"]


def test_who_ends_a_task_waits_until_it_has_cleaned_up():
    """A beat that is cut off twice leaves its connection behind in the middle of a query, and complains of it."""
    cleaned = []

    async def beat():
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            cleaned.append(True)

    async def main():
        task = asyncio.create_task(beat())
        await asyncio.sleep(0)
        await ended(task)

    asyncio.run(main())
    assert cleaned
