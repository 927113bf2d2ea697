"""What may stand in an address: its path, and what follows the `?`."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request

from verifier.dashboard import site
from verifier.dashboard.page import LONGEST, PLAIN, filters_of, number_of

_ADDRESS = re.compile(r"[A-Za-z0-9_~-]+(/[A-Za-z0-9_~-]+)*", re.ASCII)


def known_address(address: str) -> bool:
    """Whether a page could be called that: `page.part` leaves nothing but these signs."""
    return len(address) <= LONGEST and _ADDRESS.fullmatch(address) is not None


def asked(request: Request, address: str) -> dict[str, str]:
    """Each name once. Raises HTTPException for what is twice there, too long, of other signs, or none of a filter's choices."""
    pairs = request.query_params.multi_items()
    found = dict(pairs)
    if len(found) != len(pairs) or not all(_plain(value) for pair in pairs for value in pair):
        raise HTTPException(400)
    for section in site.SECTIONS:
        if number_of(address, section.address):
            for one in filters_of(section):
                if one.choices and found.get(one.name, "") not in ("", *one.choices):
                    raise HTTPException(400)
    return found


def _plain(value: str) -> bool:
    return len(value) <= LONGEST and re.fullmatch(PLAIN, value) is not None
