"""Whom a trust policy believes without a key of theirs: keyless identities, and authorities of trusted time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from verifier.statements import strict


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom a certificate names. All of it is compared, to the letter: what is None here, the certificate must not have.

    `subject` is the one subject alternative name: an e-mail address, or a workflow file with its ref; `issuer` vouches for it. A
    GitHub workflow has the rest as well: the commit of the workflow file that signed (`job_workflow_sha`), the numbers of the
    repository that ran it and of its owner, the runner (`github-hosted`) and the event that set it off (`push`).
    """

    subject: str
    issuer: str
    signer_digest: str | None = None
    repository: str | None = None
    owner: str | None = None
    runner: str | None = None
    trigger: str | None = None

    @property
    def id(self) -> str:
        """What it is counted and revoked by, as a key is by its id: the SHA-256 of all that it says (RFC 8785), in hex."""
        return sha256(strict.canonical(asdict(self))).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An authority as the trust policy pins it: what it stamped outside of its time does not count.

    `chain` is PEM: the certificate that stamps first, each one's issuer after it, the root last. `start` and `end` are in UTC;
    the end does not belong to it, and without one the certificates' own decides. `policies` are the identifiers (dotted)
    that it may stamp under; none means any.
    """

    chain: str
    start: datetime
    end: datetime | None = None
    policies: tuple[str, ...] = ()
