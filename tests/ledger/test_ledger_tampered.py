"""A ledger that somebody had their hands on: whatever was done to it is found, and called by its name."""

from __future__ import annotations

import contextlib
import math
import re
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from support.logged import KEY, ORIGIN, digest, entry, grow, heads, made, opened, release, sign

from verifier import merkle, note
from verifier.errors import TrustError, VerifierError
from verifier.ledger import Ledger, log, sqlite
from verifier.merkle import Range, leaf_hash


@pytest.fixture
def path(tmp_path):
    return made(tmp_path / "payments", 5)


@contextlib.contextmanager
def hands_on(path):
    """The database without its triggers; at the end they are there again, as if nothing had been."""
    raw = sqlite3.connect(path, isolation_level=None)
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    yield raw
    for _, sql in triggers:
        raw.execute(sql)
    raw.close()


def found(path, *kept: bytes, opening: bool = True) -> str:
    """The reason code of opening it, or, where that does not show it, of verifying it; "" for one that holds."""
    remembered = [note.opened(one, KEY) for one in kept]
    try:
        with opened(path, sign=None, remembered=remembered) as ledger:
            code = verify(ledger)
            assert not opening or code == "", "it was opened"
            return code
    except TrustError as error:
        return error.code


def verify(ledger: Ledger) -> str:
    try:
        ledger.verify()
    except TrustError as error:
        return error.code
    return ""


def test_one_that_nobody_touched_holds(path):
    kept = heads(path)
    grow(path, 2, 5)
    assert found(path, kept, heads(path)) == ""


def test_an_entry_is_edited(path):
    with hands_on(path) as raw:
        raw.execute("UPDATE entry SET leaf = replace(leaf, 'm1', 'm2') WHERE position = 2")
    assert found(path) == "ledger-entry-changed"


def test_an_edited_entry_is_named(path):
    with hands_on(path) as raw:
        raw.execute("UPDATE entry SET leaf = replace(leaf, 'm1', 'm2') WHERE position = 2")
    storage = sqlite.Sqlite(path, writing=False)
    with storage.reading() as rows, pytest.raises(TrustError, match="Of the entries 2 to 2"):
        log._check_heads(rows, KEY)
    storage.close()


@pytest.mark.parametrize("position", [0, 2, 4])
def test_an_entry_is_removed(path, position):
    with hands_on(path) as raw:
        raw.execute("DELETE FROM entry WHERE position = ?", (position,))
    assert found(path) == "ledger-entry-removed"


def test_the_last_entry_is_removed_with_its_checkpoint(path):
    kept = heads(path)
    with hands_on(path) as raw:
        for table, column in (("entry", "position"), ("body", "position"), ("head", "size")):
            raw.execute(f"DELETE FROM {table} WHERE {column} = (SELECT max({column}) FROM {table})")  # noqa: S608
    assert found(path) == ""
    assert found(path, kept) == "ledger-rolled-back"


def test_it_is_rolled_back_to_an_earlier_copy(path, tmp_path):
    shutil.copy(path, tmp_path / "copy")
    grow(path, 1, 5)
    kept = heads(path)
    shutil.copy(tmp_path / "copy", path)
    assert found(path) == ""
    assert found(path, kept) == "ledger-rolled-back"


def test_it_is_rolled_back_under_one_that_has_it_open(path, tmp_path):
    with opened(path) as ledger:
        shutil.copy(path, tmp_path / "copy")
        with ledger.transaction() as page:
            page.append(entry(9))
        seen = ledger._tree
    with opened(tmp_path / "copy") as ledger:
        ledger._tree = seen
        with pytest.raises(TrustError) as refused, ledger.transaction():
            pytest.fail("it was not asked for")
    assert refused.value.code == "ledger-rolled-back"


@pytest.mark.parametrize("more", [1, 3])
def test_it_is_forked(path, tmp_path, more):
    """The same key signed both; the one that was kept is not in the other."""
    shutil.copy(path, tmp_path / "copy")
    grow(path, 1, 5)
    kept = heads(path)
    grow(tmp_path / "copy", more, 50)
    assert found(tmp_path / "copy") == ""
    assert found(tmp_path / "copy", kept) == "ledger-forked"


def test_it_is_made_anew(path, tmp_path):
    kept = heads(path)
    assert found(made(tmp_path / "new", 7, 1), kept) == "ledger-forked"


