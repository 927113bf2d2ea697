"""Every form of recorded reports, byte for byte: a change of any of them shows up as a difference of lines."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from pypdf import PdfReader

from verifier.cli import documents
from verifier.report import from_dict, to_dict

REPORTS = Path(__file__).parents[1] / "fixtures" / "reports"
LABEL = REPORTS / "label"
OLD = "version-1"
FOLDERS = sorted(path.name for path in REPORTS.iterdir() if path.name != OLD)
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
    ("html", "en"): "report.html",
    ("pdf", "en"): "report.pdf.txt",
    ("pdf", "fr"): "report.fr.pdf.txt",
}


def record(folder: Path = LABEL) -> dict:
    return json.loads((folder / "report.json").read_bytes())


def made(document: dict, form: str, language: str) -> bytes:
    """What is recorded of a form: of a PDF its words, since where its lines end depends on the machine's fonts."""
    text = documents.rendered(document, form, language)
    if form == "pdf":
        return _words(text).encode()
    return text.encode()


def _words(pdf: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    words = [word for number, page in enumerate(pages, 1) for word in _without_number(page, number, len(pages))]
    text = re.sub(r"(?<=\w)- (?=\w)", "-", " ".join(word for word in words if word != "•"))
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False) + "\n"


def _without_number(page: str, number: int, pages: int) -> list[str]:
    words = page.split()
    return words[:-3] if words[-3:] == [str(number), "/", str(pages)] else words


@pytest.fixture(scope="module", params=FOLDERS)
def recorded(request):
    return REPORTS / request.param, record(REPORTS / request.param)


def test_the_records_are_of_every_verdict():
    assert {record(REPORTS / name)["verdict"] for name in FOLDERS} == {"pending", "rejected", "inconclusive"}


def test_the_record_is_a_report_of_this_version(recorded):
    _, document = recorded
    assert to_dict(from_dict(document)) == document


@pytest.mark.parametrize(("form", "language"), FILES)
def test_the_form_is_the_recorded_one(form, language, recorded):
    folder, document = recorded
    assert made(document, form, language) == (folder / FILES[form, language]).read_bytes()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("form", documents.FORMATS)
def test_a_report_of_version_1_still_renders(form, language):
    document = to_dict(from_dict(record(REPORTS / OLD)))
    assert len(documents.rendered(document, form, language)) > 100


@pytest.mark.parametrize("form", documents.FORMATS)
def test_show_prints_every_form_and_nothing_else(form):
    command = [sys.executable, "-m", "verifier", "show", str(LABEL), "--format", form, "--language", "fr"]
    done = subprocess.run(command, capture_output=True, check=True)
    expected = documents.rendered(record(), form, "fr")
    assert done.stdout == (expected.encode() if isinstance(expected, str) else expected)
    assert done.stderr == b""


def test_every_form_can_be_an_output_of_assess():
    assert (*documents.FORMATS, "folder") == documents.OUTPUTS


if __name__ == "__main__":
    for name in FOLDERS:
        for (one, spoken), file in FILES.items():
            (REPORTS / name / file).write_bytes(made(record(REPORTS / name), one, spoken))
