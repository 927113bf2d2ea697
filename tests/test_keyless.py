"""Keyless signatures by the unmodified sigstore-python, against a whole Sigstore on loopback."""

from __future__ import annotations

import base64
import json
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sigstore import dsse
from sigstore.errors import Error
from sigstore.models import Bundle, ClientTrustConfig
from sigstore.oidc import IdentityToken
from sigstore.sign import SigningContext
from sigstore.verify import Verifier, policy
from support.loopback_sigstore import EMAIL_ISSUER, GITHUB_ISSUER, WORKFLOW, sigstore

from verifier import keyless
from verifier.errors import TrustError, UsageError, WorldError
from verifier.keyless import demand_subject, sign, verify
from verifier.pinned import Identity

COMMIT = "a" * 40
PAYLOAD = json.dumps(
    {
        "_type": "https://in-toto.io/Statement/v1",
        "predicate": {"round": 1},
        "predicateType": "https://example.org/assessment/v1",
        "subject": [{"digest": {"gitCommit": COMMIT, "gitTree": "b" * 40, "sha256": "c" * 64}, "name": "parcel-rates"}],
    },
    separators=(",", ":"),
    sort_keys=True,
).encode()
BUYERS = Identity(
    subject="https://github.com/buyer/acceptance/.github/workflows/assess.yml@refs/heads/main",
    issuer=GITHUB_ISSUER,
    signer_digest="1" * 40,
    repository="1001",
    owner="2002",
    runner="github-hosted",
    trigger="push",
)
ADA = Identity(subject="ada@example.org", issuer=EMAIL_ISSUER)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    with sigstore(tmp_path_factory.mktemp("sigstore")) as made:
        yield made


@pytest.fixture(scope="module")
def root(services):
    return json.dumps(services.root()).encode()


@pytest.fixture(scope="module", params=[1, 2], ids=["rekor v1", "rekor v2"])
def bundle(services, request):
    return sign(PAYLOAD, services.token(), services.services(request.param))


@pytest.fixture
def offline(monkeypatch):
    def refuse(*args):
        raise AssertionError("verification is offline")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def refused(code: str, data: bytes, allowed: set[Identity], root: bytes) -> str:
    with pytest.raises(TrustError) as caught:
        verify(data, allowed, root)
    assert caught.value.code == code
    return str(caught.value)


def test_what_a_workflow_signs_is_verified_offline(bundle, root, offline):
    signed = verify(bundle, {ADA, BUYERS}, root)
    assert (signed.payload, signed.identity) == (PAYLOAD, BUYERS)
    assert datetime.now(UTC) - timedelta(minutes=2) < signed.time <= datetime.now(UTC)
    assert (signed.time.tzinfo, signed.time.microsecond) == (UTC, 0)


def test_what_a_person_signs_is_verified(services, root):
    signed = verify(sign(PAYLOAD, services.token(EMAIL_ISSUER), services.services()), {ADA}, root)
    assert (signed.payload, signed.identity) == (PAYLOAD, ADA)


def test_sigstore_python_alone_verifies_it(bundle, services):
    trusted = ClientTrustConfig.from_json(services.services().decode()).trusted_root
    exactly = policy.AllOf(
        [
            policy.Identity(identity=BUYERS.subject, issuer=GITHUB_ISSUER),
            policy.OIDCBuildSignerDigest("1" * 40),
            policy.OIDCSourceRepositoryIdentifier("1001"),
            policy.OIDCSourceRepositoryOwnerIdentifier("2002"),
            policy.OIDCRunnerEnvironment("github-hosted"),
            policy.OIDCBuildTrigger("push"),
        ]
    )
    found = Verifier(trusted_root=trusted).verify_dsse(Bundle.from_json(bundle), exactly)
    assert found == ("application/vnd.in-toto+json", PAYLOAD)


