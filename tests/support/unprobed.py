"""Criteria that do not ask for the mutation probe: for tests about other things, since it runs a suite many times over."""

from __future__ import annotations

from pathlib import Path

CRITERIA = """\
profile: unprobed
version: 1
extends: micro-ca
gate: true
criteria:
  - {id: tests.test, check: tests.passed, at_least: 1}
  - {id: tests.notice, check: tests.passed, at_least: 1}
"""


def unprobed(folder: Path, more: str = "") -> tuple[str, str]:
    """The option that names a file of them, with `more` at its end: micro-ca in all else."""
    path = folder / "unprobed.yml"
    path.write_text(CRITERIA + more)
    return "--criteria", str(path)
