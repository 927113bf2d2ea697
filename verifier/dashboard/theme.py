"""Another look over the usual one, for those who ask for it: a style, the institution's name, and images of its own.

    gc({"en": "Example Agency", "fr": "Agence exemple"}, Path("images"))

No image is ours: whoever has the right to use the institution's signature and the symbol supplies them. Each may be there or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from verifier.errors import UsageError
from verifier.files import read_plain
from verifier.render.templates import file
from verifier.words import say

STYLE = "gc.css"
IMAGES = ("signature-en", "signature-fr", "wordmark")
"""What may lie in the folder, as .svg or .png: the institution's signature in each language, and the symbol."""
TYPES = {"svg": "image/svg+xml", "png": "image/png"}
MOST = 100_000
"""Bytes of one image."""
PNG = b"\x89PNG\r\n\x1a\n"
SVG = "{http://www.w3.org/2000/svg}"
ACTIVE = ("script", "foreignObject")


@dataclass(frozen=True, slots=True)
class Look:
    """What a page has to know: `images` are the names of files among the assets, by what they show."""

    organisation: Mapping[str, str]
    images: Mapping[str, str]
    style: str = STYLE


@dataclass(frozen=True, slots=True)
class Theme:
    """`files` are the assets that it adds, by their names."""

    look: Look
    files: Mapping[str, bytes]


def gc(organisation: Mapping[str, str], folder: Path | None = None) -> Theme:
    """The look of institutions of the Government of Canada. Raises UsageError for an image that is none, or acts, or is large."""
    found = {path.stem: path for path in _images(folder)}
    files = {path.name: _image(path) for path in found.values()}
    look = Look(organisation, {stem: path.name for stem, path in found.items()})
    return Theme(look, {STYLE: str(file(f"dashboard/assets/{STYLE}")).encode(), **files})


def _images(folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    found = [path for stem in IMAGES for suffix in TYPES if (path := folder / f"{stem}.{suffix}").exists()]
    if not found:
        names = ", ".join(f"{stem}.svg" for stem in IMAGES)
        raise UsageError(say("{folder} has none of these images: {names} (or .png).", folder=folder, names=names))
    return found


def _image(path: Path) -> bytes:
    content = read_plain(path, most=MOST)
    if not (content.startswith(PNG) if path.suffix == ".png" else _still(content)):
        raise UsageError(
            say("{path} is no image that a page can show: PNG, or SVG without scripts and links.", path=path)
        )
    return content


def _still(content: bytes) -> bool:
    """Whether it is an SVG that does nothing and leads nowhere."""
    if b"<!" in content.replace(b"<!--", b""):  # no document type, and so no entities
        return False
    try:
        root = ET.fromstring(content)  # noqa: S314 - small, and without entities
    except ET.ParseError:
        return False
    return root.tag == f"{SVG}svg" and all(map(_harmless, root.iter()))


def _harmless(element: ET.Element) -> bool:
    names = {name.rpartition("}")[2].lower(): value for name, value in element.attrib.items()}
    acts = element.tag.rpartition("}")[2] in ACTIVE or any(name.startswith("on") for name in names)
    return not acts and names.get("href", "#").startswith("#")