def test_the_bundle_is_of_version_3_with_one_signature_and_one_entry(bundle):
    document = json.loads(bundle)
    assert document["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert len(document["verificationMaterial"]["tlogEntries"]) == 1
    assert len(document["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"]) == 1
    assert len(document["dsseEnvelope"]["signatures"]) == 1


# The way round sigstore-python's model of statements.


def test_the_way_round_is_still_needed():
    with pytest.raises(Error, match="gitCommit"):
        dsse.Statement(PAYLOAD)


def test_the_way_round_still_works():
    key = ec.generate_private_key(ec.SECP256R1())
    envelope = dsse._sign(key, keyless._statement(PAYLOAD))
    assert dsse._verify(key.public_key(), envelope) == PAYLOAD
    assert envelope._inner.payload_type == "application/vnd.in-toto+json"


# Who signed.


@pytest.mark.parametrize(
    "change",
    [
        {"subject": BUYERS.subject.replace("main", "dev")},
        {"subject": BUYERS.subject.upper()},
        {"subject": "https://github.com/buyer/*"},
        {"subject": "https://github.com/buyer/.*"},
        {"subject": ""},
        {"issuer": EMAIL_ISSUER},
        {"issuer": ""},
        {"signer_digest": "3" * 40},
        {"signer_digest": None},
        {"repository": "1002"},
        {"repository": None},
        {"owner": "2003"},
        {"owner": None},
        {"runner": "self-hosted"},
        {"runner": None},
        {"trigger": "pull_request_target"},
        {"trigger": None},
    ],
    ids=str,
)
def test_an_identity_that_differs_in_anything_is_another(bundle, root, change):
    told = refused("keyless-identity", bundle, {replace(BUYERS, **change)}, root)
    assert told == f"The keyless signer is not one who may sign this: {BUYERS.subject}."


def test_nobody_may_sign_where_nobody_is_named(bundle, root):
    refused("keyless-identity", bundle, set(), root)


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        ("job_workflow_sha", "3" * 40),
        ("repository_id", "666"),
        ("repository_owner_id", "666"),
        ("runner_environment", "self-hosted"),
        ("event_name", "pull_request_target"),
        ("job_workflow_ref", "supplier/parcel-rates/.github/workflows/assess.yml@refs/heads/main"),
    ],
)
def test_a_workflow_that_runs_otherwise_is_not_the_buyers(services, root, claim, other):
    assert claim in WORKFLOW
    forged = sign(PAYLOAD, services.token(**{claim: other}), services.services())
    refused("keyless-identity", forged, {BUYERS}, root)


def test_a_certificate_of_two_names_names_nobody(tmp_path):
    with sigstore(tmp_path, flaw="names") as made, pytest.raises(TrustError) as caught:
        sign(PAYLOAD, made.token(), made.services())
    assert (str(caught.value), caught.value.code) == ("The certificate does not name one signer.", "keyless-identity")


# What does not hold.


def test_another_root_vouches_for_nothing(bundle, tmp_path):
    with sigstore(tmp_path) as other:
        refused("keyless-signature", bundle, {BUYERS}, json.dumps(other.root()).encode())


@pytest.mark.parametrize("root", [b"", b"{}", b"[]", b"\xff", b'{"mediaType":"x"}'])
def test_a_pinned_root_that_is_none_is_told(bundle, root):
    refused("keyless-root", bundle, {BUYERS}, root)


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "json"), (b"{}", "container"), (b"[]", "container"), (b"[" * 100_000, "too-deep")]
)
def test_what_is_no_container_is_refused_before_sigstore_reads_it(root, data, code):
    with pytest.raises(TrustError) as caught:
        verify(data, {BUYERS}, root)
    assert caught.value.code == code


def test_a_bundle_that_sigstore_cannot_read_is_malformed(bundle, root):
    document = json.loads(bundle)
    document["verificationMaterial"]["certificate"] = {}
    refused("keyless-malformed", json.dumps(document).encode(), {BUYERS}, root)


