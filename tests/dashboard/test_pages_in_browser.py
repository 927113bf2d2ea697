"""Every kind of page, of real assessments, as Chromium shows it from a file: both languages, narrow and wide, light and dark.

So are the pages on which somebody acts, as a server answered them.
"""

from __future__ import annotations

import io
import re
import shutil
import unicodedata
from itertools import product
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from pypdf import PdfReader
from support.answered import kept
from support.browsing import SCHEMES, SIZES, chromium, examples, kind_of, needed, read, violations

import verifier
from verifier.dashboard.build import written
from verifier.dashboard.layout import Scene
from verifier.dashboard.page import Query
from verifier.dashboard.pages.ledger import LedgerEntry
from verifier.dashboard.site import SECTIONS, navigation
from verifier.words import LANGUAGES

pytestmark = needed

PAPER = 10
"""Pages of paper at most; an ordinary report has one or two (test_report_in_browser.py), one with dozens of findings more."""
CATALOGUE = Path(verifier.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "verifier.po"
THE_SAME = {"verifier", "JSON", "CSV", "MIT", "Micro-acquisition"}
"""Words that no catalogue has, in both languages."""
LIVE = {LedgerEntry: "ledger/entry/3"}
"""Sections that a server alone has pages of."""
TOLD = re.compile(r"\buv .*|\w+Error: .*|cursor\.execute.*|(?<=exécutées par les tests)[;].*")
"""What French sentences quote, commands and what tests say; and what reports said that were recorded before it was mended."""
PARTS_OF_A_DAY = 5
"""A field for a day has stops of its own for its parts and its calendar; so many at most."""
LETTER = re.compile(r"[^\W\d_]")
NO_BREAK = "\u00a0\u202f"
SPACING = {
    "no narrow space before : ; ! ?": rf"[^{NO_BREAK}\n][:;!?](?=[\s\ufffc])",
    "no narrow space before »": rf"[^{NO_BREAK}]»",
    "no narrow space after «": rf"«[^{NO_BREAK}]",
    "quotation marks of English": r"[“”]",
    "a point for a comma in a number": r"\d\.\d+\s?(%|\$|s\b|CAD|jours?\b)",
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
  const group = one => [...one.form.elements].filter(other => other.type === "radio" && other.name === one.name);
  const chosen = one => group(one).find(other => other.checked) ?? group(one)[0];
  return [...document.querySelectorAll(all)].filter(one => one.checkVisibility() && one.type !== "hidden" && !one.disabled)
    .filter(one => one.type !== "radio" || one === chosen(one))
    .map((one, number) => { one.dataset.stop = number; return one.outerHTML.slice(0, 200); });
}"""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return [one.dataset.stop ?? one.outerHTML.slice(0, 200), style.outlineStyle, parseFloat(style.outlineWidth)];
}"""
PARTS = """all => all.map(one => one.closest(".skip, .mark, .sections, .tongue, .person, main, footer"))
  .map(one => one.className || one.tagName)"""
ORDER = ["skip", "mark", "sections", "tongue", "person", "MAIN", "foot"]
ALWAYS = {"skip", "mark", "tongue", "MAIN"}
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
def site(showcase, tmp_path_factory):
    """The showcase's, and what a server alone shows beside it."""
    folder = shutil.copytree(showcase.site, tmp_path_factory.mktemp("all") / "site")
    for section, address in LIVE.items():
        made = section().page(showcase.sources, address, Query())
        for path, content in written(made, Scene(navigation(showcase.sources))).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    with kept(tmp_path_factory.mktemp("answered")) as found:
        yield found


@pytest.fixture(scope="module")
def kinds(site, answered):
    """Kind of page -> the address of an example."""
    return examples(site) | {one: one for one in answered.addresses}


@pytest.fixture(scope="module")
def uri(site, answered):
    """An address -> where it is, in a language."""

    def found(address, language="en"):
        base = answered.base if address in answered.addresses else site.as_uri()
        return f"{base}/{language}/{address}.html"

    return found


@pytest.fixture
def page(browser):
    with browser.new_context(viewport={"width": 1280, "height": SIZES[1280]}) as context:
        yield context.new_page()


def test_there_is_an_example_of_every_kind(showcase, site, kinds):
    for section in SECTIONS:
        live = [LIVE[type(section)]] if type(section) in LIVE else []
        addresses = [place.address for place in section.places(showcase.sources)] or live
        assert addresses, f"the showcase has no page of {type(section).__name__}"
        assert {kind_of(site, one) for one in addresses} <= kinds.keys()
    assert {"reports/rejected", "reports/pending", "reports/inconclusive"} <= kinds.keys()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_beside_the_screen_and_axe_finds_nothing(browser, uri, kinds, language, script):
    """Nor does the browser complain of anything, or ask anybody but the folder, and the server that answered."""
    trouble, ours = [], ("data:", *{uri(one).partition("/en/")[0] for one in kinds.values()})
    with browser.new_context(java_script_enabled=script) as context:
        page = context.new_page()
        page.on("console", lambda message: trouble.append((page.url, message.text)))
        page.on("pageerror", lambda error: trouble.append((page.url, error.message)))
        page.on("request", lambda asked: asked.url.startswith(ours) or trouble.append(asked.url))
        for kind, address in kinds.items():
            page.goto(uri(address, language))
            for (width, height), scheme in product(SIZES.items(), SCHEMES):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme)
                wide = page.evaluate("document.documentElement.scrollWidth")
                found = page.evaluate(BESIDE, width) + ([f"{wide} px"] if wide > width else [])
                if script and (width == 320) is (scheme == "dark"):
                    found += violations(page)
                trouble += [(kind, width, scheme, one) for one in found]
    assert trouble == []


