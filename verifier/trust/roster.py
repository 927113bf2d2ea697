"""The roster: who holds which key and has which roles, in YAML as a person writes it, as a version of the trust policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from verifier.trust.policy import ANY, first_shared, held
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
    """A version's predicate with the roster's people and time-stamp authorities in the place of those of the same name, and the
    rest added.
    """
    document = read(path)
    check_document(document, rules_dir() / "roster.schema.json")
    data, folder = document.data, path.parent
    people = data.get("people", [])
    named = {one["id"] for one in people}
    stamps = data.get("time-stamps", [])
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
        "grants": [*_others(before["grants"], named), *_grants(people, before, now, until)],
        "apart": [*before["apart"], *(sorted(pair) for pair in data.get("apart", ()))],
        "authorities": [
            *_others(before["authorities"], {one["name"] for one in stamps}, "name"),
            *(_authority(one, folder) for one in stamps),
        ],
        "ledgers": _ledgers(data, before, path),
        "least": {"verifier": data.get("verifier", before["least"]["verifier"])},
    }
    if "sigstore" in data:
        merged["keylessRoot"] = _text(folder / data["sigstore"])
    _refuse_shared(merged, path)
    return merged


def _refuse_shared(merged: Mapping[str, Any], path: Path) -> None:
    """Whoever hands in another's public key as their own would have signed what the other signed."""
    shared = first_shared(held(merged))
    if shared is not None:
        what, one, other = shared
        words = say("{path}: {what} is of {person} and of {other}.", path=path, what=what, person=one, other=other)
        raise CriteriaError(words)


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


def _grants(
    people: Iterable[Mapping[str, Any]], before: Mapping[str, Any], now: str, until: str
) -> Iterator[dict[str, Any]]:
    """Each role of each person: its name alone, or with contracts, dates and a limit."""
    for one in people:
        for entry in one["roles"]:
            role = {"role": entry} if isinstance(entry, str) else entry
            for start, contracts in _starts(one["id"], role, before, now):
                yield _grant(one["id"], role, start, contracts, until)


def _starts(
    person: str, role: Mapping[str, Any], before: Mapping[str, Any], now: str
) -> Iterator[tuple[str, list[str]]]:
    """From when on for which contracts: as the roster says, else from when on the person has had the role without a gap, so that
    what was signed in that time still counts.
    """
    contracts = list(role.get("contracts", (ANY,)))
    if "from" in role:
        yield role["from"] + FIRST_SECOND, contracts
        return
    expired = before.get("expires")
    had = [
        one
        for one in before["grants"]
        if (one["person"], one["role"]) == (person, role["role"]) and (one["until"] >= now or one["until"] == expired)
    ]
    wider = {name for one in had if ANY in contracts for name in one["contracts"]}
    since = {
        name: min([now, *(one["from"] for one in had if {name, ANY} & set(one["contracts"]))])
        for name in sorted({*contracts, *wider})
    }
    for start in sorted(set(since.values())):
        named = [name for name in since if since[name] == start and (name in contracts or start < since[ANY])]
        if named:
            yield start, named


def _grant(person: str, role: Mapping[str, Any], start: str, contracts: list[str], until: str) -> dict[str, Any]:
    grant: dict[str, Any] = {
        "person": person,
        "role": role["role"],
        "contracts": contracts,
        "from": start,
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


def _ledgers(data: Mapping[str, Any], before: Mapping[str, Any], path: Path) -> list[str]:
    """Those of before and those that were added, without those that ended."""
    listed = {*before["ledgers"], *(_ledger(one, path.parent) for one in data.get("ledgers", ()))}
    ended = {_ledger(one, path.parent) for one in data.get("ledgers-ended", ())}
    if not ended <= listed:
        words = say("{path}: no ledger of the trust policy has the key {key}.", path=path, key=min(ended - listed))
        raise CriteriaError(words)
    return sorted(listed - ended)


def _ledger(words: str, folder: Path) -> str:
    """A ledger's verifying key, or the file that `verifier ledger new` wrote it into."""
    return words if "+" in words else _text(folder / words).strip()


def _text(path: Path) -> str:
    return content(path, most=MOST_CERTIFICATES).decode("utf-8", "replace")
