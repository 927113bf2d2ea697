"""That a form was sent from a page of ours: by the session's token in it, and by what the browser says of where it came from."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from verifier.dashboard.serve.sessions import Session
from verifier.words import say

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
FIELD = "token"
MOST_FIELDS, MOST_PART = 20, 64 * 1024
MOST_FORM = 256 * 1024
"""Bytes of a form without a file."""


async def form(request: Request, session: Session, base: str, most: int = MOST_FORM) -> Mapping[str, str | bytes]:
    """What was filled in, each name once, a file as its bytes. Raises HTTPException where it is not from a page of ours, or has
    over `most` bytes, which are not read then.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in FORMS:
        raise HTTPException(415)
    if not _from_us(request.headers, base):
        raise HTTPException(403, say("The form did not come from a page of this server."))
    bounded = Request(request.scope, limited(request, most))
    async with bounded.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_PART) as given:
        if not _has_token(given, session.token):
            raise HTTPException(403, say("The form is not of this session; load the page again."))
        if len(given.multi_items()) != len(given):
            raise HTTPException(400)
        return {name: await one.read() if isinstance(one, UploadFile) else one for name, one in given.items()}


def limited(request: Request, most: int) -> Receive:
    """What it sends, as long as that is no more. Raises HTTPException."""
    told, left = request.headers.get("content-length", ""), most
    if told.isascii() and told.isdigit() and int(told) > most:
        raise HTTPException(413)

    async def receive() -> Message:
        nonlocal left
        message = await request.receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        return message

    return receive


def _from_us(headers: Headers, base: str) -> bool:
    """A browser says one of both with every form; who says neither is none."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in (None, "same-origin") or (origin is not None and origin != _origin(base)):
        return False
    return bool(site or origin)


def _origin(base: str) -> str:
    found = urlsplit(base)
    return f"{found.scheme}://{found.netloc}"


def _has_token(given: FormData, token: str) -> bool:
    sent = given.get(FIELD)
    return isinstance(sent, str) and hmac.compare_digest(sent.encode(), token.encode())
