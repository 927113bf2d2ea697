"""One service's API over HTTP: waits as it asks to, tells each refusal in one sentence, and sends a token nowhere else.

How to wait: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api, and GitLab asks the same.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests

from verifier.errors import UsageError
from verifier.render.inert import inert
from verifier.words import Text, say

T = TypeVar("T")
SECONDS = 30
"""For one answer."""
TRIES = 4
PATIENCE = 120
"""Seconds that all the waiting of one command may take: a build must not stand still for an hour for a comment."""
FIRST_WAIT = 1
UNNAMED_LIMIT = 60
"""Seconds to wait at a limit that does not say for how long."""
REDIRECTS = 3
PAGES = 100
"""Of a list, a hundred entries each: what is looked for is among the first."""
LONGEST = 300
"""Characters of what a service answered that are repeated."""
UNSEEN = 404
DIGITS = 12
"""A number of seconds has fewer."""
MOVED = frozenset({301, 302, 307, 308})


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """The service did not take it; `words` say why in a sentence. `status` is 0 where there was no answer."""

    def __init__(self, words: Text, status: int = 0, *, passing: bool = False) -> None:
        super().__init__(words)
        self.words, self.status = words, status
        self.passing = passing
        """Whether to look again and try once more may help: the service failed, and what was sent may have arrived."""


def session() -> requests.Session:
    """Proxies and certificates of the environment are in use; what a .netrc holds is for others."""
    made = requests.Session()
    made.trust_env = True
    made.auth = _no_netrc
    return made


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


@dataclass(slots=True)
class Api:
    """`base` is the address that every path is under; `headers` hold the token. Times are seconds."""

    base: str
    headers: Mapping[str, str]
    service: str
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    patience: float = PATIENCE
    _session: requests.Session = field(default_factory=session)

    def __post_init__(self) -> None:
        refuse_unsafe(self.base)

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The answer's JSON, or nothing where it has none. Raises Refused."""
        return _json(self._answer(method, self._url(path), body, query))

    def pages(self, path: str, **query: Any) -> Iterator[Any]:
        """Every entry of a list, page by page."""
        url, given = self._url(path), {"per_page": 100, **query}
        for _ in range(PAGES):
            if not url:
                return
            answer = self._answer("GET", url, None, given)
            yield from _json(answer) or ()
            url, given = answer.links.get("next", {}).get("url", ""), {}
            if url and urlsplit(url)[:2] != urlsplit(self.base)[:2]:
                raise Refused(say("{service} named a next page elsewhere; it is not followed.", service=self.service))

    def upload(self, url: str, content: bytes, media_type: str, **query: Any) -> Any:
        """Bytes to an address that the service itself named. Raises Refused."""
        if not safe(url):
            raise Refused(say("{service} named an address for files that is not https.", service=self.service))
        return _json(self._answer("POST", url, content, query, media_type))

    def patiently(self, post: Callable[[], T]) -> T:
        """Does it again, from its first look on, while the service fails in passing: so nothing is there twice."""
        for wait in (FIRST_WAIT * 2**number for number in range(TRIES - 1)):
            try:
                return post()
            except Refused as refusal:
                if not refusal.passing or not self._wait(wait):
                    raise
        return post()

    def _url(self, path: str) -> str:
        return self.base.rstrip("/") + path

    def _answer(
        self, method: str, url: str, body: Any, query: Mapping[str, Any], media_type: str = ""
    ) -> requests.Response:
        for more in reversed(range(TRIES)):
            answer = self._once(method, url, body, query, media_type)
            if answer.status_code < 400:
                return answer
            if not (more and self._limited(answer) and self._wait(self._asked(answer))):
                break
        raise self._refusal(answer)

    def _once(self, method: str, url: str, body: Any, query: Mapping[str, Any], media_type: str) -> requests.Response:
        given: dict[str, Any] = {"json": body} if not media_type and body is not None else {"data": body}
        headers = {**self.headers, **({"Content-Type": media_type} if media_type else {})}
        for _ in range(REDIRECTS + 1):
            try:
                answer = self._session.request(
                    method, url, params=dict(query), headers=headers, timeout=SECONDS, allow_redirects=False, **given
                )
            except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL) as error:
                words = say(
                    "The token or the address holds a sign that cannot be sent to {service}.", service=self.service
                )
                raise Refused(words) from error
            except requests.RequestException as error:
                words = say("{service} cannot be reached ({why}).", service=self.service, why=type(error).__name__)
                raise Refused(words, passing=True) from error
            if answer.status_code not in MOVED:
                return answer
            target, query = urljoin(url, answer.headers.get("Location", "")), {}
            if urlsplit(target)[:2] != urlsplit(url)[:2]:
                raise Refused(say("{service} sends elsewhere; a token does not go along.", service=self.service))
            url = target
        raise Refused(say("{service} sends from place to place.", service=self.service))

    def _limited(self, answer: requests.Response) -> bool:
        """Whether it is asked to wait: by 429, or by 403 or 503 that says so."""
        named = "Retry-After" in answer.headers
        told = named or _number(answer, "X-RateLimit-Remaining") == 0 or _secondary(answer)
        return (
            answer.status_code == 429 or (answer.status_code == 403 and told) or (answer.status_code == 503 and named)
        )

    def _asked(self, answer: requests.Response) -> float:
        """Seconds to wait."""
        if (seconds := retry_after(answer, self.clock())) is not None:
            return seconds
        until = _number(answer, "X-RateLimit-Reset") if _number(answer, "X-RateLimit-Remaining") == 0 else None
        return UNNAMED_LIMIT if until is None else max(1, until - self.clock())

    def _wait(self, seconds: float) -> bool:
        """Waits, where there is patience left for it."""
        if seconds > self.patience:
            return False
        self.patience -= seconds
        self.sleep(seconds)
        return True

    def _refusal(self, answer: requests.Response) -> Refused:
        status, named = answer.status_code, {"service": self.service, "status": answer.status_code}
        if self._limited(answer):
            words = say("{service} still asks to wait, {n} seconds more.", n=round(self._asked(answer)), **named)
        elif status == 401:
            words = say("{service} does not know the token (401): it is wrong, or has run out.", **named)
        elif status == 403:
            words = self._forbidden(answer)
        elif status == UNSEEN:
            words = say("{service} shows nothing at this place to this token (404).", **named)
        elif status >= 500:
            words = say("{service} failed ({status}).", **named)
        else:
            words = say("{service} did not take it ({status}): {told}", told=_told(answer), **named)
        return Refused(words, status, passing=status >= 500)

    def _forbidden(self, answer: requests.Response) -> Text:
        needed = inert(answer.headers.get("X-Accepted-GitHub-Permissions", ""))
        named = {"service": self.service, "told": _told(answer)}
        if needed:
            return say("{service}: the token may not do this (403); it needs {needed}.", needed=needed, **named)
        return say("{service}: the token may not do this (403): {told}", **named)


