"""What pages are made of: a procurement record at work, and folders in which reports lie.

Pages of a contract and of a report are made of the signed files: statements are verified when a page is made of them, and a
report is compared with the digest that was signed. Lists are made of the index, and decide nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from verifier.errors import UsageError, VerifierError
from verifier.evidence import REPORT
from verifier.files import read_plain
from verifier.gate.book import since_when
from verifier.procurement.index import Mark
from verifier.procurement.record import Record
from verifier.procurement.records import Records, unknown
from verifier.procurement.store import alike
from verifier.render import words
from verifier.report_current import current
from verifier.trust.policy import TrustPolicy
from verifier.trust.store import Store as Trust
from verifier.words import LANGUAGES, Text, say

MOST = 64 * 1024 * 1024
"""Bytes of one report."""
_KNOWN = 100_000
"""Reports of which it is remembered what is in them, for as long as their files do not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report.json that lies in a folder. `digest` is of its bytes, "" where they cannot be read.

    `head` is what a list shows of it; None where it is no report that can be read, and `trouble` says why.
    """

    path: Path
    digest: str = ""
    head: Mapping[str, Any] | None = None
    trouble: Text | None = None

    def document(self) -> Mapping[str, Any]:
        """All of it. Raises UsageError where it cannot be read, or is another by now."""
        content = read_plain(self.path, most=MOST)
        if sha256(content).hexdigest() != self.digest:
            raise UsageError(say("{path} changed while it was read.", path=self.path))
        return document(content)


@dataclass(frozen=True)
class Sources:
    """`now` is read once, in UTC. Either of record and reports may be missing.

    `team` says that the reader belongs to the team: leads of contract splitting are shown to nobody else.
    """

    now: str
    records: Records | None = None
    trust: Trust | None = None
    folders: Sequence[Path] = ()
    team: bool = False
    _last: dict[str, dict[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def record(self, key: str) -> Record:
        """All that happened to a contract, its statements verified. Raises UsageError where none is of this key, TrustError."""
        records = self.records
        if records is None:
            raise unknown(key)
        found: Record = self.once(key, "record", lambda: records.record(key))
        return found

    def once(self, key: str, what: str, make: Callable[[], Any]) -> Any:
        """What is made of the contract that was asked for last, and of no other: a contract has several pages.

        They may write its id in several ways.
        """
        key = alike(key)
        if self._last.keys() != {key}:
            self._last.clear()
            self._last[key] = {}
        made = self._last[key]
        if what not in made:
            made[what] = make()
        return made[what]

    @cached_property
    def reports(self) -> Sequence[Report]:
        """Those of the folders, newest first, and last those that cannot be read."""
        found = [_report(path, stamp(path)) for folder in self.folders for path in sorted(folder.rglob(REPORT))]
        read = {one.digest: one for one in found if one.head is not None}
        listed = sorted(read.values(), key=lambda one: (one.head or {})["finished"], reverse=True)
        return [*listed, *(one for one in found if one.head is None)]

    @cached_property
    def policy(self) -> TrustPolicy | None:
        """Whose signatures count: as the record has it, else as the trust folder has it; None where there is neither.

        Raises TrustError where the folder's is not in force.
        """
        if self.records is not None:
            return self.records.policy
        return self.trust.current(self.now) if self.trust else None

    @cached_property
    def passed(self) -> int:
        """How many revocations are in force that were made known before: no file changed when they came into force."""
        policy = self.policy
        known = [*policy.revoked_keys.values(), *policy.revoked_statements.values()] if policy else []
        return sum(moment <= self.now for moment in (*known, *self._announced()))

    def _announced(self) -> Iterator[str]:
        """From when on, of revocations that were entered before that."""
        if self.records is None:
            return
        with self.records.ledger.reading() as page:
            for one in page.find(kind="revocation"):
                if (moment := since_when(one.entry.reasons[0])) > one.entry.time:
                    yield moment

    @property
    def today(self) -> str:
        return self.now[:10]

    @cached_property
    def contracts(self) -> Sequence[Mark]:
        """All that were signed, by their keys, with the mark that the index has of each."""
        return self.records.index.marks() if self.records else ()

    def lying(self, key: str) -> str:
        """The same for as long as the files of a contract, and of its evidence, lie there as they are."""
        if self.records is None:
            raise unknown(key)
        place = self.records.store.place(key)
        files = sorted((*_files(place), *_files(place / "evidence")))
        return sha256(repr(files).encode()).hexdigest()

    @property
    def untrusted(self) -> Sequence[str]:
        """The keys of contracts of which a file does not hold, as far as that was noticed when the record was opened."""
        return sorted(map(alike, self.records.troubles)) if self.records else ()


Opening = Callable[[], AbstractContextManager[Sources]]
"""The sources as they are now."""


def document(content: bytes) -> Mapping[str, Any]:
    """A report as renderers take it. Raises UsageError where it is none that this verifier reads."""
    try:
        return current(json.loads(content))
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise UsageError(say("This is no report that this version of verifier reads.")) from error


def stamp(path: Path) -> tuple[int, ...]:
    """By which it is known that a file is as it was."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as listed:
        for one in listed:  # in half the time of a Path each
            found = one.stat(follow_symlinks=False)
            yield one.name, found.st_size, found.st_mtime_ns


@lru_cache(maxsize=_KNOWN)
def _report(path: Path, known: tuple[int, ...]) -> Report:
    del known  # only tells apart what was read before
    digest = ""
    try:
        content = read_plain(path, most=MOST)
        digest = sha256(content).hexdigest()
        return Report(path=path, digest=digest, head=_head(document(content)))
    except VerifierError as error:
        return Report(path=path, digest=digest, trouble=error.text)


def _head(report: Mapping[str, Any]) -> dict[str, Any]:
    delivery = report["delivery"]
    return {
        **{name: report[name] for name in ("kind", "contract", "verdict", "finished")},
        "name": {language: words.name(dict(report), language) for language in LANGUAGES},
        "url": delivery["url"],
        "commit": delivery["commit"],
        "profile": report["criteria"]["profile"],
    }
