from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.intake import Take

from verifier.checkout import Limits
from verifier.errors import LimitError, UsageError
from verifier.model import Checkout

Member = tuple[str, bytes]


def tar(path: Path, *members: Member, more: Callable[[tarfile.TarFile], None] | None = None) -> Path:
    suffix = path.suffix.lstrip(".").replace("tgz", "gz")
    with tarfile.open(path, f"w:{'' if suffix == 'tar' else suffix}") as archive:  # type: ignore[call-overload]  # computed
        for name, content in members:
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
        if more:
            more(archive)
    return path


def zipped(path: Path, *members: Member) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def special(name: str, kind: bytes, target: str = "") -> Callable[[tarfile.TarFile], None]:
    def add(archive: tarfile.TarFile) -> None:
        about = tarfile.TarInfo(name)
        about.type, about.linkname = kind, target
        archive.addfile(about)

    return add


def seen(delivered: Checkout) -> tuple[set[str], set[str]]:
    return {file.path for file in delivered.files}, {skip.path for skip in delivered.not_delivered}


@pytest.mark.parametrize("suffix", ["tar.gz", "tgz", "tar.bz2", "tar.xz", "tar", "zip"])
def test_every_kind_gives_the_same_tree_without_its_top_folder(tmp_path: Path, take: Take, suffix: str) -> None:
    make = zipped if suffix == "zip" else tar
    archive = make(
        tmp_path / f"p-1.{suffix}", ("p-1/a.py", b"x = 1\n"), ("p-1/d/b", b""), ("p-1/verifier-report/r", b"")
    )
    with take(archive) as delivered:
        assert seen(delivered) == ({"a.py", "d/b"}, set())
        assert (delivered.root / "a.py").read_bytes() == b"x = 1\n"
        assert delivered.delivery.source == "archive"
        assert delivered.delivery.url == archive.name
        assert delivered.delivery.commit == "259e2441db8316f93015ded1f4073137e4fff5d1"  # the same on every machine


def test_modes_and_links_of_tar(tmp_path: Path, take: Take) -> None:
    def more(archive: tarfile.TarFile) -> None:
        program = tarfile.TarInfo("p/run")
        program.mode = 0o755
        archive.addfile(program)
        special("p/soft", tarfile.SYMTYPE, "a")(archive)
        special("p/hard", tarfile.LNKTYPE, "p/a")(archive)

    with take(tar(tmp_path / "p.tar", ("p/a", b"1"), more=more)) as delivered:
        assert {f.path: f.mode for f in delivered.files} == {
            "a": "100644", "hard": "100644", "run": "100755", "soft": "120000"
        }  # fmt: skip
        assert (delivered.root / "hard").read_bytes() == b"1"


def test_modes_and_links_of_zip(tmp_path: Path, take: Take) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for name, mode, content in (("a", 0o100755, "1"), ("l", 0o120777, "a"), ("out", 0o120777, "/etc/passwd")):
            about = zipfile.ZipInfo(name)
            about.external_attr = mode << 16
            archive.writestr(about, content)
    with take(tmp_path / "p.zip") as delivered:
        assert {f.path: f.mode for f in delivered.files} == {"a": "100755", "l": "120000"}
        assert seen(delivered)[1] == {"out"}


@pytest.mark.parametrize("make", [lambda p, *m: tar(p / "x.tar", *m), lambda p, *m: zipped(p / "x.zip", *m)])
def test_members_that_leave_the_archive_are_left_out(tmp_path: Path, take: Take, make: Callable[..., Path]) -> None:
    archive = make(tmp_path, ("../up", b"1"), ("/abs", b"2"), ("a/../../up", b"3"), ("ok", b"4"), (".git/config", b"5"))
    with take(archive) as delivered:
        assert seen(delivered) == ({"ok"}, {"../up", "/abs", "a/../../up", ".git"})
        assert not list(tmp_path.rglob("up"))


def test_links_and_devices_that_harm_are_left_out(tmp_path: Path, take: Take) -> None:
    def more(archive: tarfile.TarFile) -> None:
        special("out", tarfile.SYMTYPE, "../../etc")(archive)
        special("hard", tarfile.LNKTYPE, "/etc/passwd")(archive)
        special("pipe", tarfile.FIFOTYPE)(archive)
        special("device", tarfile.CHRTYPE)(archive)
        about = tarfile.TarInfo("out/written")
        archive.addfile(about)

    with take(tar(tmp_path / "x.tar", ("ok", b""), more=more)) as delivered:
        assert seen(delivered) == ({"ok"}, {"out", "hard", "pipe", "device", "out/written"})


@pytest.mark.parametrize("suffix", ["tar.gz", "tar.xz", "tar.bz2", "zip"])
def test_bombs_stop_at_the_limit(tmp_path: Path, take: Take, suffix: str) -> None:
    make = zipped if suffix == "zip" else tar
    archive = make(tmp_path / f"x.{suffix}", *((str(n), b"\0" * 1_000_000) for n in range(5)))
    for limits in (Limits(file_bytes=999_999), Limits(repository_bytes=3_000_000), Limits(files=4)):
        with pytest.raises(LimitError, match="allowed"), take(archive, limits=limits):
            pass


def test_header_bomb_stops_at_the_limit(tmp_path: Path, take: Take) -> None:
    """The text of an extended header is held in memory by whoever reads it."""

    def more(archive: tarfile.TarFile) -> None:
        about = tarfile.TarInfo("a")
        about.pax_headers = {"comment": "x" * 5_000_000}
        archive.addfile(about)

    archive = tar(tmp_path / "x.tar.gz", more=more)
    with pytest.raises(LimitError, match="allowed"), take(archive, limits=Limits(repository_bytes=1_000_000)):
        pass


@pytest.mark.parametrize("suffix", ["tar.gz", "tar.xz", "tar.bz2", "tar", "zip"])
def test_damaged_archives_are_refused_in_one_sentence(tmp_path: Path, take: Take, suffix: str) -> None:
    make = zipped if suffix == "zip" else tar
    whole = make(tmp_path / f"whole.{suffix}", ("a", bytes(range(256)) * 400)).read_bytes()
    for name, content in {"cut": whole[: len(whole) // 2], "rubbish": b"rubbish" * 100}.items():
        archive = tmp_path / f"{name}.{suffix}"
        archive.write_bytes(content)
        with pytest.raises(UsageError, match=r"is damaged, or no archive of its kind\.$"), take(archive):
            pass


def test_encrypted_zip_is_refused_in_one_sentence(tmp_path: Path, take: Take) -> None:
    content = bytearray(zipped(tmp_path / "x.zip", ("a", b"1")).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(UsageError, match="is encrypted"), take(tmp_path / "x.zip"):
        pass
