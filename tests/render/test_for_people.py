"""What people read: the terminal, the comment and the message to the supplier."""

from __future__ import annotations

import io
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console
from support import made, reported

from verifier.render.comment import LIMIT, to_comment
from verifier.render.html import to_html
from verifier.render.inert import inert
from verifier.render.markdown import to_markdown
from verifier.render.message import WIDTH, _wrapped, to_message
from verifier.render.steps import steps
from verifier.render.terminal import renderable, terminal
from verifier.words import NARROW, in_language

FORMS = (terminal, to_markdown, to_comment, to_message)
FIXTURES = Path(__file__).parents[1] / "fixtures" / "reports" / "label"
HOSTILE = (
    "@someone",
    "#1",
    "![a](https://evil.example/a.png)",
    "[a](https://evil.example)",
    "<img src=x>",
    "<!--",
    "https://evil.example",
)
ENGLISH = re.compile(
    r"\b(the|of|is|are|and|not|with|needed|required|criterion|criteria|unmet|met|must|should|supplier|buyer|operator|finding|file"
    r"|files|report|run|check|why|mend|fix|by|more|place|lines?|statements?|things?)\b",
    re.IGNORECASE,
)
SPACED = {"en": ": ", "fr": f"{NARROW}: "}
"""The colon of a language."""
MARKED = MarkdownIt("gfm-like", {"html": True, "linkify": False})


def many(number: int) -> dict:
    """As many things to mend as there are findings, each with hostile words of great length."""
    document = reported.with_findings([reported.finding(n, path=f"{n}.py") for n in range(number)])
    thing = next(step for step in document["flip"] if step["things"])["things"][0]
    text = "\u202e<b>@x é漢" * 400
    things = [thing | {"path": text, "what": text, "why": text, "fix": f"{text}{n}"} for n in range(50)]
    for step in document["flip"]:
        step |= {"things": things, "more": number - 50, "do": text}
    document["flip"] = [step | {"criterion": f"c{n}"} for n in range(40) for step in document["flip"]]
    document["delivery"]["notIncluded"] = [text] * number
    skipped = document["checkers"][0]["notExamined"][0]
    document["checkers"][0]["notExamined"] = [skipped | {"path": f"{text}{n}"} for n in range(99)]
    return document


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_comment_stays_under_its_limit_whatever_comes_in(language):
    written = to_comment(many(30_000), language)
    assert len(written.encode()) < LIMIT
    assert written.startswith("**✗ ")


def test_a_comment_counts_what_it_leaves_out():
    document = reported.document()
    document["flip"][0] |= {"things": document["flip"][0]["things"] * 12, "more": 200}
    assert "and 202 more" in to_comment(document)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", [to_markdown, to_comment])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_delivered_text_is_no_link_image_mention_or_html(form, text, language):
    written = form(reported.hostile(text), language)
    tokens = [inner for token in MARKED.parse(written) for inner in (token, *(token.children or ()))]
    assert not {token.type for token in tokens} & {"link_open", "image", "html_block"}
    assert {token.content for token in tokens if token.type == "html_inline"} <= {"<br>"}
    plain = "".join(token.content for token in tokens if token.type == "text")
    outside = re.sub(r"`[^`]*`", "", written)
    assert "@" not in re.sub(r"\\@", "", outside), plain


@given(text=st.text())
@settings(max_examples=40, deadline=None)
def test_no_escape_of_a_terminal_is_left(text):
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, color_system=None, width=60, markup=False, highlight=False, emoji=False
    )
    console.print(renderable(reported.hostile(text)))
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", re.sub(r"\x1b\[[\d;]*m", "", out.getvalue())
    )


@pytest.mark.parametrize("markup", ["[red]x[/red]", "[link=https://evil.example]x[/link]", ":smile:"])
def test_delivered_text_is_no_markup_of_the_terminal(markup):
    assert markup in terminal(reported.hostile(markup))


def coloured(**environment: str) -> str:
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, _environ={"COLUMNS": "70", **environment}, markup=False, highlight=False
    )
    console.print(renderable(reported.document()))
    return out.getvalue()


def test_a_terminal_gets_colour_and_lines_that_fit_unless_it_says_no():
    assert "\x1b[" in coloured(TERM="xterm-256color")
    assert not re.search(r"\x1b\[[\d;]*3\dm", coloured(TERM="xterm-256color", NO_COLOR="1"))
    assert "\x1b[" not in coloured(TERM="dumb")
    assert max(map(len, coloured(TERM="dumb").splitlines())) <= 80  # of a dumb terminal no width is known


