"""Reads the buyer's criteria, contracts and waivers from YAML; every error has its file, line and column.

    criteria = load_profile("micro-ca", contract=load_contract(Path("contract.yml")))

References (`contract.licence`, `from-contract`, `licences.accepted`, blocking lists, `extends`) are resolved here.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from verifier.errors import CriteriaError
from verifier.model import Level, Waiver
from verifier.policy import Contract, Criteria, LicencePolicy, TestSettings
from verifier.rulebook import build
from verifier.rulebook.comparisons import spdx
from verifier.rulebook.document import Document, quoted, read
from verifier.rulebook.folder import CRITERIA, contents, criteria_digest, rules_dir, sha256, tool_files
from verifier.rulebook.merge import Layers, gather, profile_names, shipped, unknown_profile
from verifier.rulebook.repairs import load_repairs
from verifier.rulebook.schema import check_document
from verifier.rulebook.shelf import Shelf, text
from verifier.rulebook.terms import terms
from verifier.words import say

__all__ = [
    "criteria_digest",
    "criteria_files",
    "load_contract",
    "load_criteria",
    "load_profile",
    "load_repairs",
    "load_waivers",
    "profile_files",
    "profile_names",
    "rules_dir",
]


def load_profile(name: str, *, contract: Contract | None = None, rules: Path | None = None) -> Criteria:
    """A shipped profile. Raises CriteriaError; `rules` is the rules folder, by default the one that ships."""
    folder = rules or rules_dir()
    if name not in profile_names(folder):
        raise CriteriaError(unknown_profile(name, folder))
    return _criteria(shipped(name, folder), contract, folder)


def load_criteria(path: Path, *, contract: Contract | None = None, rules: Path | None = None) -> Criteria:
    """A buyer's own criteria file. Raises CriteriaError."""
    return _criteria(read(path), contract, rules or rules_dir())


def profile_files(name: str) -> dict[str, bytes]:
    """Every file that the digest of a shipped profile is of, by its path in the digest. Raises CriteriaError."""
    rules = rules_dir()
    return contents(load_profile(name).files, rules / "profiles" / f"{name}.yml", rules)


def criteria_files(path: Path) -> dict[str, bytes]:
    """The same of a buyer's own criteria file."""
    return contents(load_criteria(path).files, path, rules_dir())


def _criteria(file: Document, contract: Contract | None, rules: Path) -> Criteria:
    layers = gather(file, rules)
    licences = read(rules / "licences.yml", "rules/licences.yml")
    scope = read(rules / "scope.yml", "rules/scope.yml")
    repairs = read(rules / "repairs.yml", "rules/repairs.yml")
    shelf = Shelf(rules=rules, file=file, licences=_licences(licences, rules), contract=contract)
    if not isinstance(scope.data, dict):
        raise scope.place(()).error(say("the file must be a mapping"))
    top = layers.top
    made = tuple(build.criterion(source, shelf) for source in layers.criteria.values())
    files = _manifest(layers, (licences, scope, repairs), shelf)
    criteria = Criteria(
        profile=top.get("profile"),
        version=top.get("version"),
        gate=top.get("gate", False),
        title=text(top.get("title", top.get("profile"))),
        criteria=made,
        limits=build.limits(layers.limits),
        services=tuple(dict.fromkeys((*top.get("services", ()), *(contract.services if contract else ())))),
        sandbox_at_least=top.get("sandbox", {}).get("at_least", "namespaces"),
        licences=shelf.licences,
        scope=_scope(scope.data, top.get("scope", {})),
        tests=TestSettings(marker=top.get("tests", {}).get("marker", "")),
        fresh=top.get("fresh", False),
        digest=criteria_digest(files),
        files=files,
    )
    _check_gate(criteria, layers)
    return criteria


def _licences(document: Document, rules: Path) -> LicencePolicy:
    check_document(document, rules / "licences.schema.json")
    recommended = frozenset(document.data["recommended"])
    return LicencePolicy(recommended=recommended, accepted=recommended | frozenset(document.data["accepted"]))


def _scope(shipped: dict[str, Any], own: dict[str, list[str]]) -> dict[str, Any]:
    """The roles of paths, with the buyer's own places after those of their role."""
    roles = {name: [*places, *own.get(name, ())] for name, places in shipped["roles"].items()} if own else {}
    return {**shipped, "roles": roles} if own else shipped


def _manifest(layers: Layers, always: tuple[Document, ...], shelf: Shelf) -> dict[str, str]:
    """Path -> SHA-256 of all that the criteria refer to; the file itself is `criteria.yml`, whatever its name."""
    file, *bases = layers.documents
    return {
        CRITERIA: sha256(file.raw),
        **{f"rules/profiles/{base.path.name}": sha256(base.raw) for base in bases},
        **{f"rules/{document.path.name}": sha256(document.raw) for document in always},
        **shelf.files,
        **dict(tool_files(shelf.rules)),
    }


def _check_gate(criteria: Criteria, layers: Layers) -> None:
    """What every contract of the Micro-Acquisition pilot's opportunity template demands."""
    if not criteria.gate:
        return
    file = layers.documents[0]
    place = file.place(("gate",) if "gate" in file.data else ("extends",))
    musts = [one for one in criteria.criteria if one.level == Level.MUST]
    if not any(one.check == "licence.project" for one in musts):
        raise place.error(say('"gate: true" needs a must that checks licence.project'))
    if not any(one.manual for one in musts):
        raise place.error(say('"gate: true" needs a must that a person decides: requirements, with "manual"'))


def load_contract(path: Path, *, rules: Path | None = None) -> Contract:
    """What was agreed, its licence as SPDX writes it. Raises CriteriaError."""
    document = read(path)
    check_document(document, (rules or rules_dir()) / "contract.schema.json")
    data = document.data
    requirements = build.items(data.get("requirements", []))
    for index, item in enumerate(requirements):
        if any(item.id == other.id for other in requirements[:index]):
            place = document.place(("requirements", index, "id"))
            raise place.error(say("the requirement id {name} is used twice", name=quoted(item.id)))
    return Contract(
        id=data["id"],
        licence=_contract_licence(document),
        repository=data.get("repository"),
        commit=data.get("commit"),
        requirements=requirements,
        services=tuple(data.get("services", ())),
        terms=terms(data),
    )


def _contract_licence(document: Document) -> str | None:
    if "licence" not in document.data:
        return None
    try:
        return spdx(document.data["licence"])
    except ValueError as error:
        raise document.place(("licence",)).error(
            say("{subject} {what}", subject=quoted("licence"), what=error.args[0])
        ) from error


def load_waivers(path: Path, *, rules: Path | None = None) -> tuple[Waiver, ...]:
    """Proposed waivers, none of them signed. Raises CriteriaError."""
    document = read(path)
    check_document(document, (rules or rules_dir()) / "waivers.schema.json")
    for index, one in enumerate(document.data["waivers"]):
        try:
            date.fromisoformat(one["until"])
        except ValueError as error:
            place = document.place(("waivers", index, "until"))
            raise place.error(say("{day} is not a day of the calendar", day=one["until"])) from error
    return tuple(
        Waiver(target=one["target"], reason=one["reason"], by=one["by"], until=one["until"])
        for one in document.data["waivers"]
    )
