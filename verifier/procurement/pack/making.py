"""A pack's bytes, in parts. Evidence, which can be large, is read where it lies: once to know it, once to write it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from verifier.errors import TrustError
from verifier.files import opened_plain
from verifier.procurement.pack import form
from verifier.procurement.pack.form import Member
from verifier.procurement.pack.manifest import NAME, SUMS, manifest, sums
from verifier.procurement.pack.pages import pages
from verifier.procurement.pack.sources import EVIDENCE, Sources
from verifier.words import say

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Piece:
    content: bytes | Path
    size: int
    crc: int
    sha256: str


def made(found: Sources, evidence: Path) -> Iterator[bytes]:
    """`evidence` is the folder in which its pieces lie. Raises TrustError for one that is not what its name says."""
    pieces = _pieces(found, evidence)
    members = form.placed(Member(name, piece.size, piece.crc) for name, piece in pieces.items())
    return _parts(members, pieces)


def _pieces(found: Sources, evidence: Path) -> dict[str, _Piece]:
    pieces = {name: _known(content) for name, content in {**found.small, **pages(found)}.items()}
    for digest in found.evidence:
        pieces[EVIDENCE + digest] = _evidence(evidence / digest, digest)
    pieces[SUMS] = _known(sums({name: piece.sha256 for name, piece in pieces.items()}))
    pieces[NAME] = _known(manifest(found, {name: piece.sha256 for name, piece in pieces.items()}))
    return pieces


def _parts(members: tuple[Member, ...], pieces: Mapping[str, _Piece]) -> Iterator[bytes]:
    for one in members:
        yield form.before(one)
        crc = 0
        for chunk in chunks(pieces[one.name].content):
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if crc != one.crc:
            raise _changed(one.name)
    yield form.after(members)


def _evidence(path: Path, digest: str) -> _Piece:
    piece = _known(path)
    if piece.sha256 != digest:
        raise _changed(path.name)
    return piece


def _known(content: bytes | Path) -> _Piece:
    crc, size, digest = 0, 0, sha256()
    for chunk in chunks(content):
        crc, size = zlib.crc32(chunk, crc), size + len(chunk)
        digest.update(chunk)
    return _Piece(content, size, crc, digest.hexdigest())


def chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with opened_plain(content) as handle:
        while chunk := handle.read(CHUNK):
            yield chunk


def _changed(name: str) -> TrustError:
    return TrustError(
        say("{name} is not what its name says, or was changed meanwhile.", name=name), code="evidence-changed"
    )
