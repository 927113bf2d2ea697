"""What a procurement record goes by: its `record.yml` over the defaults that ship in `rules/record.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.errors import UsageError
from verifier.ledger import Place, place
from verifier.rulebook import rules_dir
from verifier.rulebook.document import Document, read
from verifier.rulebook.schema import check_document
from verifier.words import say

NAME = "record.yml"
SCHEMA = "record.schema.json"


@dataclass(frozen=True)
class Settings:
    """`folder` is the record's; `sections` are those of the file, with the defaults that it leaves.

    Whom to trust it does not say: whoever may write in the folder would say it for everybody.
    """

    folder: Path
    sections: Mapping[str, Mapping[str, Any]]
    ledger: Place

    @property
    def has_ledger(self) -> bool:
        """Whether one lies there; of a database it is found out when it is opened."""
        return not isinstance(self.ledger, Path) or self.ledger.exists()

    def section(self, name: str) -> Mapping[str, Any]:
        """Empty where nothing is said."""
        return self.sections.get(name, {})

    def needed(self, section: str, *names: str) -> Mapping[str, Any]:
        """A section that has all of these. Raises UsageError."""
        found = self.section(section)
        missing = next((name for name in names if name not in found), None)
        if missing:
            what = f"{section}: {missing}"
            raise UsageError(say("{file} does not say {what}.", file=self.folder / NAME, what=what))
        return found


def load(folder: Path) -> Settings:
    """Raises UsageError for a folder that is no record, CriteriaError for a file that is not valid."""
    path = folder / NAME
    if not path.is_file():
        raise UsageError(say("{folder} is no procurement record; `verifier record init` begins one.", folder=folder))
    own, default = _checked(read(path)), _checked(read(rules_dir() / NAME, f"rules/{NAME}"))
    sections = {name: {**default.get(name, {}), **own.get(name, {})} for name in _sections(own, default)}
    return Settings(
        folder=folder,
        sections=sections,
        ledger=_ledger(folder, own.get("ledger", "payments.ledger")),
    )


def _ledger(folder: Path, named: str) -> Place:
    found = place(named)
    return folder / found if isinstance(found, Path) else found


def _checked(document: Document) -> Mapping[str, Any]:
    check_document(document, rules_dir() / SCHEMA)
    return dict(document.data)


def _sections(*documents: Mapping[str, Any]) -> list[str]:
    return sorted({name for one in documents for name, value in one.items() if isinstance(value, dict)})
