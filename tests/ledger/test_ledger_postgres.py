"""The ledger on PostgreSQL: it takes, finds, refuses and proves what the one in a file does, and shows who had hands on it."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import psycopg
import pytest
from support.logged import KEY, digest, entry, grow, heads, made, opened, release

from verifier import ledger, note
from verifier.errors import TrustError, UsageError, WorldError

TRIES = 40
together = None


@pytest.fixture
def raw(database):
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def found(address, *kept):
    """The reason code of opening it, or of verifying it; "" for one that holds."""
    try:
        with opened(address, sign=None, remembered=[note.opened(one, KEY) for one in kept]) as log:
            log.verify()
            return ""
    except TrustError as error:
        return error.code


def test_what_is_appended_is_found_and_its_body_is_the_same_bytes(database):
    made(database)
    with opened(database) as log, log.transaction() as page:
        paid = page.append(release(1, nonce="n1"), b"\x00 the very bytes \xff")
        page.append(entry(1))
        page.append(entry(2, kind="revocation", subject=digest(9), contract=""))
    with opened(database, sign=None) as log, log.reading() as page:
        assert page.find(kind="release", contract=digest(1), milestone="m1") == page.find(nonce="n1") == [paid]
        assert page.stored(paid) == b"\x00 the very bytes \xff"
        assert [one.position for one in page.find(contract=digest(1))] == [0, 1]
        assert [one.position for one in page.find(reason="verdict-rejected")] == [1, 2]
        assert page.latest() == entry().time
    assert found(database) == ""


def test_it_is_the_same_ledger_as_in_a_file(database, tmp_path):
    """Byte for byte: checkpoints, leaves and proofs."""
    told = []
    for place in (database, tmp_path / "payments"):
        made(place, 5)
        with opened(place) as log:
            told.append((log.checkpoint(), list(log.leaves()), log.prove(3), log.checkpoint(2)))
    assert told[0] == told[1]


def test_it_grows_from_what_was_remembered(database):
    made(database, 3)
    kept = heads(database)
    grow(database, 2, 3)
    assert found(database, kept, heads(database)) == ""


@pytest.mark.parametrize("second", [release(1, request=digest(8)), release(2, nonce="n1")], ids=["milestone", "nonce"])
def test_the_database_refuses_a_second_release(database, second):
    made(database)
    with opened(database) as log:
        with log.transaction() as page:
            page.append(release(1, nonce="n1"), b"one")
        with pytest.raises(TrustError) as refused, log.transaction() as page:
            page.append(second, b"two")
        assert refused.value.code == "ledger-refused"
        assert note.opened(log.checkpoint(), KEY).size == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger.entry SET leaf = leaf",
        "DELETE FROM ledger.body",
        "TRUNCATE ledger.head",
        "INSERT INTO ledger.head VALUES (9, '', '')",
        'INSERT INTO ledger.entry (position, leaf) VALUES (7, \'{"kind": "denial"}\')',
        "INSERT INTO ledger.body VALUES (0, '')",
    ],
)
def test_nothing_is_changed_nor_removed(database, raw, change):
    made(database, 2)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        raw.execute(change)
    assert found(database) == ""


@pytest.mark.parametrize(
    ("hands", "code"),
    [
        ("ALTER TABLE ledger.entry DISABLE TRIGGER entry_stays", "ledger-schema"),
        ("DROP TRIGGER head_stays ON ledger.head", "ledger-schema"),
        ("DROP INDEX ledger.one_release", "ledger-schema"),
        ("CREATE RULE quiet AS ON INSERT TO ledger.body DO INSTEAD NOTHING", "ledger-schema"),
        (
            "CREATE OR REPLACE FUNCTION ledger.stays() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "ledger-schema",
        ),
        (
            "SET session_replication_role = replica; UPDATE ledger.entry SET leaf = replace(leaf, 'm1', 'm2')",
            "ledger-entry-changed",
        ),
        ("SET session_replication_role = replica; DELETE FROM ledger.body WHERE position = 1", "ledger-body"),
    ],
)
def test_who_had_hands_on_it_is_found(database, raw, hands, code):
    made(database, 2)
    raw.execute(hands)
    assert found(database) == code


def test_one_that_was_put_back_is_found(database):
    made(database, 2)
    with pytest.raises(TrustError):
        grow(database, 1, 0)  # the same release once more
    kept = heads(database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, column in (("entry", "position"), ("body", "position"), ("head", "size - 1")):
            connection.execute(f"DELETE FROM ledger.{table} WHERE {column} = 1")  # noqa: S608 - our names
    assert found(database) == ""  # by itself it holds
    assert found(database, kept) != ""


def ready(barrier):
    global together  # noqa: PLW0603 - a barrier is only handed to a process when it starts
    together = barrier


def pay_all(address):
    answers = []
    with opened(address) as log:
        for number in range(TRIES):
            mine = f"release {number} by {os.getpid()}".encode()
            together.wait(30)
            with log.transaction() as page:
                earlier = page.find(kind="release", contract=digest(number), milestone="m1")
                paid = earlier[0] if earlier else page.append(release(number), mine)
                answers.append((bool(earlier), page.stored(paid)))
    return answers


def test_of_two_that_race_one_pays_and_the_other_has_its_answer(database):
    made(database)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context, ready, (context.Barrier(2),)) as racers:
        racing = [racers.submit(pay_all, database) for _ in range(2)]
        told = [racer.result() for racer in racing]
    for one, other in zip(*told, strict=True):
        assert ({one[0], other[0]}, one[1]) == ({False, True}, other[1])
    with opened(database) as log:
        assert log.verify().size == TRIES


def test_what_is_no_ledger_is_told(database, postgres):
    with pytest.raises(UsageError, match="holds no ledger"), opened(database):
        pass
    made(database)
    with pytest.raises(UsageError, match="holds a ledger already"):
        made(database)
    with pytest.raises(WorldError, match="cannot be used now"), opened("postgresql://nobody@127.0.0.1:1/none"):
        pass
    assert isinstance(ledger.place("payments.ledger"), os.PathLike)


def test_who_may_only_read_checks_it_too(database, raw):
    made(database, 1)
    raw.execute("DROP ROLE IF EXISTS reader")
    raw.execute("CREATE ROLE reader LOGIN")
    raw.execute("GRANT USAGE ON SCHEMA ledger TO reader")
    raw.execute("GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO reader")
    assert found(database.replace("postgres:@", "reader:@")) == ""
    raw.execute("DROP OWNED BY reader; DROP ROLE reader")


def test_a_ledger_moves_from_a_file_to_a_database_and_back(database, tmp_path):
    made(tmp_path / "payments", 4)
    kept = heads(tmp_path / "payments")
    ledger.copy(tmp_path / "payments", database, KEY)
    grow(database, 1, 4)
    ledger.copy(database, tmp_path / "again", KEY)
    assert found(database, kept) == found(tmp_path / "again", kept, heads(database)) == ""
    with pytest.raises(UsageError):
        ledger.copy(tmp_path / "again", database, KEY)
    empty = made(tmp_path / "empty")
    ledger.copy(empty, tmp_path / "copied", KEY)
    assert heads(empty) == heads(tmp_path / "copied")
