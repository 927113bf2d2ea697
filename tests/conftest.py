"""The longest begin first."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("network") is None)


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
