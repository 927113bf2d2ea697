"""To a program, as JSON by POST. Who reads along there is not known: no finding goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from verifier.errors import WorldError
from verifier.procurement.telling import Message
from verifier.procurement.telling.secret import secret
from verifier.publish.http import Api, Refused

TAKEN = range(200, 300)


class Webhook:
    """Settings: address, and token, which is sent as a bearer's."""

    name: ClassVar[str] = "webhook"
    private: ClassVar[bool] = False

    def notify(self, message: Message, settings: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        """Raises UsageError for an address that is neither https nor this machine itself."""
        headers = {"User-Agent": "verifier"}
        if "token" in settings:
            headers["Authorization"] = f"Bearer {secret(settings['token'], environment)}"
        address = urlsplit(settings["address"])
        base = f"{address.scheme}://{address.netloc}"
        try:
            Api(base, headers, address.netloc).send("POST", settings["address"].removeprefix(base), posted(message))
        except Refused as refusal:
            if refusal.status not in TAKEN:  # an answer that is no JSON is nobody's business
                raise WorldError(refusal.words) from refusal


def posted(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "person": message.person,
        "languages": list(message.languages),
        "time": message.time,
        "subject": message.subject,
        "text": message.text,
        "items": [dict(one) for one in message.items],
    }
