"""Inclusion proofs are made of a few rows, at any size of the ledger, and of nothing that its signed head does not hold."""

import sqlite3

import pytest
from support.logged import KEY, grow, made, opened

from verifier import merkle
from verifier.errors import TrustError
from verifier.ledger import proof
from verifier.ledger.prover import Prover
from verifier.note import Checkpoint

ENTRIES = 37


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return made(tmp_path_factory.mktemp("ledger") / "payments.ledger", ENTRIES)


def test_every_entry_is_proven_under_every_head_that_covers_it(path):
    with opened(path, sign=None) as log:
        leaves = list(log.leaves())
        for size in range(1, ENTRIES + 1):
            hashes = [merkle.leaf_hash(leaf) for leaf in leaves[:size]]
            for index, made_ in enumerate(log.prove_all(range(size), size)):
                assert proof.check_inclusion(made_, leaves[index], KEY).size == size
                head = log.prove_all([0], size)[0].rpartition(b"\n\n")[0].rpartition(b"\n\n")[2]
                assert made_.startswith(proof.inclusion(index, merkle.inclusion(hashes, index), head))


def test_an_entry_that_the_head_does_not_cover_has_no_proof(path):
    with opened(path, sign=None) as log:
        with pytest.raises(IndexError):
            log.prove_all([5], 5)
        with pytest.raises(TrustError) as none:
            log.prove_all([5], ENTRIES + 1)
        assert none.value.code == "ledger-head"


class Counted:
    """Rows of a ledger, and how often they were asked."""

    def __init__(self, rows):
        self.rows, self.asked = rows, 0

    def head(self, size):
        self.asked += 1
        return self.rows.head(size)

    def entries(self, since, most=None):
        self.asked += 1
        return self.rows.entries(since, most)


def test_few_rows_are_read(path):
    with opened(path, sign=None) as log, log._storage.reading() as rows:
        counted = Counted(rows)
        head = Checkpoint(KEY.name, ENTRIES, log._tree.root)
        Prover(counted, head).way(3)
        assert counted.asked <= 2 * (ENTRIES.bit_length() + 1)


def test_a_remembered_subtree_that_is_not_the_trees_proves_nothing(tmp_path):
    path = made(tmp_path / "payments.ledger", 9)
    with sqlite3.connect(path) as database:
        dropped = database.execute("SELECT sql FROM sqlite_master WHERE name = 'head_stays'").fetchone()[0]
        database.execute("DROP TRIGGER head_stays")
        database.execute("UPDATE head SET hashes = zeroblob(length(hashes)) WHERE size = 7")
        database.execute(dropped)
    with opened(path, sign=None) as log, pytest.raises(TrustError) as wrong:
        log.prove(0)
    assert wrong.value.code == "ledger-head"


def test_what_was_added_meanwhile_is_proven(tmp_path):
    path = made(tmp_path / "payments.ledger", 2)
    with opened(path, sign=None) as log:
        grow(path, 3, 2)
        assert proof.check_inclusion(log.prove(4), list(log.leaves())[4], KEY).size == 5
