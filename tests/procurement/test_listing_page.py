"""docs/listing.md: its example is a listing that every form can be made from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from support.accepted import ORGANISATION

from verifier.procurement.listing import FORMS, Facts, Said
from verifier.procurement.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "listing.md"


@pytest.fixture
def said(tmp_path):
    path = tmp_path / "listing.yml"
    path.write_text(PAGE.read_text().partition("```yaml\n")[2].partition("```")[0])
    return Said.of(path)


def made(said, **more):
    settings = Settings(Path(), {"organisation": ORGANISATION}, Path())
    base = {
        "contract": "MA-2026-014",
        "payee": "Example Code Co-operative",
        "name": {"en": "Parcel rates", "fr": "Tarifs des colis"},
        "repository": "https://example.org/parcels",
        "licence": "EUPL-1.2",
        "licences": (("EUPL-1.2", "https://spdx.org/licenses/EUPL-1.2.html"),),
        "accepted": "2026-11-29T12:00:00Z",
        "today": "2026-11-30T12:00:00Z",
        "languages": ("Python",),
    }
    return Facts(**base | more, settings=settings, said=said)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_made_from_the_example(said, form):
    found = yaml.safe_load(FORMS[form](made(said)))
    assert "2026-11-29" in str(found) or form == "publiccode"


def test_what_code_json_has_no_word_for_is_other(said):
    found = yaml.safe_load(FORMS["codejson"](made(said)))
    assert found["permissions"]["licenses"] == [
        {"name": "Other", "URL": "https://spdx.org/licenses/EUPL-1.2.html"},
    ]


def test_a_buyer_whose_name_is_the_same_in_both_languages(said):
    alike = Settings(Path(), {"organisation": ORGANISATION | {"name": "EXD"}}, Path())
    assert made(said).buyer["fr"] == "Ministère exemple"
    assert replace(made(said), settings=alike).buyer == {"en": "EXD", "fr": "EXD"}
