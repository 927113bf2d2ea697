"""The store between users of a machine: of one group they share it; what one may not read, nobody passes over in silence."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from support.outside import as_user
from support.worked import submission

from verifier.errors import WorldError
from verifier.fleet.store import SIGNED, Store

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="becomes several users")
WORKER, SIGNER, POSTING, GROUP = 4243, 4244, 4245, 4250


@pytest.fixture
def store():
    """As docs/operations.md has it made; not below a folder that root alone may enter."""
    folder = Path(tempfile.mkdtemp(prefix="verifier-store-"))
    os.chown(folder, 0, GROUP)
    folder.chmod(0o2770)
    yield Store(folder)
    shutil.rmtree(folder)


def by(uid, action):
    """The action's answer as a service of that user has it; in a WorldError's place its words."""

    def done():
        os.umask(0o007)
        try:
            return action()
        except WorldError as error:
            return str(error)

    return as_user(uid, done, gid=GROUP)


def kept(folder):
    store, given = Store.at(folder), submission(1)
    with store.making() as made:
        (made / "report.json").write_text("{}")
        (made / "evidence").mkdir()
        (made / "evidence" / "log").write_text("ran")
        store.keep(made, given)
    return given.digest


def test_users_of_one_group_share_it(store):
    digest = by(WORKER, lambda: kept(store.folder))

    def signed():
        with store.signing():
            assert (store.place(digest) / "evidence" / "log").read_text() == "ran"
            store.signed(digest).write_text("signed")
            return store.submission(digest) == submission(1)

    def posted():
        store.posted("here", digest)
        return store.signed(digest).read_text(), store.unposted("here")

    assert by(SIGNER, store.unsigned) == [digest]
    assert by(SIGNER, signed)
    assert by(POSTING, lambda: store.unposted("here")) == [digest]
    assert by(POSTING, posted) == ("signed", [])


@pytest.mark.parametrize("closed", ["shelf", "signed", "store"])
def test_a_folder_that_may_not_be_read_is_told(store, closed):
    digest = by(WORKER, lambda: kept(store.folder))
    folder = {"shelf": store.place(digest).parent, "signed": store.folder / SIGNED, "store": store.folder}[closed]
    folder.chmod(0o710)
    assert by(SIGNER, store.unsigned) == f"{folder} cannot be read: Permission denied."


def test_a_report_that_may_not_be_read_is_listed_and_told(store):
    """So that the others are signed all the same."""
    digest = by(WORKER, lambda: kept(store.folder))
    store.place(digest).chmod(0o700)
    assert by(SIGNER, store.unsigned) == [digest]
    told = f"{store.place(digest)}/submission.json cannot be read: Permission denied."
    assert by(SIGNER, lambda: store.submission(digest)) == told
