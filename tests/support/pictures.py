"""Pictures of every kind of page of a site, to be looked at: in both languages, at both widths, light and dark.

python -m support.pictures SITE FOLDER [KIND ...]
python -m support.pictures SITE docs/pictures --for-docs
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

from support.browsing import SCHEMES, SIZES, chromium, examples

from verifier.words import LANGUAGES

FOR_DOCS = {"attention": "index", "report": "reports/rejected", "contract": "contracts/"}


def pictures(site: Path, folder: Path, wanted: list[str]) -> None:
    """Each whole page as FOLDER/KIND-LANGUAGE-WIDTH-SCHEME.png."""
    with chromium() as browser:
        page = browser.new_page()
        for kind, address in examples(site).items():
            if wanted and kind not in wanted:
                continue
            for language, (width, height), scheme in product(LANGUAGES, SIZES.items(), SCHEMES):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme)
                page.goto((site / language / f"{address}.html").as_uri())
                name = f"{kind.rstrip('/').replace('/', '-')}{'-one' if kind.endswith('/') else ''}"
                page.screenshot(path=folder / f"{name}-{language}-{width}-{scheme}.png", full_page=True)


def for_docs(site: Path, folder: Path) -> None:
    """What a reader sees first of three pages."""
    found = examples(site)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": SIZES[1280]}, color_scheme="light")
        for name, kind in FOR_DOCS.items():
            page.goto((site / "en" / f"{found[kind]}.html").as_uri())
            page.screenshot(path=folder / f"dashboard-{name}.png")


if __name__ == "__main__":
    where = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    if sys.argv[3:] == ["--for-docs"]:
        for_docs(*where)
    else:
        pictures(*where, sys.argv[3:])
