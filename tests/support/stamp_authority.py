"""A time-stamp authority on loopback: certificates of its own, and `openssl ts` that answers."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

POLICY, OTHER_POLICY = "2.999.1", "2.999.2"
DAY = timedelta(days=1)

# `certs=` stays out: what it adds makes the answer's set of certificates no longer strict DER.
_CONFIGURATION = f"""
[tsa]
default_tsa = only
[only]
serial = {{folder}}/serial
signer_cert = {{folder}}/stamper.pem
signer_key = {{folder}}/stamper.key
signer_digest = sha256
default_policy = {POLICY}
other_policies = {OTHER_POLICY}
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class StampAuthority:
    folder: Path
    certificates: tuple[x509.Certificate, x509.Certificate]  # the one that stamps, and the root
    root_key: ec.EllipticCurvePrivateKey

    @property
    def chain(self) -> str:
        return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in self.certificates).decode()

    def answer(self, question: bytes) -> bytes:
        """A DER TimeStampResp by `openssl ts -reply`."""
        asked, answered = self.folder / "question.tsq", self.folder / "answer.tsr"
        asked.write_bytes(question)
        command = ["openssl", "ts", "-reply", "-config", self.folder / "tsa.cnf", "-queryfile", asked, "-out", answered]
        subprocess.run(command, check=True, capture_output=True)
        return answered.read_bytes()

    def stamp(self, data: bytes, *options: str, certificates: bool = True) -> bytes:
        """A token over `data`, the question by `openssl ts -query`."""
        source, asked = self.folder / "data", self.folder / "own.tsq"
        source.write_bytes(data)
        wanted = ("-cert",) if certificates else ()
        command = ["openssl", "ts", "-query", "-data", source, "-sha256", "-out", asked, *wanted, *options]
        subprocess.run(command, check=True, capture_output=True)
        return self.answer(asked.read_bytes())

    def sister(self, folder: Path) -> StampAuthority:
        """Another that the same root vouches for."""
        return _stamper(folder, self.certificates[1], self.root_key, serial=3)


def authority(folder: Path, *, start: datetime | None = None, end: datetime | None = None) -> StampAuthority:
    """A new one. All have the same names and serial numbers, so that only their keys tell them apart."""
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("Stamp root")
    start, end = start or datetime.now(UTC) - DAY, end or datetime.now(UTC) + DAY
    root = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _stamper(folder, root, key, serial=2)


def _stamper(
    folder: Path, root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, *, serial: int
) -> StampAuthority:
    key, valid = ec.generate_private_key(ec.SECP256R1()), (root.not_valid_before_utc, root.not_valid_after_utc)
    certificate = (
        x509.CertificateBuilder(root.subject, _name("Stamper"), key.public_key(), serial, *valid)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "stamper.key").write_bytes(private)
    (folder / "stamper.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "tsa.cnf").write_text(_CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    return StampAuthority(folder, (certificate, root), root_key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


@contextmanager
def serving(stamps: StampAuthority, *, flaw: str = "") -> Iterator[str]:
    """Its address. Flaws: drip, huge, silent, 503, moved, page, replayed (its first answer for all), other (imprint)."""
    first: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            if flaw == "other":
                place = question.index(b"\x04\x20") + 2
                question = question[:place] + bytes(32) + question[place + 32 :]
            first.append({"page": b"<html>hello</html>", "huge": b"0" * (1 << 20)}.get(flaw) or stamps.answer(question))
            body = first[0 if flaw == "replayed" else -1]
            self.send_response({"503": 503, "moved": 307}.get(flaw, 200))
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            if flaw == "moved":
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/elsewhere")
            self.end_headers()
            if flaw == "silent":
                over.wait(5)
            elif flaw == "drip":
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.05)
            else:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class names it so
            pass

    over = threading.Event()
    with loopback(Handler) as url:
        try:
            yield url
        finally:
            over.set()


@contextmanager
def loopback(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server that answers so."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Clients that give up are part of the tests."""

    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
