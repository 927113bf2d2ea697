"""Every kind of page, made of real assessments, as Chromium shows it from a file: no matter in which language, how wide, how lit."""

from __future__ import annotations

import io
import re
from itertools import product
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from pypdf import PdfReader
from support.browsing import SCHEMES, SIZES, chromium, examples, kind_of, needed, read, violations

import verifier
from verifier.dashboard.site import SECTIONS
from verifier.words import LANGUAGES

pytestmark = needed

PAPER = 6
"""Pages that the longest page has on paper."""
CATALOGUE = Path(verifier.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "verifier.po"
THE_SAME = {"verifier", "JSON", "CSV"}
"""Words that no catalogue has, in both languages."""
LETTER = re.compile(r"[^\W\d_]")
NO_BREAK = "\u00a0\u202f"
SPACING = {
    "no narrow space before : ; ! ?": rf"[^{NO_BREAK}\n][:;!?](?=[\s\ufffc])",
    "no narrow space before »": rf"[^{NO_BREAK}]»",
    "no narrow space after «": rf"«[^{NO_BREAK}]",
    "quotation marks of English": r"[“”\"]",
    "a point for a comma in a number": r"\d\.\d",
    "a comma between thousands": r"\d,\d{3}\b",
    "a space at which a number can break": r"\d \d{3}\b",
    "no narrow space before a unit": rf"\d[^{NO_BREAK}\d](%|\$|CAD|USD|EUR)",
}
BESIDE = """width => [...document.querySelectorAll("body *")].filter(one => {
  if (!one.checkVisibility() || one.closest(".skip, .out, svg *")) return false;
  for (let above = one.parentElement; above; above = above.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(above).overflowX)) return false;
  return one.getBoundingClientRect().right > width + 1;
}).map(one => one.outerHTML.slice(0, 200)).slice(0, 3)"""
FOCUSABLE = """() => {
  const all = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  return [...document.querySelectorAll(all)].filter(one => one.checkVisibility() && one.type !== "hidden" && !one.disabled)
    .map((one, number) => { one.dataset.stop = number; return one.outerHTML.slice(0, 200); });
}"""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return [one.dataset.stop ?? one.outerHTML.slice(0, 200), style.outlineStyle, parseFloat(style.outlineWidth)];
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter(one => {
  const style = getComputedStyle(one), durations = `${style.transitionDuration}, ${style.animationDuration}`;
  return style.scrollBehavior === "smooth" || durations.split(", ").some(time => parseFloat(time) > 0);
}).map(one => one.tagName)"""
CONTRAST = """pairs => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d"), style = getComputedStyle(document.documentElement);
  const light = name => {
    canvas.fillStyle = style.getPropertyValue(name);
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(one =>
      one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  return pairs.map(([front, back]) => Math.max(light(front), light(back)) / Math.min(light(front), light(back)));
}"""
WRITTEN = ("--ink", "--soft", "--link", "--hover", "--good", "--bad", "--open")
DRAWN = ("--line", "--focus")


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def kinds(showcase):
    """Kind of page -> the address of an example."""
    return examples(showcase.site)


@pytest.fixture
def page(browser):
    with browser.new_context(viewport={"width": 1280, "height": SIZES[1280]}) as context:
        yield context.new_page()


def uri(showcase, address, language="en"):
    return (showcase.site / language / f"{address}.html").as_uri()


def test_there_is_an_example_of_every_kind(showcase, kinds):
    for section in SECTIONS:
        addresses = [place.address for place in section.places(showcase.sources)]
        assert addresses, f"the showcase has no page of {type(section).__name__}"
        assert {kind_of(showcase.site, one) for one in addresses} <= kinds.keys()
    assert {"reports/rejected", "reports/pending", "reports/inconclusive"} <= kinds.keys()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_beside_the_screen_and_axe_finds_nothing(browser, showcase, kinds, language, script):
    """Nor does the browser complain of anything, or ask anybody but the folder."""
    trouble = []
    with browser.new_context(java_script_enabled=script) as context:
        page = context.new_page()
        page.on("console", lambda message: trouble.append((page.url, message.text)))
        page.on("pageerror", lambda error: trouble.append((page.url, error.message)))
        page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or trouble.append(asked.url))
        for kind, address in kinds.items():
            page.goto(uri(showcase, address, language))
            for (width, height), scheme in product(SIZES.items(), SCHEMES):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme)
                wide = page.evaluate("document.documentElement.scrollWidth")
                found = page.evaluate(BESIDE, width) + ([f"{wide} px"] if wide > width else [])
                if script and (width == 320) is (scheme == "dark"):
                    found += violations(page)
                trouble += [(kind, width, scheme, one) for one in found]
    assert trouble == []


def test_without_a_script_all_is_said(browser, showcase, kinds, page):
    """A script adds to a page; it takes nothing from it, and nothing waits for it."""
    with browser.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        for kind, address in kinds.items():
            texts = []
            for one in (plain, page):
                one.goto(uri(showcase, address))
                texts.append(set(read(one)[0]))
            assert texts[0] - texts[1] == set(), kind
            assert plain.locator("h1").first.is_visible(), kind


def test_every_word_is_translated(showcase, kinds, page):
    """What stands in both languages alike is a value, or a word that is the same in French."""
    with CATALOGUE.open("rb") as file:
        same = THE_SAME | {one.id for one in read_po(file) if one.id and one.id == one.string}
    trouble = []
    for kind, address in kinds.items():
        page.goto(uri(showcase, address))
        english = set(read(page)[0])
        page.goto(uri(showcase, address, "fr"))
        assert page.evaluate("document.documentElement.lang") == "fr"
        trouble += [
            (kind, one) for one in dict.fromkeys(read(page)[0]) if one in english - same and LETTER.search(one)
        ]
    assert trouble == []


def test_french_is_set_as_french(showcase, kinds, page):
    trouble = []
    for kind, address in kinds.items():
        page.goto(uri(showcase, address, "fr"))
        texts, whole = read(page)
        for said in dict.fromkeys([*texts, *re.split(r"\n+", whole)]):
            line = f"{said}\n"
            trouble += [(kind, why, said) for why, pattern in SPACING.items() if re.search(pattern, line)]
    assert trouble == []


@pytest.mark.parametrize("width", SIZES)
def test_the_keyboard_reaches_everything_in_the_order_of_the_page(showcase, kinds, page, width):
    """And where it is, is seen."""
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    for kind, address in kinds.items():
        page.goto(uri(showcase, address))
        expected = page.evaluate(FOCUSABLE)
        found = []
        for _ in expected:
            page.keyboard.press("Tab")
            found.append(page.evaluate(FOCUSED))
        stops = [expected[int(stop)] if stop.isdigit() else stop for stop, _, _ in found]
        assert stops == expected, kind
        unseen = [stop for stop, (_, style, wide) in zip(stops, found, strict=True) if style == "none" or not wide]
        assert unseen == [], kind
        first = page.locator("[data-stop]").evaluate_all(
            "all => all.map(one => (one.closest('.skip, nav.sections, .tongue, main') ?? one).className || 'main')"
        )
        places = list(dict.fromkeys(one for one in first if one in ("skip", "sections", "tongue", "main")))
        assert places == [one for one in ("skip", "sections", "tongue", "main") if one in places], kind
        assert places[:3] == ["skip", "sections", "tongue"], kind


def test_the_first_link_skips_to_the_content(showcase, kinds, page):
    for kind, address in kinds.items():
        page.goto(uri(showcase, address))
        page.keyboard.press("Tab")
        assert page.locator(".skip").bounding_box()["x"] >= 0, kind
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main", kind
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.closest('header')"), kind


def test_what_is_folded_opens_by_the_keyboard(showcase, kinds, page):
    folded = 0
    for kind, address in kinds.items():
        page.goto(uri(showcase, address))
        for one in page.locator("details > summary").all()[:3]:
            was = one.evaluate("one => one.parentElement.open")
            one.focus()
            page.keyboard.press("Enter")
            assert one.evaluate("one => one.parentElement.open") is not was, kind
            folded += 1
    assert folded


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_colour_is_seen_on_every_ground(showcase, page, scheme):
    """WCAG 2.2, 1.4.3 and 1.4.11; axe sees only the colours that a page happens to have."""
    page.emulate_media(color_scheme=scheme)
    page.goto(uri(showcase, "index"))
    for colours, least in ((WRITTEN, 4.5), (DRAWN, 3)):
        pairs = list(product(colours, ("--paper", "--field")))
        ratios = page.evaluate(CONTRAST, pairs)
        assert [(pair, ratio) for pair, ratio in zip(pairs, ratios, strict=True) if ratio < least] == []


def test_who_wants_no_motion_has_none(showcase, kinds, page):
    page.goto(uri(showcase, "index"))
    assert page.evaluate(MOVING) == ["HTML"]
    page.emulate_media(reduced_motion="reduce")
    for kind, address in kinds.items():
        page.goto(uri(showcase, address))
        assert page.evaluate(MOVING) == [], kind


def test_every_page_can_be_printed(showcase, kinds, page):
    """All that it says on the screen below its headings is on the paper, which has the width of a letter."""
    for number, (kind, address) in enumerate(kinds.items()):
        page.goto(uri(showcase, address, LANGUAGES[number % 2]))
        page.emulate_media(media="print", color_scheme="light")
        wanted = page.locator("main :is(h1, h2)").filter(visible=True).all_inner_texts()
        paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
        assert 1 <= len(paper) <= PAPER, (kind, len(paper))
        told = plain("".join(one.extract_text() for one in paper))
        assert [one for one in wanted if plain(one) not in told] == [], kind
        assert {(float(one.mediabox.width), float(one.mediabox.height)) for one in paper} == {(612, 792)}, kind
        page.emulate_media(media="screen")


def plain(text):
    return re.sub(r"\s+", "", text)
