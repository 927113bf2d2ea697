"""Whom a request is for: what is asked of another name was sent here by a trick, and gets nothing."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from verifier.dashboard.serve.answers import refusal
from verifier.dashboard.serve.log import note
from verifier.words import say

_HOST = re.compile(r"(?:([a-z0-9.-]+)|\[([0-9a-f:.]+)\])(?::[0-9]{1,5})?", re.ASCII)
"""A name or an address, and a port, which is anybody's."""


class Hosts:
    """ASGI middleware. Nothing else reads the header Host: addresses of our own are made from the settings."""

    def __init__(self, app: ASGIApp, hosts: AbstractSet[str]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _host(scope) in self._hosts:
            await self._app(scope, receive, send)
            return
        note(scope, "other-host")
        await refusal(scope, 400, say("This server is not reached under that name."))(scope, receive, send)


def _host(scope: Scope) -> str:
    found = _HOST.fullmatch(Headers(scope=scope).get("host", "").lower())
    return (found[1] or found[2]) if found else ""
