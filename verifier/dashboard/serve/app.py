"""The application: addresses to pages, and forms to what they do. Who may do what is asked in `_Pages._refused` and `acting`.

Around it, from the outside: the headers of every answer, the log and the last catch, the host's name, and how much is asked for.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from verifier.dashboard import site
from verifier.dashboard.assets import ASSETS, asset
from verifier.dashboard.layout import Scene, html, table, twin
from verifier.dashboard.page import Page, Query
from verifier.dashboard.serve import csrf, openapi
from verifier.dashboard.serve.access import keys, person
from verifier.dashboard.serve.acting import AGAIN, CHANGED, KINDS, Desk, Filled
from verifier.dashboard.serve.answers import TYPES, attachment, failed, spoilt, spoken
from verifier.dashboard.serve.headers import Headers
from verifier.dashboard.serve.hosts import Hosts
from verifier.dashboard.serve.limits import Limits
from verifier.dashboard.serve.log import Log, note
from verifier.dashboard.serve.makers import Make, Wanted, here
from verifier.dashboard.serve.query import asked, known_address
from verifier.dashboard.serve.sessions import Session, Sessions
from verifier.dashboard.serve.settings import Settings
from verifier.dashboard.serve.signin import BACK, SignIn
from verifier.dashboard.sources import Opening, Sources
from verifier.dashboard.theme import TYPES as IMAGE_TYPES
from verifier.errors import UsageError, VerifierError
from verifier.procurement.index import SpoiltIndexError
from verifier.statements.strict import MOST
from verifier.words import LANGUAGES, Text, say

if TYPE_CHECKING:
    from verifier.dashboard.serve.hook import Hook

ASSET_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
ASSETS_KEPT = {"Cache-Control": "public, max-age=300"}
OWN_ASSETS = ("sign.js",)
"""Of pages that a server alone has."""
UPLOAD = MOST + csrf.MOST_PART
"""Bytes of a form with a signed statement in it."""


def app(opening: Opening, settings: Settings | None = None, make: Make | None = None) -> Starlette:
    """`make` makes pages that are only read; without it this process does."""
    chosen = settings or Settings()
    pages = _Pages(opening, chosen, make or here(opening))
    routes = [
        Route("/", pages.first),
        Route("/assets/{name}", pages.asset),
        Route("/health", pages.health),
        *(_hooks(opening, chosen.hook) if chosen.hook else ()),
        *(_signing_in(_SigningIn(pages)) if chosen.provider else ()),
        Route("/data/{address:path}.{form}", pages.data),
        Route("/{language}/{address:path}.html", pages.html),
    ]
    middleware = [
        Middleware(Headers, secure=chosen.secure),
        Middleware(Log, counted=chosen.counted),
        Middleware(Hosts, hosts=chosen.hosts),
        Middleware(Limits),
    ]
    made = Starlette(
        routes=routes, middleware=middleware, exception_handlers={HTTPException: failed, SpoiltIndexError: spoilt}
    )
    made.state.theme = chosen.theme.look if chosen.theme else None
    made.router.redirect_slashes = False  # it would lead to an address that is made of the request's own
    return made


def _hooks(opening: Opening, hook: Hook) -> list[Route]:
    from verifier.dashboard.serve.hook import ADDRESS, Hooked  # noqa: PLC0415 - the queue is an extra

    return [Route(ADDRESS, Hooked(opening, hook).github, methods=["POST"])]


def _signing_in(signing: _SigningIn) -> list[Route]:
    """Before the pages: none of them has such an address."""
    act = "/{language}/act/{contract}"
    return [
        Route("/sign-in", signing.begin),
        Route(BACK, signing.finish),
        Route("/sign-out", signing.out, methods=["POST"]),
        Route("/{language}/sessions.html", signing.sessions),
        Route("/{language}/key.html", signing.key),
        Route(f"{act}.html", signing.desk),
        Route(f"{act}/statement", signing.hand_in, methods=["POST"]),
        Route(f"{act}/{{kind}}", signing.draft, methods=["POST"]),
    ]


def _address(request: Request) -> str:
    address: str = request.path_params["address"]
    if not known_address(address):
        raise HTTPException(404)
    return address


class _Pages:
    """What everybody may read, or everybody who is signed in."""

    def __init__(self, opening: Opening, settings: Settings, make: Make) -> None:
        self.opening, self.settings, self._make = opening, settings, make
        self.held = Sessions(settings.clock, secure=settings.secure)

    def health(self, request: Request) -> Response:
        """200 where the pages can be made; what stands in the way is in the log."""
        with self.opening():
            return PlainTextResponse("ok\n")

    def first(self, request: Request) -> Response:
        """In the reader's language, by what the browser says."""
        return RedirectResponse(f"/{spoken(request.scope)}/index.html", status_code=302)

    def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if self.settings.theme and name in self.settings.theme.files:
            media = (ASSET_TYPES | IMAGE_TYPES)[name.rpartition(".")[2]]
            return Response(self.settings.theme.files[name], media_type=media, headers=ASSETS_KEPT)
        if name not in (*ASSETS, *OWN_ASSETS):
            raise HTTPException(404)
        media = ASSET_TYPES[name.rpartition(".")[2]]
        return Response(asset(name), media_type=media, headers=ASSETS_KEPT)

    def html(self, request: Request) -> Response:
        language = request.path_params["language"]
        if language not in LANGUAGES:
            raise HTTPException(404)
        session = self.held.of(request)
        if self._refused(session):
            return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", status_code=303)
        address, query = _address(request), asked(request)
        with self.opening() as sources:
            scene = self.scene(request, session, sources)
        around = replace(scene, query=f"?{request.url.query}" if request.url.query else "")
        made = self._make(Wanted(address=address, language=language, scene=around, query=query))
        if made is None:
            raise HTTPException(404)
        status, content = made
        return Response(content, status, media_type=TYPES["html"])

    def data(self, request: Request) -> Response:
        form, address = request.path_params["form"], request.path_params["address"]
        if self._refused(self.held.of(request)):
            raise HTTPException(401)
        if (address, form) == (openapi.ADDRESS, "json"):
            return JSONResponse(openapi.description(site.NAVIGATION, self.settings.base))
        if form not in ("json", "csv"):
            raise HTTPException(404)
        with self.opening() as sources:
            found = self._found(request, sources)
        if found.status != 200 or (form == "csv" and found.table is None):
            raise HTTPException(404 if found.status == 200 else found.status)
        content = twin(found) if form == "json" else table(found)
        name = f"{address.rpartition('/')[2]}.{form}"
        return Response(content, media_type=TYPES[form], headers=attachment(name))

    def _refused(self, session: Session | None) -> bool:
        return self.settings.sign_in_to_read and (session is None or session.who is None)

    def _found(self, request: Request, sources: Sources) -> Page:
        found = site.found(sources, _address(request), Query(asked(request)))
        if found is None:
            raise HTTPException(404)
        return found

    def name(self, request: Request, session: Session | None, sources: Sources) -> str:
        """What somebody who is signed in is called: as the trust policy has it, else as the provider does."""
        if session is None or session.who is None:
            return ""
        found = self.person(request, session, sources)
        return found or session.who.address or session.who.subject

    def person(self, request: Request, session: Session, sources: Sources) -> str:
        """By the trust policy as it is now; "" for somebody whom it does not know. The log has it too."""
        if session.who is None or sources.records is None:
            return ""
        found = person(sources.records.policy, session.who, sources.now)
        note(request.scope, "", person=found or "-")
        return found

    def scene(self, request: Request, session: Session | None, sources: Sources) -> Scene:
        """What stands around the pages that this reader is shown."""
        return Scene(
            site.navigation(sources),
            live=True,
            person=self.name(request, session, sources),
            token=session.token if session and session.who else "",
            signs_in=self.settings.provider is not None,
            theme=self.settings.theme.look if self.settings.theme else None,
        )

    def written(self, page: Page, language: str, scene: Scene) -> Response:
        return Response(html(page, language, scene), page.status, media_type=TYPES["html"])