def test_without_a_script_all_is_said(browser, uri, kinds, page):
    """A script adds to a page; it takes nothing from it but what is told of its absence, and nothing waits for it."""
    with browser.new_context(java_script_enabled=False) as context:
        plain = context.new_page()
        for kind, address in kinds.items():
            texts = []
            for one in (plain, page):
                one.goto(uri(address))
                one.evaluate("document.querySelectorAll('noscript').forEach(one => one.remove())")
                texts.append(set(read(one)[0]))
            assert texts[0] - texts[1] == set(), kind
            assert plain.locator("h1").first.is_visible(), kind


def test_every_word_is_translated(uri, kinds, page):
    """What stands in both languages alike is a value, or a word that is the same in French."""
    with CATALOGUE.open("rb") as file:
        alike = [*THE_SAME, *(one.id for one in read_po(file) if one.id == one.string and has_words(one.id))]
    same = re.compile("|".join(re.sub(r"\\\{\w+\\\}", ".+", re.escape(one)) for one in alike))
    trouble = []
    for kind, address in kinds.items():
        page.goto(uri(address))
        english = set(read(page)[0])
        page.goto(uri(address, "fr"))
        assert page.evaluate("document.documentElement.lang") == "fr"
        both = [one for one in dict.fromkeys(read(page)[0]) if one in english and LETTER.search(one)]
        trouble += [(kind, one) for one in both if not same.fullmatch(one.strip(" ·,"))]
    assert trouble == []


def test_french_is_set_as_french(uri, kinds, page):
    trouble = []
    for kind, address in kinds.items():
        page.goto(uri(address, "fr"))
        texts, whole = read(page)
        for said in dict.fromkeys([*texts, *re.split(r"\n+", whole)]):
            line = f"{TOLD.sub('', said)}\n"
            trouble += [(kind, why, said) for why, pattern in SPACING.items() if re.search(pattern, line)]
    assert trouble == []


@pytest.mark.parametrize("width", SIZES)
def test_the_keyboard_reaches_everything_in_the_order_of_the_page(uri, kinds, page, width):
    """And where it is, is seen."""
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    for kind, address in kinds.items():
        whole(page, uri(address))
        expected = page.evaluate(FOCUSABLE)
        found = []
        for _ in range(len(expected) + page.locator("[type=date]").count() * PARTS_OF_A_DAY):
            page.keyboard.press("Tab")
            stop = page.evaluate(FOCUSED)
            if [stop[0]] != [one[0] for one in found[-1:]] and len(found) < len(expected):
                found.append(stop)
        stops = [expected[int(stop)] if stop.isdigit() else stop for stop, _, _ in found]
        assert stops == expected, kind
        unseen = [stop for stop, (_, style, wide) in zip(stops, found, strict=True) if style == "none" or not wide]
        assert unseen == [], kind
        parts = list(dict.fromkeys(page.locator("[data-stop]").evaluate_all(PARTS)))
        assert parts == [one for one in ORDER if one in parts], kind
        assert set(parts) >= ALWAYS, kind


def test_the_first_link_skips_to_the_content(uri, kinds, page):
    for kind, address in kinds.items():
        page.goto(uri(address))
        page.keyboard.press("Tab")
        assert page.locator(".skip").bounding_box()["x"] >= 0, kind
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main", kind
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.closest('header')"), kind


def test_what_is_folded_opens_by_the_keyboard(uri, kinds, page):
    folded = 0
    for kind, address in kinds.items():
        whole(page, uri(address))
        for one in page.locator("details > summary").filter(visible=True).all()[:3]:
            was = one.evaluate("one => one.parentElement.open")
            one.focus()
            page.keyboard.press("Enter")
            assert one.evaluate("one => one.parentElement.open") is not was, kind
            folded += 1
    assert folded


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_colour_is_seen_on_every_ground(uri, page, scheme):
    """WCAG 2.2, 1.4.3 and 1.4.11; axe sees only the colours that a page happens to have."""
    page.emulate_media(color_scheme=scheme)
    page.goto(uri("index"))
    for colours, least in ((WRITTEN, 4.5), (DRAWN, 3)):
        pairs = list(product(colours, ("--paper", "--field")))
        ratios = page.evaluate(CONTRAST, pairs)
        assert [(pair, ratio) for pair, ratio in zip(pairs, ratios, strict=True) if ratio < least] == []


def test_who_wants_no_motion_has_none(uri, kinds, page):
    page.goto(uri("index"))
    assert page.evaluate(MOVING) == ["HTML"]
    page.emulate_media(reduced_motion="reduce")
    for kind, address in kinds.items():
        page.goto(uri(address))
        assert page.evaluate(MOVING) == [], kind


def test_every_page_can_be_printed(uri, kinds, page):
    """All that it says on the screen below its headings is on the paper, which has the width of a letter."""
    for number, (kind, address) in enumerate(kinds.items()):
        page.goto(uri(address, LANGUAGES[number % 2]))
        page.emulate_media(media="print", color_scheme="light")
        wanted = page.locator("main :is(h1, h2)").filter(visible=True).all_inner_texts()
        paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
        assert 1 <= len(paper) <= PAPER, (kind, len(paper))
        told = plain("".join(one.extract_text() for one in paper))
        assert [one for one in wanted if plain(one) not in told] == [], kind
        assert {(float(one.mediabox.width), float(one.mediabox.height)) for one in paper} == {(612, 792)}, kind
        page.emulate_media(media="screen")


def whole(page, address):
    """With what is shown once the browser looked for somebody's key."""
    page.goto(address)
    page.wait_for_selector("#own-key[hidden]", state="detached")


def has_words(message):
    return bool(LETTER.search(re.sub(r"\{\w+\}", "", message)))


def plain(text):
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
