"""The names of entries: SHA-256 over all that an answer hangs on. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from verifier.checker import Command
from verifier.model import File

SHAPE = 2
"""Of what an entry holds: another one has other names."""

About = Mapping[str, str]
"""What a command can read or is, beside its own words: a word for each and its digest."""


def of_command(command: Command, about: About) -> str:
    """Of the whole answer of a command."""
    return _named({"command": _words(command, ()), "about": dict(about)})


def of_each(
    command: Command, about: About, targets: Iterable[Sequence[Any]], files: Mapping[str, File]
) -> dict[str, str]:
    """Path -> the name of its answer about that file, which hangs on nothing that lies beside it.

    A target is a path and what else the command is told of the file. One that is no delivered file has no name.
    """
    same = _named({"command": _words(command, ("stdin", "seconds")), "about": dict(about)})
    return {
        target[0]: _named({"same": same, "target": list(target), "file": [file.mode, file.sha256]})
        for target in targets
        if (file := files.get(target[0]))
    }


def of_files(files: Iterable[File]) -> str:
    """The digest of what lies in a tree."""
    return _named({"files": sorted([file.path, file.mode, file.sha256] for file in files)})


def _words(command: Command, without: Iterable[str]) -> dict[str, Any]:
    return {one.name: _plain(getattr(command, one.name)) for one in fields(command) if one.name not in without}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, frozenset):
        return sorted(value)
    return dict(value) if isinstance(value, Mapping) else value


def _named(what: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps({"shape": SHAPE, **what}, sort_keys=True).encode("ascii")).hexdigest()
