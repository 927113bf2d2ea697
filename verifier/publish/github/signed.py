"""Signed assessments and acceptance reports: as an asset of a release, or in the attestation store. None is ever replaced."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import quote

from verifier.errors import TrustError, UsageError
from verifier.publish import Posted
from verifier.publish.github.place import Place
from verifier.publish.http import UNSEEN, Refused
from verifier.statements import envelope, statement, uris
from verifier.words import say

PUBLIC = frozenset({uris.ASSESSMENT, uris.ACCEPTANCE})
"""Other statements name people and amounts."""
MEDIA_TYPE = "application/octet-stream"
"""The one that the description of the API has for every asset."""


def checked(content: bytes, kinds: frozenset[str]) -> statement.Statement:
    """The statement in a file that may be posted in these ways. Raises UsageError; who signed it is not looked at here."""
    try:
        read = statement.read(envelope.read(content).payload)
    except TrustError as error:
        raise UsageError(error.text) from error
    if read.predicate_type not in PUBLIC:
        raise UsageError(say("Only an assessment or an acceptance report is posted; this statement is neither."))
    if "attestation" in kinds and json.loads(content).get("mediaType") not in uris.BUNDLES:
        raise UsageError(say("The attestation store takes Sigstore bundles; this is a bare envelope."))
    return read


def asset(place: Place, content: bytes, name: str, tag: str) -> Posted:
    """To the release of a tag."""
    try:
        release = place.api.send("GET", place.path(f"/releases/tags/{quote(tag, safe='')}"))
    except Refused as refusal:
        if refusal.status != UNSEEN:
            raise
        return Posted(what="release", words=say("Release: there is none of the tag {tag}.", tag=tag), missing=True)
    for there in place.api.pages(place.path(f"/releases/{release['id']}/assets")):
        if there["name"] == name:
            same = there.get("digest") == f"sha256:{hashlib.sha256(content).hexdigest()}"
            words = say("Release: {name} is there already.", name=name)
            other = say("Release: another file is there as {name}; it is not replaced.", name=name)
            return Posted(what="release", words=words if same else other, missing=not same)
    place.api.upload(release["upload_url"].partition("{")[0], content, MEDIA_TYPE, name=name)
    return Posted(what="release", words=say("Release: {name} is added.", name=name))


def attestation(place: Place, content: bytes) -> Posted:
    """To the store of the repository, under each digest that its statement is about."""
    bundle = json.loads(content)
    subject = statement.read(envelope.read(content).payload)
    if bundle in _stored(place, subject.digests["sha256"]):
        return Posted(what="attestation", words=say("Attestation: it is there already."))
    place.api.send("POST", place.path("/attestations"), {"bundle": bundle})
    return Posted(what="attestation", words=say("Attestation: stored."))


def _stored(place: Place, digest: str) -> list[object]:
    """The bundles under a digest. GitHub answers 404 where there is none yet."""
    try:
        found = place.api.send("GET", place.path(f"/attestations/sha256:{digest}"), per_page=100) or {}
    except Refused as refusal:
        if refusal.status != UNSEEN:
            raise
        return []
    return [one.get("bundle") for one in found.get("attestations", ())]
