"""The forms of a listing, by the names that the command line has for them. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from verifier.procurement.listing import codejson, ore, publiccode
from verifier.procurement.listing.facts import Facts


def _yaml(data: Mapping[str, Any]) -> str:
    """Dates and versions come out in quotes: they are strings."""
    return "---\n" + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


FORMS: Mapping[str, Callable[[Facts], str]] = {
    "ore": lambda facts: _yaml(ore.entry(facts)),
    "publiccode": lambda facts: _yaml(publiccode.entry(facts)),
    "codejson": lambda facts: _json(codejson.entry(facts)),
}
