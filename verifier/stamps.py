"""Trusted time: RFC 3161 time stamps over a signature, asked of an authority and checked against the pinned ones.

    token = ask("https://stamps.example/tsr", signature)
    moment = verify(token, signature, authorities)

A token is the whole answer of the authority (DER TimeStampResp), which is what a Sigstore bundle carries.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import reduce
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests
import urllib3
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.base import HashAlgorithm

from verifier.errors import TrustError, UsageError, WorldError
from verifier.pinned import Authority
from verifier.words import say

MOST_BYTES = 1 << 16
"""No honest token is larger; most have 1 to 8 kB."""

_CHUNK = 1 << 12
_GRANTED = 0
_SHORTEST = 2  # the certificate that stamps, and its root
_HASHES = {
    "2.16.840.1.101.3.4.2.1": hashlib.sha256,
    "2.16.840.1.101.3.4.2.2": hashlib.sha384,
    "2.16.840.1.101.3.4.2.3": hashlib.sha512,
}


_Pinned = tuple[Authority, list[Certificate]]


def ask(url: str, signature: bytes, *, seconds: float = 20) -> bytes:
    """A token over `signature`. WorldError when the authority does not give one; who it is, `verify` says."""
    host = _host(url)
    question = TimestampRequestBuilder().hash_algorithm(HashAlgorithm.SHA256).data(signature).nonce(nonce=True).build()
    token = _post(url, host, question.as_bytes(), seconds)
    if not _answers(token, question, signature):
        raise WorldError(say("{host} did not answer with a time stamp of this signature.", host=host))
    return token


def verify(token: bytes, signature: bytes, authorities: Sequence[Authority]) -> datetime:
    """When the signature was there, in UTC and whole seconds, by the pinned authority that says so. Else TrustError:

    `stamp-malformed`, `stamp-refused` (no stamp was granted), `stamp-imprint` (of something else), `stamp-authority` (by one
    that is not pinned), `stamp-expired` (outside of the authority's time), `stamp-policy`, `stamp-chain` (the pinned chain
    is no such thing).
    """
    pinned = [(authority, _chain(authority)) for authority in authorities]
    try:
        return _verified(token, signature, pinned)
    except TrustError:
        raise
    except Exception as error:  # what the parser comes to with hostile bytes is not listed anywhere
        raise _malformed() from error


def _verified(token: bytes, signature: bytes, pinned: Sequence[_Pinned]) -> datetime:
    # (1) It is one token, and nothing else.
    if len(token) > MOST_BYTES:
        raise _malformed()
    stamp = decode_timestamp_response(token)
    # (2) It was granted, and over this signature.
    if stamp.status != _GRANTED:
        raise TrustError(say("The time-stamp authority refused to stamp."), code="stamp-refused")
    if not _is_of(stamp, signature):
        raise TrustError(say("The time stamp is of another signature."), code="stamp-imprint")
    # (3) A pinned authority made it, and all of its certificates were valid.
    moment = stamp.tst_info.gen_time.astimezone(UTC).replace(microsecond=0)
    named = [(authority, chain) for authority, chain in pinned if _names(stamp, chain[0])]
    current = [(authority, chain) for authority, chain in named if _is_current(chain, moment)]
    if named and not current:
        raise _expired()
    makers = [authority for authority, chain in current if _holds(stamp, signature, chain)]
    if not makers:
        raise TrustError(say("The time stamp is not by an authority of the trust policy."), code="stamp-authority")
    # (4) In the authority's time, and under a policy that was agreed.
    timely = [authority for authority in makers if _is_within(authority, moment)]
    if not timely:
        raise _expired()
    policy = stamp.tst_info.policy.dotted_string
    if not any(policy in authority.policies or not authority.policies for authority in timely):
        words = say("The time stamp is under policy {policy}, which the trust policy does not name.", policy=policy)
        raise TrustError(words, code="stamp-policy")
    return moment


def _chain(authority: Authority) -> list[Certificate]:
    try:
        chain = load_pem_x509_certificates(authority.chain.encode())
    except ValueError:
        chain = []
    if len(chain) < _SHORTEST:
        words = say("The chain of a time-stamp authority in the trust policy is not two PEM certificates or more.")
        raise TrustError(words, code="stamp-chain")
    return chain


def _answers(token: bytes, question: TimeStampRequest, signature: bytes) -> bool:
    try:
        stamp = decode_timestamp_response(token)
        return stamp.status == _GRANTED and stamp.tst_info.nonce == question.nonce and _is_of(stamp, signature)
    except Exception:  # noqa: BLE001 - as above
        return False


def _is_of(stamp: TimeStampResponse, signature: bytes) -> bool:
    imprint = stamp.tst_info.message_imprint
    digest = _HASHES.get(imprint.hash_algorithm.dotted_string)
    return digest is not None and digest(signature).digest() == imprint.message


def _names(stamp: TimeStampResponse, certificate: Certificate) -> bool:
    """Whether the certificate is the one that has signed, by its issuer and number, and nobody else has."""
    signers = list(stamp.signed_data.signer_infos)
    return len(signers) == 1 and (signers[0].issuer, signers[0].serial_number) == (
        certificate.issuer,
        certificate.serial_number,
    )


def _is_current(chain: Sequence[Certificate], moment: datetime) -> bool:
    return all(each.not_valid_before_utc <= moment <= each.not_valid_after_utc for each in chain)


def _is_within(authority: Authority, moment: datetime) -> bool:
    return authority.start <= moment and (authority.end is None or moment < authority.end)


def _holds(stamp: TimeStampResponse, signature: bytes, chain: Sequence[Certificate]) -> bool:
    signer, *between, root = chain
    builder = VerifierBuilder().tsa_certificate(signer).add_root_certificate(root)
    try:
        reduce(VerifierBuilder.add_intermediate_certificate, between, builder).build().verify_message(stamp, signature)
    except VerificationError:
        return False
    return True


def _malformed() -> TrustError:
    return TrustError(say("The time stamp is malformed."), code="stamp-malformed")


def _expired() -> TrustError:
    words = say("The time stamp is from outside of the time in which its authority counts.")
    return TrustError(words, code="stamp-expired")


def _host(url: str) -> str:
    """The host of an address that may be asked: over https, or on this machine itself."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no_address() from None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))):
        raise _no_address()
    return f"{host}:{port}" if port else host


def _no_address() -> UsageError:
    return UsageError(say("The address of a time-stamp authority begins with https://."))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _post(url: str, host: str, question: bytes, seconds: float) -> bytes:
    deadline = time.monotonic() + seconds
    headers = {"Content-Type": "application/timestamp-query", "Accept-Encoding": "identity"}
    body = b""
    try:
        with requests.post(
            url, data=question, headers=headers, timeout=seconds, stream=True, allow_redirects=False
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise WorldError(say("{host} answered {status}.", host=host, status=answer.status_code))
            # One read from the network at a time, so that a drip of bytes meets the deadline as well.
            while chunk := answer.raw.read1(_CHUNK, decode_content=False):
                body += chunk
                if len(body) > MOST_BYTES:
                    words = say(
                        "{host} sends more than the {most} bytes allowed for one answer.", host=host, most=MOST_BYTES
                    )
                    raise WorldError(words)
                if time.monotonic() > deadline:
                    raise _slow(host, seconds)
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise _slow(host, seconds) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise WorldError(say("{host}: it cannot be reached.", host=host)) from error
    return body


def _slow(host: str, seconds: float) -> WorldError:
    return WorldError(say("{host} did not answer within {seconds} s.", host=host, seconds=format(seconds, "g")))
