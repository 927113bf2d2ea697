"""The description of the JSON and CSV addresses, by OpenAPI 3.1: made from the kinds of page there are, and their filters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import verifier
from verifier.dashboard.page import LONGEST, PLAIN, Filter, Section, filters_of

ADDRESS = "openapi"
ERROR = {
    "type": "object",
    "required": ["status", "what", "id"],
    "additionalProperties": False,
    "properties": {
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "what": {
            "type": "object",
            "required": ["en", "fr"],
            "additionalProperties": False,
            "properties": {"en": {"type": "string"}, "fr": {"type": "string"}},
        },
        "id": {"type": "string", "description": "The request's, under which the server's log says more."},
    },
}
REFUSALS = {
    "400": "What was asked for is not valid.",
    "401": "Reading is for people who are signed in.",
    "404": "There is no page at this address.",
    "429": "Too much was asked for at once; the header Retry-After says for how many seconds.",
}


def description(sections: Iterable[Section], base: str) -> dict[str, Any]:
    """Every section by its first page; the addresses of all others are in those pages."""
    paths: dict[str, Any] = {}
    for section in sections:
        for form in ("json", "csv"):
            paths[f"/data/{section.address}.{form}"] = {"get": _operation(section, form)}
    paths["/data/{address}.json"] = {"get": _any()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "verifier dashboard",
            "version": verifier.__version__,
            "description": "What the pages show, for programs. Every page has a twin of the same address.",
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {"schemas": {"Error": ERROR}},
    }


def _operation(section: Section, form: str) -> dict[str, Any]:
    content = (
        {"application/json": {"schema": {"type": "object"}}}
        if form == "json"
        else {"text/csv": {"schema": {"type": "string"}}}
    )
    return {
        "operationId": f"{section.address}-{form}",
        "summary": f"{section.title.en}, as {form.upper()}",
        "parameters": [_parameter(one) for one in filters_of(section)],
        "responses": _responses("The page.", content),
    }


def _any() -> dict[str, Any]:
    """A page of any kind; without its slashes an address is in no list of ours."""
    address = {
        "name": "address",
        "in": "path",
        "required": True,
        "description": "As it stands in links: `contracts/ma-2026-014`.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
    }
    responses = _responses("The page.", {"application/json": {"schema": {"type": "object"}}})
    return {"operationId": "page-json", "summary": "One page, as JSON", "parameters": [address], "responses": responses}


def _responses(words: str, content: dict[str, Any]) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    refused = {status: {"description": text, "content": error} for status, text in REFUSALS.items()}
    return {"200": {"description": words, "content": content}, **refused}


def _parameter(one: Filter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": LONGEST, "pattern": PLAIN}
    if one.choices:
        schema = {"type": "string", "enum": ["", *one.choices]}
    if one.day:
        schema = {"type": "string", "format": "date"}
    return {"name": one.name, "in": "query", "description": one.words, "schema": schema}
