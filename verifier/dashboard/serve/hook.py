"""What a code host tells us that was delivered: its word is checked, and the delivery put into the queue.

The id that GitHub gives its delivery of the event is that of the submission, in our log and in the workers'.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from verifier.dashboard.serve.csrf import limited
from verifier.dashboard.serve.log import note
from verifier.dashboard.sources import Opening
from verifier.errors import UsageError, VerifierError
from verifier.fleet.pushed import Pushed, is_signed, pushed
from verifier.fleet.queue import Queued
from verifier.procurement.expected import Expected, expected

ADDRESS = "/hooks/github"
MOST = 25 * 1024 * 1024
"""Bytes of an event; GitHub sends no more."""
_ID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
Submit = Callable[[Expected, str, str], Queued]
"""What a contract expects, at this reference, under this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    secret: bytes = field(repr=False)
    submit: Submit


class Hooked:
    def __init__(self, opening: Opening, hook: Hook) -> None:
        self._opening, self._hook = opening, hook

    async def github(self, request: Request) -> Response:
        body = await Request(request.scope, limited(request, MOST)).body()
        if not is_signed(body, request.headers.get("x-hub-signature-256", ""), self._hook.secret):
            note(request.scope, "hook-refused", why="signature")
            raise HTTPException(401)
        told = request.headers.get("x-github-delivery", "")
        if not _ID.fullmatch(told):
            raise HTTPException(400)
        request.scope["state"]["id"] = told
        try:
            found = pushed(request.headers.get("x-github-event", ""), _payload(body))
        except (KeyError, TypeError, ValueError) as error:
            raise HTTPException(400) from error
        if found is None:
            return _left(request, "no delivery")
        return await run_in_threadpool(self._submitted, request, found, told)

    def _submitted(self, request: Request, found: Pushed, id_: str) -> Response:
        with self._opening() as sources:
            wanted = expected(sources.records, found.addresses) if sources.records else None
        if wanted is None:
            return _left(request, "no contract waits for it")
        try:
            queued = self._hook.submit(wanted, found.ref, id_)
        except VerifierError as error:
            note(request.scope, "not-submitted", why=str(error.text))
            status = 422 if isinstance(error, UsageError) else 503
            raise HTTPException(status, error.text) from error
        event = "submitted" if queued.new else "known"
        note(request.scope, event, digest=queued.submission.digest, contract=wanted.contract)
        document = {"id": id_, "digest": queued.submission.digest, "number": queued.number, "new": queued.new}
        return JSONResponse(document, status_code=202)


def _payload(body: bytes) -> dict[str, Any]:
    found = json.loads(body)
    if not isinstance(found, dict):
        raise TypeError
    return found


def _left(request: Request, why: str) -> Response:
    note(request.scope, "left-aside", why=why)
    return JSONResponse({"left": why})
