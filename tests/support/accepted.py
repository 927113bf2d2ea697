"""A desk on which a delivery was accepted, and a buyer who has said what listings need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from support.desks import COMMIT, REPOSITORY
from support.git_repository import Repository
from support.recorded import Recorded, begun

ORGANISATION: dict[str, Any] = {
    "name": {"en": "Example Department", "fr": "Ministère exemple"},
    "id": "XX-EXAMPLE-1",
    "uri": "https://example.org/department",
    "admin": "exd-mex",
    "contact": "code@example.org",
}
LONG_EN = "It computes what a parcel costs from its weight, its size and the way that it goes. " * 2
LONG_FR = "Elle calcule le prix d'un colis d'après son poids, sa taille et le chemin qu'il prend. " * 2
LISTING: dict[str, Any] = {
    "does": {"en": "Computes the rates of parcels.", "fr": "Calcule les tarifs des colis."},
    "description": {"en": LONG_EN.strip(), "fr": LONG_FR.strip()},
    "features": {"en": ["Rates by weight", "Rates by size"], "fr": ["Tarifs au poids", "Tarifs à la taille"]},
    "tags": {"en": ["parcels", "rates"], "fr": ["colis", "tarifs"]},
    "category": "43231500",
    "status": "maintained",
    "maintenance": {"type": "none"},
    "publiccode": {"type": "library", "platforms": ["linux"], "localised": True, "available": ["en", "fr-CA"]},
    "codejson": {
        "hours": 120,
        "feedback": "https://example.org/parcels/issues",
        "components": "None",
        "ai-use-case": "0",
    },
}


def accepted(folder: Path, commit: str = COMMIT, repository: str = REPOSITORY) -> Recorded:
    """One delivery, accepted."""
    desk = begun(folder, repository=repository)
    desk.award()
    desk.event("supplier", "delivered", "--reference", commit)
    desk.decide(desk.assess(1, commit))
    desk.accept()
    return desk


def organised(desk: Recorded, organisation: dict[str, Any] = ORGANISATION) -> None:
    path = desk.folder / "record" / "record.yml"
    said = {**yaml.safe_load(path.read_text()), "organisation": organisation}
    path.write_text(yaml.safe_dump(said, allow_unicode=True))


def listing(desk: Recorded, said: dict[str, Any]) -> None:
    (desk.place() / "listing.yml").write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False))


def repository(folder: Path, files: dict[str, str | bytes]) -> tuple[Repository, str]:
    """One with a single commit, and its id."""
    folder.mkdir()
    made = Repository(folder)
    made.git("init", "--quiet", "--initial-branch=main")
    return made, made.commit(files)