def test_a_bundle_that_two_readers_read_differently_is_refused(services, root):
    plain = PAYLOAD.replace(b'"round":1', b'"round":10')  # its base64 has neither + nor /, and ends without padding
    honest = sign(plain, services.token(), services.services())
    text = json.loads(honest)["dsseEnvelope"]["payload"]
    assert not {"+", "/", "="} & set(text)
    split = honest.replace(text.encode(), f"{text[:400]}----{text[400:]}".encode())
    assert Bundle.from_json(split)._dsse_envelope._inner.payload == plain  # it passes over what it does not know
    refused("keyless-signature", split, {BUYERS}, root)


def test_a_bundle_altered_in_any_byte_is_refused_or_says_the_same(bundle, root):
    honest, same = verify(bundle, {BUYERS}, root), 0
    for place in range(0, len(bundle), 29):
        altered = bundle[:place] + bytes([bundle[place] ^ 1]) + bundle[place + 1 :]
        try:
            assert verify(altered, {BUYERS}, root) == honest
            same += 1
        except TrustError:
            pass
    assert same < 40, "the stamp of a log's entry that has a time of its own, and unsigned hints"


def test_a_statement_altered_in_any_byte_is_refused(bundle, root):
    document = json.loads(bundle)
    for place in range(len(PAYLOAD)):
        altered = PAYLOAD[:place] + bytes([PAYLOAD[place] ^ 1]) + PAYLOAD[place + 1 :]
        document["dsseEnvelope"]["payload"] = base64.b64encode(altered).decode()
        refused("keyless-signature", json.dumps(document).encode(), {BUYERS}, root)


def test_an_entry_without_its_log_or_its_time_is_refused(bundle, root):
    for gone in ("tlogEntries", "timestampVerificationData"):
        document = json.loads(bundle)
        del document["verificationMaterial"][gone]
        if gone == "timestampVerificationData":
            document["verificationMaterial"]["tlogEntries"][0].pop("inclusionPromise", None)
        with pytest.raises(TrustError):
            verify(json.dumps(document).encode(), {BUYERS}, root)


@pytest.mark.parametrize("what", ["logs", "authorities"])
def test_a_log_or_authority_that_had_retired_vouches_for_nothing(bundle, services, what):
    yesterday = (datetime.now(UTC) - DAY).isoformat()
    span = {what: {"start": "2020-01-01T00:00:00Z", "end": yesterday}}
    trusted = ClientTrustConfig.from_json(services.services(**span).decode()).trusted_root
    Verifier(trusted_root=trusted).verify_dsse(Bundle.from_json(bundle), policy.UnsafeNoOp())  # it does not look
    refused("keyless-expired", bundle, {BUYERS}, json.dumps(services.root(**span)).encode())
    soon = (datetime.now(UTC) + DAY).isoformat()
    assert verify(bundle, {BUYERS}, json.dumps(services.root(**{what: {"start": yesterday, "end": soon}})).encode())


def test_another_payload_type_is_no_statement(services, root, monkeypatch):
    monkeypatch.setattr(dsse.Envelope, "_TYPE", "application/json")
    configured = ClientTrustConfig.from_json(services.services().decode())
    with SigningContext.from_trust_config(configured).signer(IdentityToken(services.token())) as signer:
        other = signer.sign_dsse(keyless._statement(PAYLOAD)).to_json().encode()
    monkeypatch.undo()
    told = refused("payload-type", other, {BUYERS}, root)
    assert told == "What was signed is application/json, and not an in-toto statement."


def test_a_signed_file_is_no_statement(services, root):
    configured = ClientTrustConfig.from_json(services.services(2).decode())
    with SigningContext.from_trust_config(configured).signer(IdentityToken(services.token())) as signer:
        file = signer.sign_artifact(PAYLOAD).to_json().encode()
    refused("container", file, {BUYERS}, root)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("flaw", ["sct", "set", "proof", "checkpoint"])
