"""A store and a queue, for whatever works with both."""

from __future__ import annotations

import pytest

from verifier.fleet import queue as queues
from verifier.fleet.store import Store


@pytest.fixture
def store(tmp_path):
    return Store.at(tmp_path / "store")


@pytest.fixture
def queue(database):
    with queues.opened(database) as found:
        yield found
