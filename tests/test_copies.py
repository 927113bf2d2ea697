"""The copies that delivered code may write to: what the installation made is kept, what was delivered is as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from verifier.copies import edit, fresh_copy, private_copy, settle, stamped

TESTS = {"tests/test_shop.py", "tests", "link"}
DELIVERED = {"shop.py": "A = 1\n", "tests/test_shop.py": "def test_a(): assert 0\n", "tests/data/x.txt": "x"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in DELIVERED.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "tree" / "link").symlink_to("shop.py")
    return tmp_path / "tree"


@pytest.fixture
def work(root: Path) -> Path:
    private_copy(root, root.parent / "work")
    return root.parent / "work"


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}


def test_what_an_installation_adds_stays(root, work):
    (work / "shop.egg-info").mkdir()
    (work / "shop.egg-info" / "PKG-INFO").write_text("Name: shop\n")
    (work / "tests" / "fast.so").write_bytes(b"\0")
    assert settle(root, work, TESTS) == ()
    assert files(work) == files(root) | {"shop.egg-info/PKG-INFO", "tests/fast.so"}


def test_a_test_that_an_installation_takes_away_or_writes_anew_is_there_again_and_named(root, work):
    (work / "tests" / "test_shop.py").write_text("def test_a(): pass\n")
    (work / "shop.py").unlink()
    assert settle(root, work, TESTS) == ("shop.py", "tests/test_shop.py")
    assert (work / "tests" / "test_shop.py").read_text() == DELIVERED["tests/test_shop.py"]
    assert (work / "shop.py").read_text() == "A = 1\n"


def test_a_folder_that_became_a_link_is_a_folder_again_and_the_link_was_not_followed(root, work, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (work / "tests").rename(work / "moved")
    (work / "tests").symlink_to(tmp_path / "elsewhere")
    assert settle(root, work, TESTS) == ("tests",)
    assert (work / "tests" / "data" / "x.txt").read_text() == "x"
    assert not (work / "tests").is_symlink()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_that_became_a_link_of_the_same_content_is_a_file_again(root, work):
    (work / "shop.py").rename(work / "other.py")
    (work / "shop.py").symlink_to("other.py")
    assert settle(root, work, TESTS) == ("shop.py",)
    assert not (work / "shop.py").is_symlink()


def test_a_link_that_points_elsewhere_now_points_where_it_did(root, work):
    (work / "link").unlink()
    (work / "link").symlink_to("/etc/passwd")
    assert settle(root, work, TESTS) == ("link",)
    assert str((work / "link").readlink()) == "shop.py"


def test_folders_that_nobody_may_enter_are_settled_and_copied(root, work, tmp_path):
    (work / "added").mkdir()
    (work / "added" / "x").write_text("x")
    (work / "added").chmod(0)
    (work / "tests").chmod(0)
    assert settle(root, work, TESTS) == ()
    fresh_copy(work, tmp_path / "run")
    assert (tmp_path / "run" / "added" / "x").exists()
    assert (tmp_path / "run" / "tests" / "test_shop.py").exists()


def test_a_fresh_copy_holds_pipes_and_links_as_they_are(work, tmp_path):
    os.mkfifo(work / "pipe")
    fresh_copy(work, tmp_path / "run")
    assert stat.S_ISFIFO((tmp_path / "run" / "pipe").lstat().st_mode)
    assert str((tmp_path / "run" / "link").readlink()) == "shop.py"


def test_what_an_installation_writes_into_other_files_stays_and_is_named(root, work):
    (work / "shop.py").write_text("VERSION = 2\n")
    assert settle(root, work, TESTS) == ("shop.py",)
    assert (work / "shop.py").read_text() == "VERSION = 2\n"


def test_compiled_modules_are_neither_delivered_nor_added(root, work, tmp_path):
    (root / "__pycache__").mkdir()
    (root / "__pycache__" / "shop.cpython-311.pyc").write_bytes(b"x")
    private_copy(root, tmp_path / "other")
    assert not list((tmp_path / "other").rglob("*.pyc"))
    (work / "__pycache__").mkdir()
    (work / "tests" / "test_shop.pyc").write_bytes(b"x")
    assert settle(root, work, TESTS) == ()
    assert not list(work.rglob("*.pyc"))
    assert not (work / "__pycache__").exists()


def test_an_edit_replaces_stretches_of_what_was_delivered_and_nothing_else(root, work):
    os.link(work / "shop.py", work / "other.py")
    edit(root, work, "shop.py", [(0, 1, "BB"), (4, 5, "12")])
    assert (work / "shop.py").read_text() == "BB = 12\n"
    assert (work / "other.py").read_text() == (root / "shop.py").read_text() == "A = 1\n"
    assert stat.S_IMODE((work / "shop.py").stat().st_mode) == stat.S_IMODE((root / "shop.py").stat().st_mode)
    assert (work / "shop.py").stat().st_uid == (work / "tests" / "test_shop.py").stat().st_uid


def test_an_edit_does_not_follow_what_an_installation_put_in_the_way(root, work, tmp_path):
    (tmp_path / "elsewhere.py").write_text("mine\n")
    (work / "shop.py").unlink()
    (work / "shop.py").symlink_to(tmp_path / "elsewhere.py")
    edit(root, work, "shop.py", [(0, 1, "B")])
    assert not (work / "shop.py").is_symlink()
    assert (tmp_path / "elsewhere.py").read_text() == "mine\n"
    (work / "tests").rename(work / "gone")
    (work / "tests").symlink_to(tmp_path)
    edit(root, work, "tests/test_shop.py", [(0, 3, "DEF")])
    assert not (tmp_path / "test_shop.py").exists()


@pytest.mark.parametrize("name", ["conftest.py", "tests/test_more.py", "sitecustomize.py"])
def test_hooks_and_tests_that_an_installation_writes_are_gone_again_and_named(root, work, name):
    (work / name).write_text("def pytest_pyfunc_call(): return True\n")
    assert settle(root, work, TESTS) == (name,)
    assert files(work) == files(root)


def test_what_is_written_to_has_another_stamp_even_when_it_is_put_back(work):
    paths = ("shop.py", "tests/test_shop.py", "tests/data/x.txt", "nowhere.py")
    before = stamped(work, paths)
    text = (work / "shop.py").read_text()
    (work / "shop.py").write_text("A = 2\n")
    (work / "shop.py").write_text(text)
    os.utime(work / "shop.py", ns=(before["shop.py"][1], before["shop.py"][1]))
    (work / "tests" / "test_shop.py").unlink()
    after = stamped(work, before)
    assert {path for path in before if before[path] != after.get(path)} == {"shop.py", "tests/test_shop.py"}
