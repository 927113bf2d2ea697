"""Every name by which a statement, its container or its type is known: the one place where they stand.

Ours are placeholders until `w3id.org/verifier` is registered; nothing ever fetches one.
"""

from __future__ import annotations

PAYLOAD = "application/vnd.in-toto+json"
"""The payloadType of every envelope."""
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
"""The mediaType of a Sigstore bundle of version 0.3, as it is written."""
BUNDLES = frozenset({BUNDLE, "application/vnd.dev.sigstore.bundle+json;version=0.3"})
"""And as it is read: the same format had this name before."""
STATEMENT = "https://in-toto.io/Statement/v1"

OURS = "https://w3id.org/verifier"
"""And who verifies, in the terms of SLSA's verification summary: this program. Whose run it was is in the signature."""
TRUST_POLICY = f"{OURS}/trust-policy/v1"
CONTRACT = f"{OURS}/contract/v1"
ASSESSMENT = f"{OURS}/assessment/v1"
DECISION = f"{OURS}/decision/v1"
WAIVER = f"{OURS}/waiver/v1"
ACCEPTANCE = "https://slsa.dev/verification_summary/v1"
ACCEPTANCE_EXTENSION = f"{OURS}/acceptance/v1"
"""The one object of ours within SLSA's verification summary."""
CRITERIA = f"{OURS}/criteria"
"""What criteria are called in it, before the name of their profile: SLSA asks for a URI. Their digest says which they are."""
CERTIFICATION = f"{OURS}/certification/v1"
RELEASE = f"{OURS}/release/v1"
EVENT = f"{OURS}/record-event/v1"
REVOCATION = f"{OURS}/revocation/v1"

PREDICATES = frozenset(
    {
        TRUST_POLICY,
        CONTRACT,
        ASSESSMENT,
        DECISION,
        WAIVER,
        ACCEPTANCE,
        CERTIFICATION,
        RELEASE,
        EVENT,
        REVOCATION,
    }
)
"""The predicateTypes that are read; any other is refused."""
