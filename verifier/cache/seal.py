"""Entries sealed with a key: nobody without it can read one, make one or put one under another name.

AES-SIV (RFC 5297): encrypted, for an answer may quote what is secret in a delivery, and authenticated together with the name.
It needs no random number, so that two machines seal one answer alike.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from verifier.errors import UsageError
from verifier.files import read, write_private
from verifier.words import say

LEAST = 32
"""Bytes of a key's file."""
MOST = 4096
PURPOSE = b"verifier: answers of checkers\0"


class Broken(Exception):  # noqa: N818 - a word for what was found
    """An entry that was not sealed with this key under this name, or is damaged."""


class Seal:
    """A key, put to use."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(hashlib.sha512(PURPOSE + secret).digest())

    def sealed(self, name: str, content: bytes) -> bytes:
        return self._cipher.encrypt(content, [name.encode("ascii")])

    def opened(self, name: str, content: bytes) -> bytes:
        """Raises Broken."""
        try:
            return self._cipher.decrypt(content, [name.encode("ascii")])
        except (InvalidTag, ValueError) as error:
            raise Broken(name) from error


def own(path: Path) -> Seal:
    """A key of this user's own, which is made where there is none. Raises UsageError where others could have it."""
    if not path.exists():
        try:
            write_private(path, os.urandom(64))
        except UsageError:
            if not path.exists():
                raise
            # another run has just made it
    return of_file(path)


def of_file(path: Path) -> Seal:
    """The key in a file. Raises UsageError where it is none, or where others than its owner could have it."""
    secret = read(path, most=MOST)
    about = path.stat()
    if stat.S_IMODE(about.st_mode) & 0o077 or (hasattr(os, "geteuid") and about.st_uid not in (0, os.geteuid())):
        raise UsageError(say("The key {path} can be read by others: make it yours alone with chmod 600.", path=path))
    if len(secret) < LEAST:
        raise UsageError(say("The key {path} has fewer than {least} bytes.", path=path, least=LEAST))
    return Seal(secret)
