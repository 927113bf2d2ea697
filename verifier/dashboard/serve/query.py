"""What may stand in an address: its path, and what follows the `?`."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request

from verifier.dashboard.page import LONGEST, PLAIN

_ADDRESS = re.compile(r"[A-Za-z0-9_~-]+(/[A-Za-z0-9_~-]+)*", re.ASCII)


def known_address(address: str) -> bool:
    """Whether a page could be called that: `page.part` leaves nothing but these signs."""
    return len(address) <= LONGEST and _ADDRESS.fullmatch(address) is not None


def asked(request: Request) -> dict[str, str]:
    """Each name once. Raises HTTPException for what is twice there, too long or of other signs; what it means a page says."""
    pairs = request.query_params.multi_items()
    found = dict(pairs)
    if len(found) != len(pairs) or not all(_plain(value) for pair in pairs for value in pair):
        raise HTTPException(400)
    return found


def _plain(value: str) -> bool:
    return len(value) <= LONGEST and re.fullmatch(PLAIN, value) is not None
