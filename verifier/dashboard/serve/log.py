"""One line of JSON a request, with an id that an error page shows too. No query, no cookie, no form is in it.

{"time": "2026-11-29T12:00:00Z", "id": "9f86d081884c7d65", "client": "192.0.2.1", "method": "POST", "path": "/sign-out",
 "status": 303, "milliseconds": 2, "person": "a.tech", "event": "signed-out"}
"""

from __future__ import annotations

import json
import logging
import secrets
import time
import traceback
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from verifier.dashboard.serve.answers import refusal

LOG = logging.getLogger("verifier.dashboard")
Counted = Callable[[str, int], None]
"""Told of each request that was answered: its method and its status."""
LONGEST = 300
"""Characters of a path that are kept."""


def note(scope: Scope, event: str, **told: str) -> None:
    """What the line of this request says beside its status: an event of interest to who looks after the server, "" for none."""
    _line(scope).update({"event": event} if event else {}, **told)


def _line(scope: Scope) -> MutableMapping[str, Any]:
    found: MutableMapping[str, Any] = scope["state"]["line"]
    return found


def report(event: str) -> None:
    """A line of its own, of what no request did."""
    LOG.info(json.dumps({"time": _now(), "event": event}))


class Log:
    """ASGI middleware, which also catches what nobody expected: its answer says a sentence and the id, the log what it was."""

    def __init__(self, app: ASGIApp, counted: Counted = lambda *_: None) -> None:
        self._app, self._counted = app, counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        state = scope.setdefault("state", {})
        state["id"], state["line"] = secrets.token_hex(8), {}

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception:  # noqa: BLE001 - nothing may get past it
            note(scope, "failed", trace=traceback.format_exc())
            if not status:
                await refusal(scope, 500)(scope, receive, told)
        finally:
            _write(scope, status, began)
            self._counted(scope["method"], status)


def _write(scope: Scope, status: int, began: float) -> None:
    line = {
        "time": _now(),
        "id": scope["state"]["id"],
        "client": (scope.get("client") or ("",))[0],
        "method": scope["method"],
        "path": scope["path"][:LONGEST],
        "status": status,
        "milliseconds": round((time.perf_counter() - began) * 1000),
        **_line(scope),
    }
    LOG.info(json.dumps(line))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
