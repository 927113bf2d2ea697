"""By mail, over SMTP (RFC 5321, RFC 3207): encrypted, with a certificate that holds, to anything but this machine itself."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, ClassVar

from verifier.errors import UsageError, WorldError
from verifier.procurement.telling import Message
from verifier.procurement.telling.secret import secret
from verifier.render.inert import inert
from verifier.words import say

SECONDS = 30
"""For one answer of the server."""
LONGEST = 200
"""Characters of what a server answered that are repeated."""


class Email:
    """Settings: server (host:port), from, security (starttls unless said otherwise, tls, none), user and password."""

    name: ClassVar[str] = "email"
    private: ClassVar[bool] = True

    def notify(self, message: Message, settings: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        """One connection a message: what goes wrong with one does not touch the next."""
        password = secret(settings["password"], environment) if "user" in settings else ""
        mail = written(message, settings["from"])
        try:
            with _connected(settings) as server:
                if password:
                    server.login(settings["user"], password)
                server.send_message(mail)
        except (smtplib.SMTPException, OSError) as error:
            named = {"server": settings["server"], "person": message.person, "why": _why(error)}
            raise WorldError(say("{server} did not take the mail to {person}: {why}", **named)) from error


def written(message: Message, sender: str) -> EmailMessage:
    """The mail as it is sent. Raises UsageError for an address that is none."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = _address(sender), _address(message.address)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(datetime.fromisoformat(message.time))
    mail["Message-ID"] = f"<{message.id}@{mail['From'].addresses[0].domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
    mail.set_content(message.text, cte="quoted-printable")
    for one in message.enclosed:
        mail.add_attachment(one.text, cte="quoted-printable", filename=one.name)
    mail["Content-Language"] = ", ".join(message.languages)
    return mail


def _address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except (ValueError, MessageError, IndexError) as error:  # the library has three ways to say so
        raise UsageError(say("{address} is no mail address.", address=inert(text))) from error


def _connected(settings: Mapping[str, Any]) -> smtplib.SMTP:
    """A server that does not offer encryption, or whose certificate does not hold, is told nothing."""
    host, _, port = settings["server"].rpartition(":")
    security = settings.get("security", "starttls")
    if security == "none":
        _refuse_open(host)
        return smtplib.SMTP(host, int(port), timeout=SECONDS)
    checked = ssl.create_default_context()
    if security == "tls":
        return smtplib.SMTP_SSL(host, int(port), timeout=SECONDS, context=checked)
    server = smtplib.SMTP(host, int(port), timeout=SECONDS)
    try:
        server.starttls(context=checked)
    except BaseException:
        server.close()
        raise
    return server


def _refuse_open(host: str) -> None:
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise UsageError(
            say("Mail goes without encryption to this machine itself alone, and {host} is another.", host=host)
        )


def _why(error: Exception) -> str:
    """What the server answered, or the kind of what went wrong; an exception's own words may hold what was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {inert(_text(error.smtp_error))[:LONGEST]}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return f"{code} {inert(_text(answer))[:LONGEST]}"
    return type(error).__name__


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