def test_a_service_that_cheats_gives_no_signature(tmp_path, flaw, version):
    with sigstore(tmp_path, flaw=flaw) as cheat:
        if (flaw, version) == ("set", 2):  # the second version promises nothing
            assert sign(PAYLOAD, cheat.token(), cheat.services(version))
            return
        with pytest.raises(TrustError) as caught:
            sign(PAYLOAD, cheat.token(), cheat.services(version))
        assert caught.value.code == "keyless-signature"


def test_a_time_comes_from_the_log_or_from_a_stamp(tmp_path):
    with sigstore(tmp_path, stamps_flaw="503") as made:
        assert sign(PAYLOAD, made.token(), made.services(1))
        with pytest.raises(WorldError, match=r"gave no signature \(InvalidBundle\)"):
            sign(PAYLOAD, made.token(), made.services(2))


def test_the_latest_of_what_vouches_for_a_time_counts(tmp_path):
    with sigstore(tmp_path, flaw="late") as made:
        before = datetime.now(UTC)
        late = sign(PAYLOAD, made.token(), made.services())
        assert verify(late, {BUYERS}, json.dumps(made.root()).encode()).time > before + timedelta(seconds=55)


# What the world withholds, and what was asked wrongly.


def test_a_service_that_is_silent_or_gone_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(keyless, "_PATIENCE", 0.3)
    began = time.monotonic()
    with sigstore(tmp_path, flaw="silent") as made:
        with pytest.raises(WorldError, match=r"gave no signature \(ReadTimeout\)"):
            sign(PAYLOAD, made.token(), made.services())
        token, configuration = made.token(), made.services()
    assert time.monotonic() - began < 5
    with pytest.raises(WorldError, match=r"gave no signature \(ConnectionError\)"):
        sign(PAYLOAD, token, configuration)


@pytest.mark.parametrize("claims", [{"aud": "elsewhere"}, {"exp": 1}, {"iat": "now"}], ids=str)
def test_a_token_that_is_not_for_this_is_told(services, claims):
    with pytest.raises(UsageError, match=r"^The identity token is malformed, expired, or not meant for Sigstore\.$"):
        sign(PAYLOAD, services.token(**claims), services.services())


