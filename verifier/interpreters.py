"""The Python interpreters on this machine, for the delivery's own environment. uv's own downloads are not relied on."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from verifier.environment.interpreter import Interpreter

PLACES = (
    "/usr/bin",
    "/usr/local/bin",
    "/opt/python/*/bin",
    "~/.pyenv/versions/*/bin",
    "~/.local/share/uv/python/*/bin",
)
NAME = re.compile(r"python3\.(\d+)$")


@cache
def found() -> tuple[Path, ...]:
    """Real paths of the interpreters: verifier's own first, then newest to oldest. One for each folder and version."""
    own = Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}").resolve()
    others: dict[Path, int] = {}
    for pattern in PLACES:
        place = Path(pattern).expanduser()
        for folder in sorted(Path(place.anchor).glob(str(place.relative_to(place.anchor)))):
            for entry in _names(folder):
                match = NAME.match(entry.name)
                if match and entry.is_file():
                    others.setdefault(entry.resolve(), int(match[1]))
    others.pop(own, None)
    return (own, *sorted(others, key=lambda path: (-others[path], str(path))))


@cache
def listed() -> tuple[Interpreter, ...]:
    """The same with their whole versions, as each says of itself, all at once; one that does not start is left out."""
    with ThreadPoolExecutor() as pool:
        versions = pool.map(_version, found())
        return tuple(
            Interpreter(path=path, version=version) for path, version in zip(found(), versions, strict=True) if version
        )


def _version(path: Path) -> str:
    script = "import platform; print(platform.python_version())"
    try:
        done = subprocess.run([path, "-I", "-S", "-c", script], capture_output=True, timeout=20, check=False, text=True)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().rstrip("+")  # of an interpreter built between two releases


def _names(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def prefixes() -> tuple[Path, ...]:
    """The folders that hold the interpreters with their standard libraries."""
    return tuple(dict.fromkeys(path.parent.parent for path in found()))


def search_path() -> str:
    """A PATH on which uv finds them in that order."""
    return ":".join(dict.fromkeys(str(path.parent) for path in found()))
