from __future__ import annotations

import subprocess

import pytest
from support.git_repository import Repository
from support.intake import Take

TEN = "".join(f"{number}\n" for number in range(1, 11))


def changed(repository: Repository, take: Take, base: str) -> dict[str, set[int]]:
    with take(repository.path, base=base) as delivered:
        assert delivered.changed is not None
        return {path: set(lines) for path, lines in delivered.changed.items()}


def test_added_and_modified_lines(repository: Repository, take: Take) -> None:
    base = repository.commit({"a": TEN, "cut": TEN, "gone": TEN, "same": "x\n", "moved": TEN, "mode": "x\n"})
    repository.git("mv", "moved", "d")
    (repository.path / "mode").chmod(0o755)
    (repository.path / "gone").unlink()
    text = TEN.replace("3\n", "three\n").replace("7\n", "7\n7a\n7b\n")
    repository.commit({"a": text, "cut": TEN[2:], "new": "1\n2", "d": TEN + "11\n"})
    assert changed(repository, take, base) == {
        "a": {3, 8, 9}, "cut": set(), "new": {1, 2}, "d": {11}, "mode": set()
    }  # fmt: skip


def test_delivered_text_and_attributes_hide_nothing(repository: Repository, take: Take) -> None:
    base = repository.commit({"a": "1\n2\n3\n", "b.py": "1\n"})
    nul = "0" * 40
    lines = ["@@ -1 +1,99 @@", f"index {nul}..{nul} 100644", "diff --git a/x b/x", "--- a", "+++ b", "\\ x"]
    repository.commit({".gitattributes": "* -diff binary\n", "a": "1\n" + "\n".join(lines) + "\n3\n", "b.py": "1\r\n2"})
    repository.commit({"x\n@@ -1 +1,9 @@\n": "1\n"})
    assert changed(repository, take, base) == {
        ".gitattributes": {1},
        "a": set(range(2, 8)),
        "b.py": {1, 2},
        "x\\n@@ -1 +1,9 @@\\n": {1},
    }


def test_link_in_place_of_a_file_and_submodule(repository: Repository, take: Take) -> None:
    base = repository.commit({"a": TEN, "b": "x\n"})
    (repository.path / "a").unlink()
    (repository.path / "a").symlink_to("b")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{base},sub")
    repository.git("add", "a")
    repository.git("commit", "--quiet", "--message=link")
    assert changed(repository, take, base) == {"a": {1}}


def test_base_beside_the_branch_is_replaced_by_the_merge_base(repository: Repository, take: Take) -> None:
    fork = repository.commit({"a": "1\n"})
    repository.git("branch", "side")
    upstream = repository.commit({"upstream": "x\n"})
    repository.git("checkout", "--quiet", "side")
    repository.commit({"b": "1\n"})
    with take(repository.path, base="main") as delivered:
        assert delivered.delivery.base == fork != upstream
        assert delivered.changed == {"b": frozenset({1})}


def test_unrelated_base_is_compared_as_it_is(repository: Repository, take: Take) -> None:
    base = repository.commit({"a": "1\n", "b": "1\n"})
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.commit({"b": "1\n2\n"})
    with take(repository.path, base=base) as delivered:
        assert delivered.delivery.base == base
        assert delivered.changed == {"b": frozenset({2})}


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_git_blame(repository: Repository, take: Take, seed: int) -> None:
    """Independent of hunk headers: lines that blame gives to the second commit are the changed ones."""
    base = repository.commit({"a": "".join(f"{n}\n" for n in range(60))})
    lines = [f"{n}\n" if (n * 7 + seed) % 5 else f"new {n}\n" for n in range(60) if (n + seed) % 11]
    head = repository.commit({"a": "".join(lines)})
    blame = subprocess.run(
        ["git", "blame", "-l", "-s", "a"], cwd=repository.path, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    mine = {number for number, line in enumerate(blame, 1) if line.startswith(head)}
    assert changed(repository, take, base) == {"a": mine}
