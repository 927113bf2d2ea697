"""Whom a request is for: what is asked of another name was sent here by a trick, and gets nothing."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from verifier.dashboard.serve.answers import refusal
from verifier.dashboard.serve.log import note
from verifier.words import say


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
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
    except ValueError:
        return ""
