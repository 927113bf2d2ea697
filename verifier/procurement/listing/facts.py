"""What every form of a listing is made from. Pure: the record, its settings, `listing.yml`, and names of delivered files.

Of people, a listing names the contracting party (the contract's payee) and the mailbox of the buyer's role, and nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from verifier import licence
from verifier.errors import UsageError, WorldError
from verifier.gate.moves import ACCEPTED
from verifier.procurement.listing.delivered import Delivered
from verifier.procurement.listing.said import Said
from verifier.procurement.record import Event, Record
from verifier.procurement.settings import Settings
from verifier.words import say

Both = Mapping[str, str]
"""The same words in English (en) and French (fr)."""
BROWSED = {"github.com": "{repository}/blob/{commit}/{path}", "gitlab.com": "{repository}/-/blob/{commit}/{path}"}
"""Where a file of a repository is shown, on hosts whose addresses are known."""
TEXT = "https://spdx.org/licenses/{id}.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`licences` are (SPDX id, address of its text); `accepted` and `today` are times in UTC."""

    contract: str
    payee: str
    name: Both
    repository: str
    licence: str
    licences: tuple[tuple[str, str], ...]
    accepted: str
    today: str
    languages: tuple[str, ...]
    settings: Settings
    said: Said

    def organisation(self, *names: str) -> Mapping[str, Any]:
        """The buyer. Raises UsageError where record.yml does not say one of these."""
        return self.settings.needed("organisation", *names)

    @property
    def buyer(self) -> Both:
        """The organisation's name; one that is the same in both languages may be written once."""
        name = self.organisation("name")["name"]
        return name if isinstance(name, Mapping) else {"en": name, "fr": name}

    def known_languages(self) -> list[str]:
        """Raises UsageError where neither listing.yml nor the repository says them."""
        return list(self.languages or self.said.needed("languages"))


def acceptance(record: Record) -> Event:
    """The newest that counts. Raises WorldError where there is none: only what was accepted is listed."""
    found = [one.last("accepted") for one in record.milestones if one.progress.state in ACCEPTED]
    accepted = [one for one in found if one is not None]
    if not accepted:
        raise WorldError(say("{id} is not accepted; only what was accepted is listed.", id=record.id))
    return max(accepted, key=lambda one: one.position)


def commit(accepted: Event) -> str:
    """The one that was accepted. Raises UsageError where the acceptance report is not in the record."""
    if accepted.signed is None:
        raise UsageError(say("The acceptance report itself is not in the record."))
    return str(accepted.signed.statement.digests["gitCommit"])


def facts(record: Record, settings: Settings, said: Said, delivered: Delivered, today: str) -> Facts:
    """Raises WorldError for what is not accepted, UsageError for what no listing could say."""
    accepted, terms = acceptance(record), record.terms
    if terms is None:
        raise UsageError(say("The contract itself is not in the record."))
    repository = _address(said.get("repository") or terms["repository"])
    at = commit(accepted) if delivered.licences else ""
    return Facts(
        contract=terms["id"],
        payee=terms["payee"],
        name=said.get("name") or terms["title"],
        repository=repository,
        licence=terms["licence"],
        licences=tuple(_licences(terms["licence"], repository, at, delivered)),
        accepted=accepted.time,
        today=today,
        languages=tuple(said.get("languages") or delivered.languages),
        settings=settings,
        said=said,
    )


def _address(repository: str) -> str:
    if urlsplit(repository).scheme not in ("http", "https"):
        told = say(
            "{repository} is no address that the public can open; say repository in listing.yml.", repository=repository
        )
        raise UsageError(told)
    return repository


def _licences(expression: str, repository: str, at: str, delivered: Delivered) -> Iterator[tuple[str, str]]:
    leaves = {leaf for option in licence.options(expression) for leaf in option}
    for leaf in sorted(leaves, key=str):
        path = _file(leaf.key, delivered, alone=len(leaves) == 1)
        yield str(leaf), _shown(repository, at, path) or TEXT.format(id=leaf.key)


def _file(key: str, delivered: Delivered, *, alone: bool) -> str:
    """The licence file of one licence; "" where it is not sure which that is."""
    own = [path for path in delivered.licences if path == f"LICENSES/{key}.txt"]
    root = [path for path in delivered.licences if "/" not in path]
    return next(iter(own or (root if alone and len(root) == 1 else [])), "")


def _shown(repository: str, at: str, path: str) -> str:
    form = BROWSED.get(urlsplit(repository).hostname or "")
    if not form or not path:
        return ""
    return form.format(repository=repository.removesuffix("/").removesuffix(".git"), commit=at, path=path)
