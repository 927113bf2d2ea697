"""One procurement record at work: what is filed is verified, entered in the ledger, kept and indexed, in this order.

    records.file([content, ...])
    records.record("MA-2026-014").state

Statements and ledger are the record. Whatever stops between entering and indexing is made up for when the record is next opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.errors import TrustError, UsageError, VerifierError
from verifier.gate import book
from verifier.gate.chain import place, subject
from verifier.gate.names import PARTIES, name, parties
from verifier.ledger import Ledger, Page, WritablePage
from verifier.ledger.entry import RELEASE
from verifier.procurement import posted
from verifier.procurement.guardrails import ceiling
from verifier.procurement.index import Changes, Index, Listed, Wanted
from verifier.procurement.record import Record
from verifier.procurement.settings import Settings
from verifier.procurement.store import Store, alike
from verifier.statements import uris
from verifier.trust.holders import Holders
from verifier.trust.policy import TrustPolicy
from verifier.trust.reading import read
from verifier.trust.signed import Signed, together
from verifier.words import say

Indexed = Mapping[str, Sequence[Signed]]
"""Contract -> statements of it that are to be indexed."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One statement that was taken: where it lies, and whether the ledger has it. A contract that one party signed waits."""

    contract: str
    signed: Signed
    path: Path
    entered: bool


@dataclass(frozen=True, slots=True)
class _Given:
    contract: str
    signed: Signed
    content: bytes


