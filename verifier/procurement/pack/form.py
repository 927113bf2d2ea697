"""The one form that a pack has in bytes: a zip of members that lie in it as they are, in the order of their names.

    before(member) + its content, for each member, then after(members)

No time, no machine, no compression: the same members make the same bytes on every machine, and a zip of any other bytes is none
of ours. So nothing can hide between, before or behind the members, no two readers see two zips, and nothing swells when read.
Layout: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3). Pure, but for the stream that is read.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from verifier.errors import TrustError
from verifier.words import Text, say

MOST = 0xFFFF_FFFE
"""Bytes of a whole pack: what a zip holds without the later additions to its format (zip64)."""
MEMBERS = 20_000
LONGEST = 255
"""Bytes of a name."""
DIRECTORY = MEMBERS * 128
"""Bytes of the list of members: read at once, so that it cannot be as large as it likes."""
_FIRST = struct.Struct("<4s5H3I2H")
_LISTED = struct.Struct("<4s6H3I5H2I")
_MARK = b"PK\x05\x06"
_END = struct.Struct("<4s4H2IH")
_NEEDS, _MADE, _UTF8, _STORED = 20, 3 << 8 | 20, 0x800, 0
_TIME, _DAY = 0, 1 << 5 | 1
"""Midnight of 1 January 1980, with which a zip's time begins."""
_PLAIN = 0o100644 << 16
_FORBIDDEN = frozenset('\\:*?"<>|')
"""What some file systems take for something else."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a pack. `start` is where what stands before its content begins."""

    name: str
    size: int
    crc: int
    start: int = 0

    @property
    def content(self) -> int:
        """Where its content begins."""
        return self.start + _FIRST.size + len(self.name.encode())

    @property
    def end(self) -> int:
        return self.content + self.size


def before(member: Member) -> bytes:
    """What stands before a member's content."""
    name = member.name.encode()
    fields = (_NEEDS, _UTF8, _STORED, _TIME, _DAY, member.crc, member.size, member.size, len(name), 0)
    return _FIRST.pack(b"PK\x03\x04", *fields) + name


def after(members: Sequence[Member]) -> bytes:
    """What stands behind the last content: the list of all members, and the end of the zip."""
    listed = b"".join(_line(one) for one in members)
    start = members[-1].end if members else 0
    end = _END.pack(_MARK, 0, 0, len(members), len(members), len(listed), start, 0)
    return listed + end


def placed(members: Iterable[Member]) -> tuple[Member, ...]:
    """One after the other, by their names. Raises TrustError `pack-size` for more than a pack can be."""
    found: list[Member] = []
    for one in sorted(members, key=lambda one: one.name):
        start = found[-1].end if found else 0
        found.append(Member(one.name, one.size, one.crc, start))
    check_names(one.name for one in found)
    if len(found) > MEMBERS or (found and found[-1].end + DIRECTORY > MOST):
        raise _too_large()
    return tuple(found)


def read(stream: BinaryIO) -> tuple[Member, ...]:
    """The members of a pack. Raises TrustError: `pack-form`, `pack-names`, `pack-size`."""
    length = stream.seek(0, 2)
    if length > MOST:
        raise _too_large()
    tail = _at(stream, max(0, length - _END.size), _END.size)
    if len(tail) < _END.size or not tail.startswith(_MARK):
        raise _other_form(say("it is no zip"))
    _, _, _, count, _, size, start, _ = _END.unpack(tail)
    if count > MEMBERS or size > DIRECTORY:
        raise _too_large()
    if start + size + _END.size != length:
        raise _other_form(say("its end is not where a zip of these members ends"))
    listed = _at(stream, start, size)
    members = tuple(_listed(listed))
    if any(one.end > start for one in members):
        raise _other_form(say("a member does not lie where, or is not what, the list of members says"))
    if after(members) != listed + tail:
        raise _other_form(say("a member is compressed, encrypted, a link, or told with what a pack does not tell"))
    _check_places(stream, members)
    check_names(one.name for one in members)
    return members


def check_names(names: Iterable[str]) -> None:
    """Raises TrustError `pack-names` for one that is unsafe to write anywhere, and for two that some machine takes for one."""
    seen: set[str] = set()
    for name in names:
        if not _is_safe(name):
            raise TrustError(say("The pack has a member with an unsafe name: {name}.", name=ascii(name)), "pack-names")
        alike = unicodedata.normalize("NFC", name).casefold()
        if alike in seen:
            words = say("The pack has two members that some machines take for one: {name}.", name=ascii(name))
            raise TrustError(words, code="pack-names")
        seen.add(alike)


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    plain = name.isprintable() and not _FORBIDDEN & set(name) and len(name.encode()) <= LONGEST
    return plain and all(part and part == part.strip(" ").rstrip(".") for part in parts)


def _line(one: Member) -> bytes:
    name = one.name.encode()
    fields = (_MADE, _NEEDS, _UTF8, _STORED, _TIME, _DAY, one.crc, one.size, one.size, len(name), 0, 0, 0, 0, _PLAIN)
    return _LISTED.pack(b"PK\x01\x02", *fields, one.start) + name


def _listed(listed: bytes) -> Iterator[Member]:
    """Each member as it is listed, believed for nothing: whoever reads them compares."""
    at = 0
    while at < len(listed):
        if len(listed) - at < _LISTED.size:
            raise _other_form(say("its list of members breaks off"))
        fields = _LISTED.unpack_from(listed, at)
        crc, size, length, start = fields[7], fields[9], fields[10], fields[16]
        raw = listed[at + _LISTED.size : at + _LISTED.size + length]
        try:
            name = raw.decode()
        except UnicodeDecodeError as error:
            raise _other_form(say("a name is not text in UTF-8")) from error
        yield Member(name, size, crc, start)
        at += _LISTED.size + length


def _check_places(stream: BinaryIO, members: Sequence[Member]) -> None:
    """Each lies where the one before it ends, and what stands before it says what the list says."""
    end, names = 0, [one.name for one in members]
    if names != sorted(names):
        raise _other_form(say("its members are not in the order of their names"))
    for one in members:
        first = before(one)
        if one.start != end or _at(stream, one.start, len(first)) != first:
            raise _other_form(say("a member does not lie where, or is not what, the list of members says"))
        end = one.end


def _at(stream: BinaryIO, start: int, size: int) -> bytes:
    stream.seek(start)
    return stream.read(size)


def _other_form(why: Text) -> TrustError:
    words = say("The zip is not as verifier writes a pack ({why}): it was changed, or packed again.", why=why)
    return TrustError(words, code="pack-form")


def _too_large() -> TrustError:
    words = say("A pack has at most {n} members and {most} bytes; this one has more.", n=MEMBERS, most=MOST)
    return TrustError(words, code="pack-size")
