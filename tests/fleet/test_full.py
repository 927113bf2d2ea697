"""Disks that are full: of the queue's database, of the store, of the cache. Each is said in a sentence, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from support.worked import submission
from support.working import eventually, working

from verifier.cache import opened
from verifier.errors import WorldError
from verifier.fleet import queue as queues
from verifier.fleet.queue import State
from verifier.fleet.store import Store

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")


FULL = "The disk is full, of the store or of temporary files: free some space."


class Disk:
    """A small one, in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        with (self.folder / "filling").open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass

    def free(self) -> None:
        (self.folder / "filling").unlink()


@pytest.fixture
def disk(request):
    folder = Path(tempfile.mkdtemp(prefix="verifier-small-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=755,size={request.param}", "none", folder], check=True)
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


@pytest.mark.parametrize("disk", ["200k"], indirect=True)
def test_a_full_store_is_told_and_the_delivery_waits_for_who_frees_it(database, disk):
    store = Store.at(disk.folder / "store")
    disk.fill()
    with queues.opened(database) as queue, working(database, store.folder) as worker:
        queue.submit(submission(1))
        (given_up,) = worker.until("given-up")
        assert {one["why"] for one in (*worker.events("again"), given_up)} == {FULL}
        disk.free()
        queue.requeue(1)
        worker.until("assessed")
        assert queue.counted()[State.DONE] == 1
    assert store.digests() == [submission(1).digest]


def submitted(queue):
    """How many were taken until one was refused, and in which words."""
    for number in range(200):
        try:
            queue.submit(submission(number, files={"a": os.urandom(20_000).hex()}))
        except WorldError as error:
            return number, str(error)
    return 200, ""


@pytest.mark.parametrize("disk", ["48M"], indirect=True)
def test_a_full_disk_of_the_queue_takes_nothing_and_loses_nothing(postgres, database, disk, tmp_path):
    place = disk.folder / "queue"
    place.mkdir()
    shutil.chown(place, Path(psycopg.conninfo.conninfo_to_dict(database)["host"]).owner())
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        connection.execute("CREATE DATABASE small TABLESPACE small")
    name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
    address = database.replace(f"/{name}?", "/small?")
    try:
        with queues.opened(address) as queue:
            disk.fill()
            taken, refused = submitted(queue)
            assert refused.startswith("The disk of the queue's database is full (could not extend file ")
            assert "No space left on device" in refused
            with working(address, tmp_path / "store") as worker:
                eventually(lambda: worker.events("no-database") or len(worker.events("assessed")) == taken)
                disk.free()
                queue.submit(submission(1000))
                eventually(lambda: queue.counted()[State.DONE] == taken + 1)
                assert len(worker.events("assessed")) == taken + 1
        assert len(Store.at(tmp_path / "store").digests()) == taken + 1
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("DROP DATABASE small WITH (FORCE)")
            connection.execute("DROP TABLESPACE small")


@pytest.mark.parametrize("disk", ["200k"], indirect=True)
def test_a_full_disk_of_the_cache_is_told_once_and_costs_nothing_but_time(disk):
    told = []
    cache = opened(disk.folder / "results", told.append)
    cache.put({"a" * 64: b"small"})
    disk.fill()
    cache.put({"b" * 64: os.urandom(100_000)})
    cache.put({"c" * 64: os.urandom(100_000)})
    assert cache.get(["a" * 64, "b" * 64]) == {"a" * 64: b"small"}
    (words,) = told
    assert words.startswith("The cache on this machine cannot be written to (")
    assert "full" in words


@pytest.mark.parametrize("disk", ["200k"], indirect=True)
def test_where_the_disk_was_full_before_there_is_no_cache(disk):
    disk.fill()
    told = []
    cache = opened(disk.folder / "results", told.append)
    cache.put({"a" * 64: b"small"})
    assert cache.get(["a" * 64]) == {}
    assert len(told) == 1
    assert told[0].startswith("There is no cache on this machine: ")
