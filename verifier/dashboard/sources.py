"""What pages are made of: a procurement record at work, and folders in which reports lie.

Nothing is believed here: statements are verified when a page is made of them, and a report is compared with the digest that
was signed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from verifier.errors import UsageError, VerifierError
from verifier.evidence import REPORT
from verifier.files import read_plain
from verifier.procurement.records import Records
from verifier.report import from_dict, to_dict
from verifier.trust.store import Store as Trust
from verifier.words import Text, say

MOST = 64 * 1024 * 1024
"""Bytes of one report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report.json that lies in a folder. `document` is None where it cannot be read, and `trouble` says why."""

    digest: str
    path: Path
    document: Mapping[str, Any] | None
    trouble: Text | None = None


@dataclass(frozen=True)
class Sources:
    """`now` is read once, in UTC. Either of record and reports may be missing."""

    now: str
    records: Records | None = None
    trust: Trust | None = None
    folders: Sequence[Path] = ()

    @cached_property
    def reports(self) -> Mapping[str, Report]:
        """Those of the folders, by their digest."""
        found = (_report(path) for folder in self.folders for path in sorted(folder.rglob(REPORT)))
        return {one.digest: one for one in found}

    @property
    def today(self) -> str:
        return self.now[:10]

    def contracts(self) -> Iterator[str]:
        """The keys of all contracts that were signed."""
        return iter(self.records.index.ids() if self.records else ())


Opening = Callable[[], AbstractContextManager[Sources]]
"""The sources as they are now."""


def document(content: bytes) -> Mapping[str, Any]:
    """A report as renderers take it. Raises UsageError where it is none that this verifier reads."""
    try:
        return to_dict(from_dict(json.loads(content)))
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise UsageError(say("This is no report that this version of verifier reads.")) from error


def _report(path: Path) -> Report:
    content = read_plain(path, most=MOST)
    digest = sha256(content).hexdigest()
    try:
        return Report(digest=digest, path=path, document=document(content))
    except VerifierError as error:
        return Report(digest=digest, path=path, document=None, trouble=error.text)
