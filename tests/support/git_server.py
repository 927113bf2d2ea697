"""A real git server over TLS on loopback: `git http-backend` behind a small threading HTTPS server.

with git_server(folder_of_bare_repositories, workspace) as server:
    server.url("name.git"), server.ca
"""

from __future__ import annotations

import base64
import os
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

CHUNK = 4096


@dataclass
class GitServer:
    """What the server does and has seen. All but `root`, `ca` and `port` may be changed while it runs."""

    root: Path
    ca: Path
    port: int = 0
    token: str | None = None  # asked for as a password when set
    redirects: dict[str, str] = field(default_factory=dict)  # first part of the path -> what takes its place
    pause: float = 0.0  # seconds before each 4 KiB of a pack
    dies_after: int | None = None  # bytes of a pack after which the connection is cut
    requests: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def url(self, name: str, host: str = "localhost") -> str:
        return f"https://{host}:{self.port}/{name}"


class _Handler(BaseHTTPRequestHandler):
    served: GitServer

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            self._answer(b"".join(self._chunks()))
        else:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, *_: object) -> None:
        pass

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()

    def _answer(self, body: bytes) -> None:
        self.served.requests.append(f"{self.headers['Host']}{self.path}")
        for old, new in self.served.redirects.items():
            if self.path.startswith(old):
                self.send_response(301)
                self.send_header("Location", new + self.path.removeprefix(old))
                self._end_empty()
                return
        if self.served.token and not self._knows_token():
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self._end_empty()
            return
        self._run_backend(body)

    def _end_empty(self) -> None:
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _knows_token(self) -> bool:
        _, _, given = self.headers.get("Authorization", "").partition(" ")
        return base64.b64decode(given).decode().partition(":")[2] == self.served.token

    def _run_backend(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        env = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.served.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REQUEST_METHOD": self.command,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], env=env, input=body, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self._send(content, pack=b"packfile" in content[:4096])

    def _send(self, content: bytes, *, pack: bool) -> None:
        for start in range(0, len(content), CHUNK):
            if pack and self.served.dies_after is not None and start >= self.served.dies_after:
                self.close_connection = True
                return
            if pack and self.served.pause:
                self.served.stop.wait(self.served.pause)
            self.wfile.write(content[start : start + CHUNK])


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients hang up on purpose here."""


@contextmanager
def git_server(root: Path, workspace: Path, port: int = 0) -> Iterator[GitServer]:
    """Serves the bare repositories below `root` to `localhost` and `127.0.0.1`; its keys are written to `workspace`.

    `port` 0 is any that is free.
    """
    ca, chain, key = certificates(workspace)
    served = GitServer(root=root, ca=ca)
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"served": served}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    served.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """A certificate authority, a server certificate signed by it, and the server's key; valid for a day."""
    ca, ca_key, chain, key = (folder / name for name in ("ca.pem", "ca.key", "server.pem", "server.key"))
    new = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1")
    _quietly(*new, "-subj", "/CN=verifier test authority", "-keyout", str(ca_key), "-out", str(ca))
    names = ("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE")
    signed = ("-CA", str(ca), "-CAkey", str(ca_key))
    _quietly(*new, "-subj", "/CN=localhost", *names, *signed, "-keyout", str(key), "-out", str(chain))
    return ca, chain, key


def _quietly(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def processes_below(folder: Path, *, seconds: float = 2.0) -> list[str]:
    """Command lines of git processes whose environment names `folder`, once those that are ending had time to."""
    end = time.monotonic() + seconds
    while (found := _processes(str(folder).encode())) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def _processes(marker: bytes) -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"GIT_DIR=" + marker in (place / "environ").read_bytes():
                found.append((place / "cmdline").read_bytes().decode("utf-8", "replace"))
    return found
