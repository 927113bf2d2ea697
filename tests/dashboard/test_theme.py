"""The look of federal institutions: for those who ask for it, with images of their own, and as readable as the usual one."""

from __future__ import annotations

from itertools import product

import pytest
from starlette.testclient import TestClient
from support.browsing import SCHEMES, SIZES, chromium, needed, violations
from support.filed import SETTINGS
from support.shown import sources

from verifier.cli import read
from verifier.cli.dashboard.theme import theme_of
from verifier.dashboard.build import build
from verifier.dashboard.serve.app import app
from verifier.dashboard.serve.settings import Settings
from verifier.dashboard.theme import MOST, PNG, gc
from verifier.errors import UsageError
from verifier.words import LANGUAGES

NAME = {"en": "Example Agency", "fr": "Agence exemple"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 40"><rect width="300" height="40" fill="#284162"/>{}</svg>'


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Not anybody's: a bar of one colour. There is none in French."""
    folder = tmp_path_factory.mktemp("images")
    for name in ("signature-en", "wordmark"):
        (folder / f"{name}.svg").write_text(SVG.format("<!-- a bar -->"))
    (folder / "notes.txt").write_text("Not looked at.")
    return folder


@pytest.fixture(scope="module")
def folder(images, tmp_path_factory):
    """A record, and its site: `plain` as usual, `site` with the theme."""
    folder = tmp_path_factory.mktemp("themed")
    (folder / "record").mkdir()
    with sources(folder / "record", 1) as found:
        build(found, folder / "plain")
        build(found, folder / "site", theme=gc(NAME, images))
    return folder


@needed
def test_every_size_language_and_scheme_can_be_read(folder):
    trouble = []
    with chromium() as browser:
        page = browser.new_page()
        for language, (width, height), scheme in product(LANGUAGES, SIZES.items(), SCHEMES):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            for address in ("contracts", "contracts/ma-2026-000"):
                page.goto((folder / "site" / language / f"{address}.html").as_uri())
                if (width == 320) is (scheme == "dark"):
                    trouble += [(language, width, scheme, one) for one in violations(page)]
                assert page.evaluate("document.documentElement.scrollWidth") == width
                shown = page.get_attribute(".institution img", "alt") if language == "en" else None
                assert NAME[language] == (shown or page.inner_text(".institution"))
                assert page.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
    assert trouble == []


def test_what_is_seen_first_is_reached_first(folder):
    page = (folder / "site/en/contracts.html").read_text()
    assert page.index('class="institution"') < page.index('class="tongue"') < page.index('class="sections"')
    assert "order:" not in (folder / "site/assets/gc.css").read_text()


def test_nothing_of_it_is_in_the_usual_look(folder):
    page = (folder / "plain/en/contracts.html").read_text()
    assert "gc.css" not in page
    assert "institution" not in page
    assert not (folder / "plain/assets/gc.css").exists()
    assert sorted(one.name for one in (folder / "site/assets").glob("*.svg")) == ["signature-en.svg", "wordmark.svg"]


def test_another_look_makes_every_page_again(folder):
    with sources(folder / "record", 0) as found:
        whole = build(found, folder / "other")
        assert build(found, folder / "other", theme=gc(NAME)).made == whole.pages
        assert (folder / "other/assets/gc.css").exists()
        assert build(found, folder / "other").made == whole.pages
        assert not (folder / "other/assets/gc.css").exists()


def test_the_server_has_it_too_and_on_the_pages_of_errors(folder, images):
    with TestClient(
        app(lambda: sources(folder / "record", 0), Settings(theme=gc(NAME, images))), base_url="http://127.0.0.1"
    ) as client:
        assert client.get("/assets/gc.css").headers["content-type"] == "text/css; charset=utf-8"
        assert client.get("/assets/wordmark.svg").headers["content-type"] == "image/svg+xml"
        assert client.get("/assets/notes.txt").status_code == 404
        for address in ("/en/contracts.html", "/en/nothing.html"):
            assert 'alt="Example Agency"' in client.get(address).text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("wordmark.svg", SVG.format("<script>1</script>")),
        ("wordmark.svg", SVG.format('<g onload="1"/>')),
        ("wordmark.svg", SVG.format('<a href="https://elsewhere.example"/>')),
        ("wordmark.svg", SVG.format("<foreignObject/>")),
        ("wordmark.svg", '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("")),
        ("wordmark.svg", "<html/>"),
        ("wordmark.svg", "no image"),
        ("wordmark.png", SVG.format("")),
        ("wordmark.svg", SVG.format(" " * MOST)),
    ],
    ids=["script", "event", "link", "foreign", "entities", "other-root", "text", "no-png", "large"],
)
def test_what_is_no_image_or_does_something_is_refused(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(UsageError):
        gc(NAME, tmp_path)


def test_a_png_will_do_and_a_folder_without_images_will_not(tmp_path):
    with pytest.raises(UsageError, match=r"signature-en\.svg"):
        gc(NAME, tmp_path)
    (tmp_path / "wordmark.png").write_bytes(PNG + b"...")
    assert gc(NAME, tmp_path).look.images == {"wordmark": "wordmark.png"}


def test_the_name_is_the_organisations_in_the_record(tmp_path):
    def asked(*words):
        return theme_of(read(["dashboard", "build", "site", *words], "en"))

    (tmp_path / "record.yml").write_text(SETTINGS)
    assert asked("--record", str(tmp_path)) is None
    assert asked("--record", str(tmp_path), "--theme", "gc").look.organisation == NAME
    with pytest.raises(UsageError, match="needs --record"):
        asked("--reports", ".", "--theme", "gc")
    with pytest.raises(UsageError, match="goes with"):
        asked("--reports", ".", "--theme-images", ".")
    (tmp_path / "record.yml").write_text("ledger: payments.ledger\n")
    with pytest.raises(UsageError, match="does not say organisation: name"):
        asked("--record", str(tmp_path), "--theme", "gc")
