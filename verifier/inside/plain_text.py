"""Reads a delivered file as text, for scripts that search text. Standard library only; neither a link nor a pipe is opened."""

import os

LARGEST = 8 * 1024**2  # bytes of a file
BINARY_PROBE = 8000  # bytes in which a NUL makes a file binary, as for git
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read(path):
    """(content, why it was not read)."""
    raw = path.encode("utf-8", "surrogateescape")
    try:
        with open(os.open(raw, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        return b"", f"cannot be read: {error.__class__.__name__}"
    if b"\0" in data[:BINARY_PROBE] and data[:2] not in _BOMS:
        return b"", "not text"
    return (b"", f"over {LARGEST} bytes") if len(data) > LARGEST else (data, "")


def text_of(data):
    return data.decode(_BOMS.get(data[:2], "utf-8"), "replace")
