"""Chromium as the tests of the dashboard start it, the pages to look at, and what a page says when it is read out.

with chromium() as browser:
    page = browser.new_context().new_page()
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
SIZES = {320: 640, 1280: 900}
SCHEMES = ("light", "dark")
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
VIOLATIONS = """axe.run({preload: false, rules: {"target-size": {enabled: true}}}).then(found =>
  found.violations.map(one => [one.id, ...one.nodes.slice(0, 3).map(node => node.html.slice(0, 300))]))"""
READ = """() => {
  const page = document.documentElement, texts = [], whole = [];
  const foreign = one => one.closest('[translate="no"], code, pre, time') || one.closest("[lang]").lang !== page.lang;
  document.querySelectorAll("details").forEach(one => { one.open = true; });
  const walk = element => {
    if (!element.checkVisibility() || element.matches("[aria-hidden=true]")) return;
    const inline = element.tagName !== "BR" && getComputedStyle(element).display.startsWith("inline");
    if (!inline) whole.push("\\n");
    for (const name of ["aria-label", "alt", "title", "placeholder", "data-copy", "data-copied"])
      if (element.hasAttribute(name) && !foreign(element)) texts.push(element.getAttribute(name));
    for (const node of element.childNodes) {
      if (node.nodeType === Node.ELEMENT_NODE) walk(node);
      else if (node.nodeType !== Node.TEXT_NODE) continue;
      else if (foreign(element)) whole.push("\\ufffc");
      else { texts.push(node.data); whole.push(node.data.replace(/[ \\n]+/g, " ")); }
    }
    if (!inline) whole.push("\\n");
  };
  walk(document.body);
  return [texts, whole.join("")];
}"""
OF_REPORTS = "reports"
"""Reports are of one kind for each verdict."""

needed = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium: scripts/system-packages --tests"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield started
        started.close()


def examples(site: Path) -> dict[str, str]:
    """Kind of page -> the address of the longest of that kind that the site has."""
    found: dict[str, tuple[int, str]] = {}
    for path in sorted((site / "en").rglob("*.html")):
        address = path.relative_to(site / "en").with_suffix("").as_posix()
        kind = kind_of(site, address)
        found[kind] = max(found.get(kind, (0, "")), (path.stat().st_size, address))
    return {kind: address for kind, (_, address) in found.items()}


def kind_of(site: Path, address: str) -> str:
    """`contracts` of a list, of its further pages and of its parts, `contracts/` of what it leads to."""
    first = address.partition("/")[0]
    if first == OF_REPORTS:
        shown = json.loads((site / "data" / f"{address}.json").read_text(encoding="utf-8"))
        return f"{first}/{(shown['report'] or {}).get('verdict', 'trouble')}"
    folder, below, last = address.rpartition("/")
    names = accumulate(last.split("-"), "{}-{}".format)
    return folder + below or next(name for name in names if (site / "en" / f"{name}.html").exists())


def read(page: Page) -> tuple[list[str], str]:
    """Each text in the page's own language, names and hints of its parts among them; and all of it line by line.

    What is not in the page's language, values of the delivery, code and times stand in the lines as U+FFFC.
    """
    texts, whole = page.evaluate(READ)
    return [one.strip() for one in texts], whole


def violations(page: Page) -> list[Any]:
    page.evaluate(AXE)
    return list(page.evaluate(VIOLATIONS))
