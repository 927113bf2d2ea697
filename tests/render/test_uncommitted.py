"""Files that no commit holds: a supplier who mends and does not commit is told so where the verdict is."""

from __future__ import annotations

import re

import pytest
from support import reported

from verifier.render.comment import to_comment
from verifier.render.html import to_html
from verifier.render.markdown import to_markdown
from verifier.render.terminal import terminal

FORMS = (terminal, to_markdown, to_comment, to_html)
BEGINS = {"en": "2 files are not in the commit and were not judged", "fr": "2 fichiers ne sont pas dans le commit et n"}


def with_left(*paths):
    document = reported.document()
    document["delivery"]["notIncluded"] = list(paths)
    return document


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", BEGINS)
def test_it_is_said_beside_the_verdict(form, language):
    written = form(with_left("LICENSE", "a.py"), language).replace("\\", "")
    verdict = re.compile("Would be rejected|Verdict prévu", re.IGNORECASE)
    places = [found.start() for found in verdict.finditer(written)]
    assert min(abs(written.index(BEGINS[language]) - place) for place in places) < 400


@pytest.mark.parametrize("language", BEGINS)
def test_the_terminal_names_them_once(language):
    assert terminal(with_left("LICENSE", "a.py"), language).count("(LICENSE, a.py)") == 1


def test_one_is_told_as_one_and_many_are_cut():
    assert "1 file is not in the commit and was not judged (a): commit it, or add --dirty." in terminal(with_left("a"))
    assert "9 files are not in the commit and were not judged (0, 1, 2, 3, 4, and 4 more)" in terminal(
        with_left(*map(str, range(9)))
    )


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_said_where_all_was_judged(form):
    assert "add --dirty" not in form(with_left())
