"""A purchase from award to release, once a file, and the audit pack of it."""

from __future__ import annotations

import shutil

import pytest
from support import packed
from support.desks import PASSPHRASE, Desk
from support.git_repository import new_repository
from support.git_server import git_server


@pytest.fixture(scope="module")
def typed():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
        patch.setenv("LANG", "en_CA.UTF-8")
        names = ("LC_ALL", "LC_MESSAGES", "VERIFIER_TRUST", "VERIFIER_LEDGER", "VERIFIER_LEDGER_KEY", "VERIFIER_RECORD")
        for name in names:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def bought(typed, tmp_path_factory):
    """A desk on which all was done, and its pack."""
    folder = tmp_path_factory.mktemp("served")
    commit = new_repository(folder / "parcels.git").commit({"rates.py": "x = 1\n"})
    with git_server(folder, tmp_path_factory.mktemp("keys")) as server:
        desk = packed.purchase(tmp_path_factory.mktemp("desk"), server, commit)
    packed.pack(desk)
    return desk


@pytest.fixture
def desk(bought, tmp_path):
    return type(bought)(bought.copy(tmp_path / "desk").folder)


@pytest.fixture
def alone(tmp_path, bought):
    """A machine that has the pack, and nothing else."""
    folder = tmp_path / "alone"
    folder.mkdir()
    shutil.copy(bought.folder / "pack.zip", folder)
    return Desk(folder)
