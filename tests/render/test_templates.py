"""Templates are written faster than Jinja writes them, and put out the same."""

from __future__ import annotations

import json

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape
from support.assessed import PROJECTS

from verifier.render import html, templates
from verifier.render.page import page
from verifier.render.templates import Writer, shown, written
from verifier.words import LANGUAGES, NARROW

HOSTILE = ("<b>&amp;</b>", "\x1b[31m", "\u202eabc", "::error::x", "'\"", "a" * 2000 + "<", "\ud800")


class Plain(Environment):
    """As Jinja itself would do it."""

    code_generator_class = CodeGenerator


@pytest.fixture(scope="module")
def by_jinja():
    return Plain(
        loader=FileSystemLoader(templates.folder()),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def spoilt(value, texts):
    """A document in which every free text is hostile."""
    if isinstance(value, dict):
        return {
            name: texts.pop() if name in ("message", "reason", "detail") and texts else spoilt(one, texts)
            for name, one in value.items()
        }
    return [spoilt(one, texts) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("project", PROJECTS, ids=lambda one: one.name)
def test_a_report_is_written_as_jinja_would(by_jinja, project, language):
    for path in project.reports():
        document = spoilt(json.loads(path.read_bytes()), [*HOSTILE] * 3)
        context = html._context(page(document), language, {})
        assert html.assessment(page(document), language) == by_jinja.get_template("assessment.html").render(**context)


@given(st.text() | st.sampled_from(HOSTILE) | st.integers() | st.none() | st.text().map(Markup))
def test_one_value_is_shown_and_escaped(value):
    assert written(value) == escape(shown(value))


@given(st.integers(-(2**53), 2**53))
def test_a_count_is_written_as_in_canada(number):
    assert Writer("en").count(number) == format_decimal(number, locale="en_CA")
    assert Writer("fr").count(number) == format_decimal(number, locale="fr_CA").replace("\u00a0", NARROW)
