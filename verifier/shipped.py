"""Where the files lie that ship beside the code: the rules, and the templates of reports."""

from __future__ import annotations

from pathlib import Path

import verifier


def shipped(name: str) -> Path | None:
    """The folder `rules` or `reports`: inside an installed wheel, or beside the package in a source checkout."""
    package = Path(verifier.__file__).resolve().parent
    installed = package / "_data" / name
    if installed.is_dir():
        return installed
    source = package.parent / name
    return source if (package.parent / "pyproject.toml").is_file() and source.is_dir() else None
