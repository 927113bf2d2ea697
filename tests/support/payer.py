"""A payer on loopback, in a process of its own: verifies each release by itself, and pays it once, whatever goes wrong.

    with payer(folder, gate_public_key_pem, token="secret") as there:
        there.orders("drop after", "500")     # one for each of the next requests
        there.url, there.paid(), there.asked()

Nothing of verifier is imported: what is believed here is DSSE, in-toto and ECDSA as their texts have them. To pay is to append
one line to a file and to sync it; the line is also what it knows a release by, so that no kill comes between the two.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
INTOTO = "application/vnd.in-toto+json"
RELEASE = "https://w3id.org/verifier/release/v1"
PAID, ORDERS, ASKED, PORT = "paid", "orders", "asked", "port"
READY = 30
"""Seconds in which it starts."""


@dataclass
class Payer:
    """The process and its files. `token` is what it asks for as a bearer."""

    folder: Path
    key: Path
    token: str = ""
    tls: tuple[Path, Path] | None = None
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/releases"

    def start(self) -> None:
        """Again on the same port, where it ran before."""
        told = self.folder / PORT
        told.unlink(missing_ok=True)
        words = [
            sys.executable,
            __file__,
            str(self.folder),
            str(self.key),
            "--port",
            str(self.port),
            "--token",
            self.token,
        ]
        self.process = subprocess.Popen([*words, *(("--tls", *map(str, self.tls)) if self.tls else ())])
        until = time.monotonic() + READY
        while not told.exists():
            assert self.process.poll() is None, "it stopped at once"
            assert time.monotonic() < until, "it does not start"
            time.sleep(0.01)
        self.port = int(told.read_text())

    def stop(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def revive(self) -> None:
        """Starts it where an order killed it."""
        assert self.process is not None
        if self.process.poll() is not None:
            self.start()

    def orders(self, *words: str) -> None:
        (self.folder / ORDERS).write_text("".join(f"{one}\n" for one in words))

    def paid(self) -> list[str]:
        """The digests of what it paid, each as often as it paid it."""
        return _lines(self.folder / PAID)

    def asked(self) -> list[dict[str, Any]]:
        """The headers of each request, in lower case."""
        return [json.loads(one) for one in _lines(self.folder / ASKED)]


@contextmanager
def payer(folder: Path, key: str, *, token: str = "", tls: tuple[Path, Path] | None = None) -> Iterator[Payer]:
    """`key` is the gate's public key in PEM, `tls` a certificate and its private key."""
    folder.mkdir(parents=True)
    (folder / "gate.pem").write_text(key)
    made = Payer(folder, folder / "gate.pem", token, tls)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


# The process.


class Refusal(Exception):  # noqa: N818 - an answer, not an error of ours
    """Why it is not paid: status and words."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    settled: argparse.Namespace
    key: ec.EllipticCurvePublicKey
    alone = threading.Lock()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.alone:
            _append(
                self.settled.folder / ASKED, json.dumps({name.lower(): value for name, value in self.headers.items()})
            )
            order, _, more = _next_order(self.settled.folder / ORDERS).partition(" ")
            self._obey(order, more, body)

    def log_message(self, *_: object) -> None:
        pass

    def _obey(self, order: str, more: str, body: bytes) -> None:
        if order == "slow":
            time.sleep(float(more))
        if (order, more) == ("drop", "before"):
            return self._drop()
        if (order, more) == ("die", "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        if order.isdecimal():
            return self._answer(int(order), more)
        try:
            status, digest = self._paid(body)
        except Refusal as refusal:
            return self._answer(*refusal.args)
        if (order, more) == ("drop", "after"):
            return self._drop()
        if (order, more) == ("die", "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return self._answer(status, json.dumps({"digest": f"sha256:{digest}"}))

    def _paid(self, body: bytes) -> tuple[int, str]:
        if self.settled.token and self.headers.get("Authorization") != f"Bearer {self.settled.token}":
            raise Refusal(401, "The token is another.")
        payload = _payload(body, self.key)
        digest = sha256(payload).hexdigest()
        if self.headers.get_all("Idempotency-Key") != [f'"sha256:{digest}"']:
            raise Refusal(400, "The Idempotency-Key is not the payload's digest.")
        if self.headers["Content-Type"] != BUNDLE or json.loads(payload)["predicateType"] != RELEASE:
            raise Refusal(415, "It is no payment release.")
        if digest in _whole(self.settled.folder / PAID):
            return 409, digest
        _append(self.settled.folder / PAID, digest)
        return 201, digest

    def _drop(self) -> None:
        self.close_connection = True

    def _answer(self, status: int, words: str) -> None:
        """`words` begin with headers: `Retry-After=7 Come later.`"""
        headers, content = {}, words
        while (first := content.partition(" ")[0]) and "=" in first and not first.startswith("{"):
            name, _, value = first.partition("=")
            headers[name], content = value.replace("_", " "), content[len(first) + 1 :]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content.encode()))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content.encode())


def _payload(body: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    """What the gate signed. Raises Refusal for what it did not."""
    envelope = json.loads(body)["dsseEnvelope"]
    payload = b64decode(envelope["payload"], validate=True)
    kind = envelope["payloadType"].encode()
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    (signature,) = envelope["signatures"]
    try:
        key.verify(b64decode(signature["sig"], validate=True), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refusal(403, "It is not signed by the gate.") from None
    if kind.decode() != INTOTO:
        raise Refusal(415, "It is no statement.")
    return payload


def _append(path: Path, line: str) -> None:
    """One line, on the disk before anything else happens."""
    with path.open("ab") as handle:
        handle.write(f"{line}\n".encode())
        handle.flush()
        os.fsync(handle.fileno())


def _whole(path: Path) -> list[str]:
    return (
        [one[:-1] for one in path.read_text().splitlines(keepends=True) if one.endswith("\n")] if path.exists() else []
    )


def _next_order(path: Path) -> str:
    first, *rest = _lines(path) or [""]
    path.write_text("".join(f"{one}\n" for one in rest))
    return first


def serve() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("key", type=Path)
    parser.add_argument("--port", type=int)
    parser.add_argument("--token")
    parser.add_argument("--tls", nargs=2)
    Handler.settled = parser.parse_args()
    loaded = serialization.load_pem_public_key(Handler.settled.key.read_bytes())
    assert isinstance(loaded, ec.EllipticCurvePublicKey)
    Handler.key = loaded
    server = ThreadingHTTPServer(("127.0.0.1", Handler.settled.port), Handler)
    server.daemon_threads = True
    if Handler.settled.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*Handler.settled.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    told = Handler.settled.folder / PORT
    told.with_suffix(".new").write_text(str(server.server_port))
    told.with_suffix(".new").rename(told)
    server.serve_forever()


if __name__ == "__main__":
    serve()