def refuse_unsafe(url: str) -> None:
    """Raises UsageError."""
    if not safe(url):
        raise UsageError(say("{url} is no https address; a token is sent to no other.", url=inert(url)))


def retry_after(answer: requests.Response, now: float) -> float | None:
    """Seconds that the header asks to wait, by a number or a date; None where it asks for nothing. `now` is since 1970."""
    if (seconds := _number(answer, "Retry-After")) is not None:
        return seconds
    until = _date(answer.headers.get("Retry-After", ""))
    return None if until is None else max(1, until - now)


def safe(url: str) -> bool:
    """https, or this machine itself."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "https":
            return bool(parts.hostname)
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _secondary(answer: requests.Response) -> bool:
    return "secondary rate limit" in _message(answer).lower()


def _number(answer: requests.Response, name: str) -> int | None:
    value = answer.headers.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < DIGITS else None


def _date(text: str) -> float | None:
    """Seconds since 1970 of a date as HTTP writes it."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def _json(answer: requests.Response) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except requests.JSONDecodeError as error:
        raise Refused(say("The service answered with something that is no JSON."), answer.status_code) from error


def _message(answer: requests.Response) -> str:
    try:
        told = answer.json()
    except requests.JSONDecodeError:
        return ""
    return _flat(told) if isinstance(told, dict) else ""


def _flat(told: Mapping[str, Any]) -> str:
    """GitHub: a message, and errors as words or objects; GitLab: a message that may be an object, or an error described."""
    errors = told.get("errors") or ()
    errors = [errors] if isinstance(errors, str) else errors
    listed = [
        str(one.get("message") or one.get("code") or one) if isinstance(one, dict) else str(one) for one in errors
    ]
    said = [str(told[name]) for name in ("message", "error", "error_description") if told.get(name)]
    return "; ".join([*said, *listed])


def _told(answer: requests.Response) -> str:
    return inert(_message(answer))[:LONGEST]
