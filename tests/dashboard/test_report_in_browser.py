"""The page of a report as Chromium shows it, from a file: neutral until verified, readable at any width, two pages on paper."""

import io
from importlib import resources

import pytest
from pypdf import PdfReader
from support.browsing import chromium, needed
from support.chains import NOW
from support.judged import EXAMPLES, example, judged

from verifier.dashboard.assessed import address_of
from verifier.dashboard.build import build
from verifier.dashboard.sources import Sources

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
VIOLATIONS = "axe.run().then(found => found.violations.map(v => [v.id, ...v.nodes.map(node => node.html)]))"
BORDER = "getComputedStyle(document.querySelector('.verdict')).borderLeftColor"

pytestmark = needed


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Name of an example -> the part of its page's address after the language."""
    folder = tmp_path_factory.mktemp("site")
    with judged(folder / "record") as case:
        rounds = {
            name: case.assess(example(name), n) for n, name in enumerate(("rejected", "inconclusive", "accepted"), 1)
        }
        last = rounds["accepted"]
        case.accept(
            last, case.decide(last, "Compared with the published tables."), case.waive(last, "security.blocking")
        )
        build(Sources(now=NOW, records=case.records, folders=[EXAMPLES / "self-check"]), folder / "site")
    (own,) = (folder / "site" / "en" / "self-checks").iterdir()
    addresses = {name: f"{address_of(one.digest)}.html" for name, one in rounds.items()}
    return (folder / "site").as_uri(), addresses | {"self-check": f"self-checks/{own.name}", "list": "self-checks.html"}


def opened(browser, site, name, language="en", width=1280, **options):
    page = browser.new_context(viewport={"width": width, "height": 900}, **options).new_page()
    page.goto(f"{site[0]}/{language}/{site[1][name]}")
    return page


@pytest.mark.parametrize("how", [(320, "dark", "fr"), (1280, "light", "en")], ids=["small", "large"])
@pytest.mark.parametrize("name", ["accepted", "self-check", "list"])
def test_axe_finds_nothing_and_nothing_is_beside_the_screen(browser, site, name, how):
    width, scheme, language = how
    page = opened(browser, site, name, language, width, color_scheme=scheme, bypass_csp=True)
    page.evaluate(AXE)
    assert page.evaluate(VIOLATIONS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["rejected", "inconclusive", "accepted", "self-check"])
def test_an_ordinary_report_is_one_or_two_pages_of_paper(browser, site, name, language):
    page = opened(browser, site, name, language)
    pages = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    first = pages[0].extract_text()
    assert len(pages) <= 2
    assert {"en": "What was judged", "fr": "Ce qui a été jugé"}[language] in first
    assert {"en": "Unmet criteria", "fr": "Critères non respectés"}[language] in first
    text = "".join(one.extract_text() for one in pages)
    assert {"en": "Not examined", "fr": "Non examiné"}[language] in text
    assert "da502c467912" not in text  # digests of evidence stay on the screen
    page.context.close()


def test_a_verdict_has_no_colour_until_a_browser_verified_it(browser, site):
    page = opened(browser, site, "rejected")
    neutral = page.evaluate(BORDER)
    state = "getComputedStyle(document.querySelector('.state .shape')).color == getComputedStyle(document.body).color"
    assert page.evaluate(state)
    page.evaluate("document.documentElement.dataset.verified = 'server'")
    assert page.evaluate(BORDER) == neutral
    page.evaluate("document.documentElement.dataset.verified = 'browser'")
    assert page.evaluate(BORDER) != neutral
    page.context.close()


def test_the_message_is_copied_as_it_stands(browser, site):
    page = opened(browser, site, "rejected", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the message to the supplier").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.evaluate("document.querySelector('.letter pre').textContent")
    assert copied.startswith("Assessment of parcel-rates\nCommit: ")
    page.context.close()


def test_without_a_script_the_message_is_there_and_no_button(browser, site):
    page = opened(browser, site, "rejected", java_script_enabled=False)
    assert page.get_by_role("button").count() == 0
    page.get_by_text("The message to the supplier").click()
    assert page.get_by_text("Assessment of parcel-rates").is_visible()
    page.context.close()
