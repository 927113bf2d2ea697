"""The buyer's index, asked with the buyer's credentials, CA and proxy, within limits. None of them leaves this file."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from mailbits import ContentType
from packaging.utils import canonicalize_name
from pypi_simple import ACCEPT_JSON_PREFERRED, DistributionPackage
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth

from verifier.errors import UsageError
from verifier.index.page import read
from verifier.index.refusal import Limits, Refusal, absent, over, unusable
from verifier.index.source import IndexSource
from verifier.words import later, say

_CHUNK = 1 << 18
_CONNECT = 10.0  # seconds
_READERS = 16  # index pages fetched at one time; each is whole in memory
_BUSY = (429, 502, 503, 504)  # worth asking again
_ABSENT = frozenset({404, 410})
_CREDENTIALS = frozenset({401, 403, 407})


class Upstream:
    """Thread-safe once made. Its methods raise Refusal, whose text holds host names and nothing else of an address."""

    def __init__(self, source: IndexSource, environ: Mapping[str, str], limits: Limits) -> None:
        if source.ca and not source.ca.exists():
            raise UsageError(say("The CA of the package index is not there: {ca}.", ca=source.ca))
        self._root = source.url.rstrip("/") + "/"
        self._limits = limits
        self._closed = False
        self._readers = threading.BoundedSemaphore(_READERS)
        # Given with each request: in requests, the environment's CA and proxy win over those of the session.
        self._verify: bool | str = str(source.ca) if source.ca else True
        self._proxies = {"http": source.proxy, "https": source.proxy} if source.proxy else None
        self._session = _Session()
        adapter = HTTPAdapter(pool_maxsize=_READERS, max_retries=_retries())
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        if credentials := source.credentials(environ):
            self._session.auth = _AtHome(self._root, credentials)

    def close(self) -> None:
        """Ends what is under way."""
        self._closed = True
        self._session.close()

    def files(self, name: str) -> list[DistributionPackage]:
        """What the index lists for a project; Refusal 404 when it has no such project."""
        url = urljoin(self._root, canonicalize_name(name) + "/")
        with self._readers, self._get(url, {"Accept": ACCEPT_JSON_PREFERRED}) as response:
            if response.status_code in _ABSENT:
                raise absent(say("The package index has no project named {name}.", name=name))
            _demand_success(response)
            body = b"".join(self._chunks(response, self._limits.page_bytes, decode=True))
            kind = ContentType.parse(response.headers.get("content-type", "text/html"))
            base = response.url
        try:
            return read(name, body, media_type=kind.content_type, charset=kind.params.get("charset"), base_url=base)
        except ValueError as error:
            raise unusable(
                say(
                    "{host} did not answer with an index page for {name}: check its address.",
                    host=_host(base),
                    name=name,
                )
            ) from error

    def file(self, url: str) -> Iterator[bytes]:
        """The bytes of a file that a page lists, as they arrive."""
        # What is hashed is the file as it lies there; some servers call a .tar.gz a compressed answer.
        with self._get(url, {"Accept-Encoding": "identity"}) as response:
            if response.status_code in _ABSENT:
                raise unusable(say("{host} does not have a file that the package index lists.", host=_host(url)))
            _demand_success(response)
            yield from self._chunks(response, self._limits.file_bytes, decode=False)

    def has_root(self) -> bool:
        """Whether something answers at the index's address itself; asked by HEAD, the public one's list is 40 MB."""
        try:
            with self._get(self._root, {}, method="HEAD") as response:
                return response.status_code not in _ABSENT
        except Refusal:
            return True  # nothing is known against it

    @contextmanager
    def _get(self, url: str, headers: Mapping[str, str], method: str = "GET") -> Iterator[requests.Response]:
        try:
            with self._session.request(
                method,
                url,
                headers=headers,
                stream=True,
                allow_redirects=True,
                timeout=(_CONNECT, self._limits.silence),
                verify=self._verify,
                proxies=self._proxies,
            ) as response:
                yield response
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _in_words(error, _host(url)) from None  # the text of these errors holds whole addresses

    def _chunks(self, response: requests.Response, most: int, *, decode: bool) -> Iterator[bytes]:
        """One read from the network at a time, so that a drip of bytes meets the deadline as well."""
        deadline = time.monotonic() + self._limits.seconds
        total = 0
        with closing(response):
            while chunk := response.raw.read1(_CHUNK, decode_content=decode):
                total += len(chunk)
                if total > most:
                    raise over(
                        say(
                            "{host} sends more than the {most} bytes allowed for one answer.",
                            host=_host(response.url),
                            most=most,
                        )
                    )
                if time.monotonic() > deadline:
                    seconds = format(self._limits.seconds, "g")
                    slow = say("{host} did not answer within {seconds} s.", host=_host(response.url), seconds=seconds)
                    raise unusable(slow, HTTPStatus.GATEWAY_TIMEOUT)
                if self._closed:
                    raise unusable(say("The installation has ended."))
                yield chunk


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and resp.url.startswith("https:") and urljoin(resp.url, target).startswith("http:"):
            raise unusable(say("{host} redirects from https to http, which is not followed.", host=_host(resp.url)))
        return target


class _AtHome(AuthBase):
    """Credentials for the index's own scheme, host and port; files often lie on a host that must not see them."""

    def __init__(self, root: str, credentials: tuple[str, str]) -> None:
        self._origin = urlsplit(root)[:2]
        self._basic = HTTPBasicAuth(*(text.encode() for text in credentials))

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return self._basic(r) if urlsplit(r.url or "")[:2] == self._origin else r


