"""The forms of a recorded report, byte for byte: a change of any of them shows up as a difference of lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.cli import documents
from verifier.report import from_dict, to_dict

REPORTS = Path(__file__).parents[1] / "fixtures" / "reports"
FOLDER = REPORTS / "label"
FILES = {
    ("sarif", "en"): "report.sarif",
    ("junit", "en"): "report.junit.xml",
    ("gitlab", "en"): "report.gitlab.json",
    ("csv", "en"): "report.csv",
    ("text", "en"): "report.txt",
    ("text", "fr"): "report.fr.txt",
    ("md", "en"): "report.md",
    ("md", "fr"): "report.fr.md",
    ("comment", "en"): "comment.md",
    ("comment", "fr"): "comment.fr.md",
    ("message", "en"): "message.txt",
    ("message", "fr"): "message.fr.txt",
}


def record(folder: Path = FOLDER) -> dict:
    return json.loads((folder / "report.json").read_bytes())


@pytest.fixture(scope="module")
def recorded():
    return record()


def test_the_record_is_a_report_of_this_version(recorded):
    assert to_dict(from_dict(recorded)) == recorded


@pytest.mark.parametrize(("form", "language"), FILES)
def test_the_form_is_the_recorded_one(form, language, recorded):
    assert documents.rendered(recorded, form, language).encode() == (FOLDER / FILES[form, language]).read_bytes()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("form", documents.FORMATS)
def test_a_report_of_version_1_still_renders(form, language):
    document = to_dict(from_dict(record(REPORTS / "version-1")))
    assert len(documents.rendered(document, form, language)) > 200


@pytest.mark.parametrize("form", documents.FORMATS)
def test_show_prints_every_form_and_nothing_else(form, recorded):
    command = [sys.executable, "-m", "verifier", "show", str(FOLDER), "--format", form, "--language", "fr"]
    done = subprocess.run(command, capture_output=True, check=True)
    expected = documents.rendered(recorded, form, "fr")
    assert done.stdout == (expected.encode() if isinstance(expected, str) else expected)
    assert done.stderr == b""


def test_every_form_can_be_an_output_of_assess():
    assert (*documents.FORMATS, "folder") == documents.OUTPUTS


if __name__ == "__main__":
    for (one, spoken), name in FILES.items():
        (FOLDER / name).write_bytes(documents.rendered(record(), one, spoken).encode())
