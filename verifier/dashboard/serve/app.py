"""The application: addresses to pages. What a server must send with each answer is in `headers`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from verifier.dashboard import site
from verifier.dashboard.layout import ASSETS, Scene, html, table, twin
from verifier.dashboard.page import Page, Query
from verifier.dashboard.serve.headers import Headers
from verifier.dashboard.sources import Sources
from verifier.render.templates import file
from verifier.words import LANGUAGES, say

Opening = Callable[[], AbstractContextManager[Sources]]
"""The sources as they are now."""
TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
ASSET_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


def app(opening: Opening) -> Starlette:
    pages = _Pages(opening)
    routes = [
        Route("/", pages.first),
        Route("/assets/{name}", pages.asset),
        Route("/data/{address:path}.{form}", pages.data),
        Route("/{language}/{address:path}.html", pages.html),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Headers)], exception_handlers={404: pages.missing})


class _Pages:
    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def first(self, request: Request) -> Response:
        """In the reader's language, by what the browser says."""
        wanted = request.headers.get("accept-language", "")[:2].lower()
        return RedirectResponse(f"/{wanted if wanted in LANGUAGES else 'en'}/index.html", status_code=302)

    def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return self._missing("en")
        return Response(str(file(f"dashboard/assets/{name}")), media_type=ASSET_TYPES[name.rpartition(".")[2]])

    def html(self, request: Request) -> Response:
        language = request.path_params["language"]
        if language not in LANGUAGES:
            return self._missing("en")
        found = self._found(request)
        if found is None:
            return self._missing(language)
        query = f"?{request.url.query}" if request.url.query else ""
        scene = Scene(site.NAVIGATION, live=True, query=query)
        return Response(html(found, language, scene), found.status, media_type="text/html; charset=utf-8")

    def data(self, request: Request) -> Response:
        form = request.path_params["form"]
        found = self._found(request) if form in TYPES else None
        if found is None or (form == "csv" and found.table is None):
            return Response("null\n", status_code=404, media_type=TYPES["json"])
        return Response(twin(found) if form == "json" else table(found), found.status, media_type=TYPES[form])

    def missing(self, request: Request, error: Exception) -> Response:
        first = request.url.path.split("/")[1]
        return self._missing(first if first in LANGUAGES else "en")

    def _found(self, request: Request) -> Page | None:
        with self._opening() as sources:
            return site.found(sources, request.path_params["address"], Query(dict(request.query_params)))

    def _missing(self, language: str) -> Response:
        what = say("There is no page at this address.")
        page = Page(
            address="missing",
            template="missing.html",
            title=say("Not found"),
            document={"what": {"en": what.en, "fr": what.fr}},
        )
        written = html(page, language, Scene(site.NAVIGATION, live=True))
        return Response(written, status_code=404, media_type="text/html; charset=utf-8")
