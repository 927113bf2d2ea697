"""Deliveries that try to act on the machine that takes them in, to hide files, or to be too big."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from support.git_repository import Repository, new_repository
from support.intake import Take

from verifier.checkout import Limits
from verifier.errors import LimitError, UsageError, WorldError
from verifier.model import Checkout, Skip

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12345\n"


def paths(delivered: Checkout) -> set[str]:
    return {file.path for file in delivered.files}


def skipped(delivered: Checkout) -> dict[str, str]:
    assert all(skip.skip is Skip.NOT_DELIVERED for skip in delivered.not_delivered)
    return {skip.path: skip.reason for skip in delivered.not_delivered}


def on_disk(delivered: Checkout) -> set[bytes]:
    top = os.fsencode(delivered.root)
    return {(place + b"/" + name).removeprefix(top + b"/") for place, _, names in os.walk(top) for name in names}


def test_links_are_made_only_where_they_stay_inside(repository: Repository, take: Take) -> None:
    repository.write({"d/real.py": "x", "top.py": "y"})
    links = {
        "in.py": "d/real.py",
        "d/up.py": "../top.py",
        "folder": "d",
        "out": "../../etc/passwd",
        "abs": "/etc/passwd",
        "chain": "abs",
        "loop": "loop",
        "dangling": "nothing",
        "by": "folder/real.py",
    }
    for name, target in links.items():
        (repository.path / name).symlink_to(target)
    repository.commit()
    with take(repository.path) as delivered:
        assert set(skipped(delivered)) == {"out", "abs", "chain", "loop", "dangling"}
        assert paths(delivered) == {"d/real.py", "top.py", "in.py", "d/up.py", "by"}
        assert {f.mode for f in delivered.files if f.path in links} == {"120000"}
        assert (delivered.root / "in.py").read_text() == "x"
        assert (delivered.root / "folder").is_symlink()
        assert not {"out", "abs", "chain", "loop"} & {path.name for path in delivered.root.iterdir()}


def test_no_file_is_written_through_a_link(repository: Repository, take: Take, tmp_path: Path) -> None:
    """A link and a folder of one name (CVE-2021-21300): folders are made first, in any order."""
    outside = tmp_path / "outside"
    outside.mkdir()
    blob, link = repository.blob(b"evil"), repository.blob(str(outside).encode())
    below = repository.tree(("100644", b"file", blob))
    for entries in (
        (("120000", b"A", link), ("40000", b"a", below)),
        (("40000", b"A", below), ("120000", b"a", link)),
    ):
        repository.commit_tree(repository.tree(*entries))
        with take(repository.path, ref="main") as delivered:
            assert not list(outside.iterdir())
            assert len(delivered.files) == 1


def test_submodules_and_pointers_are_named_as_not_delivered(repository: Repository, take: Take, tmp_path: Path) -> None:
    commit = repository.commit(
        {"big.bin": POINTER, "about.md": f"Like this:\n{POINTER}", ".gitattributes": "* filter=lfs\n"}
    )
    marker = tmp_path / "marker"
    repository.write({".gitmodules": f'[submodule "x"]\n\tpath = sub\n\turl = "ext::sh -c touch% {marker}"\n'})
    repository.git("add", ".gitmodules")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    repository.git("commit", "--quiet", "--message=sub")
    for dirty in (False, True):
        with take(repository.path, dirty=dirty) as delivered:
            assert set(skipped(delivered)) == {"big.bin", "sub"}
            assert paths(delivered) == {".gitattributes", ".gitmodules", "about.md"}
            assert not (delivered.root / "big.bin").exists()
    assert not marker.exists()


def test_attributes_change_nothing(repository: Repository, take: Take) -> None:
    attributes = "secret.py export-ignore\nv.py export-subst ident\n*.txt text eol=crlf working-tree-encoding=UTF-16\n"
    files: dict[str, str | bytes] = {".gitattributes": attributes, "secret.py": "s", "v.py": "$Format:%H$ $Id$\n"}
    repository.commit(files)
    crlf = repository.tree(
        *(("100644", n.encode(), repository.blob(c.encode() if isinstance(c, str) else c)) for n, c in files.items()),
        ("100644", b"w.txt", repository.blob(b"one\ntwo\n")),
    )
    repository.commit_tree(crlf)
    with take(repository.path, ref="main") as delivered:
        assert (delivered.root / "w.txt").read_bytes() == b"one\ntwo\n"
        assert (delivered.root / "v.py").read_text() == "$Format:%H$ $Id$\n"
        assert "secret.py" in paths(delivered)


def test_delivered_configuration_and_hooks_never_run(repository: Repository, take: Take, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    repository.commit({"a.py": "x", "b.txt": "y", ".gitattributes": "* filter=evil diff=evil\n"})
    repository.git("tag", "v1")
    run = f"touch {marker}; cat"
    for key, value in {
        "core.fsmonitor": run, "core.sshCommand": run, "core.pager": run, "core.editor": run, "diff.external": run,
        "core.alternateRefsCommand": run, "uploadpack.packObjectsHook": run, "credential.helper": f"!{run}",
        "filter.evil.clean": run, "filter.evil.smudge": run, "filter.evil.process": run, "filter.evil.required": "true",
        "diff.evil.command": run, "diff.evil.textconv": run, "core.hooksPath": ".git/hooks", "core.worktree": "/etc",
        "extensions.partialClone": "origin", "remote.origin.promisor": "true", "remote.origin.uploadpack": run,
        "remote.origin.url": f"ext::sh -c touch% {marker}",
    }.items():  # fmt: skip
        repository.git("config", key, value)
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"):
        place = repository.path / ".git" / "hooks" / hook
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"#!/bin/sh\ntouch {marker}\n")
        place.chmod(0o755)
    repository.write({"a.py": "changed", "new": ""})
    with take(repository.path) as delivered:
        assert delivered.delivery.not_included == ("a.py", "new")
    with take(repository.path, dirty=True, base="main") as delivered:
        assert (delivered.root / "a.py").read_text() == "changed"
    with take(repository.path / ".git", ref="main"):
        pass
    assert not marker.exists()
    repository.git("config", "--unset", "core.worktree")
    repository.git("config", "--unset", "extensions.partialClone")
    subprocess.run(["git", "status"], cwd=repository.path, capture_output=True, check=False)
    assert marker.exists()  # the trap was set


def test_missing_objects_are_not_fetched_by_delivered_settings(
    repository: Repository, take: Take, tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    repository.commit({"a.py": "x"})
    blob = repository.git("rev-parse", "HEAD:a.py")
    (repository.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::sh -c touch% {marker}",
        "protocol.allow": "always",
    }.items():
        repository.git("config", key, value)
    with pytest.raises(WorldError, match=r"^[^\n]+$"), take(repository.path):
        pass
    assert not marker.exists()


def test_environment_of_the_caller_does_not_reach_git(
    repository: Repository, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repository.commit({"a.py": "x"})
    other = new_repository(tmp_path / "other")
    for name, value in {
        "GIT_DIR": str(other.path / ".git"), "GIT_WORK_TREE": str(other.path), "GIT_INDEX_FILE": "/nowhere",
        "GIT_OBJECT_DIRECTORY": str(other.path / ".git" / "objects"), "GIT_CONFIG_PARAMETERS": "'core.bare=false'",
        "GIT_CEILING_DIRECTORIES": "/", "GIT_TRACE": "2", "GIT_EXTERNAL_DIFF": "false", "GIT_NAMESPACE": "x",
        "GIT_ALLOW_PROTOCOL": "none",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with take(repository.path) as delivered:
        assert delivered.delivery.commit == commit


def test_dangerous_names_are_left_out_and_odd_ones_are_not_hidden(
    repository: Repository, take: Take, tmp_path: Path
) -> None:
    blob = repository.blob(b"x = 1\n")
    inner = repository.tree(("100644", b"escaped.py", blob))
    config = repository.tree(("100644", b"config", blob))
    names = [b"a\nb.py", b"c\x1b[31m.py", b"latin\xe9.py", b"Case.py", b"case.py", "é.py".encode(), b"long" * 70]
    entries = [("100644", name, blob) for name in names]
    entries += [("40000", b"..", inner), ("40000", b".git", config), ("40000", b".GIT", config), ("40000", b"d", inner)]
    repository.commit_tree(repository.tree(*sorted(entries, key=lambda e: e[1] + b"/" * (e[0] == "40000"))))
    with take(repository.path, ref="main") as delivered:
        assert paths(delivered) == {"Case.py", "case.py", "é.py", "d/escaped.py"}
        odd = {"a\\nb.py", "c\\x1b[31m.py", "latin\\xe9.py"}
        unsafe = {"../escaped.py", ".git/config", ".GIT/config", "long" * 70}
        assert set(skipped(delivered)) == odd | unsafe
        assert on_disk(delivered) >= {b"a\nb.py", b"c\x1b[31m.py", b"latin\xe9.py"}
        assert not (delivered.root.parent / "escaped.py").exists()
        assert not (delivered.root / ".git").exists()


def test_slash_inside_a_name_and_file_beside_folder(repository: Repository, take: Take) -> None:
    blob = repository.blob(b"x")
    inner = repository.tree(("100644", b"f", blob))
    repository.commit_tree(repository.tree(("100644", b"../../up", blob), ("100644", b"ok", blob)))
    with take(repository.path, ref="main") as delivered:
        assert (paths(delivered), set(skipped(delivered))) == ({"ok"}, {"../../up"})
    repository.commit_tree(repository.tree(("100644", b"a", blob), ("40000", b"a", inner)))
    with pytest.raises(WorldError, match="damaged or malformed"), take(repository.path, ref="main"):
        pass


def test_embedded_bare_repository_is_only_files(repository: Repository, take: Take, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    bare = repository.bare(repository.path / "fixtures" / "inner") if repository.commit({"a": ""}) else None
    assert bare
    (bare / "config").write_text(f"[core]\n\tbare = false\n\tworktree = ..\n\tfsmonitor = touch {marker}\n")
    repository.commit()
    with take(repository.path) as delivered:
        assert "fixtures/inner/HEAD" in paths(delivered)
    with take(repository.path / "fixtures") as delivered:
        assert "inner/HEAD" in paths(delivered)
    assert not marker.exists()


def test_flaws_of_old_honest_histories_are_no_obstacle(repository: Repository, take: Take) -> None:
    """Well-known repositories hold commits with bad time zones, and trees with modes that have a leading zero."""
    blob = repository.blob(b"x")
    tree = repository.tree(("0100644", b"a", blob))
    old = f"tree {tree}\nauthor A <a@example.org> 1 +051800\ncommitter A <a@example.org> 1 +051800\n\nold\n"
    commit = repository.git("hash-object", "-w", "-t", "commit", "--literally", "--stdin", feed=old.encode())
    repository.git("update-ref", "refs/heads/main", commit)
    with take(repository.path, ref="main") as delivered:
        assert paths(delivered) == {"a"}


@pytest.mark.parametrize("dirty", [False, True])
def test_limits_name_what_was_seen_and_what_is_allowed(repository: Repository, take: Take, dirty: bool) -> None:
    repository.commit({"big": b"\0" * 5000, "b": "", "c": ""})
    for limits, words in (
        (Limits(file_bytes=4000), "The file big has 5000 bytes; 4000 bytes are allowed"),
        (Limits(files=2), "has 3 files or more; 2 are allowed"),
        (Limits(repository_bytes=1000), "bytes or more; 1000 bytes are allowed"),
        (Limits(seconds=0), "has run for 0 seconds; 0 are allowed"),
    ):
        with pytest.raises(LimitError, match=words), take(repository.path, dirty=dirty, limits=limits):
            pass


def test_folder_over_a_limit(tmp_path: Path, take: Take) -> None:
    Repository(tmp_path / "f").write({"big": b"\0" * 5000, "b": "", "c": ""})
    for limits in (Limits(file_bytes=4000), Limits(files=2), Limits(repository_bytes=4000)):
        with pytest.raises(LimitError, match="allowed"), take(tmp_path / "f", limits=limits):
            pass


def test_tree_that_unfolds_without_end_stops_at_the_limit(repository: Repository, take: Take) -> None:
    tree = repository.tree(("100644", b"f", repository.blob(b"x")))
    for _ in range(10):
        tree = repository.tree(*(("40000", b"%d" % number, tree) for number in range(10)))
    repository.commit_tree(tree)
    before = time.monotonic()
    with (
        pytest.raises(LimitError, match="has 20001 files or more; 20000 are allowed"),
        take(repository.path, ref="main"),
    ):
        pass
    assert time.monotonic() - before < 20


def test_folders_without_end_are_left_out(repository: Repository, take: Take) -> None:
    """Folders inside each other break whatever walks them by recursion, Python's own `shutil.rmtree` included."""
    tree = repository.tree(("100644", b"f", repository.blob(b"x")))
    for _ in range(200):
        tree = repository.tree(("40000", b"d", tree))
    repository.commit_tree(tree)
    with take(repository.path, ref="main") as delivered:
        assert not delivered.files
        assert len(skipped(delivered)) == 1


