"""The payer's endpoint: one release is posted, once, and what came back is told. Redirects are not followed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from verifier.errors import UsageError
from verifier.procurement.payment.answer import Answer, answered, unanswered
from verifier.publish.http import refuse_unsafe, retry_after, session
from verifier.statements import uris
from verifier.words import say

MOST = 4096
"""Bytes of an answer that are read."""


@dataclass(frozen=True)
class Payer:
    """`endpoint` is https, or this machine; `patience` are seconds. Raises UsageError for another, whose token would be read."""

    endpoint: str
    token: str = field(repr=False)
    patience: int
    _session: requests.Session = field(default_factory=session, repr=False)

    def __post_init__(self) -> None:
        refuse_unsafe(self.endpoint)

    @classmethod
    def of(cls, section: Mapping[str, Any], patience: int, environment: Mapping[str, str]) -> Payer:
        """By the section `payer` of record.yml. Raises UsageError where the variable that it names holds nothing."""
        named = section.get("token", "")
        token = environment.get(named, "").strip() if named else ""
        if named and not token:
            raise UsageError(say("The environment variable {name} with the payer's token is empty.", name=named))
        return cls(section["endpoint"], token, patience)

    def send(self, digest: str, content: bytes) -> Answer:
        """The bundle of the release with this digest. Raises UsageError for a token that no header can hold."""
        try:
            return self._send(digest, content)
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError) as error:
            words = say(
                "The token or the address holds a sign that cannot be sent to {service}.", service=self.endpoint
            )
            raise UsageError(words) from error
        except requests.RequestException as error:
            return unanswered(self.endpoint, type(error).__name__)

    def _send(self, digest: str, content: bytes) -> Answer:
        with self._session.post(
            self.endpoint,
            data=content,
            headers=self._headers(digest),
            timeout=self.patience,
            allow_redirects=False,
            stream=True,
        ) as answer:
            wait = int(retry_after(answer, time.time()) or 0)
            return answered(self.endpoint, digest, answer.status_code, self._beginning(answer), wait)

    def _headers(self, digest: str) -> dict[str, str]:
        """The key is a String of structured fields (RFC 9651), as the draft of the header asks: it stands in quotes."""
        told = {
            "Accept-Encoding": "identity",
            "Content-Type": uris.BUNDLE,
            "Idempotency-Key": f'"sha256:{digest}"',
            "User-Agent": "verifier",
        }
        return {**told, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}

    def _beginning(self, answer: requests.Response) -> str:
        """As much of the body as came in time: the status has been told already."""
        content, until = b"", time.monotonic() + self.patience
        try:
            while len(content) < MOST and time.monotonic() < until and (piece := answer.raw.read1(MOST)):
                content += piece
        except (HTTPError, OSError):
            pass
        return content[:MOST].decode("utf-8", "replace")
