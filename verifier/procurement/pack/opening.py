"""A pack, opened to be read: its form is checked first, and nothing of it is ever written anywhere."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from verifier.errors import TrustError
from verifier.files import opened_plain
from verifier.procurement.pack import form, manifest
from verifier.procurement.pack.form import Member
from verifier.procurement.pack.making import CHUNK
from verifier.procurement.pack.sources import CRITERIA, DELETED, LEDGER, STATEMENTS, TRUST
from verifier.statements.strict import MOST
from verifier.words import say

HELD = 128 * 1024 * 1024
"""Bytes that are held at once of all that a pack rests on but evidence."""
SMALL = (STATEMENTS, TRUST, LEDGER, CRITERIA, DELETED)


class Pack:
    def __init__(self, stream: BinaryIO) -> None:
        """Raises TrustError as `verifier.procurement.pack.form.read`."""
        self._stream = stream
        self._members = {one.name: one for one in form.read(stream)}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._members)

    def content(self, name: str) -> bytes:
        """Raises TrustError `pack-files` for one that is not there, `too-large`."""
        if name not in self._members:
            raise TrustError(say("The pack has no {name}.", name=ascii(name)), code="pack-files")
        member = self._members[name]
        if member.size > MOST:
            words = say("{name} has over {most} bytes; it is not read.", name=ascii(name), most=MOST)
            raise TrustError(words, code="too-large")
        return b"".join(self._chunks(member))

    @cached_property
    def small(self) -> dict[str, bytes]:
        """The content of every source but evidence. Raises TrustError `pack-size`."""
        members = [one for name, one in self._members.items() if name.startswith(SMALL)]
        if sum(one.size for one in members) > HELD:
            words = say("All but the evidence of a pack has {most} bytes at most; this one has more.", most=HELD)
            raise TrustError(words, code="pack-size")
        return {one.name: self.content(one.name) for one in members}

    def digests(self) -> dict[str, str]:
        """Of every file but the manifest. Raises TrustError `pack-form` where a sum of the zip itself is wrong."""
        found = {name: self._digest(member) for name, member in self._members.items()}
        found.pop(manifest.NAME, None)
        return found

    def _digest(self, member: Member) -> str:
        digest, crc = sha256(), 0
        for chunk in self._chunks(member):
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
        if crc != member.crc:
            words = say("{name} was changed in the zip: its checksum is another.", name=ascii(member.name))
            raise TrustError(words, code="pack-form")
        return digest.hexdigest()

    def _chunks(self, member: Member) -> Iterator[bytes]:
        self._stream.seek(member.content)
        left = member.size
        while left and (chunk := self._stream.read(min(left, CHUNK))):
            left -= len(chunk)
            yield chunk


@contextmanager
def opened(path: Path) -> Iterator[Pack]:
    """Raises UsageError for what cannot be read, TrustError for what is no pack."""
    with opened_plain(path) as stream:
        yield Pack(stream)