def _retries() -> urllib3.Retry:
    return urllib3.Retry(
        total=2,
        read=1,
        status_forcelist=_BUSY,
        backoff_factor=0.2,
        raise_on_status=False,
        respect_retry_after_header=False,  # it may ask for hours
    )


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _demand_success(response: requests.Response) -> None:
    status = response.status_code
    if status in _CREDENTIALS:
        raise unusable(
            say(
                "{host} answered {status}: the index credentials are missing or not accepted.",
                host=_host(response.url),
                status=status,
            )
        )
    if status != HTTPStatus.OK:
        raise unusable(say("{host} answered {status}.", host=_host(response.url), status=status))


_SAYINGS: tuple[tuple[type[Exception], str, HTTPStatus], ...] = (
    (
        requests.exceptions.ProxyError,
        later("{host}: the proxy on the way there cannot be used."),
        HTTPStatus.BAD_GATEWAY,
    ),
    (
        requests.exceptions.SSLError,
        later("{host}: its certificate is not trusted: set VERIFIER_INDEX_CA."),
        HTTPStatus.BAD_GATEWAY,
    ),
    (urllib3.exceptions.NewConnectionError, later("{host}: it cannot be reached."), HTTPStatus.BAD_GATEWAY),
    (requests.exceptions.Timeout, later("{host}: it was silent for too long."), HTTPStatus.GATEWAY_TIMEOUT),
    (urllib3.exceptions.TimeoutError, later("{host}: it was silent for too long."), HTTPStatus.GATEWAY_TIMEOUT),
    (requests.exceptions.TooManyRedirects, later("{host}: it redirects without end."), HTTPStatus.BAD_GATEWAY),
    (requests.exceptions.ConnectionError, later("{host}: it cannot be reached."), HTTPStatus.BAD_GATEWAY),
)  # the first that fits counts: some of these are kinds of a later one


def _in_words(error: Exception, host: str) -> Refusal:
    inner = getattr(error.args[0], "reason", None) if error.args else None  # what urllib3 tried again for
    for kind, saying, status in _SAYINGS:
        if isinstance(error, kind) or isinstance(inner, kind):
            return unusable(say(saying, host=host), status)
    return unusable(say("{host}: it broke off, or its answer is not HTTP.", host=host))
