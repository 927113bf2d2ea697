"""What a ledger takes, what is found in it, and what it proves."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.logged import KEY, ORIGIN, digest, entry, grow, made, opened, release, sign

from verifier import ledger, merkle, note
from verifier.errors import TrustError, UsageError, WorldError
from verifier.ledger import Entry, proof, sqlite
from verifier.ledger.entry import _ID, LIMIT, entry_of

pytestmark = pytest.mark.self
UNHURRIED = settings(deadline=None)


@contextlib.contextmanager
def refused(code: str):
    with pytest.raises(TrustError) as told:
        yield
    assert told.value.code == code


def test_a_new_ledger_is_signed_and_empty(tmp_path):
    with opened(made(tmp_path / "a")) as log:
        head = note.opened(log.checkpoint(), KEY)
        assert (head.origin, head.size, head.root) == (ORIGIN, 0, merkle.EMPTY)
        assert list(log.leaves()) == []
        with log.reading() as page:
            assert page.latest() == ""


def test_what_is_appended_is_found_and_its_body_is_the_same_bytes(tmp_path):
    path = made(tmp_path / "a")
    with opened(path) as log:
        with log.transaction() as page:
            assert page.find(kind="release", contract=digest(1), milestone="m1") == []
            paid = page.append(release(1, nonce="n1"), b"\x00 the very bytes \xff")
            page.append(entry(1))
            page.append(entry(2, kind="revocation", subject=digest(9), contract=""))
        size = note.opened(log.checkpoint(), KEY).size
    assert (paid.position, size) == (0, 3)
    with opened(path, sign=None) as log, log.reading() as page:
        assert page.find(kind="release", contract=digest(1), milestone="m1") == [paid]
        assert page.find(nonce="n1") == [paid]
        assert page.stored(paid) == b"\x00 the very bytes \xff"
        assert [one.position for one in page.find(contract=digest(1))] == [0, 1]
        assert [one.position for one in page.find(kind="revocation", subject=digest(9))] == [2]
        assert page.find(kind="release", subject="") == page.find(subject=digest(8)) == []
        assert page.latest() == entry().time


class Explained:
    """A database that says how it would look for what it is asked."""

    def __init__(self, raw):
        self.execute = lambda query, values: raw.execute(f"EXPLAIN QUERY PLAN {query}", values)


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "release", "contract": digest(1), "milestone": "m1"},
        {"contract": digest(1)},
        {"kind": "revocation", "subject": digest(1)},
        {"nonce": "n1"},
    ],
    ids=str,
)
def test_it_is_found_by_an_index(tmp_path, wanted):
    raw = sqlite3.connect(made(tmp_path / "a"))
    plan = [words for *_, words in sqlite.SqliteRows(Explained(raw)).found(wanted)]
    raw.close()
    assert plan[0].startswith("SEARCH entry USING INDEX entry_by_")
    assert all(f"{name}=?" in plan[0] for name in wanted)


def test_a_transaction_that_ends_in_an_error_leaves_nothing(tmp_path):
    with opened(made(tmp_path / "a", 2)) as log:
        before = log.checkpoint()
        with pytest.raises(KeyError), log.transaction() as page:
            {}[page.append(release(5), b"five")]
        assert log.checkpoint() == before
        with log.transaction() as page:
            page.append(release(5), b"five")
        assert note.opened(log.checkpoint(), KEY).size == 3


@pytest.mark.parametrize("second", [release(1, request=digest(8)), release(2, nonce="n1")], ids=["milestone", "nonce"])
def test_the_database_refuses_a_second_release(tmp_path, second):
    with opened(made(tmp_path / "a")) as log:
        with log.transaction() as page:
            page.append(release(1, nonce="n1"), b"one")
        with refused("ledger-refused"), log.transaction() as page:
            page.append(second, b"two")
        with log.transaction() as page:
            page.append(release(1, milestone="m2", nonce="n2"), b"three")
            page.append(entry(1, milestone="m1", nonce="n1"))
        assert log.verify().size == 3


def test_two_that_are_open_at_once_see_what_the_other_appended(tmp_path):
    path = made(tmp_path / "a", 1)
    with opened(path) as one, opened(path) as other:
        with one.transaction() as page:
            page.append(release(7), b"seven")
        with other.transaction() as page:
            assert page.stored(page.find(kind="release", contract=digest(7))[0]) == b"seven"
            page.append(entry(8))
        assert one.verify() == other.verify()
        assert one.checkpoint() == other.checkpoint()


def test_who_cannot_have_it_is_told_so_and_not_that_it_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "PATIENCE", 0.01)
    path = made(tmp_path / "a")
    with opened(path) as one, opened(path) as other, one.transaction(), pytest.raises(WorldError), other.transaction():
        pytest.fail("both were alone")


def test_what_is_read_is_one_state_whatever_others_write(tmp_path):
    path = made(tmp_path / "a", 1)
    with opened(path, sign=None) as reader, reader.reading() as page:
        grow(path, 1, 1)
        assert page.find(contract=digest(1)) == []
        assert page.tree.size == 1


@given(st.lists(st.integers(0, 9), max_size=6))
@UNHURRIED
def test_time_never_goes_back_and_the_latest_is_the_largest(tmp_path_factory, seconds):
    """Whatever is tried in whatever order: an earlier entry is refused and leaves nothing behind."""
    largest = -1
    with opened(made(tmp_path_factory.mktemp("ledger") / "a")) as log:
        for second in seconds:
            moment = f"2026-11-29T12:00:0{second}Z"
            with contextlib.nullcontext() if second >= largest else refused("clock-back"), log.transaction() as page:
                page.append(entry(time=moment))
            largest = max(largest, second)
        with log.reading() as page:
            assert page.latest() == (f"2026-11-29T12:00:0{largest}Z" if seconds else "")
            times = [one.entry.time for one in page.find(kind="denial")]
        assert times == sorted(times)


def test_an_entry_that_an_earlier_verifier_took_out_of_order_does_not_turn_the_clock_back(tmp_path, monkeypatch):
    path = made(tmp_path / "a")
    with opened(path) as log:
        for moment in ("2027-06-01T00:00:00Z", "2026-12-24T00:00:00Z"):
            with log.transaction() as page:
                monkeypatch.setattr(page, "_latest", "")
                page.append(entry(time=moment))
    with opened(path) as log, log.transaction() as page:
        assert page.latest() == "2027-06-01T00:00:00Z"
        with refused("clock-back"):
            page.append(entry(time="2026-12-25T00:00:00Z"))


def test_without_the_signing_key_nothing_is_appended(tmp_path):
    path = made(tmp_path / "a")
    with opened(path, sign=None) as log, refused("log-key"), log.transaction():
        pytest.fail("it was not asked for")
    with opened(path, sign=lambda _: bytes(64)) as log, refused("log-key"), log.transaction() as page:
        page.append(entry())
    with opened(path) as log:
        assert log.verify().size == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET leaf = leaf",
        "DELETE FROM entry",
        "UPDATE head SET note = note",
        "DELETE FROM head WHERE size = 2",
        "UPDATE body SET content = content",
        "DELETE FROM body",
        "INSERT OR REPLACE INTO entry (position, leaf) SELECT position, leaf FROM entry",
        "INSERT OR REPLACE INTO entry (position, leaf) SELECT 2, leaf FROM entry WHERE position = 1",
        "INSERT OR REPLACE INTO head SELECT * FROM head",
        "INSERT OR REPLACE INTO body SELECT * FROM body",
        "INSERT INTO head SELECT 3, hashes, note FROM head WHERE size = 2",
        "INSERT INTO entry (position, leaf) SELECT 3, leaf FROM entry WHERE position = 1",
        "INSERT INTO body SELECT 2, content FROM body WHERE position = 1",
    ],
)
def test_the_database_itself_refuses_change(tmp_path, statement):
    raw = sqlite3.connect(made(tmp_path / "a", 2))
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)
    raw.close()
    with opened(tmp_path / "a") as log:
        assert log.verify().size == 2


@pytest.mark.parametrize("second", [release(1, request=digest(8)), release(2, nonce="n1")], ids=["milestone", "nonce"])
def test_nor_does_a_second_release_take_the_place_of_the_first(tmp_path, second):
    with opened(made(tmp_path / "a")) as log, log.transaction() as page:
        page.append(release(1, nonce="n1"), b"one")
    raw = sqlite3.connect(tmp_path / "a")
    with pytest.raises(sqlite3.IntegrityError, match="released already"):
        raw.execute(
            "INSERT OR REPLACE INTO entry (position, leaf) VALUES (1, ?)",
            (replace(second, stored=digest(2)).leaf.decode(),),
        )
    raw.close()


def test_every_commit_is_on_the_disk(tmp_path):
    storage = sqlite.Sqlite(made(tmp_path / "a"), writing=True)
    ask = storage._connection.execute
    assert [ask(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "busy_timeout")] == [
        "wal",
        2,
        30000,
    ]
    storage.close()


@pytest.mark.parametrize("size", [1, 2, 7, 8])
def test_every_entry_is_proven_to_who_has_only_its_leaf_and_the_key(tmp_path, size):
    with opened(made(tmp_path / "a", size), sign=None) as log:
        leaves = list(log.leaves())
        for position, leaf in enumerate(leaves):
            assert proof.check_inclusion(log.prove(position), leaf, KEY).size == size
            with refused("inclusion-proof"):
                proof.check_inclusion(log.prove(position), leaf + b" ", KEY)
        with pytest.raises(IndexError):
            log.prove(size)


def test_growth_is_proven_to_who_kept_the_earlier_head(tmp_path):
    path = made(tmp_path / "a")
    kept = []
    for number in range(6):
        grow(path, 1, number)
        with opened(path, sign=None) as log:
            kept.append(note.opened(log.checkpoint(), KEY))
    with opened(path, sign=None) as log:
        for earlier in kept:
            assert proof.check_growth(log.prove_growth(earlier), earlier, KEY) == kept[-1]
        with refused("proof"):
            proof.check_growth(log.prove_growth(kept[1]), kept[2], KEY)


def test_no_byte_of_a_proof_can_be_another(tmp_path):
    """But that a key signed it, nothing is taken from a proof as it stands; so the places of numbers are the ones to look at."""
    path = made(tmp_path / "a", 3)
    with opened(path, sign=None) as log:
        earlier, leaves, included = note.opened(log.checkpoint(), KEY), list(log.leaves()), log.prove(2)
    grow(path, 2, 3)
    with opened(path, sign=None) as log:
        grown = log.prove_growth(earlier)
    for at in range(len(included)):
        with pytest.raises(TrustError):
            proof.check_inclusion(changed(included, at), leaves[2], KEY)
    for at in range(len(grown)):
        with pytest.raises(TrustError):
            proof.check_growth(changed(grown, at), earlier, KEY)


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@UNHURRIED
@given(st.binary(max_size=200))
def test_whatever_comes_as_a_proof_is_refused_in_words(data):
    for begins in (b"", proof.INCLUSION + b"index 0\n\n", proof.GROWTH + b"1\n\n"):
        with pytest.raises(TrustError):
            proof.check_inclusion(begins + data, b"", KEY)
        with pytest.raises(TrustError):
            proof.check_growth(begins + data, note.Checkpoint(ORIGIN, 1, bytes(32)), KEY)


words = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
digests = st.just("") | st.integers(0, 2**256 - 1).map(digest)
entries = st.builds(
    Entry,
    kind=words.filter(lambda word: word != "release"),
    time=st.datetimes().map(lambda when: f"{when:%Y-%m-%dT%H:%M:%SZ}".rjust(20, "0")),
    contract=digests,
    milestone=st.just("") | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True),
    subject=digests,
    reasons=st.lists(words, max_size=3).map(tuple),
)


@UNHURRIED
@given(entries)
def test_an_entry_has_one_form(one):
    assert entry_of(one.leaf) == one
    spaced = json.dumps(json.loads(one.leaf)).encode()
    with refused("ledger-entry"):
        entry_of(spaced)
    with refused("ledger-entry"):
        entry_of(one.leaf[:-1] + b',"zzz":1}')


def test_a_leaf_is_read_once_however_often_it_is_looked_up(tmp_path):
    """Each of a thousand moves of one contract looks up all those before it."""
    with opened(made(tmp_path / "payments.ledger")) as log:
        with log.transaction() as page:
            page.append(entry(1))
        found = []
        for _ in range(2):
            with log.reading() as page:
                found.append(page.since(0)[0].entry)
    assert found[0] is found[1]


def test_every_id_that_can_be_signed_can_be_entered():
    """One pattern for both: else a milestone is agreed, assessed and certified, and then has no entry."""
    schema = json.loads((Path(__file__).parents[2] / "reports/statements/common.schema.json").read_bytes())
    said = schema["$defs"]["id"]
    assert said.keys() == {"type", "pattern", "errorMessage"}
    assert said["pattern"] == f"^{_ID.pattern}$"
    for name in ("phase/1", "m" * 150, "m" * 200):
        assert entry(milestone=name).milestone == name


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "Release"},
        {"kind": "a person"},
        {"contract": "A" * 64},
        {"contract": "Jean Tremblay"},
        {"subject": "0" * 63},
        {"milestone": "jean@example.com"},
        {"milestone": "x" * 201},
        {"time": "2026-11-29T12:00:00+00:00"},
        {"reasons": ("He said no.",)},
        {"kind": "release", "milestone": "m1"},
        {"kind": "release", "milestone": "m1", "request": digest(1), "contract": ""},
    ],
    ids=str,
)
def test_what_is_no_digest_no_id_and_no_word_is_no_entry(changed):
    with refused("ledger-entry"):
        entry(**changed)


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"[]",
        b"null",
        b"[" * LIMIT,
        b"\xff",
        entry().leaf + b"\n",
        entry().leaf.replace(b'"version":1', b'"version":2'),
        entry().leaf.replace(b'"version":1', b'"version":1.0'),
        entry().leaf.replace(b'"kind":"denial"', b'"kind":"denial","kind":"denial"'),
        entry().leaf.replace(b'"verdict-rejected"', b"1"),
    ],
)
def test_what_is_no_leaf(leaf):
    with refused("ledger-entry"):
        entry_of(leaf)


def test_a_leaf_has_an_end(tmp_path):
    long = entry(reasons=("a" * 60,) * 1030)
    assert len(long.leaf) <= LIMIT
    with opened(made(tmp_path / "a")) as log:
        with log.transaction() as page:
            page.append(long)
        with refused("ledger-entry"), log.transaction() as page:
            page.append(entry(reasons=("a" * 60,) * 1100))


def test_a_release_without_its_bytes_is_none(tmp_path):
    with opened(made(tmp_path / "a")) as log, refused("ledger-entry"), log.transaction() as page:
        page.append(release())


def test_nothing_is_written_over_and_nothing_is_made_on_the_way(tmp_path):
    path = made(tmp_path / "a", 1)
    with pytest.raises(UsageError):
        ledger.create(path, KEY, sign)
    with pytest.raises(UsageError), opened(tmp_path / "b"):
        pass
    with pytest.raises(UsageError):
        ledger.create(tmp_path / "none" / "a", KEY, sign)
    other = tmp_path / "c"
    sqlite3.connect(other).execute("CREATE TABLE entry (position)").connection.close()
    with pytest.raises(UsageError), opened(other):
        pass
    (tmp_path / "d").write_bytes(b"no database at all" * 99)
    with pytest.raises(UsageError), opened(tmp_path / "d"):
        pass
    assert not Path(tmp_path / "b").exists()
