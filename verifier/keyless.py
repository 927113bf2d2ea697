"""Keyless signatures: a certificate of ten minutes for an identity that an issuer vouches for, and an entry in a public log.

    bundle = sign(payload, token, services)
    signed = verify(bundle, allowed, root)   # offline; signed.payload, signed.time, signed.identity

sigstore-python does it (the extra `sigstore`); nothing of it is imported before one of these is called. It does not look at the
payload's type, nor at when a log or an authority of the root counted: we do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests
from cryptography.hazmat import asn1
from cryptography.x509 import (
    Certificate,
    ExtensionNotFound,
    ObjectIdentifier,
    RFC822Name,
    SubjectAlternativeName,
    UniformResourceIdentifier,
)
from requests.adapters import HTTPAdapter

from verifier.errors import TrustError, UsageError, WorldError
from verifier.pinned import Identity
from verifier.statements import envelope, strict, uris
from verifier.statements.strict import shown
from verifier.words import say

if TYPE_CHECKING:
    from sigstore.dsse import Statement
    from sigstore_models.common.v1 import TimeRange
    from sigstore_models.trustroot.v1 import TrustedRoot

_PATIENCE = 60.0  # seconds of silence; the log answers when the entry is in it
_EXTENSION = "1.3.6.1.4.1.57264.1.{}"  # https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
_ISSUER, _SIGNER_DIGEST, _RUNNER, _REPOSITORY, _OWNER, _TRIGGER = 8, 10, 11, 15, 17, 20


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, when at the latest (UTC, whole seconds), and by whom."""

    payload: bytes
    time: datetime
    identity: Identity


def sign(payload: bytes, token: str, services: bytes) -> bytes:
    """A Sigstore bundle (v0.3, JSON) over the bytes of a statement, checked as one that is read.

    `token` is an OIDC identity token for the audience `sigstore`; `services` a client trust configuration (JSON): the root, and
    the addresses of those who certify, log and stamp. UsageError: one of these is unusable. WorldError: a service gave
    nothing. TrustError: it gave what does not hold.
    """
    with _extra():
        from sigstore.errors import VerificationError
        from sigstore.models import ClientTrustConfig
        from sigstore.oidc import ExpiredIdentity, IdentityError, IdentityToken
        from sigstore.sign import SigningContext
    try:
        configured = ClientTrustConfig.from_json(services.decode())
        context = SigningContext.from_trust_config(configured)
    except Exception as error:
        raise UsageError(say("The configuration of Sigstore's services is malformed or out of date.")) from error
    _be_patient(context._fulcio.session, context._rekor._session)  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        with context.signer(IdentityToken(token)) as signer:
            bundle = signer.sign_dsse(_statement(payload))
    except (IdentityError, ExpiredIdentity) as error:
        raise UsageError(say("The identity token is malformed, expired, or not meant for Sigstore.")) from error
    except VerificationError as error:
        raise _unheld() from error
    except Exception as error:
        words = say("Sigstore's services gave no signature ({kind}).", kind=type(error).__name__)
        raise WorldError(words) from error
    data = bundle.to_json().encode()
    root = configured._inner.trusted_root.to_json().encode()  # noqa: SLF001
    if verify(data, {_identity(bundle.signing_certificate)}, root).payload != payload:
        raise TrustError(say("Something else was signed than what was given."), code="keyless-signature")
    return data


def _statement(payload: bytes) -> Statement:
    """The way round sigstore-python's model of statements, which refuses subjects known by a commit (`gitCommit`).

    https://github.com/sigstore/sigstore-python/issues/1899: what is signed of a statement is `_contents`: this one has no more.
    """
    with _extra():
        from sigstore.dsse import Statement
    statement = Statement.__new__(Statement)
    statement._contents = payload  # noqa: SLF001
    return statement


