"""How a server of the dashboard is set up: where it is reached, who vouches for people, who may read, who files."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from verifier.dashboard.serve.log import Counted
from verifier.dashboard.theme import Theme
from verifier.errors import UsageError
from verifier.procurement.records import Records
from verifier.words import say

if TYPE_CHECKING:
    from verifier.dashboard.serve.hook import Hook

LOOPBACK = ("127.0.0.1", "localhost", "::1")
Filing = Callable[[], AbstractContextManager[Records]]
"""The record, opened to file in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who vouches for people, by OpenID Connect, and what we are called there."""

    issuer: str
    client: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`base` is the address at which people reach the server, without a path; nothing of it is taken from a request.

    `filing` is None where the server files nothing, `hook` where nobody tells it of deliveries. `clock` gives seconds.
    `theme` is another look than the usual one.
    """

    base: str = "http://127.0.0.1:8413"
    provider: Provider | None = None
    sign_in_to_read: bool = False
    filing: Filing | None = None
    hook: Hook | None = None
    counted: Counted = lambda *_: None
    clock: Callable[[], float] = time.time
    theme: Theme | None = None

    @property
    def secure(self) -> bool:
        """Whether people reach it by TLS."""
        return self.base.startswith("https:")

    @property
    def hosts(self) -> frozenset[str]:
        """What may stand in the header Host, without a port."""
        host = urlsplit(self.base).hostname or ""
        return frozenset(LOOPBACK if loopback(host) else (host,))


def loopback(host: str) -> bool:
    """Whether nobody but this machine reaches it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def base(typed: str) -> str:
    """Raises UsageError for what is no address of a server: https, or http on this machine, without a path."""
    address = checked(typed)
    if urlsplit(address).path not in ("", "/"):
        raise UsageError(say("{address} has a path; the dashboard stands at the root of its host.", address=typed))
    return address.rstrip("/")


def checked(typed: str) -> str:
    """An https address, or an http one on this machine. Raises UsageError for another."""
    try:
        found = urlsplit(typed)
        valid = bool(found.hostname) and not (found.username or found.password or found.query or found.fragment)
        safe = found.scheme == "https" or (found.scheme == "http" and loopback(found.hostname or ""))
        _ = found.port
    except ValueError:
        valid = safe = False
    if not (valid and safe):
        words = say("{address} is no https address; http is for this machine alone.", address=typed)
        raise UsageError(words)
    return typed
