"""Where answers are kept: sealed, bounded, shared; and what becomes of a run whose cache is damaged, full or gone."""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cached import cache_of

from verifier.cache import Cache, opened
from verifier.cache.entry import opened as unsqueezed
from verifier.cache.entry import packed, squeezed, unpacked
from verifier.cache.local import LEFT, Local
from verifier.cache.seal import Broken, Seal
from verifier.cache.shared import Shared
from verifier.cache.store import Lost
from verifier.checker import Command, ToolOutput
from verifier.errors import UsageError

COMMAND = Command(argv=("true",))
NAMES = [f"{number:064x}" for number in range(40)]


@given(
    st.binary(),
    st.binary(),
    st.dictionaries(st.text(max_size=9), st.binary(max_size=99), max_size=3),
    st.integers(0, 255),
)
def test_an_answer_comes_back_as_it_went(stdout, stderr, files, code):
    output = ToolOutput(command=COMMAND, exit_code=code, stdout=stdout, stderr=stderr, files=files, milliseconds=7)
    again = unpacked(COMMAND, packed(output))
    assert (again.exit_code, again.stdout, again.stderr, dict(again.files)) == (code, stdout, stderr, files)
    assert (again.milliseconds, again.cached) == (0, "all")


@given(st.binary(max_size=200), st.data())
def test_what_was_sealed_opens_only_whole_under_its_name_and_with_its_key(content, data):
    sealed = Seal(b"k" * 32).sealed("a", content)
    assert Seal(b"k" * 32).opened("a", sealed) == content
    place = data.draw(st.integers(0, len(sealed) - 1))
    turned = bytes([*sealed[:place], sealed[place] ^ 1, *sealed[place + 1 :]])
    for name, key, damaged in (
        ("a", b"k", turned),
        ("a", b"k", sealed[:place]),
        ("b", b"k", sealed),
        ("a", b"o", sealed),
    ):
        with pytest.raises(Broken):
            Seal(key * 32).opened(name, damaged)


def test_what_is_sealed_shows_nothing_and_is_the_same_on_every_machine():
    one, other = Seal(b"k" * 32).sealed("a", b"hunter2" * 9), Seal(b"k" * 32).sealed("a", b"hunter2" * 9)
    assert one == other
    assert b"hunter2" not in one


@pytest.mark.parametrize("damaged", ["poisoned", "cut", "another key's", "another entry's", "empty"])
def test_an_entry_that_is_not_ours_is_told_of_dropped_and_made_anew(tmp_path, damaged):
    store, told = Local(tmp_path / "base"), []
    cache = cache_of(store, told=told)
    cache.put({NAMES[0]: b"clean", NAMES[1]: b"other"})
    good = store.get(NAMES)
    wrong = {
        "poisoned": good[NAMES[0]][:-1] + b"?",
        "cut": good[NAMES[0]][:7],
        "another key's": Seal(b"o" * 32).sealed(NAMES[0], b"clean"),
        "another entry's": good[NAMES[1]],
        "empty": b"",
    }[damaged]
    store.drop(NAMES[:1])
    store.put({NAMES[0]: wrong})
    assert cache.get(NAMES[:2]) == {NAMES[1]: b"other"}
    assert told == ["1 entry of It was damaged or not made with its key. It is not used, and found out anew."]
    cache.put({NAMES[0]: b"clean"})
    assert cache.get(NAMES[:1]) == {NAMES[0]: b"clean"}


def test_the_least_lately_used_goes_first(tmp_path):
    store = Local(tmp_path / "base", most=1000)
    for name in NAMES[:10]:
        store.put({name: b"x" * 100})
    assert len(store.get(NAMES)) == 10
    store.get(NAMES[:2])  # the oldest, used once more
    store.put({NAMES[10]: b"x" * 100})
    left = store.get(NAMES)
    assert {NAMES[0], NAMES[1], NAMES[10]} <= left.keys()
    assert NAMES[2] not in left
    assert sum(map(len, left.values())) <= 1000 * LEFT


