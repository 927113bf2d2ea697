"""An honest package index on loopback, with the flaws that real ones have, and ways to ask and to install from it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import io
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import sysconfig
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, kw_only=True)
class Dist:
    """A wheel of one module, and what the index tells about it."""

    name: str
    version: str = "1.0"
    requires: tuple[str, ...] = ()
    uploaded: str | None = "2024-05-01T12:00:00Z"
    yanked: bool | str = False
    padding: int = 0  # bytes of text that make the wheel larger

    @property
    def filename(self) -> str:
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"

    @property
    def metadata(self) -> bytes:
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        return "\n".join([*lines, *(f"Requires-Dist: {each}" for each in self.requires), ""]).encode()

    @property
    def content(self) -> bytes:
        module = self.name.replace("-", "_")
        info = f"{module}-{self.version}.dist-info"
        files = {
            f"{module}.py": f"VERSION = {self.version!r}\nPADDING = {'x' * self.padding!r}\n".encode(),
            f"{info}/METADATA": self.metadata,
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
        spool = io.BytesIO()
        with zipfile.ZipFile(spool, "w") as archive:
            for path, content in (files | {f"{info}/RECORD": record.encode()}).items():
                archive.writestr(zipfile.ZipInfo(path), content)
        return spool.getvalue()


@dataclass(kw_only=True)
class Upstream:
    """What a loopback index offers, how it misbehaves, and what it was asked."""

    dists: Sequence[Dist]
    html: bool = False
    hashed: bool = True
    described: bool = True  # has metadata files
    credentials: tuple[str, str] | None = None
    flaw: str = ""
    files_at: str = ""  # another origin that its pages name
    moved_to: str = ""  # origin that redirects lead to
    url: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path and Authorization

    def paths(self, beginning: str) -> list[str]:
        return [path for path, _ in self.asked if path.startswith(beginning)]


@contextmanager
def upstream(*dists: Dist, tls: ssl.SSLContext | None = None, **how: Any) -> Iterator[Upstream]:
    offer = Upstream(dists=dists, **how)
    server = _Server(("127.0.0.1", 0), _handler(offer))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    offer.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}/simple/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield offer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that give up are part of the tests."""


def _handler(offer: Upstream) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        pass

    Handler.offer = offer
    return Handler


class _Handler(BaseHTTPRequestHandler):
    offer: Upstream
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._send(404 if self.offer.flaw == "elsewhere" else 200, "text/html", b"")

    def do_GET(self) -> None:
        offer = self.offer
        offer.asked.append((self.path, self.headers["Authorization"]))
        kind, _, name = unquote(self.path.rstrip("/")).lstrip("/").rpartition("/")
        if offer.credentials and self.headers["Authorization"] != _basic(offer.credentials):
            self._send(401, "text/plain", b"who are you?")
        elif offer.flaw == "500":
            self._send(500, "text/plain", b"sorry")
        elif offer.flaw == "portal":
            self._send(200, "text/html", b'<html><a href="/forgot">Forgot your password?</a></html>')
        elif kind == "simple":
            self._page(name)
        else:
            self._file(kind, name)

    def _page(self, name: str) -> None:
        dists = [dist for dist in self.offer.dists if dist.name == name]
        if not dists or self.offer.flaw == "elsewhere":
            self._send(404, "text/plain", b"no such project")
        elif self.offer.html:
            self._send(200, "text/html; charset=utf-8", _html_page(self.offer, dists))
        else:
            self._send(200, JSON, _json_page(self.offer, name, dists))

    def _file(self, kind: str, name: str) -> None:
        offer = self.offer
        content = {dist.filename: dist.content for dist in offer.dists}
        if offer.described:
            content |= {f"{dist.filename}.metadata": dist.metadata for dist in offer.dists}
        if offer.flaw == "redirect" and kind == "packages":
            self.send_response(302)
            self.send_header("Location", f"{offer.moved_to}/moved/{name}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif name not in content:
            self._send(404, "text/plain", b"no such file")
        elif offer.flaw == "other bytes" and name.endswith(".whl"):
            self._send(200, "application/octet-stream", b"not " + content[name])
        else:
            self._send(200, "application/octet-stream", content[name])

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        if self.offer.flaw == "encoded":  # right for pages; wrong, but often seen, for archives
            body = gzip.compress(body) if "simple" in self.path else body
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body) + (10 if self.offer.flaw == "half" else 0)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.offer.flaw == "drip":
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)
        elif self.offer.flaw == "silent":
            time.sleep(2)
        else:
            self.wfile.write(body)
            self.close_connection = self.close_connection or self.offer.flaw == "half"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class names it so
        pass