def test_a_token_that_nobody_issued_gets_no_certificate(services):
    forged = services.token(key=ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(WorldError, match="FulcioClientError"):
        sign(PAYLOAD, forged, services.services())
    assert services.asked[-1] == "/api/v2/signingCert 401"


@pytest.mark.parametrize("configuration", [b"", b"{}", b"\xff", b'{"trustedRoot":{}}'])
def test_a_configuration_that_is_none_is_told(services, configuration):
    with pytest.raises(UsageError, match=r"^The configuration of Sigstore's services is malformed or out of date\.$"):
        sign(PAYLOAD, services.token(), configuration)


def test_without_the_extra_one_sentence_says_what_to_install(services, root, bundle, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "sigstore"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sigstore", None)
    for tried in (lambda: verify(bundle, {BUYERS}, root), lambda: sign(PAYLOAD, "token", b"{}")):
        with pytest.raises(WorldError) as caught:
            tried()
        assert str(caught.value) == "Keyless signatures need the extra `sigstore`: install delivery-verifier[sigstore]."


def test_help_imports_none_of_it():
    code = (
        "import contextlib, io, sys\nfrom verifier.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main(['--help'])\n"
        "print(sorted({'sigstore', 'rfc3161_client', 'cryptography', 'pydantic', 'tuf'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_page_has_every_reason_and_no_other():
    root = Path(__file__).parents[1]
    code = (root / "verifier" / "keyless.py").read_text() + (root / "verifier" / "stamps.py").read_text()
    page = (root / "docs" / "keyless.md").read_text()
    assert set(re.findall(r"^\| `([a-z]+(?:-[a-z]+)*)` \| [A-Za-z]", page.partition("## Why")[2], re.MULTILINE)) == set(
        re.findall(r'code="([a-z-]+)"', code)
    )


# The subject.


@pytest.mark.parametrize("digests", [{"gitCommit": COMMIT}, {"gitCommit": COMMIT, "sha256": "c" * 64}], ids=str)
def test_the_subject_is_the_one_that_was_asked_about(digests):
    demand_subject(PAYLOAD, digests)


@pytest.mark.parametrize(
    ("payload", "digests"),
    [
        (PAYLOAD, {"gitCommit": "d" * 40}),
        (PAYLOAD, {"gitCommit": COMMIT.upper()}),
        (PAYLOAD, {"gitCommit": COMMIT, "sha1": COMMIT}),
        (PAYLOAD, {}),
        (PAYLOAD.replace(b'"subject":[', b'"subject":[{"digest":{}},'), {"gitCommit": COMMIT}),
        (b'{"subject":[]}', {"gitCommit": COMMIT}),
        (b'{"subject":[[]]}', {"gitCommit": COMMIT}),
        (b"[]", {"gitCommit": COMMIT}),
    ],
)
def test_another_subject_is_refused(payload, digests):
    with pytest.raises(TrustError) as caught:
        demand_subject(payload, digests)
    assert caught.value.code == "subject"


def test_a_subject_given_twice_is_none():
    with pytest.raises(TrustError) as caught:
        demand_subject(PAYLOAD.replace(b'"subject":[', b'"subject":[],"subject":['), {"gitCommit": COMMIT})
    assert caught.value.code == "duplicate-key"


# The loopback Sigstore refuses what the real one does.


def asked(services, path: str, body: dict, token: str = "") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(f"{services.url}{path}", json=body, headers=headers, timeout=10).status_code


def test_fulcio_certifies_only_a_key_that_is_held(services):
    request = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(
        ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()
    )
    der = bytearray(request.public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    pem = b"-----BEGIN CERTIFICATE REQUEST-----\n%s-----END CERTIFICATE REQUEST-----\n" % base64.encodebytes(der)
    good = {"certificateSigningRequest": base64.b64encode(request.public_bytes(serialization.Encoding.PEM)).decode()}
    bad = {"certificateSigningRequest": base64.b64encode(pem).decode()}
    path = "/api/v2/signingCert"
    assert asked(services, path, good, services.token()) == 201
    assert asked(services, path, bad, services.token()) == 400
    assert asked(services, path, {}, services.token()) == 400
    assert asked(services, path, good) == 401
    assert asked(services, path, good, services.token(aud="elsewhere")) == 401
    assert asked(services, path, good, services.token(iss="https://issuer.example")) == 401
    assert asked(services, path, good, services.token(EMAIL_ISSUER, email_verified=False)) == 401


def test_rekor_takes_only_what_its_certificate_signed(services, bundle):
    document = json.loads(bundle)
    der = base64.b64decode(document["verificationMaterial"]["certificate"]["rawBytes"])
    pem = x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)
    for change, status in (({}, 201), ({"payload": base64.b64encode(b"{}").decode()}, 400)):
        envelope = json.dumps(document["dsseEnvelope"] | change)
        proposed = {"envelope": envelope, "verifiers": [base64.b64encode(pem).decode()]}
        entry = {"apiVersion": "0.0.1", "kind": "dsse", "spec": {"proposedContent": proposed}}
        assert asked(services, "/api/v1/log/entries", entry) == status
    signature = {
        "content": document["dsseEnvelope"]["signatures"][0]["sig"],
        "verifier": {
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "x509Certificate": {"rawBytes": base64.b64encode(der).decode()},
        },
    }
    digest = base64.b64encode(bytes(32)).decode()
    entry = {"hashedRekordRequestV002": {"digest": digest, "signature": signature}}
    assert asked(services, "/api/v2/log/entries", entry) == 400
