"""The tree of RFC 6962: its root, its proofs, and that no other proof, root, leaf or size will do."""

from __future__ import annotations

import json
from base64 import b64decode
from functools import reduce
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.vectors import files, needed

from verifier import merkle
from verifier.errors import TrustError
from verifier.merkle import Range, check_consistency, check_inclusion, consistency, inclusion, leaf_hash, root

pytestmark = pytest.mark.self
UNHURRIED = settings(deadline=None)

LEAVES = [b"", b"\x00", b"\x10", b" !", b"01", b"@ABC", b"PQRSTUVW", b"`abcdefghijklmno"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
]
"""Of the trees with no leaf, the first, and the first two."""

trees = st.lists(st.binary(max_size=4), min_size=1, max_size=40, unique=True).map(
    lambda leaves: [leaf_hash(one) for one in leaves]
)


def by_definition(hashes: list[bytes]) -> bytes:
    """MTH as RFC 6962, 2.1 writes it."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256().digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\1" + by_definition(hashes[:split]) + by_definition(hashes[split:])).digest()


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_known_roots(size):
    assert root(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size]


@UNHURRIED
@given(trees)
def test_leaf_by_leaf_the_root_is_that_of_the_definition(hashes):
    tree = Range()
    for size, one in enumerate(hashes, 1):
        tree = tree.added(one)
        assert (tree.size, tree.root) == (size, by_definition(hashes[:size]))
        assert len(tree.hashes) == size.bit_count()


@UNHURRIED
@given(trees, st.data())
def test_every_entry_is_proven_and_nothing_else(hashes, data):
    index = data.draw(st.integers(0, len(hashes) - 1))
    told = [hashes[index], index, len(hashes), inclusion(hashes, index), root(hashes)]
    check_inclusion(*told)
    for wrong in altered(told, data):
        with pytest.raises(TrustError) as refused:
            check_inclusion(*wrong)
        assert refused.value.code == "inclusion-proof"


@UNHURRIED
@given(trees, st.data())
def test_every_earlier_tree_is_proven_and_nothing_else(hashes, data):
    first = data.draw(st.integers(1, len(hashes)))
    told = [first, root(hashes[:first]), len(hashes), root(hashes), consistency(hashes, first)]
    check_consistency(*told)
    for wrong in altered(told, data):
        with pytest.raises(TrustError) as refused:
            check_consistency(*wrong)
        assert refused.value.code == "consistency-proof"


@UNHURRIED
@given(trees, st.data())
def test_a_tree_that_begins_otherwise_is_not_the_later_one(hashes, data):
    first = data.draw(st.integers(1, len(hashes)))
    other = data.draw(st.integers(0, first - 1))
    changed = [*hashes[:other], leaf_hash(b"another leaf"), *hashes[other + 1 :]]
    with pytest.raises(TrustError):
        check_consistency(first, root(hashes[:first]), len(hashes), root(changed), consistency(changed, first))


def altered(told, data):
    """Everything that differs in one value: a hash in any byte, a hash more or less, two hashes the other way round.

    A number's other values are not all of them wrong by their type (a path fits several sizes), so those that say the same
    path are left to the vectors; what does not fit the path is here.
    """
    for at, value in enumerate(told):
        if isinstance(value, bytes):
            for wrong in (flipped(value, data.draw(st.integers(0, 255))), value[:-1], b"", value + b"\0"):
                yield [*told[:at], wrong, *told[at + 1 :]]
        elif isinstance(value, list):
            for wrong in lists(value, data):
                yield [*told[:at], wrong, *told[at + 1 :]]
        else:
            for wrong in (-1, 0, value + 2**63):
                if wrong != value:
                    yield [*told[:at], wrong, *told[at + 1 :]]


def lists(proof, data):
    yield [*proof, merkle.EMPTY]
    yield [merkle.EMPTY, *proof]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        yield [*proof[:at], *proof[at + 1 :]]
        yield [*proof[:at], flipped(proof[at], data.draw(st.integers(0, 255))), *proof[at + 1 :]]
        yield [*proof[:at], proof[at] + b"\0", *proof[at + 1 :]]
        if proof[::-1] != proof:
            yield proof[::-1]


def flipped(value: bytes, bit: int) -> bytes:
    return bytes(one ^ (1 << bit % 8 if at == bit // 8 else 0) for at, one in enumerate(value))


@UNHURRIED
@given(st.integers(1, 20))
def test_an_entry_is_at_its_own_place_only(size):
    hashes = [leaf_hash(bytes([number])) for number in range(size)]
    for index in range(size):
        for place in set(range(size)) - {index}:
            with pytest.raises(TrustError):
                check_inclusion(hashes[index], place, size, inclusion(hashes, index), root(hashes))


@pytest.mark.parametrize("index", [-1, 0, 1])
def test_there_is_no_proof_of_what_is_not_there(index):
    with pytest.raises(IndexError):
        inclusion([] if index == 0 else [merkle.EMPTY], index)
    with pytest.raises(IndexError):
        consistency([merkle.EMPTY], 2 * index if index else 0)


def test_an_empty_tree_proves_nothing():
    with pytest.raises(TrustError):
        check_consistency(0, merkle.EMPTY, 1, leaf_hash(b""), [])
    with pytest.raises(TrustError):
        check_inclusion(merkle.EMPTY, 0, 0, [], merkle.EMPTY)


def test_two_hashes_cannot_be_parted_elsewhere():
    """What is joined is the same bytes; without a length of its own each half would pass."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    longer, shorter = left + right[:1], right[1:]
    assert merkle.node_hash(longer, shorter) == root([left, right])
    with pytest.raises(TrustError):
        check_inclusion(longer, 0, 2, [shorter], root([left, right]))
    with pytest.raises(TrustError):
        check_consistency(1, longer, 2, root([left, right]), [shorter])


def test_a_range_takes_as_many_hashes_as_its_size_has_ones():
    assert len(reduce(Range.added, [merkle.EMPTY] * 1023, Range()).hashes) == 10


@needed
@pytest.mark.parametrize(
    "file", files("merkle-rfc6962/inclusion/**/*.json"), ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_inclusion_vectors(file):
    said = json.loads(file.read_bytes())
    told = (
        decoded(said["leafHash"]),
        said["leafIdx"],
        said["treeSize"],
        list(map(decoded, said["proof"] or [])),
        decoded(said["root"]),
    )
    agrees(check_inclusion, told, said)


@needed
@pytest.mark.parametrize(
    "file", files("merkle-rfc6962/consistency/**/*.json"), ids=lambda file: f"{file.parent.name}/{file.stem}"
)
def test_consistency_vectors(file):
    said = json.loads(file.read_bytes())
    proof = list(map(decoded, said["proof"] or []))
    told = said["size1"], decoded(said["root1"]), said["size2"], decoded(said["root2"]), proof
    agrees(check_consistency, told, said)


def agrees(check, told, said):
    if said["wantErr"]:
        with pytest.raises(TrustError):
            check(*told)
    else:
        check(*told)


def decoded(words):
    return b64decode(words or "")
