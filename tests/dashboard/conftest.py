"""What the dashboard's tests share: real assessments in a record, and the site that is built of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from support import showcase as making

from verifier.dashboard.build import build
from verifier.dashboard.sources import Sources


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
