"""Pictures of every kind of page of a site, to be looked at: in both languages, at both widths, light and dark.

python -m support.pictures SITE FOLDER [KIND ...]
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

from support.browsing import SCHEMES, SIZES, chromium, examples

from verifier.words import LANGUAGES


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


if __name__ == "__main__":
    pictures(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), sys.argv[3:])
