"""What the ledger calls contracts, criteria, parties and invoices: digests, so that it names nobody. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

PARTIES = ("requester", "supplier")


def name(contract: str) -> str:
    """A contract: the SHA-256 of its id, which stays when it is amended. Two ids that a reader takes for one are one."""
    return _digest(_alike(contract))


def criterion(words: str) -> str:
    """A criterion of any contract."""
    return _digest(words)


def party(contract: str, person: str) -> str:
    """A party in the entries of one contract: who knows the person can test it; in another contract it is another."""
    return _digest(f"{name(contract)}\n{person}")


def parties(contract: Mapping[str, Any]) -> tuple[str, ...]:
    """Both of them, in the order of PARTIES."""
    return tuple(party(contract["id"], contract[role]) for role in PARTIES)


def invoice(payee: str, number: str) -> str:
    """An invoice: who sent it, and its number. Two ways of writing that a reader takes for one are one."""
    return _digest(f"{_alike(payee)}\n{_alike(number)}")


def _digest(words: str) -> str:
    return sha256(words.encode()).hexdigest()


def _alike(words: str) -> str:
    """Without what does not meet the eye: Unicode's forms, capitals, spaces."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
