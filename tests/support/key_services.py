"""Services that keep keys, on the loopback: they sign what they are sent with a real key, and refuse what the real ones do."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

TOKEN = "token"
DIGEST = Prehashed(hashes.SHA256())


def der(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def over_digest(key, digest):
    """As a service signs: what it is sent is the digest, and is not hashed again. A digest of another length is refused."""
    assert len(digest) == 32
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(digest, padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32), DIGEST)
    return key.sign(digest, ec.ECDSA(DIGEST))


class Service:
    """Answers requests of one kind with two keys: `shown` is what it says its key is, `signs` is what it signs with."""

    def __init__(self, key, signs=None):
        self.shown = key
        self.signs = signs or key
        self.asked = []

    def answer(self, method, path, headers, body):
        raise NotImplementedError


class Aws(Service):
    """KMS, as of the API reference of 2014-11-01: JSON 1.1 over POST."""

    NAME = "alias/assessor"
    ALGORITHMS: ClassVar = {ec.EllipticCurvePrivateKey: "ECDSA_SHA_256", rsa.RSAPrivateKey: "RSASSA_PSS_SHA_256"}

    def answer(self, _method, _path, headers, body):
        asked = json.loads(body)
        name = headers["X-Amz-Target"].partition("TrentService.")[2]
        self.asked.append(name)
        algorithm = next(value for kind, value in self.ALGORITHMS.items() if isinstance(self.shown, kind))
        if asked["KeyId"] != self.NAME:
            return 400, {"__type": "NotFoundException", "message": f"Alias {asked['KeyId']} is not found."}
        if name == "GetPublicKey":
            public = base64.b64encode(der(self.shown)).decode()
            return 200, {"KeyId": self.NAME, "PublicKey": public, "SigningAlgorithms": [algorithm]}
        if name == "Sign" and (asked["MessageType"], asked["SigningAlgorithm"]) == ("DIGEST", algorithm):
            sig = over_digest(self.signs, base64.b64decode(asked["Message"]))
            return 200, {"KeyId": self.NAME, "Signature": base64.b64encode(sig).decode(), "SigningAlgorithm": algorithm}
        return 400, {"__type": "ValidationException", "message": "The request is not valid."}


class Vault(Service):
    """The transit engine: it is sent the whole input and signs by Ed25519; its newest version is the second."""

    def answer(self, method, path, headers, body):
        self.asked.append((method, path))
        if headers.get("X-Vault-Token") != TOKEN:
            return 403, {"errors": ["permission denied"]}
        if (method, path) == ("GET", "/v1/transit/keys/assessor"):
            raw = self.shown.public_key().public_bytes_raw()
            listed = {str(n): {"public_key": base64.b64encode(raw).decode()} for n in (1, 2)}
            return 200, {"data": {"keys": listed, "type": "ed25519"}}
        if path == "/v1/transit/sign/assessor" and json.loads(body)["key_version"] == 2:
            sig = self.signs.sign(base64.b64decode(json.loads(body)["input"]))
            return 200, {"data": {"signature": f"vault:v2:{base64.b64encode(sig).decode()}"}}
        return 404, {"errors": []}


class Azure(Service):
    """Key Vault 7.x: a challenge first; then the key as JWK, and signatures as r and s in URL-safe base64 without padding."""

    VERSION = "ab" * 16

    def answer(self, method, path, headers, body):
        bare = path.partition("?")[0]
        self.asked.append((method, bare))
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"error": {"code": "Unauthorized", "message": "AKV10000"}}
        name = f"/keys/assessor/{self.VERSION}"
        if method == "GET" and bare in ("/keys/assessor/", "/keys/assessor", name):
            point = self.shown.public_key().public_numbers()
            x, y = (_url64(n.to_bytes(32)) for n in (point.x, point.y))
            jwk = {"kid": f"https://treasury.vault.azure.net{name}", "kty": "EC", "crv": "P-256", "x": x, "y": y}
            return 200, {"key": jwk | {"key_ops": ["sign", "verify"]}, "attributes": {"enabled": True}}
        if (method, bare) == ("POST", f"{name}/sign") and json.loads(body)["alg"] == "ES256":
            value = json.loads(body)["value"]
            r, s = decode_dss_signature(
                over_digest(self.signs, base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
            )
            return 200, {
                "kid": f"https://treasury.vault.azure.net{name}",
                "value": _url64(r.to_bytes(32) + s.to_bytes(32)),
            }
        return 404, {"error": {"code": "KeyNotFound", "message": "A key with that name was not found."}}


def _url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def over_http(service: Service) -> Iterator[str]:
    """The address of a service, while it listens on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, document = service.answer(self.command, self.path, self.headers, body)
            content = json.dumps(document).encode()
            self.send_response(status)
            if status == 401:
                where = 'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"'
                self.send_header("WWW-Authenticate", where)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = serve  # noqa: N815 - http.server calls them so

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


GCP_NAME = "projects/p/locations/l/keyRings/r/cryptoKeys/assessor/cryptoKeyVersions/1"


@contextmanager
def gcp(key, signs=None, algorithm="EC_SIGN_P256_SHA256") -> Iterator[str]:
    """Google's service, over gRPC as its client speaks it; its address."""
    import grpc
    from google.cloud import kms

    def public(request, context):
        if request.name != GCP_NAME:
            context.abort(grpc.StatusCode.NOT_FOUND, f"CryptoKeyVersion {request.name} not found.")
        kind = kms.CryptoKeyVersion.CryptoKeyVersionAlgorithm[algorithm]
        data = kms.ChecksummedData(data=pem(key))
        return kms.PublicKey(pem=pem(key).decode(), algorithm=kind, public_key=data)

    def sign(request, context):
        assert request.name == GCP_NAME
        return kms.AsymmetricSignResponse(signature=over_digest(signs or key, request.digest.sha256))

    methods = {
        "GetPublicKey": (public, kms.GetPublicKeyRequest, kms.PublicKey),
        "AsymmetricSign": (sign, kms.AsymmetricSignRequest, kms.AsymmetricSignResponse),
    }
    handlers = {
        name: grpc.unary_unary_rpc_method_handler(
            act, request_deserializer=asked.deserialize, response_serializer=answered.serialize
        )
        for name, (act, asked, answered) in methods.items()
    }
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("google.cloud.kms.v1.KeyManagementService", handlers),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()
