"""What the delivered commits changed is written down within bounds, and what is left out is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.git_repository import Repository, new_repository

from verifier.checkout import Limits, Request, checkout
from verifier.checkout.git import Git
from verifier.checkout.guard import Guard
from verifier.checkout.history import Most, history
from verifier.inside.seek.patch import LARGEST, Added, additions
from verifier.model import History


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = new_repository(tmp_path / "origin")
    for number in range(4):
        repository.commit({"a.txt": f"line {number}\n"})
    return repository


def taken(repository: Repository, tmp_path: Path, *, base: str | None = None, **most: int) -> History:
    bare = repository.bare(tmp_path / "bare.git")
    return history(
        Git(bare, Guard(Limits(), bare)),
        repository.git("rev-parse", "HEAD"),
        tmp_path / "history",
        base=base,
        most=Most(**most),
    )


def read(found: History) -> list[Added]:
    assert found.patch is not None
    with found.patch.open("rb") as stream:
        return list(additions(stream))


def test_every_commit_is_there_newest_first(repository: Repository, tmp_path: Path) -> None:
    found = taken(repository, tmp_path)
    assert (found.commits, found.left_out) == (4, ())
    assert [one.lines for one in read(found)] == [[(1, f"line {number}")] for number in (3, 2, 1, 0)]
    assert [one.commit for one in read(found)] == repository.git("log", "--format=%H").split()


def test_with_a_base_only_what_came_after_it(repository: Repository, tmp_path: Path) -> None:
    found = taken(repository, tmp_path, base=repository.git("rev-parse", "HEAD~1"))
    assert (found.commits, [one.lines for one in read(found)]) == (1, [[(1, "line 3")]])


def test_of_too_many_commits_the_newest_are_taken(repository: Repository, tmp_path: Path) -> None:
    found = taken(repository, tmp_path, commits=3)
    assert found.left_out == ("Of 4 commits in the history the newest 3 were examined.",)
    assert (found.commits, len(read(found))) == (3, 3)


def test_of_too_many_bytes_the_first_are_taken(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"b.txt": "".join(f"{number:08}\n" for number in range(400_000))})
    found = taken(repository, tmp_path, bytes=1_000_000)
    assert found.left_out == ("The history has over 1 MB of changes: its older part was not examined.",)
    assert found.patch is not None
    assert found.patch.stat().st_size == 1_000_000
    assert {one.path for one in read(found)} == {"b.txt"}


def test_after_too_long_a_time_the_rest_is_left_out(repository: Repository, tmp_path: Path) -> None:
    found = taken(repository, tmp_path, seconds=-1)
    assert found.left_out == ("Reading the history took over -1 seconds: its older part was not examined.",)


def test_a_shallow_repository_says_so(repository: Repository, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=2", f"file://{repository.path}", str(shallow))
    with checkout(Request(where=str(shallow)), workspace=tmp_path) as tree:
        found = tree.history
        assert [one.path for one in read(found)] == ["a.txt", "a.txt"]
    assert found.left_out == ("The delivered repository is shallow: its earlier history is not in it.",)


def test_what_cannot_be_read_fails_no_intake(repository: Repository, tmp_path: Path) -> None:
    old = repository.git("rev-parse", "HEAD~2:a.txt")
    bare = repository.bare(tmp_path / "broken.git")
    for pack in (bare / "objects" / "pack").glob("*.pack"):
        Repository(bare).git("unpack-objects", "-q", feed=(pack.rename(tmp_path / pack.name)).read_bytes())
    (bare / "objects" / old[:2] / old[2:]).unlink()
    found = history(Git(bare, Guard(Limits(), bare)), repository.git("rev-parse", "HEAD"), tmp_path / "history")
    (said,) = found.left_out
    assert (found.patch, said.startswith("The history was not examined. The history could not be read")) == (None, True)


def test_a_folder_has_none(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with checkout(Request(where=str(tmp_path / "folder")), workspace=tmp_path) as tree:
        assert tree.history == History()


def test_files_of_any_name_and_lines_that_look_like_headers(repository: Repository, tmp_path: Path) -> None:
    names = ["plain.txt", "two words.txt", 'quo"te.txt', "tab\there.txt", "naïve.txt", "back\\slash.txt"]
    text = "+++ b/other.txt\ndiff --git a/x b/x\n@@ -1 +1 @@\ncommit 0123\n-- a\n\\ b\n"
    repository.commit(dict.fromkeys(names, text))
    found = [one for one in read(taken(repository, tmp_path)) if one.path != "a.txt"]
    assert sorted(one.path for one in found) == sorted(names)
    assert all([line for _, line in one.lines] == text.splitlines() for one in found)
    assert all([number for number, _ in one.lines] == [1, 2, 3, 4, 5, 6] for one in found)


def test_a_very_large_addition_is_cut_and_what_is_no_text_is_named(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"large.txt": "x" * 99 + "\n" + "y\n" * LARGEST, "picture.bin": b"\0\1"})
    large, picture = sorted(read(taken(repository, tmp_path)), key=lambda one: one.path)[4:]
    assert (large.path, large.cut, large.lines[0]) == ("large.txt", True, (1, "x" * 99))
    assert brief(picture) == ("picture.bin", True, False)


def brief(one: Added) -> tuple[str, bool, bool]:
    return one.path, one.binary, one.cut
