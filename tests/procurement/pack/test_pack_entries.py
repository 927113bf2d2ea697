"""Entries of a ledger that whoever made a pack wrote themselves: they are refused, and nothing else goes wrong."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from support import logged
from support.logged import KEY, entry

from verifier.errors import TrustError
from verifier.procurement.pack import checking
from verifier.procurement.pack.sources import HEAD, entry_file, proof_file
from verifier.procurement.pack.sources import KEY as KEY_FILE

POLICY = SimpleNamespace(ledgers=(str(KEY),))


def packed(folder, *entries) -> dict[str, bytes]:
    path = logged.made(folder / "own.ledger")
    with logged.opened(path) as ledger:
        with ledger.transaction() as page:
            found = [page.append(one) for one in entries]
        proofs = ledger.prove_all([one.position for one in found])
        small = {KEY_FILE: f"{KEY}\n".encode(), HEAD: ledger.checkpoint()}
    for one, proof in zip(found, proofs, strict=True):
        small[entry_file(one.position)] = one.entry.leaf
        small[proof_file(one.position)] = proof
    return small


def test_each_entry_is_proven_under_one_head(tmp_path):
    wanted = [entry(number) for number in range(5)]
    small = packed(tmp_path, *wanted)
    assert [one.entry for one in checking.entries(small, POLICY)] == wanted
    assert [one.position for one in checking.entries(small, POLICY)] == list(range(5))


@pytest.mark.parametrize("words", [{"kind": "event"}, {"kind": "revocation"}, {"reasons": ("round-x",)}], ids=str)
def test_words_that_its_kind_needs(tmp_path, words):
    small = packed(tmp_path, entry(0, **{"reasons": (), **words}))
    with pytest.raises(TrustError) as caught:
        checking.entries(small, POLICY)
    assert caught.value.code == "ledger-entry"


def test_a_proof_under_an_earlier_head(tmp_path):
    """True of its own head, which is not the pack's."""
    small = packed(tmp_path, entry(0), entry(1))
    with logged.opened(tmp_path / "own.ledger") as ledger, ledger.transaction() as page:
        page.append(entry(2))
    with logged.opened(tmp_path / "own.ledger") as ledger:
        small[proof_file(1)] = ledger.prove(1)
    with pytest.raises(TrustError) as caught:
        checking.entries(small, POLICY)
    assert caught.value.code == "pack-ledger"
