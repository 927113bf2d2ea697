"""The run's folder goes, whatever delivered code left in it."""

from __future__ import annotations

import os

import pytest

from verifier.workspace import workspace


def failing(seen):
    with workspace() as folder:
        seen.append(folder)
        (folder / "a").write_text(str(1 / 0))


def test_it_is_gone_after_an_error():
    with pytest.raises(ZeroDivisionError):
        failing(seen := [])
    assert not seen[0].exists()


def test_a_folder_that_nobody_may_enter_goes_as_well():
    with workspace() as folder:
        closed = folder / "closed"
        (closed / "inner").mkdir(parents=True)
        closed.chmod(0)
    assert not folder.exists()


def test_a_folder_deeper_than_python_can_follow_goes_as_well():
    with workspace() as folder:
        here = os.open(folder, os.O_RDONLY)
        for _ in range(1500):
            os.mkdir("d", dir_fd=here)
            above, here = here, os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(above)
        os.close(here)
    assert not folder.exists()
