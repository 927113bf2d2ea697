"""Made-up secrets in the published shapes, put together when they are wanted: none stands in our own repository."""

from __future__ import annotations

import base64
import hashlib
import string
import zlib


def random(name: str, length: int) -> str:
    """Characters as of a random token, always the same."""
    digest = hashlib.sha512(name.encode()).digest() * 8
    return base64.b64encode(digest).decode().replace("+", "b").replace("/", "c")[:length]


def armoured(
    name: str, kind: str = "RSA PRIVATE KEY", extra: str = "", begins: bytes = b"\x30\x82\x04\xa3\2\1\0"
) -> str:
    """Text of a key: after `begins`, which machines go by, anything."""
    content = base64.b64encode(begins + b"".join(hashlib.sha512(f"{name}{n}".encode()).digest() for n in range(6)))
    body = "\n".join(content.decode()[start : start + 64] for start in range(0, len(content), 64))
    return f"-----BEGIN {kind}-----\n{extra}{body}\n-----END {kind}-----\n"


def github(name: str) -> str:
    """A token as GitHub makes them, its checksum at the end."""
    digits = "0123456789" + string.ascii_uppercase + string.ascii_lowercase
    core = random(name, 30)
    rest = zlib.crc32(core.encode())
    return f"ghp_{core}" + "".join(digits[rest // 62**power % 62] for power in range(5, -1, -1))
