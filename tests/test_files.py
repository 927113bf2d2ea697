"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verifier import files
from verifier.errors import UsageError

pytestmark = pytest.mark.self


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_is_replaced_at_once(tmp_path):
    target = tmp_path / "report.json"
    target.write_text("old")
    files.write(target, b"new")
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["report.json"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / "report.json"
    target.write_text("old")
    monkeypatch.setattr(os, "fsync", _full)
    with pytest.raises(OSError, match="No space"):
        files.write(target, b"new")
    assert target.read_text() == "old"
    assert names(tmp_path) == ["report.json"]


def _full(descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_device_is_written_to_as_it_is():
    with pytest.raises(OSError, match="No space"):
        files.write(Path("/dev/full"), b"x")


def test_a_report_folder_replaces_an_earlier_one_as_a_whole(tmp_path):
    folder = tmp_path / "verifier-report"
    files.write_folder(folder, {"report.json": b"1", "evidence/a/b.json": b"x"})
    files.write_folder(folder, {"report.json": b"2"})
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "verifier-report",
        "verifier-report/report.json",
    ]
    assert (folder / "report.json").read_bytes() == b"2"


def test_a_folder_of_somebody_elses_is_refused(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="not a report of verifier"):
        files.write_folder(folder, {"report.json": b"1"})
    assert names(folder) == ["thesis.txt"]


def test_the_evidence_of_an_official_assessment_is_not_replaced(tmp_path):
    folder = tmp_path / "verifier-report"
    files.write_folder(folder, {"report.json": b'{"kind": "official"}', "evidence/x": b"1"})
    with pytest.raises(UsageError, match="evidence of an official assessment"):
        files.write_folder(folder, {"report.json": b'{"kind": "self-check"}'})
    assert (folder / "evidence" / "x").read_bytes() == b"1"
    files.write_folder(tmp_path / "other", {"report.json": b"[1]"})
    files.write_folder(tmp_path / "other", {"report.json": b"2"})


def test_a_file_in_the_folders_place_is_refused(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(UsageError, match="not a folder"):
        files.check_folder(tmp_path / "taken")


def test_a_failed_folder_leaves_the_old_one(tmp_path, monkeypatch):
    folder = tmp_path / "verifier-report"
    files.write_folder(folder, {"report.json": b"1"})
    monkeypatch.setattr(Path, "write_bytes", lambda *_: _full(0))
    with pytest.raises(OSError, match="No space"):
        files.write_folder(folder, {"report.json": b"2"})
    assert (folder / "report.json").read_bytes() == b"1"
    assert names(tmp_path) == ["verifier-report"]