def test_what_is_larger_than_all_that_may_be_kept_is_not_kept(tmp_path):
    store = Local(tmp_path / "base", most=1000)
    store.put({NAMES[0]: b"x" * 2000})
    assert store.get(NAMES) == {}


def test_two_runs_write_at_the_same_time(tmp_path):
    def write(start):
        store = Local(tmp_path / "base")
        for name in NAMES[start::2]:
            store.put({name: name.encode()})
        store.close()

    threads = [threading.Thread(target=write, args=(start,)) for start in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Local(tmp_path / "base").get(NAMES) == {name: name.encode() for name in NAMES}


def test_a_full_disk_is_told_once_and_what_is_there_is_still_read(tmp_path):
    store, told = Local(tmp_path / "base"), []
    cache = cache_of(store, told=told)
    cache.put({NAMES[0]: b"small"})
    with store._asked() as base:
        (pages,) = base.execute("PRAGMA page_count").fetchone()
        base.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own "database or disk is full"
    cache.put({NAMES[1]: os.urandom(100_000)})
    cache.put({NAMES[2]: os.urandom(100_000)})
    assert told == ["It cannot be written to (database or disk is full). The next run finds this out anew."]
    assert cache.get(NAMES[:3]) == {NAMES[0]: b"small"}


@pytest.mark.parametrize("content", [b"no database at all, but as long as a page" * 200, b""])
def test_a_file_that_is_no_database_makes_way_for_one(tmp_path, content):
    (tmp_path / "base").write_bytes(content)
    store = Local(tmp_path / "base")
    store.put({NAMES[0]: b"x"})
    assert store.get(NAMES) == {NAMES[0]: b"x"}


def test_a_database_that_is_damaged_inside_is_lost_once(tmp_path):
    store = Local(tmp_path / "base")
    store.put({name: os.urandom(5000) for name in NAMES})
    store.close()
    with (tmp_path / "base").open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(60_000))
    with pytest.raises(Lost):
        Local(tmp_path / "base").get(NAMES)
    again = Local(tmp_path / "base")
    again.put({NAMES[0]: b"x"})
    assert again.get(NAMES) == {NAMES[0]: b"x"}


def test_a_base_that_another_run_holds_is_not_waited_for_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("verifier.cache.local.PATIENCE", 0.1)
    store = Local(tmp_path / "base")
    other = sqlite3.connect(tmp_path / "base", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Lost):
        store.put({NAMES[0]: b"x"})
    other.execute("ROLLBACK")
    store.put({NAMES[0]: b"x"})


def test_the_key_is_this_users_alone_and_the_folder_too(tmp_path):
    told = []
    cache = opened(tmp_path / "results", told.append)
    cache.put({NAMES[0]: b"x"})
    assert (tmp_path / "results" / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "results").stat().st_mode & 0o777 == 0o700
    assert opened(tmp_path / "results", told.append).get(NAMES) == {NAMES[0]: b"x"}
    (tmp_path / "results" / "key").chmod(0o644)
    assert opened(tmp_path / "results", told.append).get(NAMES) == {}
    (words,) = told
    assert "can be read by others" in words


def test_a_machine_without_a_place_for_it_does_without(tmp_path):
    told = []
    (tmp_path / "file").touch()
    cache = opened(tmp_path / "file" / "results", told.append)
    cache.put({NAMES[0]: b"x"})
    assert cache.get(NAMES) == {}
    assert told[0].startswith("There is no cache on this machine:")


def shared(folder: Path, key: Path, own: Path, told: list) -> Cache:
    return opened(own, told.append, shared=f"file://{folder}", key=key)


@pytest.fixture
def places(tmp_path):
    key = tmp_path / "key"
    key.write_bytes(b"s" * 32)
    key.chmod(0o600)
    (tmp_path / "bucket").mkdir()
    return tmp_path / "bucket", key, tmp_path


