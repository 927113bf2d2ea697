"""An OpenID Connect provider on loopback, as honest as a test leaves it: it asks no password, and checks all that a client sends.

with running() as provider:
    provider.person = {"sub": "17", "email": "a@example.org", "email_verified": True}
    provider.bends["nonce"] = "another"      # what the next token says instead
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_plus, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "dashboard", "a secret of the client"
KEY = ECKey.generate_key("P-256", {"kid": "1"})


@dataclass
class Provider:
    """`bends` replaces claims of the next token, and by `alg` and `key` how it is signed; `described` what it says of itself.

    Everybody proved who they are at `since`, which 0 makes now; who is asked to do so again, does.
    """

    back: str
    since: int = 0
    issuer: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {"sub": "of assessor", "email": "assessor@example.org", "email_verified": True}
    )
    bends: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    """What it refused, by what was wrong."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._description),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", lambda _: JSONResponse({"keys": [KEY.as_dict(private=False)]})),
            ]
        )

    def _description(self, _: Request) -> Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        }
        return JSONResponse(told | self.described)

    def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        wanted = {
            "client_id": CLIENT,
            "redirect_uri": self.back,
            "response_type": "code",
            "code_challenge_method": "S256",
        }
        if wrong := [name for name, value in wanted.items() if asked.get(name) != value]:
            return self._refused(wrong[0])
        if not all(len(asked.get(name, "")) >= 20 for name in ("state", "nonce", "code_challenge")):
            return self._refused("short")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(f"{self.back}?{urlencode({'code': code, 'state': asked['state']})}", 303)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        asked = self.codes.pop(str(form["code"]), None)
        if asked is None:
            return self._refused("code")
        if not _basic(request):
            return self._refused("secret")
        challenge = base64.urlsafe_b64encode(sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or form["redirect_uri"] != self.back:
            return self._refused("code_verifier")
        return JSONResponse({"access_token": "unused", "token_type": "Bearer", "id_token": self._signed(asked)})

    def _signed(self, asked: dict[str, str]) -> str:
        bent, self.bends = self.bends, {}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "auth_time": now if asked.get("prompt") == "login" else self.since or now,
            **self.person,
        }
        told = {
            name: value for name, value in (claims | bent).items() if name not in ("alg", "key") and value is not None
        }
        key = bent.get("key", KEY)
        alg = bent.get("alg", "ES256")
        if alg == "none":
            parts = ({"alg": "none"}, told)
            return ".".join(_plain(one) for one in parts) + "."
        header = {"alg": alg, "kid": "1"} if alg == "ES256" else {"alg": alg}
        return jwt.encode(header, told, key, algorithms=[alg])

    def _refused(self, what: str) -> Response:
        self.troubles.append(what)
        return JSONResponse({"error": "invalid_request"}, 400)


def _basic(request: Request) -> bool:
    """As RFC 6749 2.3.1 has it: each part in the form of an address."""
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    name, _, secret = base64.b64decode(sent).decode().partition(":")
    return kind == "Basic" and (unquote_plus(name), unquote_plus(secret)) == (CLIENT, SECRET)


def _plain(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def shared_key() -> OctKey:
    """What both sides know: a client that took it for a key would believe itself."""
    return OctKey.import_key(SECRET.ljust(32, "."))


@contextmanager
def running(back: str) -> Iterator[Provider]:
    """On a port of its own."""
    provider = Provider(back)
    with serving(provider.app()) as address:
        provider.issuer = address
        yield provider


@contextmanager
def serving(app: Any, *, port: int = 0, **how: Any) -> Iterator[str]:
    """An application by uvicorn in a thread, at any port. Its address, without a slash at the end."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", **how))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
