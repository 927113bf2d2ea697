"""The forms of a recorded report, byte for byte: a change of any of them shows up as a difference of lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.cli import documents
from verifier.report import from_dict, to_dict

FOLDER = Path(__file__).parents[1] / "fixtures" / "reports" / "label"
FILES = {
    "sarif": "report.sarif",
    "junit": "report.junit.xml",
    "gitlab": "report.gitlab.json",
    "csv": "report.csv",
}


@pytest.fixture(scope="module")
def recorded():
    return json.loads((FOLDER / "report.json").read_bytes())


def test_the_record_is_a_report_of_this_version(recorded):
    assert to_dict(from_dict(recorded)) == recorded


@pytest.mark.parametrize(("form", "file"), FILES.items())
def test_the_form_is_the_recorded_one(form, file, recorded):
    assert documents.rendered(recorded, form).encode() == (FOLDER / file).read_bytes()


@pytest.mark.parametrize("form", documents.FORMATS)
def test_show_prints_every_form_and_nothing_else(form, recorded):
    command = [sys.executable, "-m", "verifier", "show", str(FOLDER), "--format", form]
    done = subprocess.run(command, capture_output=True, check=True)
    expected = documents.rendered(recorded, form)
    assert done.stdout == (expected.encode() if isinstance(expected, str) else expected)
    assert done.stderr == b""


def test_every_form_can_be_an_output_of_assess():
    assert (*documents.FORMATS, "folder") == documents.OUTPUTS
