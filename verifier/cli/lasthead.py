"""The head of a ledger that this machine saw last, kept in the trust folder: a ledger that was put back is noticed by itself."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.note import Checkpoint, Key


def seen(folder: Path, key: Key) -> list[Checkpoint]:
    """The one that was kept; none where this machine has not seen this ledger. Raises TrustError for what is none."""
    from verifier.note import opened

    try:
        return [opened(_file(folder, key).read_bytes(), key)]
    except FileNotFoundError:
        return []


def keep(folder: Path, key: Key, head: bytes) -> None:
    """Keeps it, unless another gate of this machine kept a later one meanwhile."""
    from verifier.files import write
    from verifier.note import opened

    new = opened(head, key).size
    if not any(one.size > new for one in seen(folder, key)):
        write(_file(folder, key), head)


def _file(folder: Path, key: Key) -> Path:
    """One for each key, under each of its names."""
    return folder / f"ledger-{sha256(str(key).encode()).hexdigest()[:16]}.head"
