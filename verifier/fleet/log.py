"""One line of JSON an event. The `id` of a submission is in each line about it, from the webhook to the report."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

LOG = logging.getLogger("verifier.fleet")


def note(event: str, **told: Any) -> None:
    """`told` are values that JSON has."""
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    LOG.info(json.dumps({"time": time, "event": event, **told}))


def to_standard_error() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
