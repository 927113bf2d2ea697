from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from support.git_repository import Repository, new_repository
from support.git_server import GitServer, git_server
from support.intake import Take

from verifier.checkout import Limits, Request, checkout
from verifier.model import Checkout


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    """Where intakes work; every test also proves that nothing stays behind."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    yield folder
    assert not list(folder.iterdir())


@pytest.fixture
def take(workspace: Path) -> Take:
    """`take(where, ref=..., ...)` opens a checkout."""

    def opened(where: Path | str, *, limits: Limits | None = None, **options: Any) -> AbstractContextManager[Checkout]:
        return checkout(Request(where=str(where), limits=limits or Limits(), **options), workspace=workspace)

    return opened


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "delivered")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    root, keys = tmp_path / "served", tmp_path / "keys"
    root.mkdir()
    keys.mkdir()
    with git_server(root, keys) as running:
        yield running
