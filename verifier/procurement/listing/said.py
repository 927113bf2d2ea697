"""What `listing.yml` in a contract's folder says (`rules/listing.schema.json`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.errors import UsageError
from verifier.rulebook import rules_dir
from verifier.rulebook.document import read
from verifier.rulebook.schema import check_document
from verifier.words import say

SCHEMA = "listing.schema.json"


@dataclass(frozen=True, slots=True)
class Said:
    """`file` is what errors call it."""

    file: str
    data: Mapping[str, Any]

    @classmethod
    def of(cls, path: Path) -> Said:
        """Nothing is said where there is no file. Raises CriteriaError for one that is not valid, UsageError for a link."""
        if path.is_symlink():
            raise UsageError(say("{name} is no plain file; it is not read.", name=path))
        if not path.exists():
            return cls(str(path), {})
        document = read(path)
        check_document(document, rules_dir() / SCHEMA)
        return cls(str(path), document.data)

    def get(self, *steps: str) -> Any:
        """None where it is not said."""
        found: Any = self.data
        for step in steps:
            found = found.get(step) if isinstance(found, Mapping) else None
        return found

    def needed(self, *steps: str) -> Any:
        """Raises UsageError where it is not said."""
        found = self.get(*steps)
        if found is None:
            raise UsageError(say("{file} does not say {what}.", file=self.file, what=": ".join(steps)))
        return found

    def alike(self, name: str) -> Mapping[str, list[str]]:
        """Lists that say the same in both languages. Raises UsageError where one is longer."""
        found: Mapping[str, list[str]] = self.needed(name)
        n, m = len(found["en"]), len(found["fr"])
        if n != m:
            told = say(
                "{file}: {what} has {n} entries in English and {m} in French; both languages say the same.",
                file=self.file,
                what=name,
                n=n,
                m=m,
            )
            raise UsageError(told)
        return found