class Records:
    """The folder's statements, the ledger (open for as long as this is used) and the index. `clock` gives times in UTC.

    `anew`: the index is about to be made again, so that nothing is asked of it before.
    """

    def __init__(
        self,
        settings: Settings,
        policy: TrustPolicy,
        ledger: Ledger,
        index: Index,
        clock: Callable[[], str],
        *,
        anew: bool = False,
    ) -> None:
        self.settings, self.policy, self.ledger, self.index, self.clock = settings, policy, ledger, index, clock
        self.store = Store(settings.folder)
        self._check = Holders.of(policy)
        self.troubles: dict[str, VerifierError] = {}
        """Contracts that could not be indexed, each with why: a file of theirs does not hold."""
        self._looked: tuple[int, int] | None = None
        if not anew:
            self.catch_up()

    def catch_up(self) -> None:
        """Indexes what others entered or filed since the last look. Where there is nothing new it costs the look alone."""
        look = self._size(), self.store.changed()
        if look != self._looked:
            self._catch_up()
            self._looked = look

    def record(self, contract: str) -> Record:
        """All that happened to a contract, its statements verified. Raises UsageError where there is none of this id."""
        statements = self.store.statements(contract, self.policy)
        with self.ledger.reading() as page:
            found = self._made(page, contract, statements)
        if found.contract is None and not found.events:
            raise unknown(contract, self.store.draft(contract))
        return found

    def listed(self, wanted: Wanted) -> list[Listed]:
        """From the index, and from the drafts that nobody signed, which are in no index: people write in them."""
        found = self.index.listed(wanted)
        if posted.can_be(wanted):
            found += posted.listed(self.store.drafts(self.index.known()), wanted)
        return sorted(found, key=lambda one: one.key)[: wanted.limit]

    def every(self) -> Iterator[Record]:
        """Every contract, its statements as they were when they were filed: not verified again."""
        with self.ledger.reading() as page:
            for key, contract in self.index.ids().items():
                yield self._made(page, contract, self.index.statements(key))

    def file(self, contents: Iterable[bytes]) -> list[Filed]:
        """Takes signed statements, all of them or none. Raises TrustError for one that does not hold or the ledger refuses."""
        given = self._given(contents)
        turns = {one.digest: turn for turn, one in enumerate(book.ordered(one.signed for one in given))}
        with self.ledger.transaction() as page:
            start = page.tree.size
            ordered = sorted(given, key=lambda one: turns[one.signed.digest])
            entered = [self._enter(page, one, given) for one in ordered]
            done = [self._keep(*pair) for pair in zip(ordered, entered, strict=True)]
            size = page.tree.size
        new: dict[str, list[Signed]] = {}
        for one in done:
            new.setdefault(one.contract, []).append(one.signed)
        self._put(new, start, size)
        return done

    def rebuild(self) -> int:
        """Makes the index again, from nothing, and gives the number of contracts."""
        found = self._verified(self.store.contracts())
        with self.index.changing() as changes:
            changes.clear()
            return self._change(changes, found, 0, self._size())

    def _given(self, contents: Iterable[bytes]) -> list[_Given]:
        """With the contract of each. Raises TrustError."""
        pairs = [(read(content, self.policy, self._check), content) for content in contents]
        whole = {one.digest: one for one in together(signed for signed, _ in pairs)}
        for one in whole.values():
            if one.type == uris.CONTRACT:
                ceiling.refuse(one.statement.predicate, self.settings.section("guardrails"))
        return [_Given(self._contract(signed, whole), whole[signed.digest], content) for signed, content in pairs]

    def _contract(self, signed: Signed, given: Mapping[str, Signed]) -> str:
        contract, _ = place(signed)
        if contract:
            return contract
        of = given.get(subject(signed))
        found = place(of)[0] if of else self.index.contract_of(subject(signed))
        if not found:
            words = say("The statement is about no contract of this record: {digest}.", digest=signed.digest[:16])
            raise TrustError(words, code="not-entered")
        return found

    def _keep(self, one: _Given, entered: bool) -> Filed:
        """The files lie there before the entries count."""
        path = self.store.keep(one.contract, one.signed, one.content)
        return Filed(one.contract, one.signed, path, entered)

    def _with_other_signers(self, one: _Given) -> Signed:
        """Whoever signed the same bytes before, in a file that is kept."""
        kept = self.store.same(one.contract, one.signed, self.policy)
        return together([*kept, one.signed])[0]

    def _enter(self, page: WritablePage, one: _Given, given: Sequence[_Given]) -> bool:
        signed, contract = self._with_other_signers(one), one.contract
        if signed.type == uris.CONTRACT:
            self._refuse_others(page, signed)
            if not _by_both(signed):
                return False
        if signed.type == uris.RELEASE:
            released = page.find(kind=RELEASE, contract=name(contract))
            if any(found.entry.statement == signed.digest for found in released):
                return True
            raise TrustError(say("The ledger does not hold this release."), code="not-recorded")
        book.enter(page, signed, self.policy, self.clock(), of=self._revoked_by(signed, contract, given))
        return True

    def _refuse_others(self, page: Page, signed: Signed) -> None:
        """Raises TrustError for a contract signed by who is no party of it, or of other parties than the one that is there."""
        agreed = signed.statement.predicate
        stranger = next((one.person for one in signed.by if one.person not in [agreed[role] for role in PARTIES]), None)
        if stranger:
            words = say("{person} is no party of {contract}.", person=stranger, contract=agreed["id"])
            raise TrustError(words, code="role")
        first = next(iter(page.find(kind="contract", contract=name(agreed["id"]))), None)
        if first and book.parties_of(first.entry) != parties(agreed):
            words = say(
                "The record has a contract {contract} of other parties; give this one another id.",
                contract=agreed["id"],
            )
            raise TrustError(words, code="other-contract")

    def _revoked_by(self, signed: Signed, contract: str, given: Sequence[_Given]) -> Signed | None:
        """The statement that a revocation revokes."""
        if signed.type != uris.REVOCATION:
            return None
        near = (one.signed for one in given)
        kept = self.store.statements(contract, self.policy)
        return next((found for found in (*near, *kept) if found.digest == subject(signed)), None)

    def _made(self, page: Page, contract: str, statements: Sequence[Signed]) -> Record:
        entries = page.find(contract=name(contract))
        revoked = book.taken_out(page, entries, self.policy, book.later(page, self.clock()))
        return Record.of(contract, entries, statements, revoked)

    def _catch_up(self) -> None:
        """Indexes what was entered, or filed, since the index last saw ledger and folder."""
        seen = self.index.seen(self.ledger.key.name)
        names = {name(contract): contract for contract in self.store.contracts()}
        missing = {one for one in names.keys() - self.index.keys() if self.store.files(names[one])}
        with self.ledger.reading() as page:
            size = page.tree.size
            entered = [one.entry for one in page.since(seen)] if size != seen else []
        if not entered and not missing:
            return
        revoked = {name(self.index.contract_of(one.subject)) for one in entered if one.kind == "revocation"}
        behind = missing | (({one.contract for one in entered} | revoked) & names.keys())
        self._put(self._verified(sorted(names[one] for one in behind)), seen, size)

    def _verified(self, contracts: Iterable[str]) -> dict[str, Sequence[Signed]]:
        """The statements of contracts from the files themselves. One of which a file does not hold stops no other: it is told."""
        found: dict[str, Sequence[Signed]] = {}
        for contract in contracts:
            try:
                found[contract] = self.store.statements(contract, self.policy)
            except VerifierError as error:
                self.troubles[contract] = error
            else:
                self.troubles.pop(contract, None)
        return found

    def _size(self) -> int:
        with self.ledger.reading() as page:
            return page.tree.size

    def _put(self, new: Indexed, start: int, size: int) -> None:
        with self.index.changing() as changes:
            self._change(changes, new, start, size)

    def _change(self, changes: Changes, new: Indexed, start: int, size: int) -> int:
        """Each record is made here, of all that was indexed by now: whoever came between is in it. Gives how many there are."""
        with self.ledger.reading() as page:
            made = [self._indexed(changes, page, contract, statements) for contract, statements in new.items()]
        changes.saw(self.ledger.key.name, start, size)
        return sum(made)

    def _indexed(self, changes: Changes, page: Page, contract: str, statements: Sequence[Signed]) -> bool:
        whole = together([*changes.statements(alike(contract)), *statements])
        record = self._made(page, contract, whole)
        if record.contract is not None:
            changes.put(record, whole)
        return record.contract is not None


def unknown(contract: str, draft: Path | None = None) -> UsageError:
    """What to say where nothing is of this id, or nothing but a draft."""
    if draft:
        return UsageError(
            say("Nobody has signed {contract} yet; it is a draft: {path}.", contract=contract, path=draft)
        )
    return UsageError(say("The record has no contract {contract}.", contract=contract))


def _by_both(signed: Signed) -> bool:
    """Whether both parties signed a contract; that they may, the ledger asks."""
    people = {one.person for one in signed.by}
    return {signed.statement.predicate[role] for role in PARTIES} <= people
