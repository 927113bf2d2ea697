"""Searching contracts in the static site, as Chromium does it from a file: it finds and shows what a server does."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from support.browsing import chromium, needed, violations

from verifier.dashboard.layout import Scene, html
from verifier.dashboard.page import Query
from verifier.dashboard.pages.contracts import Contracts
from verifier.dashboard.site import navigation
from verifier.words import LANGUAGES

pytestmark = needed

ROWS = """all => all.map(row => [...row.cells].map(cell => cell.textContent.replace(/[ \\n]+/g, " ").trim()))"""
ASKED = [
    {"text": "HUMAN"},
    {"text": "nothing that there is"},
    {"text": "<img src=x onerror=document.title='run'>"},
    {"state": "paid"},
    {"verdict": "rejected"},
    {"licence": "MIT", "state": "disputed"},
    {"awarded-from": "2026-11-01", "awarded-until": "2026-12-31"},
    {"profile": "micro-ca", "supplier": "supplier", "text": " e "},
]


@pytest.fixture(scope="module")
def page():
    with chromium() as browser, browser.new_context(viewport={"width": 320, "height": 640}) as context:
        yield context.new_page()


@pytest.fixture
def trouble(page):
    """What the browser complained of, and what it asked for elsewhere."""
    found = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(error.message))
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:", "about:")) or found.append(asked.url))
    return found


def searched(showcase, page, language, asked):
    """What the page shows, once it has looked through all contracts: it is loaded when that is done."""
    page.goto(f"{(showcase.site / language / 'contracts.html').as_uri()}?{urlencode(asked)}")
    return page.locator("tbody tr").evaluate_all(ROWS), page.inner_text("#total")


def served(showcase, page, language, asked):
    """What a server would."""
    made = Contracts().page(showcase.sources, "contracts", Query(asked))
    page.goto("about:blank")
    page.set_content(html(made, language, Scene(navigation(showcase.sources), live=True)))
    return page.locator("tbody tr").evaluate_all(ROWS), page.inner_text("#total")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_from_a_file_finds_what_a_server_does(showcase, page, trouble, language):
    sizes = set()
    for asked in ASKED:
        found = searched(showcase, page, language, asked)
        assert page.title() != "run"
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert found == served(showcase, page, language, asked), asked
        sizes.add(len(found[0]))
    assert trouble == []
    assert {0, 1} < sizes


def test_what_was_found_leads_on_and_stands_in_the_form_and_the_other_language(showcase, page, trouble):
    searched(showcase, page, "en", {"text": "human"})
    assert violations(page) == []
    page.click(".tongue a")
    page.wait_for_selector("#total:has-text('1 contrat')")
    assert page.input_value("[name=text]") == "human"
    page.click("tbody a")
    assert page.url.startswith((showcase.site / "fr" / "contracts").as_uri())
    assert page.locator("h1").is_visible()
    assert trouble == []


def test_the_form_asks_by_the_address(showcase, page, trouble):
    page.goto((showcase.site / "en" / "contracts.html").as_uri())
    before = page.locator("tbody tr").count()
    page.select_option("[name=state]", "paid")
    page.keyboard.press("Tab")
    page.click("form.filters button")
    page.wait_for_url("**state=paid**")
    assert 0 < page.locator("tbody tr").count() < before
    assert trouble == []
