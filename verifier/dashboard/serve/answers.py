"""What is answered when there is no page to show: one sentence and an id, as a page for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from verifier.dashboard.layout import Scene, html, twin
from verifier.dashboard.page import Page
from verifier.dashboard.serve.query import known_address
from verifier.words import LANGUAGES, Text, later, say

TYPES = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
DATA = "/data/"
WORDS = {
    400: later("The request is not one that this server understands."),
    401: later("This is for people who are signed in."),
    403: later("This is not yours to do."),
    404: later("There is no page at this address."),
    405: later("This address cannot be asked like that."),
    413: later("What was sent is too large."),
    415: later("What was sent is no form."),
    500: later("Something went wrong here. The server's log says what, under this id."),
    503: later("The provider of the sign-in did not answer as it should. Try again later."),
}
NOT_FOUND, OTHERWISE = later("Not found"), later("This did not work")


def refusal(scope: Scope, status: int, words: Text | None = None) -> Response:
    """In the form and the language that were asked for."""
    what = words or say(WORDS.get(status, WORDS[400]))
    page = Page(
        address=_address(scope["path"]),
        template="missing.html",
        title=say(NOT_FOUND if status == 404 else OTHERWISE),
        document={"status": status, "what": {"en": what.en, "fr": what.fr}, "id": scope["state"]["id"]},
        status=status,
    )
    if scope["path"].startswith(DATA):
        return Response(twin(page), status_code=status, media_type=TYPES["json"])
    scene = Scene((), live=True, root="/", theme=scope["app"].state.theme)
    return Response(html(page, spoken(scope), scene), status_code=status, media_type=TYPES["html"])


def _address(path: str) -> str:
    """Of the page that was asked for, so that it can be asked for in the other language."""
    language, _, rest = path.removeprefix("/").partition("/")
    address = rest.removesuffix(".html")
    return address if language in LANGUAGES and rest != address and known_address(address) else "missing"


def spoken(scope: Scope) -> str:
    """The language of the address, else the one that the browser asks for."""
    first = scope["path"].split("/")[1] if "/" in scope["path"] else ""
    wanted = Headers(scope=scope).get("accept-language", "")[:2].lower()
    return next((one for one in (first, wanted) if one in LANGUAGES), LANGUAGES[0])


def attachment(name: str) -> Mapping[str, str]:
    """A header by which a browser keeps what it is given, and shows nothing of it. `name` is one of ours."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def failed(request: Request, error: Any) -> Response:
    """As Starlette has it for an HTTPException; a sentence of ours is its detail."""
    detail = error.detail if isinstance(error.detail, Text) else None
    answer = refusal(request.scope, error.status_code, detail)
    answer.headers.update(error.headers or {})
    return answer


def spoilt(request: Request, error: Any) -> Response:
    """Where the record's index cannot be believed: what is to be done about it."""
    return refusal(request.scope, 500, error.text)
