"""Sigstore on loopback: an identity provider's tokens, Fulcio and its certificate log, Rekor (v1, v2), a time-stamp authority.

It checks what it is sent as the real ones do: a token's signature, issuer, audience and time; that who asks for a certificate
holds its key; that an entry's signature is by its certificate. What it was asked, and answered, is in `asked`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import jwt
import rfc8785
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from support import stamp_authority

EMAIL_ISSUER = "https://accounts.google.com"
GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
DER, SPKI = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
_SCT_LIST = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_SHA256 = ec.ECDSA(hashes.SHA256())

WORKFLOW = {
    "event_name": "push",
    "job_workflow_ref": "buyer/acceptance/.github/workflows/assess.yml@refs/heads/main",
    "job_workflow_sha": "1" * 40,
    "ref": "refs/heads/main",
    "repository": "supplier/parcel-rates",
    "repository_id": "1001",
    "repository_owner": "supplier",
    "repository_owner_id": "2002",
    "repository_visibility": "public",
    "run_attempt": "1",
    "run_id": "3003",
    "runner_environment": "github-hosted",
    "sha": "2" * 40,
    "sub": "repo:supplier/parcel-rates:ref:refs/heads/main",
    "workflow": "Deliver",
    "workflow_ref": "supplier/parcel-rates/.github/workflows/deliver.yml@refs/heads/main",
    "workflow_sha": "2" * 40,
}
"""The claims of a workflow of the supplier's that calls one of the buyer's."""


class Refused(Exception):  # noqa: N818 it is an answer
    """What a service answers with, status and reason."""


@dataclass
class Log:
    """A Merkle tree (RFC 6962) whose head is signed as a checkpoint."""

    origin: str
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    leaves: list[bytes] = field(default_factory=list)

    @property
    def spki(self) -> bytes:
        return self.key.public_key().public_bytes(DER, SPKI)

    @property
    def id(self) -> bytes:
        """Rekor v1 is known by the digest of its key; v2 as a signed note's key is, with its name and kind."""
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return hashlib.sha256(self.spki).digest()
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return hashlib.sha256(self.origin.encode() + b"\n\x01" + raw).digest()

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, _SHA256) if isinstance(self.key, ec.EllipticCurvePrivateKey) else self.key.sign(data)

    def append(self, body: bytes) -> tuple[int, bytes, list[bytes], str]:
        """Its index, the root, the proof that it is in, and the checkpoint."""
        self.leaves.append(hashlib.sha256(b"\0" + body).digest())
        root, index = _root(self.leaves), len(self.leaves) - 1
        note = f"{self.origin}\n{len(self.leaves)}\n{_b64(root)}\n"
        signature = _b64(self.id[:4] + self.sign(note.encode()))
        return index, root, _path(index, self.leaves), f"{note}\n\u2014 {self.origin.split()[0]} {signature}\n"


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = _half(len(leaves))
    return hashlib.sha256(b"\1" + _root(leaves[:half]) + _root(leaves[half:])).digest()


def _path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    left, right = leaves[:half], leaves[half:]
    return [*_path(index, left), _root(right)] if index < half else [*_path(index - half, right), _root(left)]


def _half(count: int) -> int:
    """The largest power of two below it."""
    return 1 << ((count - 1).bit_length() - 1)


