"""A mail server on loopback: as much of RFC 5321, 3207 and 4954 as a client needs, and it checks what it is sent.

with serving(certificate=..., password="p") as server:
    server.port, server.mails
"""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LONGEST = 998
"""Octets of a line without its end (RFC 5322, 2.1.1)."""


@dataclass
class Mail:
    sender: str
    recipients: list[str]
    raw: bytes
    encrypted: bool
    user: str

    @property
    def parsed(self) -> EmailMessage:
        """With the ends of lines as a reader has them."""
        return message_from_bytes(self.raw.replace(b"\r\n", b"\n"), policy=policy.default)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        return str(self.parsed.get_body(("plain",)).get_content())  # type: ignore[union-attr]


@dataclass
class Server:
    port: int
    mails: list[Mail] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Recipient -> answer."""
    commands: list[str] = field(default_factory=list)


@contextmanager
def serving(
    *,
    certificate: Path | None = None,
    implicit: bool = False,
    user: str = "",
    password: str = "",
    host: str = "127.0.0.1",
) -> Iterator[Server]:
    """With a certificate (a PEM file with its key) STARTTLS is offered, or with `implicit` TLS spoken from the first octet."""
    told = Server(0)
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    class Handler(_Session):
        server_told, tls, from_start, account = told, context, implicit, (user, password)

    class Listener(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that breaks off, as for a certificate that does not hold, is no trouble of ours."""

    with Listener((host, 0), Handler) as listener:
        told.port = listener.server_address[1]
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        try:
            yield told
        finally:
            listener.shutdown()


class _Session(socketserver.StreamRequestHandler):
    server_told: Server
    tls: ssl.SSLContext | None
    from_start: bool
    account: tuple[str, str]

    def handle(self) -> None:
        self.encrypted, self.user = False, ""
        self._forget()
        if self.from_start:
            self._encrypt()
        self._say("220 mail.example ESMTP")
        while line := self.rfile.readline(1002):
            assert line.endswith(b"\r\n"), line
            words = line.decode("ascii").rstrip("\r\n")
            self.server_told.commands.append(words)
            verb = words.split(" ")[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            getattr(self, f"on_{verb.lower()}", self._unknown)(words)

    def on_ehlo(self, _: str) -> None:
        self._forget()
        offered = ["mail.example"]
        if self.tls and not self.encrypted:
            offered.append("STARTTLS")
        if self.account[0] and (self.encrypted or not self.tls):
            offered.append("AUTH PLAIN")
        for one in offered[:-1]:
            self._say(f"250-{one}")
        self._say(f"250 {offered[-1]}")

    def on_starttls(self, _: str) -> None:
        if not self.tls or self.encrypted:
            self._say("503 no")
            return
        self._say("220 go ahead")
        self._encrypt()

    def on_auth(self, words: str) -> None:
        _, kind, given = words.split(" ")
        _, user, password = base64.b64decode(given).decode().split("\0")
        if kind == "PLAIN" and (user, password) == self.account:
            self.user = user
            self._say("235 ok")
        else:
            self._say("535 who are you")

    def on_mail(self, words: str) -> None:
        found = re.fullmatch(r"MAIL FROM:<([^<>\s]+)>( SIZE=\d+)?", words, re.IGNORECASE)
        if self.account[0] and not self.user:
            self._say("530 authenticate first")
        elif found and not self.sender:
            self.sender = found[1]
            self._say("250 ok")
        else:
            self._say("501 no")

    def on_rcpt(self, words: str) -> None:
        found = re.fullmatch(r"RCPT TO:<([^<>\s]+)>", words, re.IGNORECASE)
        if not found or not self.sender:
            self._say("501 no")
        elif found[1] in self.server_told.refused:
            self._say(self.server_told.refused[found[1]])
        else:
            self.recipients.append(found[1])
            self._say("250 ok")

    def on_data(self, _: str) -> None:
        if not self.recipients:
            self._say("503 to whom")
            return
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            assert line.endswith(b"\r\n"), line
            assert len(line) <= LONGEST + 2
            assert line.isascii()
            lines.append(line.removeprefix(b"."))
        self.server_told.mails.append(Mail(self.sender, self.recipients, b"".join(lines), self.encrypted, self.user))
        self._forget()
        self._say("250 taken")

    def on_rset(self, _: str) -> None:
        self._forget()
        self._say("250 ok")

    def _unknown(self, _: str) -> None:
        self._say("500 what")

    def _forget(self) -> None:
        self.sender, self.recipients = "", []

    def _encrypt(self) -> None:
        assert self.tls is not None
        self.request = self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.encrypted = True
        self._forget()

    def _say(self, words: str) -> None:
        self.connection.sendall(f"{words}\r\n".encode())


def certified(folder: Path, address: str = "127.0.0.1") -> Path:
    """A certificate for this address that vouches for itself, with its key, in one PEM file: trust it, and it holds."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"mail-{address}.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + private)
    return path
