"""Dear things are made once: tests that share one of a module run in one process, and the longest begin first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and (shared := " ".join(_shared(item))):
            item.add_marker(pytest.mark.xdist_group(f"{item.path.name} {shared}"))
    items.sort(key=lambda item: item.get_closest_marker("network") is None)


def _shared(item: pytest.Function) -> Iterator[str]:
    """The names of fixtures that a module has one of, with the parameter that this test has it for."""
    given = item.callspec.params if hasattr(item, "callspec") else {}
    for name, definitions in sorted(item._fixtureinfo.name2fixturedefs.items()):
        if definitions[-1].scope == "module":
            yield f"{name} {given[name]}" if name in given else name
