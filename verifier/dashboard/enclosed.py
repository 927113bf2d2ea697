"""What lies in a page so that a browser can verify it by itself, offline: the pins, the chain of trust policies, the statements.

It is JSON, compressed (zlib) and in base64. assets/verify.js reads it, and believes nothing of it.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from verifier.errors import TrustError
from verifier.statements import envelope
from verifier.statements.envelope import Envelope, Signature
from verifier.trust.reading import opened
from verifier.trust.store import Store

MOST = 60_000
"""Characters of it in one page; a page that comes to more is verified by `verifier verify` alone."""
LEVEL = 5
"""Of compression: the highest takes twice as long for one hundredth less."""


def enclosed(
    trust: Store | None, policy: str, about: str, files: Iterable[bytes], *, bad: int, revoked: str = ""
) -> dict[str, str]:
    """`{"envelopes": …}`, or nothing of it where there is no trust folder or it would be too large.

    `policy` is the digest of the one in force, `about` that of the statement that the page shows; `bad` is how many files did
    not hold when the page was made, and `revoked` since when that statement does not count, by the ledger.
    """
    if trust is None:
        return {"envelopes": ""}
    document = {
        "about": about,
        "bad": bad,
        "revoked": revoked,
        "pins": trust.pinned().decode(),
        "policies": _chain(trust.folder, policy),
        "statements": [plain(one) for one in _together(files)],
    }
    raw = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    packed = b64encode(zlib.compress(raw, LEVEL)).decode()
    return {"envelopes": packed if len(packed) <= MOST else ""}


@lru_cache(maxsize=8)
def _chain(folder: Path, policy: str) -> list[dict[str, Any]]:
    """Every version up to this one: what leads to it does not change."""
    versions = Store(folder).chain()
    last = next((at for at, one in enumerate(versions) if envelope.digest(one) == policy), -1)
    return [plain(one) for one in versions[: last + 1]]


def _together(files: Iterable[bytes]) -> Iterator[Envelope]:
    """One a payload, with every signature of it. What is no container is told as such by the page, and counted in `bad`."""
    found: dict[bytes, tuple[Signature, ...]] = {}
    for content in files:
        try:
            one = opened(content)
        except TrustError:
            continue
        found[one.payload] = (*found.get(one.payload, ()), *one.signatures)
    return (Envelope(payload, signatures) for payload, signatures in found.items())


def plain(one: Envelope) -> dict[str, Any]:
    """One envelope as it lies there."""
    return {"payload": one.payload.decode(errors="replace"), "signatures": [_signature(by) for by in one.signatures]}


def _signature(one: Signature) -> dict[str, Any]:
    """`stamped` and `keyless`: what only a certificate can show, which a browser does not verify."""
    return {
        "sig": b64encode(one.sig).decode(),
        "stamped": bool(one.stamps),
        "keyless": one.keyless is not None,
    }
