"""The manifest: each file of a pack with its SHA-256, and what is in it and what is not. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from verifier import __version__
from verifier.errors import TrustError
from verifier.procurement.pack.sources import Sources, inside
from verifier.statements import strict
from verifier.words import say

SCHEMA = "https://w3id.org/verifier/pack/v1"
"""Names the version of the manifest's form; like the types of statements it is an address that nothing is fetched from."""
NAME, SUMS = "manifest.json", "SHA256SUMS"
LIBRARIES = ("babel", "jinja2", "markupsafe")
"""That write numbers and pages: another version of one may write the same otherwise."""


def sums(digests: Mapping[str, str]) -> bytes:
    """As `sha256sum --check` reads it, of every file but itself and the manifest."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def manifest(found: Sources, digests: Mapping[str, str]) -> bytes:
    """`digests` are of every file but the manifest."""
    document = {"schema": SCHEMA, "made": maker(), **inside(found), "files": dict(sorted(digests.items()))}
    return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def maker() -> dict[str, str]:
    """What a page's bytes depend on, beside what it tells."""
    return {"verifier": __version__, **{one: version(one) for one in LIBRARIES}}


def read(content: bytes) -> dict[str, Any]:
    """Raises TrustError `pack-manifest` for what is none of ours, and as `verifier.statements.strict.parse`."""
    document = strict.parse(content)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _none()
    shapes = {"made": dict, "contract": str, "files": dict}
    if not all(isinstance(document.get(name), kind) for name, kind in shapes.items()):
        raise _none()
    return document


def check_files(listed: Mapping[str, Any], there: Mapping[str, str]) -> None:
    """Raises TrustError `pack-files` for the first file that is another, is missing, or is not in the manifest."""
    for name in sorted(listed.keys() | there.keys()):
        if name not in there:
            raise TrustError(
                say("{name}, which the manifest lists, is not in the pack.", name=ascii(name)), "pack-files"
            )
        if name not in listed:
            raise TrustError(say("{name} is in the pack and not in its manifest.", name=ascii(name)), "pack-files")
        if listed[name] != there[name]:
            raise TrustError(say("{name} is not the file that the manifest lists.", name=ascii(name)), "pack-files")


def check_inside(document: Mapping[str, Any], found: Sources) -> None:
    """Raises TrustError `pack-manifest` where what it says of its contents is not what they are."""
    for name, value in inside(found).items():
        if document.get(name) != value:
            words = say("What the manifest says of {what} is not what the pack holds.", what=name)
            raise TrustError(words, code="pack-manifest")


def _none() -> TrustError:
    return TrustError(say("The zip has no manifest of an audit pack that this verifier reads."), code="pack-manifest")
