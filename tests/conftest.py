"""The longest begin first; and no result of an earlier run stands in for what a test is about."""

from __future__ import annotations

import os

import pytest

os.environ["VERIFIER_NO_CACHE"] = "1"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("network") is None)