def test_plain_text_has_the_same_words_as_the_terminal():
    assert coloured(TERM="dumb").split() == terminal(reported.document()).split()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_message_is_wrapped_but_for_what_is_copied(language):
    for line in to_message(reported.document(language), language).splitlines():
        assert len(line) <= WIDTH or "verifier assess" in line or " " not in line.strip()


@pytest.mark.parametrize("name", ["report.fr.txt", "report.fr.md", "comment.fr.md", "message.fr.txt"])
def test_french_holds_no_english_of_ours(name):
    """What tools and the delivery say stands as it is; commands, paths and code are left out."""
    text = (FIXTURES / name).read_text()
    text = re.sub(r"`[^`]*`|verifier (assess|explain) \S+( --\S+ \S+)*|\S+\.\S+\(.*?\)|\S*[/_.]\S*|REUSE", "", text)
    known = re.compile(
        r"Undefined variable .*|not valid Python|configuration of .*|The name is made .*the assessor|names come from the form"
    )
    assert ENGLISH.findall(known.sub("", text)) == []


def test_criteria_that_lack_the_same_are_one_thing_to_provide():
    document = reported.document()
    waits = next(step for step in document["flip"] if step["outcome"] == "undetermined")
    before = len(steps(document))
    document["flip"].append(waits | {"criterion": "tests.pass"})
    assert len(steps(document)) == before
    assert any(step.criteria == (waits["criterion"], "tests.pass") for step in steps(document))


def test_what_could_not_be_checked_is_nobodys_failure():
    document = reported.document()
    document |= {"verdict": "inconclusive", "flip": [step for step in document["flip"] if step["outcome"] != "unmet"]}
    for form in FORMS:
        assert "fail" not in form(document).lower()


@pytest.mark.parametrize("form", FORMS)
def test_a_document_without_things_still_renders(form):
    document = reported.document()
    document["flip"] = [
        {name: step[name] for name in ("criterion", "outcome", "whose", "do")} for step in document["flip"]
    ]
    assert made.finding().message in form(document)


@pytest.mark.parametrize("form", [terminal, to_html])
@pytest.mark.parametrize(
    ("kind", "whose", "sentence"),
    [
        ("self-check", "buyer", "Only the buyer can settle this for the official assessment"),
        ("self-check", "supplier", "You can mend this."),
        ("self-check", "operator", "in a self-check, you."),
        ("official", "buyer", "To be provided by: buyer."),
    ],
)
def test_a_self_check_says_what_the_supplier_can_do(form, kind, whose, sentence):
    document = reported.document() | {"kind": kind, "verdict": "inconclusive"}
    for step in [step for step in document["flip"] if step["outcome"] == "undetermined"]:
        step["whose"] = whose
    assert sentence in form(document)


@pytest.mark.parametrize(
    ("language", "all_of_it", "some"),
    [("en", "from the cache", "in part from the cache"), ("fr", "du cache", "en partie du cache")],
)
def test_what_comes_from_the_cache_is_marked_for_every_reader(language, all_of_it, some):
    whole = reported.whole()
    first, second, *others = whole["checkers"]
    marked = whole | {"checkers": [first | {"cached": "all"}, second | {"cached": "part"}, *others]}
    document = in_language(marked, language)
    said = terminal(document, language)
    whole_line, part_line = (
        f"{all_of_it}{SPACED[language]}{first['name']}.",
        f"{some}{SPACED[language]}{second['name']}.",
    )
    assert whole_line.lower() in said.lower()
    assert part_line.lower() in said.lower()
    markdown = to_markdown(document, language)
    assert f", {all_of_it}" in markdown
    assert f", {some}" in markdown
    page = to_html(marked)
    assert f'<span class="soft">{all_of_it}</span>' in page
    assert f'<span class="soft">{some}</span>' in page
    assert all_of_it not in terminal(in_language(whole, language), language)


@given(
    st.text(st.sampled_from("ab -\t\n\u00a0\u2028#[é")) | st.text(),
    st.sampled_from([("", None), ("    - ", "      "), (" 1. ", "    ")]),
)
def test_a_message_is_wrapped_as_the_standard_library_wraps(text, indents):
    first, rest = indents
    wrapped = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    assert _wrapped(text, first, rest) == [inert(line) for line in wrapped]
