"""What may be asked for, what was asked, and what it came to; one for each installation."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import IO

from packaging.utils import InvalidName, canonicalize_name

from verifier.index.page import Page, Source, page
from verifier.index.refusal import Limits, Refusal, absent, over
from verifier.index.store import Store
from verifier.index.upstream import Upstream
from verifier.model import Cause
from verifier.words import say

_LONGEST = 255

Told = tuple[Cause, str]
"""A trouble: its cause and the sentence about it."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Request:
    """One question of the sandbox and its answer. `file` is empty for an index page, `bytes` is 0 for a refusal."""

    name: str
    file: str
    status: int
    bytes: int


class Catalogue:
    """Thread-safe. Pages are asked for once and kept for the run; files only when a page lists them."""

    def __init__(self, upstream: Upstream, store: Store, limits: Limits, before: datetime | None) -> None:
        self._upstream = upstream
        self._store = store
        self._limits = limits
        self._before = before
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._pages: dict[str, Page | str] = {}  # text: there is none, and why
        self._requests: set[Request] = set()
        self._troubles: set[Told] = set()
        self._asked = 0
        self._bytes = 0
        self._page_bytes = 0
        self._rootless = False
        self._over = False

    def close(self) -> None:
        """Ends what is under way; that it ended is then nobody's trouble."""
        with self._lock:
            self._over = True
        self._upstream.close()

    @property
    def requests(self) -> tuple[Request, ...]:
        with self._lock:
            return tuple(sorted(self._requests))

    @property
    def trouble(self) -> Told | None:
        """The first by name, whatever came first in time."""
        with self._lock:
            if self._rootless and not any(isinstance(known, Page) for known in self._pages.values()):
                message = say("The package index answers 404 to everything, even at its root: check its address.")
                return Cause.NETWORK, message
            return min(self._troubles, default=None)

    @property
    def undated(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(sorted(n for n, known in self._pages.items() if isinstance(known, Page) and known.undated))

    def page(self, name: str) -> bytes:
        """The page of a project as JSON. Raises Refusal."""
        self._count_request()
        return self._known(_canonical(name)).body

    def file(self, name: str, filename: str) -> tuple[IO[bytes], int]:
        """A listed file, or the metadata of one, open at its first byte, and its size. Raises Refusal."""
        self._count_request()
        files = self._known(_canonical(name)).files
        source = files.get(filename)
        if source is None:
            raise absent(say("The package index lists no such file for {name}.", name=name))
        return self._obtain(source)

    def record(self, name: str, file: str, status: int, size: int = 0, trouble: Told | None = None) -> None:
        """Notes an answer; names are cut at what a file system allows, or the sandbox could fill our memory."""
        with self._lock:
            if self._over:
                return
            self._requests.add(Request(name=name[:_LONGEST], file=file[:_LONGEST], status=status, bytes=size))
            if trouble:
                self._troubles.add(trouble)

    def _known(self, name: str) -> Page:
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            known = self._pages.get(name) or self._ask(name)
        if isinstance(known, str):
            raise absent(known)
        return known

    def _ask(self, name: str) -> Page | str:
        """What is known of a project from now on. An index in trouble is asked again the next time."""
        answer: Page | str
        try:
            answer = page(name, self._upstream.files(name), self._before)
        except Refusal as refusal:
            if refusal.cause:
                raise
            answer = refusal.message
            if not self._pages:
                self._rootless = not self._upstream.has_root()
        with self._lock:
            self._page_bytes += len(answer.body) if isinstance(answer, Page) else 0
            if self._page_bytes > self._limits.pages_bytes:
                raise over(
                    say(
                        "The installation asks for more than {n} bytes of index pages.",
                        n=self._limits.pages_bytes,
                    )
                )
            self._pages[name] = answer
        return answer

    def _obtain(self, source: Source) -> tuple[IO[bytes], int]:
        most = self._limits.file_bytes
        if source.size is not None and source.size > most:
            raise over(say("A file of {size} bytes is asked for, {most} are allowed.", size=source.size, most=most))
        self._take(0)
        try:
            content = self._store.open(source.digests, lambda: self._upstream.file(source.url))
        except OSError as error:
            message = say("A file of the package index cannot be kept here: {error}.", error=error.strerror)
            raise Refusal(HTTPStatus.INSUFFICIENT_STORAGE, message, Cause.LIMIT) from error
        actual = os.fstat(content.fileno()).st_size
        try:
            self._take(actual)
        except Refusal:
            content.close()
            raise
        return content, actual

    def _take(self, size: int) -> None:
        most = self._limits.run_bytes
        with self._lock:
            if self._bytes + size > most:
                raise over(
                    say("The installation asks for more than the {most} bytes of packages that are allowed.", most=most)
                )
            self._bytes += size

    def _count_request(self) -> None:
        most = self._limits.requests
        with self._lock:
            self._asked += 1
            if self._asked > most:
                message = say(
                    "The installation asks the package index more than the {most} times that are allowed.", most=most
                )
                raise over(message, HTTPStatus.TOO_MANY_REQUESTS)


def _canonical(name: str) -> str:
    try:
        return canonicalize_name(name[:_LONGEST], validate=True)
    except InvalidName:
        raise absent(say("That is not the name of a project.")) from None
