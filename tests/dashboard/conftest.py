"""What the dashboard's tests share: real assessments in a record, and the site that is built of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from support import showcase as making
from support.verified import STATE, filed

from verifier.dashboard.build import build
from verifier.dashboard.sources import Sources

FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--no-sandbox"]


@dataclass(frozen=True)
class Showcase:
    """`folder` has the record and the reports; `site` is not to be changed."""

    sources: Sources
    folder: Path
    site: Path


@pytest.fixture(scope="session")
def showcase(tmp_path_factory):
    folder = tmp_path_factory.mktemp("showcase")
    with making.showcase(folder) as sources:
        build(sources, folder / "site")
        yield Showcase(sources, folder, folder / "site")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def context(browser):
    found = browser.new_context()
    yield found
    found.close()


@pytest.fixture(scope="session")
def honest(tmp_path_factory):
    """A record whose pages are as they were built. They are not to be changed."""
    made = filed(tmp_path_factory.mktemp("ecdsa") / "desk")
    made.build()
    return made


@pytest.fixture
def opened(context):
    """A page, as the browser shows it once its script is done. Whatever it complains of, or runs, fails the test."""

    def open_(path, pin="", html=""):
        target = path
        if html:
            target = path.parents[2] / "variant" / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(html, encoding="utf-8")
        page = context.new_page()
        trouble = []
        page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: trouble.append(error.message))
        page.on("console", lambda message: trouble.append(message.text))
        page.goto(target.as_uri() + (f"#pin={pin}" if pin else ""), wait_until="load")
        page.wait_for_function(f"{STATE} || document.getElementById('by-whom').dataset.done", timeout=10_000)
        assert trouble == []
        return page

    return open_