def _basic(credentials: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(credentials).encode()).decode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _json_page(offer: Upstream, name: str, dists: Sequence[Dist]) -> bytes:
    files = []
    for dist in dists:
        entry = {
            "filename": dist.filename,
            "url": f"{offer.files_at}/packages/{dist.filename}",
            "hashes": {"sha256": _sha256(dist.content)} if offer.hashed else {},
            "requires-python": ">=3.7",
            "size": len(dist.content),
            "yanked": dist.yanked,
        }
        if dist.uploaded:
            entry["upload-time"] = dist.uploaded
        if offer.described:
            entry["core-metadata"] = {"sha256": _sha256(dist.metadata)}
        files.append(entry)
    return json.dumps({"meta": {"api-version": "1.1"}, "name": name, "versions": [], "files": files}).encode()


def _html_page(offer: Upstream, dists: Sequence[Dist]) -> bytes:
    links = []
    for dist in dists:
        digest = f"#sha256={_sha256(dist.content)}" if offer.hashed else ""
        told = f' data-dist-info-metadata="sha256={_sha256(dist.metadata)}"' if offer.described else ""
        yanked = f' data-yanked="{dist.yanked}"' if dist.yanked else ""
        address = f"../../packages/{dist.filename}{digest}"
        short = dist.filename[:12] + "..&gt;"  # as a web server's plain listing cuts it
        links.append(f'<a href="{address}" data-requires-python="&gt;=3.7"{told}{yanked}>{short}</a><br/>')
    return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()


def authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate authority of its own (PEM) and a server context for 127.0.0.1 that it vouches for."""
    ca_key, ca_name = ec.generate_private_key(ec.SECP256R1()), _name("Test authority")
    ca = _certificate(ca_name, ca_name, ca_key, ca_key, ca=True)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _certificate(_name("127.0.0.1"), ca_name, key, ca_key, ca=False)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(private + leaf.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return folder / "ca.pem", context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    return (builder if ca else builder.add_extension(names, critical=False)).sign(signer, hashes.SHA256())


def connected(path: Path) -> socket.socket:
    """A connection to a Unix socket, however long its path is."""
    folder = os.open(path.parent, os.O_PATH)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(30)
    try:
        connection.connect(f"/proc/self/fd/{folder}/{path.name}")
    except OSError:
        connection.close()
        raise
    finally:
        os.close(folder)
    return connection


def ask(path: Path, target: str, method: str = "GET") -> tuple[int, bytes]:
    """One request on a Unix socket: status and body."""
    connection = http.client.HTTPConnection("index")
    connection.sock = connected(path)
    try:
        connection.request(method, target)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def listed(path: Path, name: str) -> dict[str, dict[str, Any]]:
    """The files of a project as the sandbox sees them, by file name."""
    status, body = ask(path, f"/simple/{name}/")
    assert status == 200, body
    return {entry["filename"]: entry for entry in json.loads(body)["files"]}


def inside(
    path: Path, command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Runs a command behind the relay, in a sandbox without network; `folder` is /out in there, uv is /uv."""
    relay = Path(__file__).parents[2] / "verifier" / "inside" / "relay.py"
    uv = shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv")
    assert uv
    argv = ["bwrap", "--unshare-all", "--die-with-parent", "--clearenv", "--proc", "/proc", "--dev", "/dev"]
    argv += ["--tmpfs", "/tmp"]  # noqa: S108 a folder of the sandbox
    system = ["/usr", "/bin", "/sbin", "/lib", "/lib64", sys.base_prefix]
    for place in dict.fromkeys(each for each in system if Path(each).exists()):
        argv += ["--ro-bind", place, place]
    for source, target in ((relay, "/inside/relay.py"), (path, "/index.sock"), (Path(uv), "/uv")):
        argv += ["--ro-bind", str(source), target]
    argv += ["--bind", str(folder), "/out", "--chdir", "/out"]
    for name, value in {"HOME": "/tmp", "PATH": "/usr/bin:/bin", **environment}.items():  # noqa: S108
        argv += ["--setenv", name, value]
    argv += [base_python(), "-I", "/inside/relay.py", "--socket", "/index.sock", "--port", "8099", "--", *command]
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False, env={"PATH": "/usr/bin:/bin"})


def base_python() -> str:
    """The interpreter that ours was made from: it is there in the sandbox as well."""
    return str(Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}"))
