"""Sessions, kept on the server: the browser has a random id in a cookie and nothing else.

They lie in memory alone. A restart ends them, which costs a click at the provider; in return nothing on any disk says who is
signed in, and nothing there can be taken to act as somebody.
"""

from __future__ import annotations

import math
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

IDLE, LONGEST, BEGUN = 30 * 60, 12 * 60 * 60, 10 * 60
"""Seconds: without a request, in all, and of one in which nobody has signed in yet."""
MOST, MOST_BEGUN = 10_000, 1_000
"""Sessions at once of people, and those in which nobody has signed in yet; of either kind the one that was used least lately
gives way, so that strangers who begin many end nobody's.
"""
PROVEN = 10 * 60
"""Seconds for which a sign-in counts for what asks for a fresh one."""
BYTES = 32
PREPARED = 20
"""Statements of one session that wait to be signed in the browser."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is. `address` is "" unless the provider verified it."""

    issuer: str
    subject: str
    address: str = ""

    @property
    def name(self) -> str:
        """The same for as long as somebody is there, and nobody else's."""
        return f"{self.issuer} {self.subject}"


@dataclass(slots=True, eq=False)
class Session:
    """`who` is None until somebody signed in. `token` stands in its forms; `handshake` is what the sign-in has to remember, and
    `after` the page to which it leads. `proven` is when the person last proved who they are, as far as the provider
    says so; `prepared` are the digests of statements that were shown to be signed here.
    """

    started: float
    seen: float
    who: Identity | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(BYTES), repr=False)
    handshake: dict[str, Any] = field(default_factory=dict, repr=False)
    after: str = "/"
    proven: float = -math.inf
    prepared: deque[str] = field(default_factory=lambda: deque(maxlen=PREPARED), repr=False)

    def ended(self, now: float) -> bool:
        if self.who is None:
            return now - self.started > BEGUN
        return now - self.seen > IDLE or now - self.started > LONGEST


class Sessions:
    """By the SHA-256 of their ids: what is held here does not open any."""

    def __init__(self, clock: Callable[[], float], *, secure: bool) -> None:
        self._clock, self._secure, self._lock = clock, secure, Lock()
        self._held: dict[str, Session] = {}  # the least lately used first, as in the next
        self._begun: dict[str, Session] = {}
        self.cookie = "__Host-verifier" if secure else "verifier"
        """A browser takes the first name only with Secure, for the whole host and from itself; plain http is this machine."""

    def of(self, request: HTTPConnection) -> Session | None:
        """The session of a request, which is used herewith."""
        name = _name(request.cookies.get(self.cookie, ""))
        now = self._clock()
        with self._lock:
            held = self._held if name in self._held else self._begun
            found = held.pop(name, None)
            if found is None or found.ended(now):
                return None
            found.seen = now
            held[name] = found
        return found

    def begin(self, response: Response, who: Identity | None = None, age: float = math.inf) -> Session:
        """A new session with a new id, in the response's cookie; `age` is how many seconds ago the person proved who they are."""
        id_, now = secrets.token_urlsafe(BYTES), self._clock()
        made = Session(started=now, seen=now, who=who, proven=now - age)
        held, most = (self._held, MOST) if who else (self._begun, MOST_BEGUN)
        with self._lock:
            _make_room(held, most, now)
            held[_name(id_)] = made
        response.set_cookie(self.cookie, id_, path="/", secure=self._secure, httponly=True, samesite="lax")
        return made

    def fresh(self, session: Session) -> bool:
        """Whether what asks for a fresh sign-in may be done."""
        return self._clock() - session.proven <= PROVEN

    def end(self, *sessions: Session) -> None:
        """On the server: whoever has the cookie has nothing any more."""
        with self._lock:
            for held in (self._held, self._begun):
                for name in [name for name, one in held.items() if one in sessions]:
                    del held[name]

    def forget(self, response: Response) -> None:
        """In the browser too."""
        response.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="lax")

    def whose(self, who: Identity) -> list[Session]:
        """All sessions of one identity, the oldest first."""
        return sorted(self._of(who), key=lambda one: one.started)

    def _of(self, who: Identity) -> Iterator[Session]:
        now = self._clock()
        with self._lock:
            held = list(self._held.values())
        for one in held:
            if one.who and (one.who.issuer, one.who.subject) == (who.issuer, who.subject) and not one.ended(now):
                yield one


def _make_room(held: dict[str, Session], most: int, now: float) -> None:
    """For one more. Looks no further than at the first that goes on: whoever begins many must not make each of them dearer."""
    while held and (len(held) >= most or next(iter(held.values())).ended(now)):
        del held[next(iter(held))]


def _name(id_: str) -> str:
    return sha256(id_.encode()).hexdigest()
