"""Where entries lie: names and bytes, nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol


class Lost(Exception):  # noqa: N818 - a word for what happened
    """The store did not do what it was asked; its message says why."""


class Store(Protocol):
    """Every method raises Lost, and none ends an assessment."""

    def get(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Those of them that there are."""
        ...

    def put(self, entries: Mapping[str, bytes]) -> None:
        """An entry that there is already stays as it is."""
        ...

    def drop(self, names: Iterable[str]) -> None:
        """Takes away what proved to be damaged."""
        ...