def test_an_entry_is_added_without_a_checkpoint(path):
    with hands_on(path) as raw:
        raw.execute("INSERT INTO entry (position, leaf) VALUES (5, ?)", (entry(9).leaf.decode(),))
    assert found(path) == "ledger-entry-added"


def test_an_entry_is_added_with_a_checkpoint_of_another_key(path):
    with opened(path, sign=None) as ledger:
        tree = ledger._tree.added(leaf_hash(entry(9).leaf))
    forged = note.Checkpoint(ORIGIN, tree.size, tree.root).text.encode() + b"\n" + heads(path).split(b"\n\n")[1]
    with hands_on(path) as raw:
        raw.execute("INSERT INTO entry (position, leaf) VALUES (5, ?)", (entry(9).leaf.decode(),))
        raw.execute("INSERT INTO head VALUES (6, ?, ?)", (b"".join(tree.hashes), forged))
    assert found(path) == "note-signature"


def test_the_last_checkpoint_is_one_of_another_size(path):
    with hands_on(path) as raw:
        raw.execute("UPDATE head SET note = (SELECT note FROM head WHERE size = 4) WHERE size = 5")
    assert found(path) == "ledger-head"


def test_the_last_checkpoint_is_removed(path):
    with hands_on(path) as raw:
        raw.execute("DELETE FROM head WHERE size = 5")
    assert found(path) == "ledger-entry-added"


def test_every_checkpoint_is_removed(path):
    with hands_on(path) as raw:
        raw.execute("DELETE FROM head")
    assert found(path) == "ledger-head"


def test_an_old_checkpoint_is_removed(path):
    with hands_on(path) as raw:
        raw.execute("DELETE FROM head WHERE size = 2")
    assert found(path, opening=False) == "ledger-head"


def test_an_old_checkpoint_is_of_another_tree(path):
    other = note.signed(note.Checkpoint(ORIGIN, 2, merkle.EMPTY), KEY, sign)
    with hands_on(path) as raw:
        raw.execute("UPDATE head SET note = ? WHERE size = 2", (other,))
    assert found(path, opening=False) == "ledger-entry-changed"


@pytest.mark.parametrize(("size", "opening"), [(2, False), (5, True)])
def test_what_is_appended_to_is_of_another_tree(path, size, opening):
    with hands_on(path) as raw:
        raw.execute("UPDATE head SET hashes = ? WHERE size = ?", (b"".join(Range().added(bytes(32)).hashes), size))
    assert found(path, opening=opening) == "ledger-head"


@pytest.mark.parametrize(
    "done",
    [
        "UPDATE body SET content = content || x'00' WHERE position = 3",
        "DELETE FROM body WHERE position = 3",
        "INSERT INTO body VALUES (99, x'00')",
    ],
)
def test_what_is_stored_is_changed(path, done):
    with hands_on(path) as raw:
        raw.execute(done)
    assert found(path, opening=False) == "ledger-body"


@pytest.mark.parametrize("done", ["UPDATE body SET content = x'00'", "DELETE FROM body"])
def test_a_stored_release_that_was_changed_is_not_handed_out(path, done):
    with hands_on(path) as raw:
        raw.execute(done)
    with opened(path) as ledger, ledger.reading() as page:
        [paid] = page.find(kind="release", contract=digest(3))
        with pytest.raises(TrustError) as refused:
            page.stored(paid)
    assert refused.value.code == "ledger-body"


@pytest.mark.parametrize(
    "done",
    [
        "DROP TRIGGER entry_stays",
        "DROP INDEX one_release",
        "CREATE TABLE more (a)",
        "CREATE TRIGGER more BEFORE INSERT ON entry BEGIN SELECT RAISE(IGNORE); END",
    ],
)
def test_the_database_no_longer_refuses(path, done):
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute(done)
    raw.close()
    assert found(path) == "ledger-schema"


