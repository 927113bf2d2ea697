"""Real public bundles, verified offline with the roots of their day: Sigstore's staging log, and GitHub's attestations."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import vectors

from verifier.errors import TrustError
from verifier.keyless import Signed, demand_subject, verify
from verifier.pinned import Authority, Identity
from verifier.stamps import verify as stamped

pytestmark = vectors.needed
STAGING, GITHUB = (Path(vectors.WHERE or "", name) for name in ("sigstore-trust", "github-attestations"))
BEACON = Identity(
    subject="https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
    "extremely-dangerous-oidc-beacon.yml@refs/heads/main",
    issuer="https://token.actions.githubusercontent.com",
    signer_digest="977e8d08554ca9bda279c96e91be2119fb67c730",
    repository="632596897",
    owner="131804563",
    runner="github-hosted",
    trigger="workflow_dispatch",
)
ATTESTER = Identity(
    subject="https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml@"
    "09b495c3f12c7881b3cc17209a327792065c1a1d",
    issuer="https://token.actions.githubusercontent.com",
    signer_digest="09b495c3f12c7881b3cc17209a327792065c1a1d",
    repository="804070735",
    owner="16248153",
    runner="github-hosted",
    trigger="workflow_dispatch",
)


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    def refuse(*args):
        raise AssertionError("verification is offline")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@dataclass(frozen=True, kw_only=True)
class Public:
    bundle: Path
    signer: Identity
    root: Path
    moment: datetime
    artefact: Path | None = None
    digest: str = ""  # where the artefact itself is not there

    def verified(self, data: bytes = b"", **other: str) -> Signed:
        return verify(data or self.bundle.read_bytes(), {replace(self.signer, **other)}, self.root.read_bytes())

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.artefact.read_bytes()).hexdigest() if self.artefact else self.digest


STAGED = Public(
    bundle=STAGING / "a.dsse.staging-rekor-v2.txt.sigstore.json",
    signer=BEACON,
    root=STAGING / "trusted_root.staging.json",
    moment=datetime(2026, 5, 13, 19, 23, 33, tzinfo=UTC),
    digest="a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf",
)
ATTESTED = Public(
    bundle=GITHUB / "reusable-workflow-attestation.sigstore.json",
    signer=ATTESTER,
    root=GITHUB / "trusted_root.json",
    moment=datetime(2024, 5, 24, 19, 14, 24, tzinfo=UTC),
    artefact=GITHUB / "reusable-workflow-artifact",
)
TODAYS = replace(ATTESTED, root=STAGING / "trusted_root.production.json")
public = pytest.mark.parametrize(
    "public", [STAGED, ATTESTED, TODAYS], ids=["staging", "github", "github, today's root"]
)


def refused(public: Public, data: bytes = b"", **other: str) -> str:
    with pytest.raises(TrustError) as caught:
        public.verified(data, **other)
    return caught.value.code


@public
def test_a_public_bundle_says_who_signed_what_and_when(public):
    signed = public.verified()
    assert (signed.identity, signed.time) == (public.signer, public.moment)
    demand_subject(signed.payload, {"sha256": public.sha256})
    with pytest.raises(TrustError) as caught:
        demand_subject(signed.payload, {"sha256": hashlib.sha256(b"another").hexdigest()})
    assert caught.value.code == "subject"


@public
@pytest.mark.parametrize("field", list(Identity.__dataclass_fields__))
def test_another_identity_is_refused(public, field):
    real = getattr(public.signer, field)
    for other in ("", "*", real + "0", real[:-1]):
        assert refused(public, **{field: other}) == "keyless-identity"


@public
def test_a_changed_byte_of_what_was_signed_is_refused(public):
    document = json.loads(public.bundle.read_bytes())
    payload = base64.b64decode(document["dsseEnvelope"]["payload"])
    for place in range(0, len(payload), 13):
        changed = payload[:place] + bytes([payload[place] ^ 1]) + payload[place + 1 :]
        document["dsseEnvelope"]["payload"] = base64.b64encode(changed).decode()
        assert refused(public, json.dumps(document).encode()) == "keyless-signature"


@public
def test_the_root_of_another_sigstore_vouches_for_nothing(public):
    other = "trusted_root.production.json" if public is STAGED else "trusted_root.staging.json"
    assert refused(replace(public, root=STAGING / other)) == "keyless-signature"


@pytest.mark.parametrize("what", ["tlogs", "ctlogs", "certificateAuthorities"])
@pytest.mark.parametrize(
    "span",
    [{"start": "2026-05-14T00:00:00Z"}, {"start": "2026-05-01T00:00:00Z", "end": "2026-05-13T19:23:32Z"}],
    ids=["begun later", "ended before"],
)
def test_what_did_not_count_at_that_time_vouches_for_nothing(tmp_path, what, span):
    root = json.loads(STAGED.root.read_bytes())
    for each in root[what]:
        (each if what == "certificateAuthorities" else each["publicKey"])["validFor"] = span
    other = tmp_path / "root.json"
    other.write_text(json.dumps(root))
    assert refused(replace(STAGED, root=other)) == "keyless-expired"


def test_the_stamp_of_a_public_authority_holds_by_itself():
    document = json.loads((STAGING / "a.dsse.staging-rekor-v2.txt.sigstore.json").read_bytes())
    (stamp,) = document["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"]
    (pinned,) = json.loads((STAGING / "trusted_root.staging.json").read_bytes())["timestampAuthorities"]
    lines = [
        f"-----BEGIN CERTIFICATE-----\n{each['rawBytes']}\n-----END CERTIFICATE-----\n"
        for each in pinned["certChain"]["certificates"]
    ]
    authority = Authority(chain="".join(lines), start=datetime(2025, 4, 9, tzinfo=UTC))
    token = base64.b64decode(stamp["signedTimestamp"])
    signature = base64.b64decode(document["dsseEnvelope"]["signatures"][0]["sig"])
    assert stamped(token, signature, [authority]) == datetime(2026, 5, 13, 19, 23, 33, tzinfo=UTC)
