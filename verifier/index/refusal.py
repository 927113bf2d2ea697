"""What the proxy says instead of an answer, and how much it allows."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from verifier.model import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one installation may take. Over a limit is a refusal with a message, never a hang."""

    run_bytes: int = 4 * 1024**3  # bytes of files handed out, whether cached or not
    file_bytes: int = 2 * 1024**3  # bytes of one file; the largest wheels in common use are just under 1 GB
    page_bytes: int = 32 * 1024**2  # bytes of one index page, unpacked; the public index's largest are near 10 MB
    pages_bytes: int = 512 * 1024**2  # bytes of all pages, which are kept in memory for the run
    requests: int = 20_000  # requests of one installation
    seconds: float = 300.0  # for one answer of the upstream index, from the first byte asked to the last byte received
    silence: float = 30.0  # seconds without a byte, from upstream or to the client
    clients: int = 128  # connections at one time; uv opens at most 50 downloads (its setting concurrent-downloads)


class Refusal(Exception):  # noqa: N818 it is an answer, not a fault
    """An answer that is not the file or page asked for. Without `cause` it is an ordinary "there is no such thing".

    `message` is one sentence for people; it never holds a credential, a path of an address, or its query.
    """

    def __init__(self, status: HTTPStatus, message: str, cause: Cause | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.cause = cause


def absent(message: str) -> Refusal:
    return Refusal(HTTPStatus.NOT_FOUND, message)


def unusable(message: str, status: HTTPStatus = HTTPStatus.BAD_GATEWAY) -> Refusal:
    """The index, or the way to it, did not do its part."""
    return Refusal(status, message, Cause.NETWORK)


def over(message: str, status: HTTPStatus = HTTPStatus.REQUEST_ENTITY_TOO_LARGE) -> Refusal:
    return Refusal(status, message, Cause.LIMIT)
