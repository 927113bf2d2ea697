"""The longest begin first; and no result of an earlier run stands in for what a test is about."""

from __future__ import annotations

import os

import pytest

os.environ["VERIFIER_NO_CACHE"] = "1"


LONGEST = (
    "test_patient.py",
    "test_attacks.py",
    "test_walkthrough.py",
    "test_assess.py",
    "test_real_projects.py",
    "test_probe.py",
    "test_rewritten.py",
)
"""Files that take minutes: one that begins last is waited for by a process that has nothing to do."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`--no-loadscope-reorder` keeps xdist from beginning with the files that have the most tests instead."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def postgres():
    """PostgreSQL's server, of this process's tests alone."""
    from support.postgres import serving

    with serving() as server:
        yield server


@pytest.fixture
def database(postgres):
    """The address of an empty database."""
    return postgres.database()