class _SigningIn:
    """What is there for people who are signed in, and how they come to be."""

    def __init__(self, pages: _Pages) -> None:
        self._pages, self._settings, self._held = pages, pages.settings, pages.held
        if pages.settings.provider is None:
            raise ValueError("nobody vouches for people")
        self._provider = SignIn(pages.settings.provider, pages.settings.base)

    async def begin(self, request: Request) -> Response:
        """To the provider, in a session of its own; back to the page from which it was asked for.

        Somebody who is signed in is sent there in their own session, and only where they ask to be.
        """
        asked = request.query_params.get("next", "")
        after = asked if _ours(asked) else f"/{spoken(request.scope)}/index.html"
        known = self._held.of(request)
        if known is not None and known.who is not None:
            if not request.query_params.get("again"):
                return RedirectResponse(after, status_code=303)  # a link from elsewhere signs nobody out
            known.after = after
            return await self._provider.begin(request, known)
        blank = Response()
        session = self._held.begin(blank)
        session.after = after
        answer = await self._provider.begin(request, session)
        answer.headers.append("Set-Cookie", blank.headers["Set-Cookie"])
        return answer

    async def finish(self, request: Request) -> Response:
        """A new id: whoever knew the one before has nothing by it."""
        session = self._held.of(request)
        if session is None or not session.handshake:
            note(request.scope, "sign-in-refused", why="no session")
            raise HTTPException(403, say("The sign-in did not hold. Begin it again."))
        who, age = await self._provider.finish(request, session)
        self._held.end(session)
        answer = RedirectResponse(session.after, status_code=303)
        self._held.begin(answer, who, age)
        note(request.scope, "signed-in", identity=who.name)
        return answer

    async def out(self, request: Request) -> Response:
        """Of this session, or of all that the person has."""
        session = self._signed_in(request)
        filled = await csrf.form(request, session, self._settings.base)
        everywhere = filled.get("everywhere") and session.who
        if everywhere and not self._held.fresh(session):
            raise HTTPException(403, say(AGAIN))
        self._held.end(session, *(self._held.whose(session.who) if everywhere and session.who else ()))
        answer = RedirectResponse("/", status_code=303, headers={"Clear-Site-Data": '"cache"'})
        self._held.forget(answer)
        note(request.scope, "signed-out")
        return answer

    def sessions(self, request: Request) -> Response:
        """Where somebody is signed in."""
        language, session = self._language(request), self._held.of(request)
        if session is None or session.who is None:
            return self._to_sign_in(request)
        listed = [
            {"started": _moment(one.started), "seen": _moment(one.seen), "this": one is session}
            for one in self._held.whose(session.who)
        ]
        document = {"sessions": listed, "fresh": self._held.fresh(session)}
        page = Page(address="sessions", template="sessions.html", title=say("Your sessions"), document=document)
        with self._pages.opening() as sources:
            scene = self._pages.scene(request, session, sources)
        return self._pages.written(page, language, scene)

    def key(self, request: Request) -> Response:
        """Of somebody whom the trust policy does not know too: they may be about to enter it."""
        language, session = self._language(request), self._held.of(request)
        if session is None or session.who is None:
            return self._to_sign_in(request)
        with self._pages.opening() as sources:
            person = self._pages.person(request, session, sources)
            known = keys(sources.policy, person, sources.now) if sources.policy else []
            scene = self._pages.scene(request, session, sources)
        document = {"who": _name(session), "own": known}
        page = Page(address="key", template="key.html", title=say("Your key in this browser"), document=document)
        return self._pages.written(page, language, scene)

    def desk(self, request: Request) -> Response:
        language, session = self._language(request), self._held.of(request)
        if session is None or session.who is None:
            return self._to_sign_in(request)
        with self._pages.opening() as sources:
            page = self._desk(request, session, sources).page()
            scene = self._pages.scene(request, session, sources)
        return self._pages.written(page, language, scene)

    async def draft(self, request: Request) -> Response:
        """A statement to be signed, as a file; or the page again, with why not."""
        if request.path_params["kind"] not in KINDS:
            raise HTTPException(404)
        session = self._signed_in(request)
        filled = await csrf.form(request, session, self._settings.base)
        return await run_in_threadpool(self._drafted, request, session, filled)

    def _drafted(self, request: Request, session: Session, filled: Filled) -> Response:
        with self._pages.opening() as sources:
            desk = self._desk(request, session, sources)
            try:
                name, content = desk.draft(request.path_params["kind"], filled)
                shown = desk.signing(name, content, _name(session)) if filled.get("here") else None
            except VerifierError as error:
                note(request.scope, "draft-refused")
                return self._again(request, session, desk, filled, desk.shown(error))
            note(request.scope, "drafted")
            if shown:
                return self._to_be_signed(request, session, shown, sources)
        return Response(content, media_type=TYPES["json"], headers=attachment(name))

    def _to_be_signed(self, request: Request, session: Session, page: Page, sources: Sources) -> Response:
        session.prepared.append(page.document["digest"])
        scene = replace(self._pages.scene(request, session, sources), root="/")
        return self._pages.written(page, self._language(request), scene)

    async def hand_in(self, request: Request) -> Response:
        session = self._signed_in(request)
        filled = await csrf.form(request, session, self._settings.base, UPLOAD)
        return await run_in_threadpool(self._handed_in, request, session, filled)

    def _handed_in(self, request: Request, session: Session, filled: Filled) -> Response:
        content, filing = filled.get("statement", b""), self._settings.filing
        if filing is None:
            raise HTTPException(403, say("This server files nothing; whoever has the ledger's key does."))
        if not (isinstance(content, bytes) and content):
            raise HTTPException(400)
        with self._pages.opening() as sources:
            desk = self._desk(request, session, sources)
            try:
                said = desk.hand_in(content, filing, _prepared(session, filled))
            except VerifierError as error:
                note(request.scope, "statement-refused")
                return self._again(request, session, desk, {}, desk.shown(error))
        note(request.scope, "filed")
        with self._pages.opening() as sources:
            desk = self._desk(request, session, sources)
            return self._again(request, session, desk, {}, said, done=True)

    def _again(
        self, request: Request, session: Session, desk: Desk, filled: Filled, said: Text, *, done: bool = False
    ) -> Response:
        page = desk.page(typed=filled, said=said, done=done)
        scene = replace(self._pages.scene(request, session, desk.sources), root="/")
        return self._pages.written(page, self._language(request), scene)

    def _desk(self, request: Request, session: Session, sources: Sources) -> Desk:
        person = self._pages.person(request, session, sources)
        files = self._settings.filing is not None
        fresh = self._held.fresh(session)
        return Desk.at(sources, request.path_params["contract"], person, files=files, fresh=fresh)

    def _signed_in(self, request: Request) -> Session:
        session = self._held.of(request)
        if session is None or session.who is None:
            note(request.scope, "refused", why="nobody is signed in")
            raise HTTPException(401)
        self._language(request)
        return session

    def _to_sign_in(self, request: Request) -> Response:
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", status_code=303)

    def _language(self, request: Request) -> str:
        language = str(request.path_params.get("language", LANGUAGES[0]))
        if language not in LANGUAGES:
            raise HTTPException(404)
        return language


def _ours(address: str) -> bool:
    """Whether it leads to a page of this server, and cannot be read as anything else."""
    language, _, rest = address.removeprefix("/").partition("/")
    return (
        address.startswith(f"/{language}/")
        and language in LANGUAGES
        and rest.endswith(".html")
        and known_address(rest.removesuffix(".html"))
    )


def _name(session: Session) -> str:
    """By which a browser keeps somebody's key."""
    return session.who.name if session.who else ""


def _prepared(session: Session, filled: Filled) -> str | None:
    """The digest of what was signed here. Raises UsageError where it was not shown in this session."""
    found = filled.get("prepared")
    if found is None or (isinstance(found, str) and found in session.prepared):
        return found
    raise UsageError(say(CHANGED))


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