def verify(data: bytes, allowed: Collection[Identity], root: bytes) -> Signed:
    """What a bundle holds, if one of the allowed signed it, by the pinned trusted root (Sigstore's JSON). Else TrustError:

    `keyless-root` (the pinned root is no such thing), `keyless-malformed`, `keyless-signature` (certificate, log entry, time or
    signature do not hold), `keyless-identity`, `keyless-expired` (the root's log or authority did not count at that time),
    or what a file is refused for by `statements.envelope`.
    """
    with _extra():
        from sigstore import models
        from sigstore.verify import Verifier
        from sigstore_models.trustroot.v1 import TrustedRoot
    # (1) The root is one.
    try:
        pinned = TrustedRoot.from_json(root)
        verifier = Verifier(trusted_root=models.TrustedRoot(pinned))
    except Exception as error:
        raise TrustError(say("The pinned trusted root of Sigstore is malformed."), code="keyless-root") from error
    # (2) The bundle is one, within limits, read in one way, and holds a statement.
    payload = envelope.read(data).payload
    try:
        bundle = models.Bundle.from_json(data)
    except Exception as error:
        raise TrustError(say("The Sigstore bundle is malformed."), code="keyless-malformed") from error
    # (3) Certificate, its time, the one whom it names, the log entry, the signature.
    try:
        verified = verifier.verify_dsse(bundle, _Exactly(allowed))
        # The latest of those that vouch for a time: one who dates back does not help.
        moment = max(each.time for each in verifier._establish_time(bundle))  # noqa: SLF001
    except TrustError:
        raise
    except Exception as error:  # what it comes to with hostile bytes is not listed anywhere
        raise _unheld() from error
    # (4) Again, by what counted at that time alone: a root keeps retired logs and authorities for what they vouched for before.
    try:
        Verifier(trusted_root=models.TrustedRoot(_at(moment, pinned))).verify_dsse(bundle, _Exactly(allowed))
    except Exception as error:
        words = say("The signature is from outside of the time in which Sigstore's log or authority counts.")
        raise TrustError(words, code="keyless-expired") from error
    # (5) It was this payload, of this type: sigstore-python reads the file by rules of its own.
    if verified != (uris.PAYLOAD, payload):
        raise _unheld()
    return Signed(payload, moment.astimezone(UTC).replace(microsecond=0), _identity(bundle.signing_certificate))


def demand_subject(payload: bytes, digests: Mapping[str, str]) -> None:
    """TrustError `subject` unless the statement is about one thing alone, and that has each of these digests (name to hex)."""
    statement = strict.parse(payload)
    try:
        (subject,) = statement["subject"]
        fits = bool(digests) and digests.items() <= subject["digest"].items()
    except (ValueError, KeyError, TypeError, AttributeError):
        fits = False
    if not fits:
        raise TrustError(say("The statement is about something else."), code="subject")


def _unheld() -> TrustError:
    return TrustError(say("The keyless signature does not hold."), code="keyless-signature")


class _Exactly:
    """sigstore-python's policy: the certificate names one of these, in all that it says, and never by a pattern."""

    def __init__(self, allowed: Collection[Identity]) -> None:
        self._allowed = allowed

    def verify(self, cert: Certificate) -> None:
        identity = _identity(cert)
        if identity not in self._allowed:
            words = say("The keyless signer is not one who may sign this: {subject}.", subject=shown(identity.subject))
            raise TrustError(words, code="keyless-identity")


def _identity(certificate: Certificate) -> Identity:
    """Raises TrustError for one with several names, or with a name of another kind."""
    try:
        (name,) = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
        if isinstance(name, RFC822Name | UniformResourceIdentifier):
            return Identity(
                subject=name.value,
                issuer=_said(certificate, _ISSUER) or "",
                signer_digest=_said(certificate, _SIGNER_DIGEST),
                repository=_said(certificate, _REPOSITORY),
                owner=_said(certificate, _OWNER),
                runner=_said(certificate, _RUNNER),
                trigger=_said(certificate, _TRIGGER),
            )
    except (ValueError, ExtensionNotFound) as error:
        raise _nobody() from error
    raise _nobody()


def _nobody() -> TrustError:
    return TrustError(say("The certificate does not name one signer."), code="keyless-identity")


def _said(certificate: Certificate, number: int) -> str | None:
    """What Fulcio's extension of that number says: a DER UTF8String."""
    try:
        extension: Any = certificate.extensions.get_extension_for_oid(ObjectIdentifier(_EXTENSION.format(number)))
    except ExtensionNotFound:
        return None
    return asn1.decode_der(str, extension.value.value)


def _at(moment: datetime, root: TrustedRoot) -> TrustedRoot:
    counted = {
        "tlogs": [each for each in root.tlogs if _holds(each.public_key.valid_for, moment)],
        "ctlogs": [each for each in root.ctlogs if _holds(each.public_key.valid_for, moment)],
        "certificate_authorities": [each for each in root.certificate_authorities if _holds(each.valid_for, moment)],
    }
    return root.model_copy(update=counted)


def _holds(span: TimeRange | None, moment: datetime) -> bool:
    return span is None or (span.start <= moment and (span.end is None or moment <= span.end))


def _be_patient(*sessions: requests.Session) -> None:
    """Ends what is silent for too long: sigstore-python waits for ever."""
    for session in sessions:
        session.mount("https://", _Timed())
        session.mount("http://", _Timed())


class _Timed(HTTPAdapter):
    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().send(*args, **(kwargs | {"timeout": _PATIENCE}))


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        words = say("Keyless signatures need the extra `sigstore`: install delivery-verifier[sigstore].")
        raise WorldError(words) from error