def test_the_index_says_otherwise_than_the_entries(path):
    """The one way to have a release unseen with every entry in its place."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    [(root, size)] = raw.execute(
        "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = 'one_release'"
    )
    raw.close()
    data = bytearray(path.read_bytes())
    page = slice((root - 1) * size, root * size)
    data[page] = data[page].replace(digest(3).encode(), digest(9).encode())
    path.write_bytes(data)
    assert found(path) == "ledger-damaged"


def test_an_entry_is_no_longer_json(path):
    path.write_bytes(path.read_bytes().replace(b'"milestone":"m1"', b'"milestone";"m1"'))
    assert found(path) == "ledger-damaged"


def test_a_page_of_it_is_gone(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert found(path) == "ledger-damaged"


def test_any_byte_of_the_file_is_another(path):
    """It is refused in words, or everything that was in it is there: what is left out of the check is free space."""
    with opened(path) as ledger:
        leaves = list(ledger.leaves())
    whole = path.read_bytes()
    for at in range(0, len(whole), 61):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with contextlib.suppress(VerifierError), opened(path, sign=None) as ledger:
            ledger.verify()
            assert list(ledger.leaves()) == leaves
            with ledger.reading() as page:
                paid = page.find(kind="release", contract=digest(3), milestone="m1")
                assert [page.stored(one) for one in paid] == [b"release 3"]


def test_it_is_another_log(path):
    other = note.named("example.com/tests", merkle_key())
    with pytest.raises(TrustError) as refused, opened(path) as ledger:
        Ledger(ledger._storage, other)
    assert refused.value.code == "note-unsigned"


def merkle_key() -> bytes:
    return note._ED25519_DER + KEY.public


def test_every_code_of_it_stands_on_its_page():
    root = Path(__file__).parents[2]
    sources = [
        root / "verifier" / "note.py",
        root / "verifier" / "merkle.py",
        *(root / "verifier" / "ledger").glob("*.py"),
    ]
    codes = {code for file in sources for code in re.findall(r'code="([a-z-]+)"', file.read_text(encoding="utf-8"))}
    told = set(
        re.findall(r"^\| `([a-z-]+)` \|", (root / "docs" / "ledger.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert codes == told


def test_a_second_release_that_was_put_in_by_hand_still_has_to_be_signed(path):
    with opened(path) as ledger, pytest.raises(TrustError), ledger.transaction() as page:
        page.append(release(3), b"again")
    assert found(path) == ""


def rewritten(path, position, **changes):
    """An entry becomes another, while the ledger is open somewhere."""
    with opened(path, sign=None) as ledger, ledger.reading() as page:
        other = replace(page.since(position, 1)[0].entry, **changes)
    with hands_on(path) as raw:
        raw.execute("UPDATE entry SET leaf = ? WHERE position = ?", (other.leaf, position))


def test_a_row_that_is_changed_while_the_ledger_is_open_is_found_when_it_is_looked_up(path, monkeypatch):
    monkeypatch.setattr(log, "AGAIN", math.inf)
    with opened(path, sign=None) as ledger:
        with ledger.reading() as page:
            contract = page.since(1, 1)[0].entry.contract
        rewritten(path, 1, kind="revocation")
        with ledger.reading() as page:
            for look in (lambda: page.find(contract=contract), lambda: page.since(1)):
                with pytest.raises(TrustError) as refused:
                    look()
                assert refused.value.code == "ledger-entry-changed"


def test_one_that_is_changed_so_that_nobody_finds_it_is_noticed_later(path, monkeypatch):
    monkeypatch.setattr(log, "AGAIN", math.inf)
    with opened(path, sign=None) as ledger:
        with ledger.reading() as page:
            first = page.since(1, 1)[0].entry
        rewritten(path, 1, contract=digest(99))
        with ledger.reading() as page:
            assert first.statement not in [one.entry.statement for one in page.find(contract=first.contract)]
        monkeypatch.setattr(log, "AGAIN", 1e-9)
        with pytest.raises(TrustError) as refused, ledger.reading():
            pass
        assert refused.value.code == "ledger-entry-changed"


def test_each_row_is_looked_at_again_a_few_at_a_time(path, monkeypatch):
    """Of five entries one at each reading, where a fifth of the time has passed in between."""
    clock = [0.0]
    monkeypatch.setattr(log, "monotonic", lambda: clock[0])
    with opened(path, sign=None) as ledger:
        with hands_on(path) as raw:
            raw.execute("DELETE FROM entry WHERE position = 3")
        codes = []
        for _ in range(5):
            clock[0] += log.AGAIN / 5 - 0.001
            try:
                with ledger.reading():
                    codes.append("")
            except TrustError as error:
                codes.append(error.code)
    assert codes == ["", "", "", "ledger-entry-removed", "ledger-entry-removed"]
