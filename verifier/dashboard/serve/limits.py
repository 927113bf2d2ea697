"""How much one client may ask for in a minute: little of what costs or can be guessed at, and plenty of reading."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from verifier.dashboard.serve.answers import refusal
from verifier.dashboard.serve.log import note
from verifier.words import say

READS, WRITES, SIGN_IN, HOOKS = "reads", "writes", "sign-in", "hooks"
LIMITS: Mapping[str, str] = {READS: "6000/minute", WRITES: "30/minute", SIGN_IN: "20/minute", HOOKS: "600/minute"}
SIGNING_IN = ("/sign-in", "/signed-in")


class Limits:
    """ASGI middleware. Of one address of IPv4, or one network of 64 bits of IPv6, which is what one customer has."""

    def __init__(self, app: ASGIApp, rates: Mapping[str, str] = LIMITS) -> None:
        self._app = app
        self._rates: Mapping[str, RateLimitItem] = {name: parse(rate) for name, rate in rates.items()}
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        what, client = _kind(scope), _client(scope)
        if self._limiter.hit(self._rates[what], what, client):
            await self._app(scope, receive, send)
            return
        reset = self._limiter.get_window_stats(self._rates[what], what, client).reset_time
        note(scope, "limited", why=what)
        answer = refusal(scope, 429, say("Too much was asked for at once; try again a little later."))
        answer.headers["Retry-After"] = str(max(1, math.ceil(reset - time.time())))
        await answer(scope, receive, send)


def _kind(scope: Scope) -> str:
    if scope["path"] in SIGNING_IN:
        return SIGN_IN
    if scope["path"].startswith("/hooks/"):
        return HOOKS
    return READS if scope["method"] in ("GET", "HEAD") else WRITES


def _client(scope: Scope) -> str:
    host = (scope.get("client") or ("",))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    return str(ip_network((address, 64), strict=False) if isinstance(address, IPv6Address) else address)
