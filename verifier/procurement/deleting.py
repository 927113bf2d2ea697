"""Deletes evidence that is past its time, and writes into the contract's folder what was deleted, when, and by which rule.

`deleted.jsonl` only grows, a line a step: `begun` before a file is deleted, `deleted` after it, `kept` where it was begun and is
not past its time any more. Whoever dies in between has lost nothing, and no line says what did not happen: the next run goes on
where the file and the last line about it differ.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from verifier.errors import TrustError
from verifier.procurement.alone import alone
from verifier.procurement.keeping import Past
from verifier.procurement.store import Store
from verifier.words import say

LOG = "deleted.jsonl"
BEGUN, DELETED, KEPT = "begun", "deleted", "kept"
SAID = {
    BEGUN: {"time", "digest", "names", "rule", "ended"},
    DELETED: {"time", "digest"},
    KEPT: {"time", "digest"},
}
"""What a line has beside its step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """Evidence that is not there any more, as the log has it."""

    digest: str
    names: tuple[str, ...]
    rule: str
    ended: str
    time: str


def delete(store: Store, contract: str, due: tuple[Past, ...], now: str) -> Iterator[Past]:
    """Those of them that were there, each once it is gone.

    Raises TrustError at a file that is not what its name says: it stays, and all after it.
    """
    place = store.place(contract)
    if not place.is_dir():
        return
    with alone(place):
        log = _Log(place / LOG)
        log.settle({one.digest for one in due}, store, contract, now)
        yield from (one for one in due if _delete(store, contract, one, log, now))


def present(store: Store, contract: str, due: tuple[Past, ...]) -> Iterator[Past]:
    """Those of them that are there."""
    return (one for one in due if store.evidence_path(contract, one.digest).is_file())


def deletions(store: Store, contract: str) -> tuple[Deletion, ...]:
    """What was deleted and is not there, in the order in which it was begun."""
    lines = _read(store.place(contract) / LOG)
    gone = {one for one, last in _last(lines).items() if last["step"] != KEPT}
    gone = {one for one in gone if not store.evidence_path(contract, one).exists()}
    begun = {one["digest"]: one for one in lines if one["step"] == BEGUN and one["digest"] in gone}
    done = {one["digest"]: one["time"] for one in lines if one["step"] == DELETED}
    return tuple(_deletion(one, done.get(digest, one["time"])) for digest, one in begun.items())


def _deletion(begun: Mapping[str, Any], time: str) -> Deletion:
    said = {name: begun[name] for name in ("digest", "rule", "ended")}
    return Deletion(names=tuple(begun["names"]), time=time, **said)


def _delete(store: Store, contract: str, one: Past, log: _Log, now: str) -> bool:
    if store.evidence(contract, one.digest) is None:
        return False
    if not log.open(one.digest):
        log.add(BEGUN, now, **asdict(one))
    path = store.evidence_path(contract, one.digest)
    path.unlink()
    _sync(path.parent)
    log.add(DELETED, now, digest=one.digest)
    return True


class _Log:
    """Open for one process at a time. Each line is on the disk before anything else is done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = _last(_read(path))

    def open(self, digest: str) -> bool:
        """Whether its deletion was begun and did not end."""
        return digest in self._last and self._last[digest]["step"] == BEGUN

    def settle(self, due: set[str], store: Store, contract: str, now: str) -> None:
        """What earlier runs left open: it was deleted where the file is gone, and is kept where it is not due any more."""
        for digest in [one for one in self._last if self.open(one)]:
            if not store.evidence_path(contract, digest).exists():
                _sync(store.evidence_path(contract, digest).parent)
                self.add(DELETED, now, digest=digest)
            elif digest not in due:
                self.add(KEPT, now, digest=digest)

    def add(self, step: str, now: str, **said: Any) -> None:
        line = {"step": step, "time": now, **said}
        new = not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        with os.fdopen(descriptor, "r+b") as handle:
            handle.seek(_whole(handle.read()))
            handle.truncate()
            handle.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        if new:
            _sync(self._path.parent)
        self._last[line["digest"]] = line


def _whole(content: bytes) -> int:
    """How many bytes are whole lines: a line that was not written to its end was never said."""
    return content.rfind(b"\n") + 1


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    content = path.read_bytes()
    lines = content[: _whole(content)].split(b"\n")[:-1]
    return [_line(line, path, number) for number, line in enumerate(lines, 1)]


def _line(text: bytes, path: Path, number: int) -> dict[str, Any]:
    """Raises TrustError for one that was not written here."""
    try:
        line = json.loads(text)
        if SAID[line["step"]] <= line.keys():
            return dict(line)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise TrustError(say("{path} is no log of deletions: line {line}.", path=path, line=number), code="deletion-log")


def _last(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["digest"]: one for one in lines}


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
