"""tlog-scales, which was written from the same specifications by others, says the same in the same bytes."""

from __future__ import annotations

import pytest
from support.logged import KEY, ORIGIN, PRIVATE, made, opened
from tlog_scales import signing
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.tlog import Checkpoint, ConsistencyProof, InclusionProof
from tlog_scales.writer import TilesWriter

from verifier import merkle, note

SIZES = [1, 2, 3, 5, 8, 13, 257]


class Signer:
    """Their protocol, our key."""

    vkey = signing.Vkey.from_string(str(KEY))

    def sign(self, head):
        return signing.NoteSignature.from_vkey_signature(self.vkey, PRIVATE.sign(head.serialize_body().encode()))


@pytest.mark.parametrize("size", SIZES)
def test_heads_and_proofs_are_the_same_bytes(tmp_path, size):
    with opened(made(tmp_path / "ours", size), sign=None) as log:
        leaves, head = list(log.leaves()), log.checkpoint()
    theirs = TilesWriter.create(tmp_path / "theirs", ORIGIN)
    for leaf in leaves:
        theirs.add_leaf(leaf)
    theirs.commit([Signer()])
    assert (tmp_path / "theirs" / "checkpoint").read_bytes() == head
    reader = TilesReader(LocalBackend(tmp_path / "theirs"))
    reader.get_checkpoint()
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    for number in {0, size // 2, size - 1}:
        assert reader.get_inclusion_proof(number, size).node_hashes == merkle.inclusion(hashes, number)
        assert reader.get_consistency_proof(number + 1, size).node_hashes == merkle.consistency(hashes, number + 1)


@pytest.mark.parametrize("size", SIZES)
def test_they_accept_what_we_prove(tmp_path, size):
    with opened(made(tmp_path / "ours", size), sign=None) as log:
        leaves, head = list(log.leaves()), log.checkpoint()
    read = Checkpoint.from_text(head.decode())
    read.verify(signing.Vkey.from_string(str(KEY)))
    assert str(note.key_of(signing.Vkey.from_string(str(KEY)).serialize())) == str(KEY)
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    for number in {0, size // 2, size - 1}:
        InclusionProof(number, size, merkle.inclusion(hashes, number)).check(hashes[number], read.root_hash)
        growth = ConsistencyProof(number + 1, size, merkle.consistency(hashes, number + 1))
        growth.check(merkle.root(hashes[: number + 1]), read.root_hash)