class Sigstore:
    """`flaw` is what it does wrong: see where it is asked for."""

    def __init__(self, folder: Path, *, flaw: str = "") -> None:
        self.flaw = flaw
        self.asked: list[str] = []
        self.issuer_key, self.ct_key, self._root_key, self._ca_key = (_new_key() for _ in range(4))
        self._root = _authority("Root", self._root_key, None)
        self._ca = _authority("Intermediate", self._ca_key, (self._root, self._root_key))
        self.stamps = stamp_authority.authority(folder)
        others = [hashlib.sha256(bytes([n])).digest() for n in range(5)]
        self.v1 = Log("rekor.test - 1234567890", _new_key(), list(others))
        self.v2 = Log("log.rekor.test", ed25519.Ed25519PrivateKey.generate(), list(others))
        self._lock = threading.Lock()
        self.url = self.stamps_url = ""

    # Who is who -----------------------------------------------------------------------------------------------------------

    def token(
        self, issuer: str = GITHUB_ISSUER, *, key: ec.EllipticCurvePrivateKey | None = None, **claims: Any
    ) -> str:
        """An identity token as the issuer's; what is in `claims` is said otherwise."""
        now = int(time.time())
        own = WORKFLOW if issuer == GITHUB_ISSUER else {"sub": "1", "email": "ada@example.org", "email_verified": True}
        said = {"iss": issuer, "aud": "sigstore", "iat": now, "exp": now + 300, **own, **claims}
        return jwt.encode(said, key or self.issuer_key, algorithm="ES256")

    def services(self, version: int = 1, **roots: Any) -> bytes:
        """The client trust configuration, with the log of that version."""
        start = {"start": "2020-01-01T00:00:00Z"}
        service = {"majorApiVersion": 1, "validFor": start, "operator": "test"}
        signing = {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": [{**service, "url": self.url}],
            "oidcUrls": [{**service, "url": self.url}],
            "rekorTlogUrls": [{**service, "url": self.url, "majorApiVersion": version}],
            "rekorTlogConfig": {"selector": "ANY"},
            "tsaUrls": [{**service, "url": self.stamps_url}],
            "tsaConfig": {"selector": "ANY"},
        }
        configuration = {
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": self.root(**roots),
            "signingConfig": signing,
        }
        return json.dumps(configuration).encode()

    def root(self, **spans: Mapping[str, str]) -> dict[str, Any]:
        """The trusted root; `logs` and `authorities` are when they count, else for ever."""
        always = {"start": "2020-01-01T00:00:00Z"}
        ca, stamps = spans.get("authorities", always), self.stamps.certificates
        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [_instance(log.spki, log.id, spans.get("logs", always)) for log in (self.v1, self.v2)],
            "certificateAuthorities": [_pinned((self._ca, self._root), ca)],
            "ctlogs": [_instance(_spki(self.ct_key), hashlib.sha256(_spki(self.ct_key)).digest(), always)],
            "timestampAuthorities": [_pinned(stamps, always)],
        }

    # Fulcio ---------------------------------------------------------------------------------------------------------------

    def certify(self, asked: Mapping[str, Any], bearer: str) -> dict[str, Any]:
        claims = self._claims(bearer)
        try:
            request = x509.load_pem_x509_csr(base64.b64decode(asked["certificateSigningRequest"], validate=True))
        except (KeyError, ValueError) as error:
            raise Refused(400, "The certificate signing request could not be parsed") from error
        key = request.public_key()
        if not (isinstance(key, ec.EllipticCurvePublicKey) and request.is_signature_valid):
            raise Refused(400, "The signature supplied in the request could not be verified")
        certificate = self._certificate(key, claims)
        chain = [each.public_bytes(serialization.Encoding.PEM).decode() for each in (certificate, self._ca, self._root)]
        return {"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}}

    def _claims(self, bearer: str) -> dict[str, Any]:
        try:
            return jwt.decode(
                bearer,
                self.issuer_key.public_key(),
                algorithms=["ES256"],
                audience="sigstore",
                issuer=[EMAIL_ISSUER, GITHUB_ISSUER],
                options={"require": ["aud", "exp", "iat", "iss", "sub"]},
            )
        except jwt.InvalidTokenError as error:
            raise Refused(401, f"There was an error processing the identity token: {error}") from error

    def _certificate(self, key: ec.EllipticCurvePublicKey, claims: Mapping[str, Any]) -> x509.Certificate:
        now = datetime.now(UTC).replace(microsecond=0)
        names, said = _named(claims)
        if self.flaw == "names":  # beside its own, the one that is wanted
            names = [x509.RFC822Name("eve@example.org"), *names]
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])
        builder = (
            x509.CertificateBuilder(
                self._ca.subject,
                x509.Name([]),
                key,
                x509.random_serial_number(),
                now,
                now + timedelta(minutes=10),
            )
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(usage, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._ca_key.public_key()), critical=False
            )
            .add_extension(x509.SubjectAlternativeName(names), critical=True)
        )
        for number, text in said.items():
            value = text.encode() if number < 7 else asn1.encode_der(text)  # the first six are bare, as they came to be
            oid = ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}")
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical=False)
        precertificate = builder.sign(self._ca_key, hashes.SHA384())
        noted = asn1.encode_der(self._noted(precertificate.tbs_certificate_bytes))
        return builder.add_extension(x509.UnrecognizedExtension(_SCT_LIST, noted), critical=False).sign(
            self._ca_key, hashes.SHA384()
        )

    def _noted(self, certificate: bytes) -> bytes:
        """A list of one signed certificate timestamp (RFC 6962, 3.2 and 3.3); flaw `sct`: by a key that is not the log's."""
        now = int(time.time() * 1000)
        issuer = hashlib.sha256(_spki(self._ca_key)).digest()
        entry = issuer + len(certificate).to_bytes(3, "big") + certificate
        key = _new_key() if self.flaw == "sct" else self.ct_key
        signature = key.sign(struct.pack("!BBQH", 0, 0, now, 1) + entry + b"\0\0", _SHA256)
        log = hashlib.sha256(_spki(self.ct_key)).digest()
        sct = b"\0" + log + struct.pack("!QHBBH", now, 0, 4, 3, len(signature)) + signature
        return struct.pack("!HH", len(sct) + 2, len(sct)) + sct

    # Rekor ----------------------------------------------------------------------------------------------------------------

    def log_v1(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """A `dsse` entry; flaws: `set` (its promise is of another time), `late` (it is logged a minute later)."""
        try:
            if (asked["apiVersion"], asked["kind"]) != ("0.0.1", "dsse"):
                raise Refused(400, "unsupported kind")
            text = asked["spec"]["proposedContent"]["envelope"]
            (verifier,) = asked["spec"]["proposedContent"]["verifiers"]
            envelope = json.loads(text)
            payload = base64.b64decode(envelope["payload"], validate=True)
            (signature,) = (each["sig"] for each in envelope["signatures"])
            certificate = x509.load_pem_x509_certificate(base64.b64decode(verifier, validate=True))
            _check(certificate, base64.b64decode(signature, validate=True), _pae(envelope["payloadType"], payload))
        except (KeyError, ValueError, TypeError) as error:
            raise Refused(400, f"not an entry: {error}") from error
        body = rfc8785.dumps(
            {
                "apiVersion": "0.0.1",
                "kind": "dsse",
                "spec": {
                    "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(text.encode()).hexdigest()},
                    "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
                    "signatures": [{"signature": signature, "verifier": verifier}],
                },
            }
        )
        index, root, hashes_, checkpoint = self._appended(self.v1, body)
        now = int(time.time()) + (60 if self.flaw == "late" else 0)
        promised = {"body": _b64(body), "integratedTime": now, "logID": self.v1.id.hex(), "logIndex": index}
        promise = self.v1.sign(rfc8785.dumps(promised | ({"integratedTime": now - 1} if self.flaw == "set" else {})))
        proof = {
            "checkpoint": checkpoint,
            "hashes": [each.hex() for each in hashes_],
            "logIndex": index,
            "rootHash": root.hex(),
            "treeSize": len(self.v1.leaves),
        }
        told = {"inclusionProof": proof, "signedEntryTimestamp": _b64(promise)}
        return {self.v1.leaves[-1].hex(): promised | {"verification": told}}

    def log_v2(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """A `hashedrekord` entry."""
        try:
            request = asked["hashedRekordRequestV002"]
            digest = base64.b64decode(request["digest"], validate=True)
            verifier = request["signature"]["verifier"]
            if verifier["keyDetails"] != "PKIX_ECDSA_P256_SHA_256":
                raise Refused(400, "unsupported key")
            certificate = x509.load_der_x509_certificate(base64.b64decode(verifier["x509Certificate"]["rawBytes"]))
            content = base64.b64decode(request["signature"]["content"], validate=True)
            _check(certificate, content, digest, hashed=True)
        except (KeyError, ValueError, TypeError) as error:
            raise Refused(400, f"not an entry: {error}") from error
        data = {"algorithm": "SHA2_256", "digest": request["digest"]}
        spec = {"hashedRekordV002": {"data": data, "signature": request["signature"]}}
        body = rfc8785.dumps({"apiVersion": "0.0.2", "kind": "hashedrekord", "spec": spec})
        index, root, hashes_, checkpoint = self._appended(self.v2, body)
        return {
            "logIndex": str(index),
            "logId": {"keyId": _b64(self.v2.id)},
            "kindVersion": {"kind": "hashedrekord", "version": "0.0.2"},
            "inclusionProof": {
                "logIndex": str(index),
                "rootHash": _b64(root),
                "treeSize": str(len(self.v2.leaves)),
                "hashes": [_b64(each) for each in hashes_],
                "checkpoint": {"envelope": checkpoint},
            },
            "canonicalizedBody": _b64(body),
        }

    def _appended(self, log: Log, body: bytes) -> tuple[int, bytes, list[bytes], str]:
        """Flaws: `proof` (of another entry), `checkpoint` (by a key that is not the log's)."""
        with self._lock:
            index, root, hashes_, checkpoint = log.append(b"other" if self.flaw == "proof" else body)
            if self.flaw == "checkpoint":
                forged = Log(log.origin, _new_key(), log.leaves[:-1])
                hint = log.id[:4]
                text = checkpoint.split("\n\n")[0] + "\n"
                name = log.origin.split()[0]
                checkpoint = f"{text}\n\u2014 {name} {_b64(hint + forged.sign(text.encode()))}\n"
            return index, root, hashes_, checkpoint


def _named(claims: Mapping[str, Any]) -> tuple[list[x509.GeneralName], dict[int, str]]:
    """The certificate's name and what its extensions say, by their numbers."""
    issuer = {1: claims["iss"], 8: claims["iss"]}
    if claims["iss"] == EMAIL_ISSUER:
        if claims.get("email_verified") is not True:
            raise Refused(401, "email_verified claim was false")
        return [x509.RFC822Name(claims["email"])], issuer
    github = "https://github.com/"
    signer = github + claims["job_workflow_ref"]
    own = f"{github}{claims['repository']}"
    return [x509.UniformResourceIdentifier(signer)], dict(
        sorted(
            {
                **issuer,
                2: claims["event_name"],
                3: claims["sha"],
                4: claims["workflow"],
                5: claims["repository"],
                6: claims["ref"],
                9: signer,
                10: claims["job_workflow_sha"],
                11: claims["runner_environment"],
                12: own,
                13: claims["sha"],
                14: claims["ref"],
                15: claims["repository_id"],
                16: github + claims["repository_owner"],
                17: claims["repository_owner_id"],
                18: github + claims["workflow_ref"],
                19: claims["workflow_sha"],
                20: claims["event_name"],
                21: f"{own}/actions/runs/{claims['run_id']}/attempts/{claims['run_attempt']}",
                22: claims["repository_visibility"],
            }.items()
        )
    )


def _check(certificate: x509.Certificate, signature: bytes, data: bytes, *, hashed: bool = False) -> None:
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    try:
        key.verify(signature, data, ec.ECDSA(utils.Prehashed(hashes.SHA256())) if hashed else _SHA256)
    except InvalidSignature as error:
        raise Refused(400, "verifying signature: invalid") from error


def _pae(kind: str, payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _authority(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by, by_key = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    now = datetime.now(UTC)
    serial = x509.random_serial_number()
    return (
        x509.CertificateBuilder(by, subject, key.public_key(), serial, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0 if issuer else 1), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False)
        .sign(by_key, hashes.SHA384())
    )


def _usage(**on: bool) -> x509.KeyUsage:
    uses = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    names = (*uses, "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**(dict.fromkeys(names, False) | on))


def _instance(spki: bytes, identifier: bytes, span: Mapping[str, str]) -> dict[str, Any]:
    kind = "PKIX_ED25519" if len(spki) == 44 else "PKIX_ECDSA_P256_SHA_256"
    key = {"rawBytes": _b64(spki), "keyDetails": kind, "validFor": span}
    return {
        "baseUrl": "https://log.test",
        "hashAlgorithm": "SHA2_256",
        "publicKey": key,
        "logId": {"keyId": _b64(identifier)},
    }


def _pinned(chain: Sequence[x509.Certificate], span: Mapping[str, str]) -> dict[str, Any]:
    certificates = [{"rawBytes": _b64(each.public_bytes(DER))} for each in chain]
    subject = {"organization": "test", "commonName": "test"}
    return {"subject": subject, "uri": "", "certChain": {"certificates": certificates}, "validFor": span}


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(DER, SPKI)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@contextmanager
def sigstore(folder: Path, *, flaw: str = "", stamps_flaw: str = "") -> Iterator[Sigstore]:
    """It, at its addresses. Flaw `silent`: Fulcio does not answer."""
    made = Sigstore(folder, flaw=flaw)
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if flaw == "silent":
                over.wait(10)
            try:
                status, answer = 201, self._answer(asked)
            except Refused as refused:
                status, answer = refused.args[0], {"code": refused.args[0], "message": refused.args[1]}
            made.asked.append(f"{self.path} {status}")
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
            if self.path == "/api/v2/signingCert":
                return made.certify(asked, self.headers.get("Authorization", "").removeprefix("Bearer "))
            if self.path == "/api/v1/log/entries":
                return made.log_v1(asked)
            if self.path == "/api/v2/log/entries":
                return made.log_v2(asked)
            raise Refused(404, "no such path")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class names it so
            pass

    with ExitStack() as stack:
        made.stamps_url = stack.enter_context(stamp_authority.serving(made.stamps, flaw=stamps_flaw))
        made.url = stack.enter_context(stamp_authority.loopback(Handler))
        stack.callback(over.set)
        yield made
