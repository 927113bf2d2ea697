"""Pages of reports and histories as Chromium shows them: axe-core finds nothing, nothing is lost on small screens or paper."""

from __future__ import annotations

import os
import shutil
from importlib import resources

import pytest
from playwright.sync_api import sync_playwright
from support import reported

from verifier.render import history
from verifier.render.html import to_html

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
SIZES = {320: 640, 1280: 900}
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
VIOLATIONS = "axe.run().then(found => found.violations.map(v => [v.id, ...v.nodes.map(node => node.html)]))"
SHOWN = "[...document.querySelectorAll('main > div, main > section')].filter(e => e.offsetParent).map(e => e.id)"
LONG = "https://evil.example/" + "a" * 400

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium: scripts/system-packages --tests"
)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Address by name: everything that occurs, and the same with long words without a gap."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {
        "en": to_html(full(), "en"),
        "fr": to_html(full(), "fr"),
        "long": to_html(reported.hostile(LONG)),
        "history": history.page(
            "MA-2026-014", {one: (f"{one} {LONG}", f"{LONG}\n  <b> & so on\n") for one in ("en", "fr")}
        ),
        "hostile": to_html(reported.hostile('"><script>document.title = "owned"</script><img src=x>\u202e')),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in texts}


def full():
    """With everything that later reports may hold."""
    document = reported.with_findings([reported.finding(number, line=number + 1) for number in range(30)])
    thing = {
        "path": "a.py",
        "line": 3,
        "rule": "bandit:B602",
        "what": "w",
        "why": "y",
        "fix": "f",
        "excerpt": "x\n  y",
        "count": 2,
    }
    document["flip"][0] |= {"things": [thing], "check": "verifier assess . --only security"}
    document["coverage"] = [
        {
            "path": "a.py",
            "statements": 10,
            "covered": 3,
            "branches": 0,
            "coveredBranches": 0,
            "missing": [[1, 2], [5, 5]],
        }
    ]
    return document


def opened(browser, address, width=1280, **options):
    """The page, bypassing its policy for axe alone."""
    context = browser.new_context(viewport={"width": width, "height": SIZES[width]}, bypass_csp=True, **options)
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["en", "fr", "en#fr", "long", "history", "history#fr"])
def test_axe_finds_nothing_and_nothing_is_beside_the_screen(browser, pages, name, scheme, width):
    file, _, fragment = name.partition("#")
    page = opened(browser, pages[file] + ("#fr" if fragment else ""), width, color_scheme=scheme)
    page.evaluate(AXE)
    assert page.evaluate(VIOLATIONS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_text_of_twice_the_size_is_not_beside_the_screen(browser, pages):
    page = opened(browser, pages["fr"], 320)
    page.add_style_tag(content="html { font-size: 200% }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()


def test_the_other_language_is_one_link_away_and_back(browser, pages):
    page = opened(browser, pages["en"], java_script_enabled=True)
    assert page.evaluate(SHOWN) == ["en"]
    page.get_by_role("link", name="Français").click()
    assert page.evaluate(SHOWN) == ["fr"]
    page.get_by_role("link", name="Ce qui changerait le verdict").click()
    assert page.evaluate(SHOWN) == ["fr"]
    page.get_by_role("link", name="English").click()
    assert page.evaluate(SHOWN) == ["en"]
    page.context.close()


def test_a_history_keeps_its_lines_and_its_other_language_is_one_link_away(browser, pages):
    """Without a bypass: its policy lets its own style work, and there is nothing to complain about."""
    context = browser.new_context(viewport={"width": 320, "height": SIZES[320]})
    page = context.new_page()
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(pages["history"])
    assert page.evaluate(SHOWN) == ["en"]
    assert page.locator("#en pre").inner_text() == f"{LONG}\n  <b> & so on\n"
    page.get_by_role("link", name="Français").click()
    assert page.evaluate(SHOWN) == ["fr"]
    assert page.get_by_role("link").bounding_box()["height"] >= 24
    page.emulate_media(media="print")
    assert page.evaluate(SHOWN) == ["fr"]
    page.emulate_media(media="screen")
    page.get_by_role("link", name="English").click()
    assert page.evaluate(SHOWN) == ["en"]
    assert told == []
    context.close()


@pytest.mark.parametrize("fragment", ["", "#fr"])
def test_print_holds_the_chosen_language_alone_on_white(browser, pages, fragment):
    page = opened(browser, pages["en"] + fragment, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(SHOWN) == [fragment[1:] or "en"]
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 33, 38)"
    assert page.get_by_role("navigation").count() == 0
    page.context.close()


def test_a_state_is_told_without_colour(browser, pages):
    """Colours of the system in place of ours: the words and the shapes are still there, and the verdict has its frame."""
    page = opened(browser, pages["en"], forced_colors="active")
    texts = page.evaluate("[...document.querySelectorAll('#en .state')].map(e => e.innerText.trim())")
    assert {"✗ unmet", "… awaiting a decision", "? could not be run"} <= set(texts)
    assert all(len(text.split(maxsplit=1)) == 2 for text in texts)
    frame = "getComputedStyle(document.querySelector('#en .verdict')).borderLeftStyle"
    assert page.evaluate(frame) == "solid"
    page.context.close()


def test_the_focus_is_seen_and_every_table_can_be_scrolled_by_keyboard(browser, pages):
    page = opened(browser, pages["en"], 320)
    outlines = []
    for _ in range(20):
        page.keyboard.press("Tab")
        outlines.append(
            page.evaluate("[document.activeElement.className, getComputedStyle(document.activeElement).outlineStyle]")
        )
    focused = [outline for outline in outlines if outline[0] != ""] + outlines
    assert {style for name, style in focused if name != ""} == {"solid"}
    assert any(name == "scroll" for name, _ in outlines)
    page.context.close()


def test_targets_are_large_enough(browser, pages):
    """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels."""
    page = opened(browser, pages["en"], 320)
    boxes = [link.bounding_box() for link in page.get_by_role("link").all()]
    assert len(boxes) == 9
    assert all(box["height"] >= 24 and box["width"] >= 24 for box in boxes)
    page.context.close()


def test_the_policy_lets_the_style_work_and_nothing_else(browser, pages):
    """Without a bypass: no complaint about our own style, no request but the file, no script of the delivery's."""
    context = browser.new_context()
    page = context.new_page()
    told, asked = [], []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages["hostile"])
    assert page.evaluate("getComputedStyle(document.querySelector('.verdict')).borderLeftWidth") == "8px"
    assert [told, [url for url in asked if not url.startswith("data:")]] == [[], [pages["hostile"]]]
    assert "owned" not in page.title().split(":")[0]
    assert page.locator("script, img").count() == 0
    context.close()
