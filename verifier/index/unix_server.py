"""HTTP over a Unix socket, one thread a connection; all meaning is in the catalogue."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import socketserver
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from verifier.index.catalogue import Catalogue
from verifier.index.page import JSON
from verifier.index.refusal import Limits, Refusal, absent
from verifier.model import Cause
from verifier.words import say

_PROBLEM = "application/problem+json"  # RFC 9457: uv shows its title and detail


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Serves a catalogue until `shutdown` and `server_close`, which also ends the connections that are open."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, path: Path, catalogue: Catalogue, limits: Limits) -> None:
        self.catalogue = catalogue
        self.limits = limits
        self._path = path
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__(str(path), _Handler)

    def server_bind(self) -> None:
        # A socket's address holds 108 bytes (unix(7)); a folder may be deeper than that.
        folder = os.open(self._path.parent, os.O_PATH | os.O_DIRECTORY)
        try:
            self.socket.bind(f"/proc/self/fd/{folder}/{self._path.name}")
        finally:
            os.close(folder)
        self._path.chmod(0o666)  # connecting takes the right to write, and the sandbox has another uid

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            fits = len(self._open) < self.limits.clients
            if fits:
                self._open.add(request)
        if fits:
            super().process_request(request, client_address)
        else:
            super().shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        self._path.unlink(missing_ok=True)
        with self._lock:
            for each in self._open:
                with contextlib.suppress(OSError):  # its client has gone already
                    each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 the base class's signature
        error = sys.exception()
        if not isinstance(error, OSError):  # an OSError here is a client that went away
            name = type(error).__name__
            message = say("The package index could not be served: an internal error ({error}).", error=name)
            self.catalogue.record("", "", HTTPStatus.INTERNAL_SERVER_ERROR, trouble=(Cause.TOOL, message))


class _Handler(BaseHTTPRequestHandler):
    server: UnixServer
    protocol_version = "HTTP/1.1"
    server_version = "verifier-index"
    sys_version = ""

    def setup(self) -> None:
        self.request.settimeout(self.server.limits.silence)
        super().setup()

    def do_GET(self) -> None:
        name, file = self._asked()
        try:
            if not name:
                raise absent(say("Only /simple/NAME/ and the files listed there are served."))
            if file:
                self._send_file(name, file)
            else:
                body = self.server.catalogue.page(name)
                self.server.catalogue.record(name, "", HTTPStatus.OK, len(body))
                self._send(HTTPStatus.OK, JSON, body)
        except Refusal as refusal:
            trouble = (refusal.cause, refusal.message) if refusal.cause else None
            self.server.catalogue.record(name, file, refusal.status, trouble=trouble)
            self._refuse(refusal.status, refusal.message)

    def do_HEAD(self) -> None:
        """Not needed: uv asks so to read parts of a wheel, and takes 405 as "ask for the whole"."""
        self.send_response(HTTPStatus.METHOD_NOT_ALLOWED)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class names it so
        """What was asked is in the catalogue."""

    def _asked(self) -> tuple[str, str]:
        match [unquote(part) for part in urlsplit(self.path).path.split("/")]:
            case ["", "simple", name, ""] | ["", "simple", name]:
                return name, ""
            case ["", "files", name, file]:
                return name, file
        return "", ""

    def _send_file(self, name: str, file: str) -> None:
        content, size = self.server.catalogue.file(name, file)
        with content:
            self.server.catalogue.record(name, file, HTTPStatus.OK, size)
            self._send(HTTPStatus.OK, "application/octet-stream", content, size)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        problem = {"title": status.phrase, "status": status.value, "detail": message}
        self._send(status, _PROBLEM, json.dumps(problem).encode())

    def _send(self, status: HTTPStatus, media_type: str, body: bytes | IO[bytes], size: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body) if isinstance(body, bytes) else size))
        self.end_headers()
        if isinstance(body, bytes):
            self.wfile.write(body)
        else:
            self.connection.sendfile(body)
