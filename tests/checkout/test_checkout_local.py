from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.git_repository import Repository, new_repository
from support.intake import Take

from verifier.errors import UsageError
from verifier.model import Checkout

FILES: dict[str, str | bytes] = {"a.py": "x = 1\n", "d/b.txt": "b\n"}


def named(delivered: Checkout) -> dict[str, str]:
    return {file.path: file.mode for file in delivered.files}


def test_head_of_a_work_tree_is_read_from_objects_and_the_rest_is_named(repository: Repository, take: Take) -> None:
    commit = repository.commit({**FILES, ".gitignore": "ignored\n"})
    repository.write({"a.py": "changed\n", "new.py": "", "ignored": "", "verifier-report/report.json": "{}"})
    with take(repository.path) as delivered:
        assert delivered.delivery.commit == commit
        assert delivered.delivery.tree == repository.git("rev-parse", "HEAD^{tree}")
        assert delivered.delivery.source == "git"
        assert delivered.delivery.not_included == ("a.py", "new.py")
        assert named(delivered) == dict.fromkeys((".gitignore", "a.py", "d/b.txt"), "100644")
        assert (delivered.root / "a.py").read_text() == "x = 1\n"
        assert delivered.commit_time == 1700000000
        assert delivered.changed is None
        assert str(repository.path) not in delivered.delivery.url
    assert not delivered.root.exists()


def test_manifest_is_what_its_docstring_says(repository: Repository, take: Take) -> None:
    repository.commit({"b": "2", "a/c": "1"})
    lines = [f"100644 blob {hashlib.sha256(text).hexdigest()} {path}\0" for path, text in (("a/c", b"1"), ("b", b"2"))]
    with take(repository.path) as delivered:
        assert delivered.delivery.manifest == hashlib.sha256("".join(lines).encode()).hexdigest()
        assert [file.sha256 for file in delivered.files] == [line.split()[2] for line in lines]


def test_same_commit_gives_the_same_checkout_at_any_path_and_umask(
    repository: Repository, take: Take, tmp_path: Path
) -> None:
    repository.commit(FILES)
    (repository.path / "run").write_text("")
    (repository.path / "run").chmod(0o755)
    repository.commit()
    seen = []
    for umask, path in ((0o077, repository.path), (0, repository.bare(tmp_path / "elsewhere.git"))):
        before = os.umask(umask)
        try:
            with take(path) as delivered:
                modes = {p.relative_to(delivered.root): p.stat().st_mode for p in delivered.root.rglob("*")}
                seen.append((replace(delivered, root=Path()), modes))
        finally:
            os.umask(before)
    assert seen[0] == seen[1]
    assert {oct(mode & 0o777) for mode in seen[0][1].values()} == {"0o644", "0o755"}
    assert oct(seen[0][1][Path("d")] & 0o777) == "0o755"
    assert {file.path: file.mode for file in seen[0][0].files}["run"] == "100755"


def test_dirty_judges_tracked_and_untracked_files_but_not_ignored_ones(repository: Repository, take: Take) -> None:
    commit = repository.commit({**FILES, "gone": "", ".gitignore": "ignored\n"})
    repository.git("tag", "v1")
    repository.write({"a.py": "changed\n", "new\n.txt": "", "new.py": "", "ignored": "", "verifier-report/x": ""})
    (repository.path / "gone").unlink()
    with take(repository.path, dirty=True, base=commit) as delivered:
        assert delivered.delivery.commit == commit
        assert delivered.delivery.tree != repository.git("rev-parse", "HEAD^{tree}")
        assert delivered.delivery.source == "work tree"
        assert not delivered.delivery.not_included
        assert set(named(delivered)) == {".gitignore", "a.py", "d/b.txt", "new.py"}
        assert (delivered.root / "a.py").read_text() == "changed\n"
        assert delivered.changed == {"a.py": frozenset({1}), "new.py": frozenset(), "new\\n.txt": frozenset()}
        assert (delivered.version, delivered.commit_time) == ("v1", 1700000000)
    again = repository.git("status", "--porcelain")
    assert "new.py" in again


def test_dirty_never_follows_links_out_of_the_work_tree(repository: Repository, take: Take, tmp_path: Path) -> None:
    repository.commit({"d/secret": "mine", "a": ""})
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("theirs")
    shutil.rmtree(repository.path / "d")
    (repository.path / "d").symlink_to(tmp_path / "outside")
    with take(repository.path, dirty=True) as delivered:
        assert set(named(delivered)) == {"a"}
        assert [skip.path for skip in delivered.not_delivered] == ["d"]


def test_folder_is_judged_as_it_is(take: Take, tmp_path: Path, repository: Repository) -> None:
    repository.commit(FILES)
    folder = tmp_path / "folder"
    plain = Repository(folder)
    plain.write({".gitignore": "*", "a.py": "", "verifier-report/x": "", "sub/verifier-report": "", "sub/inner/f": ""})
    shutil.copytree(repository.path / ".git", folder / "sub" / "inner" / ".git")
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to("a.py")
    results = []
    for _ in range(2):
        with take(folder) as delivered:
            results.append(delivered.delivery)
            assert set(named(delivered)) == {".gitignore", "a.py", "link", "sub/inner/f", "sub/verifier-report"}
            assert [skip.path for skip in delivered.not_delivered] == ["pipe", "sub/inner/.git"]
            assert (delivered.version, delivered.commit_time, delivered.delivery.source) == (None, 0, "folder")
    assert results[0] == results[1]
    assert len(results[0].commit) == 40


def test_folder_below_a_work_tree_is_a_folder(repository: Repository, take: Take) -> None:
    repository.commit(FILES)
    with take(repository.path / "d") as delivered:
        assert (set(named(delivered)), delivered.delivery.source) == ({"b.txt"}, "folder")


