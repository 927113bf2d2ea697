"""What a server answers people who sign in and act, kept as it was answered, and served so that a browser can look at it.

with kept(folder) as found:
    page.goto(f"{found.base}/fr/{found.addresses[0]}.html")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from support.chains import signed_payload
from support.provider import running, serving
from support.shown import altered
from support.visiting import ACT, BACK, Site, Visitor, filed

from verifier.dashboard.serve.limits import LIMITS, SIGN_IN
from verifier.words import LANGUAGES

DECISION = {"milestone": "m1", "criterion": "requirements", "outcome": "met", "rationale": "Seen working."}
WAIVER = {"milestone": "m1", "target": "style", "reason": "It reads well.", "until": "2026-12-31"}
PREPARED = {"en": ("decision", DECISION), "fr": ("waiver", WAIVER)}
"""What is prepared, signed and handed in, on the page of each language: one counts once."""
LEAST = int(LIMITS[SIGN_IN].partition("/")[0])
LONG = "https://git.example/" + "parcels" * 40 + " <b>&amp;</b> \u202e"
"""What somebody may type, and no line breaks."""


@dataclass(frozen=True)
class Kept:
    """`base` is the server's address; pages have the addresses of a site's, at the depth at which they were answered."""

    base: str
    pages: Mapping[tuple[str, str], str]

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(address for _, address in self.pages))


@contextmanager
def kept(folder: Path) -> Iterator[Kept]:
    """By the server's own middleware: with the headers of every answer."""
    with running(BACK) as provider:
        site = Site(filed(folder / "assessed"), provider)
        accepted = Site(filed(folder / "accepted", accepted=True), provider)
        damaged = Site(filed(folder / "damaged"), provider)
        altered(next(damaged.folder.rglob("assessment-*")))
        sites = (site, accepted, damaged)
        pages = {(language, address): text for language in LANGUAGES for address, text in _told(language, *sites)}
    site.app.router.routes.insert(0, Route("/{language}/{address:path}.html", lambda asked: _answer(pages, asked)))
    with serving(site.app) as base:
        yield Kept(base, pages)


def _answer(pages: Mapping[tuple[str, str], str], asked: Request) -> HTMLResponse:
    return HTMLResponse(pages[asked.path_params["language"], asked.path_params["address"]])


def _told(language: str, site: Site, accepted: Site, damaged: Site) -> Iterator[tuple[str, str]]:
    """The address of each page, and all of it."""
    act = ACT.replace("/en/", f"/{language}/")
    assessor, certifier, stranger = (
        _signed_in(one, who) for one, who in ((site, "assessor"), (accepted, "certifier"), (site, "stranger"))
    )
    yield "kept/deciding", assessor.get(f"{act}.html").text
    yield "kept/certifying", certifier.get(f"{act}.html").text
    yield "kept/unknown", stranger.get(f"{act}.html").text
    yield "kept/refused", _post(422, assessor, f"{act}/decision", data=DECISION | {"outcome": "", "rationale": LONG})
    yield "kept/no-files", _signed_in(replace(site, files=False), "assessor").get(f"{act}.html").text
    yield (
        "kept/to-be-signed",
        _post(200, assessor, f"{act}/decision", data=DECISION | {"here": "yes", "rationale": LONG}),
    )
    yield "kept-key", assessor.get(f"/{language}/key.html").text
    yield "kept-sessions", assessor.get(f"/{language}/sessions.html").text
    site.provider.since = 1
    long_ago = _signed_in(site, "assessor")
    site.provider.since = 0
    yield "kept/to-prove-it-again", long_ago.get(f"{act}.html").text
    yield "kept-sessions-to-prove-it-again", long_ago.get(f"/{language}/sessions.html").text
    kind, filled = PREPARED[language]
    signed = signed_payload(assessor.post(f"{act}/{kind}", data=filled).content, "assessor")
    files = {"statement": ("signed.sigstore.json", signed, "application/json")}
    yield "kept/filed", _post(200, assessor, f"{act}/statement", files=files)
    yield "kept/not-whole", _post(409, _signed_in(damaged, "assessor"), f"{act}/decision", data=DECISION)
    yield "kept/not-yours", _post(403, stranger, f"{act}/decision", data=DECISION)
    yield "kept/not-found", stranger.get(f"/{language}/nothing.html").text
    yield "kept/too-much", _too_much(site.visitor(), language)


def _signed_in(site: Site, who: str) -> Visitor:
    visitor = replace(site).visitor()
    visitor.sign_in(who)
    return visitor


def _post(status: int, visitor: Visitor, address: str, **how: Any) -> str:
    answer = visitor.post(address, **how)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def _too_much(visitor: Visitor, language: str) -> str:
    """Of signing in there is the least; a minute that ends meanwhile leaves a little more."""
    asked = (visitor.get("/signed-in", headers={"Accept-Language": language}) for _ in range(2 * LEAST))
    return next(str(answer.text) for answer in asked if answer.status_code == 429)
