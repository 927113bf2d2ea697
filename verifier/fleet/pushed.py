"""What GitHub tells a webhook: whether it is GitHub's word, and which commit of which repository was delivered. Pure.

https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

NOTHING = "0" * 40
"""The commit of a branch that is gone."""
ADDRESSES = ("html_url", "clone_url", "ssh_url")


@dataclass(frozen=True, slots=True)
class Pushed:
    """`addresses` are all those of one repository; `ref` is a full commit id, or the full name of a tag."""

    addresses: tuple[str, ...]
    ref: str


def is_signed(body: bytes, told: str, secret: bytes) -> bool:
    """`told` is the header X-Hub-Signature-256."""
    made = f"sha256={hmac.new(secret, body, sha256).hexdigest()}"
    return hmac.compare_digest(made.encode(), told.encode("utf-8", "replace"))


def pushed(event: str, payload: Mapping[str, Any]) -> Pushed | None:
    """None for what is no delivery: another event, another branch than the main one, a draft. Raises KeyError, TypeError or
    ValueError for what GitHub would not send.
    """
    if event == "push":
        main = f"refs/heads/{payload['repository']['default_branch']}"
        if payload["ref"] != main or payload["after"] == NOTHING:
            return None
        return Pushed(_addresses(payload), _text(payload["after"]))
    if event == "release" and payload["action"] == "published":
        return Pushed(_addresses(payload), f"refs/tags/{_text(payload['release']['tag_name'])}")
    return None


def _addresses(payload: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_text(payload["repository"][name]) for name in ADDRESSES)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value
