"""The roster: who holds which key and has which roles, in YAML as a person writes it, as a version of the trust policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from verifier import __version__
from verifier.errors import CriteriaError
from verifier.files import read as content
from verifier.keys import public
from verifier.keys.public import LONGEST
from verifier.rulebook.document import read
from verifier.rulebook.folder import rules_dir
from verifier.rulebook.schema import check_document
from verifier.units import cents
from verifier.words import say

FIRST_SECOND, LAST_SECOND = "T00:00:00Z", "T23:59:59Z"
MOST_CERTIFICATES = 65_536


def first(path: Path, *, roots: list[str], threshold: int, now: str) -> dict[str, Any]:
    """The predicate of version 1. Raises CriteriaError with file, line and column for a roster that is not valid."""
    empty: dict[str, Any] = {
        "version": 1,
        "roots": {"threshold": threshold, "keys": roots},
        **{
            name: []
            for name in ("people", "keys", "identities", "grants", "apart", "revoked", "authorities", "ledgers")
        },
        "least": {"verifier": __version__},
    }
    return added(path, empty, now=now)


def added(path: Path, before: Mapping[str, Any], *, now: str) -> dict[str, Any]:
    """A version's predicate with the roster's people in the place of those of the same name, and the rest added."""
    document = read(path)
    check_document(document, rules_dir() / "roster.schema.json")
    data, folder = document.data, path.parent
    people = data.get("people", [])
    named = {one["id"] for one in people}
    if "expires" not in {*data, *before}:
        raise CriteriaError(say("{path} does not say until when the trust policy counts: expires.", path=path))
    until = (data["expires"] + LAST_SECOND) if "expires" in data else before["expires"]
    merged = {
        **before,
        "issued": now,
        "expires": until,
        "people": [*_others(before["people"], named, "id"), *(_person(one) for one in people)],
        "keys": [*_others(before["keys"], named), *_keys(people, folder)],
        "identities": [*_others(before["identities"], named), *_identities(people)],
        "grants": [*_others(before["grants"], named), *_grants(people, now, until)],
        "apart": [*before["apart"], *(sorted(pair) for pair in data.get("apart", ()))],
        "authorities": [*before["authorities"], *(_authority(one, folder) for one in data.get("time-stamps", ()))],
        "ledgers": sorted({*before["ledgers"], *(_ledger(one, folder) for one in data.get("ledgers", ()))}),
        "least": {"verifier": data.get("verifier", before["least"]["verifier"])},
    }
    if "sigstore" in data:
        merged["keylessRoot"] = _text(folder / data["sigstore"])
    return merged


def _others(entries: Iterable[Mapping[str, Any]], named: set[str], key: str = "person") -> list[Any]:
    return [one for one in entries if one[key] not in named]


def _person(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": one["id"], "addresses": list(one.get("addresses", ()))}


def _keys(people: Iterable[Mapping[str, Any]], folder: Path) -> list[dict[str, str]]:
    return [
        {"person": one["id"], "pem": public.from_pem(content(folder / name, most=LONGEST)).pem}
        for one in people
        for name in one.get("keys", ())
    ]


def _identities(people: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"person": one["id"], **identity} for one in people for identity in one.get("identities", ())]


def _grants(people: Iterable[Mapping[str, Any]], now: str, until: str) -> list[dict[str, Any]]:
    """Each role of each person: its name alone, or with contracts, dates and a limit."""
    return [
        _grant(one["id"], {"role": role} if isinstance(role, str) else role, now, until)
        for one in people
        for role in one["roles"]
    ]


def _grant(person: str, role: Mapping[str, Any], now: str, until: str) -> dict[str, Any]:
    grant: dict[str, Any] = {
        "person": person,
        "role": role["role"],
        "contracts": list(role.get("contracts", ("*",))),
        "from": role["from"] + FIRST_SECOND if "from" in role else now,
        "until": role["until"] + LAST_SECOND if "until" in role else until,
    }
    if "limit" in role:
        grant["limit"] = cents(str(role["limit"]))
    if role.get("suspended"):
        grant["suspended"] = True
    return grant


def _authority(one: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    dates = {"from": one["from"] + FIRST_SECOND, **({"until": one["until"] + LAST_SECOND} if "until" in one else {})}
    policies = {"policies": list(one["policies"])} if "policies" in one else {}
    return {"name": one["name"], "chain": _text(folder / one["chain"]), **dates, **policies}


def _ledger(words: str, folder: Path) -> str:
    """A ledger's verifying key, or the file that `verifier ledger new` wrote it into."""
    return words if "+" in words else _text(folder / words).strip()


def _text(path: Path) -> str:
    return content(path, most=MOST_CERTIFICATES).decode("utf-8", "replace")
