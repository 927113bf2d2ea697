"""Signing in by OpenID Connect: authorization code flow with PKCE, state and nonce. Authlib speaks it; here is what we insist on.

The provider's own description says where its ends are and with which keys it signs. It must be that of the issuer in the
settings, and no token counts that another issuer made, that is for another client, or that no private key signed.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Mapping
from typing import Any

from authlib.integrations.base_client import OAuthError
from httpx import HTTPError
from joserfc.errors import JoseError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from verifier.dashboard.serve.log import note
from verifier.dashboard.serve.sessions import Identity, Session
from verifier.dashboard.serve.settings import Provider, checked
from verifier.errors import UsageError
from verifier.words import say

BACK = "/signed-in"
"""Where the provider sends people back to: this path under the configured address, and no other."""
SEALED = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Signatures by a private key. An unsigned token counts for nothing, nor one sealed with what we know as well."""
ENDS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
PATIENCE = 10
"""Seconds for one answer of the provider."""
BEGUN = "begun"
"""Among what a sign-in has to remember: when it was begun."""
LEEWAY = 60
"""Seconds by which clocks may differ."""


def _authlib() -> Any:
    """Imported where there is a provider alone. That it will give up httpx is nothing for whoever serves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from authlib.integrations.starlette_client import OAuth  # noqa: PLC0415

    return OAuth()


class SignIn:
    def __init__(self, provider: Provider, base: str) -> None:
        self._issuer, self._back = provider.issuer, f"{base}{BACK}"
        self._names = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client},
            "exp": {"essential": True},
        }
        self._client = _authlib().register(
            "provider",
            client_id=provider.client,
            client_secret=provider.secret,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": PATIENCE},
        )

    async def begin(self, request: Request, session: Session) -> Response:
        """To the provider, which asks who is signed in already to prove it again.

        Raises HTTPException where it does not answer as it should.
        """
        request.scope["session"] = session.handshake
        again = {"prompt": "login", "max_age": 0} if session.who else {}
        try:
            await self._described()
            answer: Response = await self._client.authorize_redirect(request, self._back, **again)
            session.handshake[BEGUN] = time.time()
        except (HTTPError, OAuthError, UsageError, ValueError, KeyError) as error:
            raise _unanswered(request, error) from error
        return answer

    async def finish(self, request: Request, session: Session) -> tuple[Identity, float]:
        """Back from the provider: who it is, and how many seconds ago they proved it there; infinite where it does not say.

        Raises HTTPException for an answer to another session, for a token that does not count, and where somebody was to prove it
        again and did not, or is somebody else.
        """
        request.scope["session"] = session.handshake
        begun = session.handshake.get(BEGUN, 0)
        try:
            await self._described()
            token = await self._client.authorize_access_token(request, claims_options=self._names, leeway=LEEWAY)
            found, at = _identity(token["userinfo"], self._issuer), _proven(token["userinfo"])
            if session.who:
                _demand_again(session.who, found, at - begun)
            return found, max(0, time.time() - at)
        except (OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
            note(request.scope, "sign-in-refused", why=_why(error))
            raise HTTPException(403, say("The sign-in did not hold. Begin it again.")) from error
        except (HTTPError, UsageError) as error:
            raise _unanswered(request, error) from error
        finally:
            session.handshake.clear()

    async def _described(self) -> None:
        """Its description, read once. Raises UsageError for that of another issuer, or one without what we insist on."""
        found: dict[str, Any] = await self._client.load_server_metadata()
        told = found.get("id_token_signing_alg_values_supported") or ["RS256"]
        found["id_token_signing_alg_values_supported"] = sealed = [one for one in told if one in SEALED]
        if found.get("issuer") != self._issuer or not sealed:
            found.clear()
            raise UsageError(say("The provider's description is not that of {issuer}.", issuer=self._issuer))
        for name in ENDS:
            checked(found[name])


def _identity(claims: Mapping[str, Any], issuer: str) -> Identity:
    """Raises KeyError or ValueError where the provider says of nobody who it is."""
    subject = claims["sub"]
    if not (isinstance(subject, str) and subject):
        raise ValueError("sub")
    address = claims.get("email") if claims.get("email_verified") is True else ""
    return Identity(issuer, subject, address if isinstance(address, str) else "")


def _proven(claims: Mapping[str, Any]) -> float:
    at = claims.get("auth_time")
    return at if isinstance(at, int | float) and math.isfinite(at) else -math.inf


def _demand_again(known: Identity, found: Identity, since: float) -> None:
    """Raises ValueError for somebody else, and where they proved nothing in the seconds since they were asked to."""
    if found.name != known.name or since < -LEEWAY:
        raise ValueError("not again")


def _unanswered(request: Request, error: Exception) -> HTTPException:
    note(request.scope, "provider-failed", why=_why(error))
    return HTTPException(503)


def _why(error: Exception) -> str:
    """Which kind of trouble it was, by our libraries' names: what the other side said may hold anything."""
    return f"{type(error).__name__} {getattr(error, 'error', '')}".strip()[:200]
