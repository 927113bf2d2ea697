"""Whether what lies there is what was signed. Pure: what was read, against the checkpoints, to the tree or a TrustError."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from verifier import note
from verifier.errors import TrustError
from verifier.ledger.storage import Head
from verifier.merkle import Range
from verifier.note import Checkpoint, Key
from verifier.words import say, say_n


def grown(since: Range, entries: Iterable[tuple[int, bytes]], sizes: Collection[int]) -> dict[int, Range]:
    """The tree with these entries more, at the sizes asked for and at its last one, which stands last.

    An entry is its position and the hash of its leaf. Raises TrustError `ledger-entry-removed` where one is missing between them.
    """
    tree, trees = since, {since.size: since}
    for position, hashed in entries:
        if position != tree.size:
            raise removed(tree.size)
        tree = tree.added(hashed)
        if tree.size in sizes:
            trees[tree.size] = tree
    return trees | {tree.size: tree}


def head_of(head: Head, key: Key) -> Checkpoint:
    """What a head says. Raises TrustError: `ledger-head` for one of another size, and those of `note.opened`."""
    found = note.opened(head.note, key)
    if found.size != head.size:
        raise wrong_head()
    return found


def check_ranges(trees: dict[int, Range], heads: Iterable[Head]) -> None:
    """Raises TrustError `ledger-head` where what is kept to append to is not of the tree."""
    if any(b"".join(trees[head.size].hashes) != head.hashes for head in heads):
        raise wrong_head()


def check_remembered(size: int, remembered: Iterable[Checkpoint]) -> None:
    """Raises TrustError `ledger-rolled-back` for a ledger that is smaller than it was."""
    for one in remembered:
        if one.size > size:
            raise TrustError(
                say_n(
                    one.size,
                    "The ledger had {n} entry and has {now}: it was rolled back.",
                    "The ledger had {n} entries and has {now}: it was rolled back.",
                    now=size,
                ),
                code="ledger-rolled-back",
            )


def check_tree(trees: dict[int, Range], heads: Iterable[Checkpoint], remembered: Iterable[Checkpoint]) -> None:
    """`heads` are the ledger's own, by size. Raises TrustError with the code of what was done to it."""
    known, last = 0, max(trees)
    for head in heads:
        if head.size > last:
            raise removed(last)
        if trees[head.size].root != head.root:
            raise changed(known, head.size - 1)
        known = head.size
    if known < last:
        raise TrustError(say("Entry {n} has no signed checkpoint.", n=known), code="ledger-entry-added")
    for one in remembered:
        if trees[one.size].root != one.root:
            raise TrustError(
                say(
                    "The ledger's history is not that of the checkpoint that was kept (size {n}).",
                    n=one.size,
                ),
                code="ledger-forked",
            )


def changed(first: int, last: int) -> TrustError:
    words = say("Of the entries {first} to {last}, one was changed after it was signed.", first=first, last=last)
    return TrustError(words, code="ledger-entry-changed")


def wrong_head() -> TrustError:
    return TrustError(
        say("One of the ledger's checkpoints is missing, or does not fit its entries."), code="ledger-head"
    )


def removed(position: int) -> TrustError:
    return TrustError(say("Entry {n} was removed.", n=position), code="ledger-entry-removed")