def test_workspace_inside_the_folder_is_left_out(tmp_path: Path, take: Take) -> None:
    (tmp_path / "a").write_text("")
    with take(tmp_path) as delivered:
        assert set(named(delivered)) == {"a"}


def test_linked_work_tree(repository: Repository, take: Take, tmp_path: Path) -> None:
    repository.commit(FILES)
    repository.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
    linked = Repository(tmp_path / "linked")
    commit = linked.commit({"more": ""})
    linked.write({"a.py": "changed"})
    with take(linked.path) as delivered:
        assert delivered.delivery.commit == commit
        assert delivered.delivery.not_included == ("a.py",)
    with take(linked.path, ref="main") as delivered:
        assert "more" not in named(delivered)


def test_sha256_repository(tmp_path: Path, take: Take) -> None:
    repository = new_repository(tmp_path / "modern", "--object-format=sha256")
    commit = repository.commit(FILES)
    repository.write({"new": ""})
    with take(repository.path, ref=commit) as delivered:
        assert (delivered.delivery.commit, len(commit)) == (commit, 64)
        assert delivered.delivery.not_included == ("new",)
    with take(repository.path, dirty=True) as delivered:
        assert "new" in named(delivered)


def test_shallow_and_borrowing_clones(repository: Repository, take: Take, tmp_path: Path) -> None:
    first = repository.commit(FILES)
    second = repository.commit({"c": "c"})
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.path}", str(tmp_path / "shallow"))
    repository.git("clone", "--quiet", "--shared", str(repository.path), str(tmp_path / "sharing"))
    for name in ("shallow", "sharing"):
        with take(tmp_path / name) as delivered:
            assert delivered.delivery.commit == second
            assert len(delivered.files) == 3
    with pytest.raises(UsageError, match="has no commit"), take(tmp_path / "shallow", base=first):
        pass


def test_version_comes_from_tags(repository: Repository, take: Take) -> None:
    first = repository.commit(FILES)
    repository.git("tag", "--annotate", "--message=1", "v1.0")
    second = repository.commit({"c": ""})
    with take(repository.path) as delivered:
        assert delivered.version == f"v1.0-1-g{second[:7]}"
    with take(repository.path, ref="v1.0") as delivered:
        assert (delivered.version, delivered.delivery.commit) == ("v1.0", first)


@pytest.mark.parametrize("options", [(), ("--bare",)])
def test_repository_without_commits_is_a_delivery_without_files(
    tmp_path: Path, take: Take, options: tuple[str, ...]
) -> None:
    repository = new_repository(tmp_path / "empty", *options)
    with take(repository.path) as delivered:
        assert not delivered.files
        assert len(delivered.delivery.commit) == 40
        assert delivered.commit_time == 0
    if not options:
        repository.write({"a": ""})
        with take(repository.path, dirty=True) as delivered:
            assert set(named(delivered)) == {"a"}


def test_reference_rules(repository: Repository, take: Take) -> None:
    first = repository.commit(FILES)
    second = repository.commit({"c": ""})
    repository.git("branch", "feature/x", first)
    repository.git("tag", "both", first)
    repository.git("branch", "both", second)
    repository.git("update-ref", f"refs/heads/{first}", second)
    repository.git("update-ref", "refs/remotes/origin/up", first)
    blob = repository.git("rev-parse", "HEAD:a.py")
    cases = {"feature/x": first, "main": second, "refs/tags/both": first, "refs/heads/both": second, second: second,
             second.upper(): second, "HEAD": second, "origin/up": first, f"refs/heads/{first}": second}  # fmt: skip
    for ref, commit in cases.items():
        with take(repository.path, ref=ref) as delivered:
            assert delivered.delivery.commit == commit, ref
    refused = {
        "both": "refs/heads/both or refs/tags/both",
        first: "is named like a commit id",
        second[:10]: "full id",
        "0" * 40: "has no commit",
        blob: "has no commit",
        "missing": "no branch or tag missing",
        "--upload-pack=id": "no branch or tag",
        "main~1": "no branch or tag",
        "a\x1b[31m": "no branch or tag a",
    }
    for ref, words in refused.items():
        with pytest.raises(UsageError, match=words) as error, take(repository.path, ref=ref):
            pass
        assert "\x1b" not in str(error.value)


def test_head_without_commit_beside_other_branches_is_asked_about(repository: Repository, take: Take) -> None:
    repository.commit(FILES)
    repository.git("checkout", "--quiet", "--orphan", "void")
    with pytest.raises(UsageError, match=r"HEAD of .+ names no commit"), take(repository.path):
        pass


def test_commit_that_no_branch_holds_is_found(repository: Repository, take: Take) -> None:
    repository.commit(FILES)
    lost = repository.commit({"c": ""})
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    with take(repository.path, ref=lost) as delivered:
        assert "c" in named(delivered)


def test_requests_that_cannot_be(repository: Repository, take: Take, tmp_path: Path) -> None:
    repository.commit(FILES)
    for where, options in (
        (repository.path, {"dirty": True, "ref": "main"}),
        (repository.bare(tmp_path / "bare.git"), {"dirty": True}),
        (repository.path / "d", {"base": "main"}),
        (repository.path / "d", {"ref": "main"}),
    ):
        with pytest.raises(UsageError), take(where, **options):
            pass


def test_damaged_repository_is_refused_in_one_sentence(repository: Repository, take: Take) -> None:
    repository.commit(FILES)
    (repository.path / ".git" / "HEAD").unlink()
    with pytest.raises(UsageError, match="is not a git repository that can be read"), take(repository.path):
        pass
