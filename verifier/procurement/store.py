"""The record's folder: each contract's signed statements and evidence, named by what they are and never written twice.

record/record.yml                       what the record goes by
record/contracts/ma-2026-014/*.sigstore.json   the statements of one contract, as `gate`, `accept` and `verify` take them
record/contracts/ma-2026-014/evidence/SHA-256  reports and raw tool output that assessments name
record/index.sqlite                     an index, made again from all of this and the ledger
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Container, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote

from verifier.errors import TrustError, UsageError, VerifierError
from verifier.files import read_plain, write
from verifier.statements import envelope, statement
from verifier.statements.strict import MOST
from verifier.trust.holders import Holders
from verifier.trust.policy import TrustPolicy
from verifier.trust.reading import read
from verifier.trust.shapes import SCHEMAS
from verifier.trust.signed import Signed, together
from verifier.words import say

SUFFIX = ".sigstore.json"
DRAFT = "contract.yml"
"""What is to be signed, as `record new` wrote it."""
EVENT = "record-event-"
"""How the names of files begin that hold a move of the record."""
LISTING = "listing.yml"
"""What listings say beside the contract."""


class Store:
    """`folder` is the record's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "contracts"

    def contracts(self) -> list[str]:
        """The ids of all contracts, as their folders spell them. A folder that no contract would have is none of one."""
        if not self.folder.is_dir():
            return []
        with os.scandir(self.folder) as found:
            return sorted(unquote(one.name) for one in found if one.is_dir() and _spelt(one.name))

    def changed(self) -> int:
        """When a contract last came or went, in nanoseconds; 0 where there is none."""
        return self.folder.stat().st_mtime_ns if self.folder.is_dir() else 0

    def place(self, contract: str) -> Path:
        """The folder of a contract: ids that a reader takes for one are one."""
        return self.folder / quote(alike(contract), safe="")

    def files(self, contract: str) -> list[Path]:
        """Its signed statements."""
        place = self.place(contract)
        if not place.is_dir():
            return []
        with os.scandir(place) as found:  # many times as fast as a glob
            return [place / name for name in sorted(one.name for one in found) if name.endswith(SUFFIX)]

    def written(self, contract: str) -> str:
        """The id of a contract as its own file has it, believed of nobody; "" where none is there."""
        for path in self.place(contract).glob(f"contract-*{SUFFIX}"):
            return str(statement.read(envelope.read(read_plain(path, most=MOST)).payload).predicate["id"])
        return ""

    def draft(self, contract: str) -> Path | None:
        """The draft of a contract that nobody has signed yet."""
        path = self.place(contract) / DRAFT
        return path if path.is_file() and not self.files(contract) else None

    def drafts(self, indexed: Container[str]) -> Iterator[Path]:
        """All of them, in the order of their contracts' keys; of `indexed`, which are keys too, none is looked at."""
        return filter(None, (self.draft(key) for key in self.contracts() if key not in indexed))

    def keep(self, contract: str, signed: Signed, content: bytes) -> Path:
        """Writes one signed statement, unless it is there."""
        path = self._made(contract) / f"{_stem(signed)}-{sha256(content).hexdigest()[:8]}{SUFFIX}"
        if not path.exists():
            write(path, content)
        return path

    def statements(self, contract: str, policy: TrustPolicy) -> tuple[Signed, ...]:
        """All of them, verified. Raises TrustError for one that does not hold."""
        holders = Holders.of(policy)
        return together(_read(path, policy, holders) for path in self.files(contract))

    def troubles(self, contract: str, policy: TrustPolicy) -> list[tuple[Path, VerifierError]]:
        """Those that do not hold, each with why."""
        holders = Holders.of(policy)
        found = ((path, _trouble(path, policy, holders)) for path in self.files(contract))
        return [(path, error) for path, error in found if error is not None]

    def same(self, contract: str, signed: Signed, policy: TrustPolicy) -> list[Signed]:
        """The kept files of one statement, each with who signed it there. Raises TrustError for one that does not hold."""
        holders = Holders.of(policy)
        found = self.place(contract).glob(f"{_stem(signed)}-*{SUFFIX}")
        return [_read(path, policy, holders) for path in sorted(found)]

    def keep_evidence(self, contract: str, content: bytes) -> Path:
        """Writes what an assessment names by its digest, unless it is there."""
        folder = self._made(contract) / "evidence"
        folder.mkdir(exist_ok=True)
        path = folder / sha256(content).hexdigest()
        if not path.exists():
            write(path, content)
        return path

    def evidence_path(self, contract: str, digest: str) -> Path:
        """Where a piece of evidence lies, if it is there."""
        return self.place(contract) / "evidence" / digest

    def evidence(self, contract: str, digest: str) -> bytes | None:
        """None where it is not there (any more). Raises TrustError for a file that is not what its name says."""
        path = self.evidence_path(contract, digest)
        if not path.is_file():
            return None
        content = path.read_bytes()
        if sha256(content).hexdigest() != digest:
            raise TrustError(say("{path} is not what its name says.", path=path), code="evidence-changed")
        return content

    def kept(self, contract: str) -> Iterator[Path]:
        """Every piece of evidence."""
        folder = self.place(contract) / "evidence"
        return iter(sorted(folder.iterdir()) if folder.is_dir() else ())

    def _made(self, contract: str) -> Path:
        path = self.place(contract)
        path.mkdir(parents=True, exist_ok=True)
        return path


def alike(contract: str) -> str:
    """An id in the one form in which folders and the index have it."""
    return unicodedata.normalize("NFKC", contract).casefold()


def _spelt(name: str) -> bool:
    """Whether `place` spells so: whoever may write there may make folders of any name."""
    return name.isascii() and name == quote(alike(unquote(name)), safe="")


def _stem(signed: Signed) -> str:
    return f"{SCHEMAS[signed.type]}-{signed.digest[:16]}"


def _trouble(path: Path, policy: TrustPolicy, holders: Holders) -> VerifierError | None:
    try:
        _held(path, policy, holders)
    except VerifierError as error:
        return error
    return None


def _read(path: Path, policy: TrustPolicy, holders: Holders) -> Signed:
    try:
        return _held(path, policy, holders)
    except TrustError as error:
        raise TrustError(say("{path}: {why}", path=path, why=error.text), code=error.code) from error


def _held(path: Path, policy: TrustPolicy, holders: Holders) -> Signed:
    content = read_plain(path, most=MOST)
    if len(content) > MOST:
        raise UsageError(say("{path} has over {most} bytes; it is not read.", path=path, most=MOST))
    return read(content, policy, holders)
