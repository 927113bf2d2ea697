"""What an entry holds: the answer of a command, as bytes and back. Pure."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from verifier.checker import Command, ToolOutput

MOST = 512 * 1024 * 1024
"""Bytes that an entry may grow to when it is opened."""


def packed(output: ToolOutput) -> bytes:
    """`milliseconds` is how long the work took, once."""
    return squeezed(
        {
            "exit_code": output.exit_code,
            "stdout": _text(output.stdout),
            "stderr": _text(output.stderr),
            "files": {name: _text(content) for name, content in output.files.items()},
            "milliseconds": output.milliseconds,
        }
    )


def unpacked(command: Command, content: bytes) -> ToolOutput:
    """The answer once more, which took no time. Raises ValueError or KeyError for anything else."""
    said = opened(content)
    return ToolOutput(
        command=command,
        exit_code=said["exit_code"],
        stdout=_bytes(said["stdout"]),
        stderr=_bytes(said["stderr"]),
        files={name: _bytes(text) for name, text in said["files"].items()},
        cached="all",
    )


def squeezed(value: Any) -> bytes:
    """Any JSON, small."""
    return zlib.compress(json.dumps(value).encode("ascii"), 1)


def opened(content: bytes) -> Any:
    """The reverse. Raises ValueError."""
    opener = zlib.decompressobj()
    try:
        text = opener.decompress(content, MOST)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not opener.eof:
        raise ValueError("an entry that is cut, or too large")
    return json.loads(text)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