def test_what_one_machine_found_another_has_and_keeps(places):
    bucket, key, tmp = places
    shared(bucket, key, tmp / "one", []).put({NAMES[0]: b"x"})
    assert shared(bucket, key, tmp / "two", []).get(NAMES) == {NAMES[0]: b"x"}
    for entry in bucket.rglob("*"):
        if entry.is_file():
            entry.unlink()
    assert shared(bucket, key, tmp / "two", []).get(NAMES) == {NAMES[0]: b"x"}
    assert shared(bucket, key, tmp / "three", []).get(NAMES) == {}


def test_what_is_shared_is_written_once(places):
    bucket, *_ = places
    store = Shared(f"file://{bucket}")
    store.put({NAMES[0]: b"first"})
    store.put({NAMES[0]: b"second", NAMES[1]: b"x"})
    assert store.get(NAMES) == {NAMES[0]: b"first", NAMES[1]: b"x"}
    store.drop(NAMES[:1])
    assert store.get(NAMES) == {NAMES[1]: b"x"}


def test_a_machine_without_the_shared_key_can_put_nothing_under(places):
    bucket, key, tmp = places
    shared(bucket, key, tmp / "one", []).put({NAMES[0]: b"clean"})
    (poisoned,) = [entry for entry in bucket.rglob("*") if entry.is_file()]
    poisoned.write_bytes(Seal(b"o" * 32).sealed(NAMES[0], b"no finding"))
    told = []
    cache = shared(bucket, key, tmp / "two", told)
    assert cache.get(NAMES) == {}
    assert told == [
        "1 entry of The shared cache was damaged or not made with its key. It is not used, and found out anew."
    ]
    cache.put({NAMES[0]: b"clean"})
    assert shared(bucket, key, tmp / "three", []).get(NAMES) == {NAMES[0]: b"clean"}


@pytest.mark.parametrize("silent", [False, True])
def test_a_dead_object_store_is_told_once_and_costs_seconds_at_most(places, monkeypatch, silent):
    _, key, tmp = places
    monkeypatch.setattr("verifier.cache.shared.PATIENT", {"timeout": "1s", "connect_timeout": "1s", "allow_http": True})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if silent:
            listener.listen()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        for name, value in {"ENDPOINT": address, "REGION": "x", "ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setattr("verifier.cache.shared.RETRIES", {"max_retries": 0})
        told, start = [], time.monotonic()
        cache = opened(tmp / "own", told.append, shared="s3://bucket/verifier", key=key)
        for name in NAMES[:4]:
            assert cache.get([name]) == {}
            cache.put({name: b"x"})
        assert cache.get(NAMES[:4]) == dict.fromkeys(NAMES[:4], b"x")  # from this machine's own
        assert time.monotonic() - start < 5
    (words,) = told
    assert words.startswith("The shared cache cannot be read (Generic S3 error")
    assert words.fr.startswith("Le cache partagé ne peut être lu")


@pytest.mark.parametrize(
    ("address", "words"),
    [("nothing://x", "is no place for a cache"), ("file:///nowhere/at/all", "is no place for a cache")],
)
def test_a_shared_cache_that_cannot_be_is_the_callers_to_mend(places, address, words):
    _, key, tmp = places
    with pytest.raises(UsageError, match=words):
        opened(tmp / "own", print, shared=address, key=key)


def test_a_shared_cache_needs_its_key(places):
    bucket, key, tmp = places
    with pytest.raises(UsageError, match="needs the key"):
        opened(tmp / "own", print, shared=f"file://{bucket}")
    key.write_bytes(b"short")
    with pytest.raises(UsageError, match="fewer than 32 bytes"):
        opened(tmp / "own", print, shared=f"file://{bucket}", key=key)


@pytest.mark.parametrize("content", [b"", b"{}", squeezed({"exit_code": 0})[:-3], squeezed("x" * 10_000)[:40]])
def test_what_is_no_entry_is_not_read(content):
    with pytest.raises(ValueError, match=r"."):
        unsqueezed(content)
