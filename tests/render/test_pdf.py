"""The report on paper."""

from __future__ import annotations

import builtins
import re
import zlib

import pytest
from support import reported

from verifier.cli import documents
from verifier.errors import UsageError, WorldError
from verifier.render import pdf
from verifier.render.pdf import to_pdf
from verifier.render.templates import LONGEST


def whole(made: bytes) -> bytes:
    """The file with its objects unpacked."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", made, re.DOTALL)
    return made + b"".join(zlib.decompressobj().decompress(one) for one in streams if one[:1] == b"x")


@pytest.fixture(scope="module")
def made():
    return to_pdf(reported.document(), "fr")


def test_it_is_a_tagged_pdf_in_its_language(made):
    assert made.startswith(b"%PDF-")
    assert made.rstrip().endswith(b"%%EOF")
    assert b"/Lang (fr)" in whole(made)
    assert b"/MarkInfo <</Marked true>>" in whole(made)
    assert b"pdfuaid:part" in whole(made)


def test_the_same_report_gives_the_same_bytes(made):
    assert to_pdf(reported.document(), "fr") == made
    assert to_pdf(reported.document(), "en") != made


def test_hostile_text_is_only_text():
    trick = (
        '"><img src="https://evil.example/x"><link rel=stylesheet href=//evil.example>\u202e\ud800\x00' + "x" * LONGEST
    )
    made = whole(to_pdf(reported.hostile(trick)))
    assert b"/URI" not in made
    assert b"/JavaScript" not in made
    assert b"/EmbeddedFile" not in made


def test_nothing_is_fetched(monkeypatch, made):
    asked = []
    monkeypatch.setattr(pdf, "_refuse", lambda url, *_, **__: asked.append(url))
    to_pdf(reported.document())
    assert asked == []
    monkeypatch.undo()
    with pytest.raises(WorldError, match="A report loads nothing, and file:///etc/passwd was asked for"):
        pdf._refuse("file:///etc/passwd")


def test_without_the_libraries_it_is_told_what_to_install(monkeypatch):
    imported = builtins.__import__

    def without(name, *rest):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(WorldError, match=r"install libpango-1\.0-0"):
        to_pdf(reported.document())


def test_a_terminal_gets_no_pdf(monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(UsageError, match="cannot be shown in a terminal"):
        documents.print_out(b"%PDF-", "pdf")
    documents.refuse_terminal("html")


def test_a_folder_holds_the_page_beside_the_record():
    files = documents.folder(reported.document(), (), "en")
    assert sorted(files) == ["report.html", "report.json", "report.md"]
    assert b'lang="fr"' in files["report.html"]
    assert b'lang="en"' in files["report.html"]
