"""What a criterion may refer to, and the blocking lists among it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from verifier.model import Role
from verifier.policy import BlockingList, BlockingRule, Contract, LicencePolicy
from verifier.rulebook import schema
from verifier.rulebook.document import Document, quoted, read
from verifier.rulebook.folder import sha256
from verifier.rulebook.merge import Source
from verifier.rulebook.sentences import meant
from verifier.words import Text, french_spacing, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What the criteria may refer to. `files` fills up with the path and SHA-256 of each list that is read."""

    rules: Path
    file: Document
    licences: LicencePolicy
    contract: Contract | None
    files: dict[str, str] = field(default_factory=dict)


def text(value: Any) -> Text:
    if isinstance(value, dict):
        return Text(en=value["en"], fr=french_spacing(value["fr"]))
    return Text(en=value, fr=value)


def in_criterion(source: Source) -> Text:
    return say(" in criterion {name}", name=quoted(source.get("id")))


def blocking(source: Source, shelf: Shelf) -> BlockingList:
    """Raises CriteriaError for a list that is not there or not valid."""
    name = source.get("blocking")
    own = name.endswith((".yml", ".yaml"))
    document = _own_list(source, name, shelf) if own else _shipped_list(source, name, shelf)
    schema.check_document(document, shelf.rules / "blocking.schema.json")
    rules: dict[str, BlockingRule] = {}
    for index, one in enumerate(document.data["rules"]):
        if one["rule"] in rules:
            raise document.place(("rules", index, "rule")).error(
                say("the rule {rule} is listed twice", rule=quoted(one["rule"]))
            )
        rules[one["rule"]] = BlockingRule(
            rule=one["rule"],
            reason=text(one["reason"]),
            fix=text(one.get("fix", "")),
            confidence=one.get("confidence", "low"),
            environment=one.get("environment", False),
            outside=frozenset(Role(role) for role in one.get("outside", ())),
        )
    return BlockingList(name=name, rules=rules)


def _shipped_list(source: Source, name: str, shelf: Shelf) -> Document:
    folder = shelf.rules / "blocking"
    known = sorted(path.stem for path in folder.glob("*.yml"))
    if name not in known:
        message = say(
            "unknown blocking list {name}{where}; known: {known}{hint}",
            name=quoted(name),
            where=in_criterion(source),
            known=", ".join(known),
            hint=meant(name, known),
        )
        raise source.error("blocking", message)
    shown = f"rules/blocking/{name}.yml"
    return _noted(read(folder / f"{name}.yml", shown), shown, shelf)


def _own_list(source: Source, name: str, shelf: Shelf) -> Document:
    """A list beside the file that names it. Not above it: the criteria's digest must not depend on where they lie."""
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts:
        raise source.error(
            "blocking",
            say('"blocking"{where} must lie beside the criteria file or below it', where=in_criterion(source)),
        )
    home, _ = source.parts["blocking"]
    path = home.path.parent / relative
    if not path.is_file():
        words = say(
            "there is no blocking list {name} beside the criteria file{where}",
            name=quoted(name),
            where=in_criterion(source),
        )
        raise source.error("blocking", words)
    prefix = "own" if home is shelf.file else "rules/profiles"
    return _noted(read(path), f"{prefix}/{relative}", shelf)


def _noted(document: Document, path: str, shelf: Shelf) -> Document:
    shelf.files[path] = sha256(document.raw)
    return document