def test_zeros_that_compress_to_nothing_are_not_unfolded(repository: Repository, take: Take) -> None:
    repository.commit({"zeros": b"\0" * 30_000_000})
    with pytest.raises(LimitError, match=r"The file zeros has 30\.0 MB; 25\.0 MB are allowed"), take(repository.path):
        pass


def test_git_file_and_unreadable_head(tmp_path: Path, take: Take, repository: Repository) -> None:
    repository.commit({"a": ""})
    folder = tmp_path / "pointing"
    folder.mkdir()
    shutil.copytree(repository.path / ".git", tmp_path / "elsewhere")
    (folder / ".git").write_text("gitdir: ../elsewhere\n")
    with take(folder) as delivered:
        assert delivered.delivery.not_included == ("a",)
    (folder / ".git").write_text("rubbish")
    with pytest.raises(UsageError, match="does not name a git directory"), take(folder):
        pass


@pytest.mark.parametrize("when", ["", "x", "-5 +0000", f"{2**63} +0000", f"{2**80} +0000"])
def test_commit_without_a_usable_time(repository: Repository, take: Take, when: str) -> None:
    tree = repository.tree(("100644", b"a", repository.blob(b"x")))
    raw = f"tree {tree}\nauthor A <a@example.org> {when}\ncommitter A <a@example.org> {when}\n\nodd\n"
    commit = repository.git("hash-object", "-w", "-t", "commit", "--literally", "--stdin", feed=raw.encode())
    repository.git("update-ref", "refs/heads/main", commit)
    with take(repository.path, ref="main") as delivered:
        assert (paths(delivered), delivered.commit_time) == ({"a"}, 0)
