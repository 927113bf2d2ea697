"""What is to be posted: the releases that the ledger holds. The ledger itself is the outbox.

    outbox.send(outbox.due())

A release and its entry are one transaction of the ledger, so that nothing is released that is not to be posted, and nothing
posted that was not released. The index says beside it how far each post is. Without that table everything that is not paid is
posted again, and the payer, who knows each by its digest, pays none again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import SystemRandom

from verifier.errors import UsageError
from verifier.gate import book
from verifier.gate.moves import State, progress
from verifier.ledger import Found, Page
from verifier.ledger.entry import RELEASE
from verifier.procurement.payment.payer import Payer
from verifier.procurement.payment.post import Post, Rules, Standing, after
from verifier.procurement.records import Records
from verifier.statements import envelope, statement
from verifier.words import say


class Outbox:
    """Of one record: its ledger's releases, and what its index says of their posts."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self.rules = Rules.of(records.settings.section("posting"))
        self._chance = SystemRandom().random

    @property
    def used(self) -> bool:
        """Whether a payer is named at all."""
        return bool(self._records.settings.section("payer"))

    def payer(self) -> Payer:
        """Raises UsageError where none is named, or its token is missing."""
        section = self._records.settings.needed("payer", "endpoint")
        return Payer.of(section, self.rules.patience, os.environ)

    def posts(self, contract: str | None = None) -> list[Post]:
        """Of every release in the ledger, or of those of a contract, which the ledger's name of it says; oldest first."""
        known = self._records.index.posts()
        with self._records.ledger.reading() as page:
            found = page.find(kind=RELEASE, contract=contract)
            return [_as_entered(known.get(one.entry.statement), one) for one in found]

    def waiting(self) -> list[Post]:
        """Those that the payer is still to be told of. What the record says is paid is not among them."""
        return self._unpaid(one for one in self.posts() if one.standing is Standing.WAITING)

    def shown(self, contract: str) -> list[Post]:
        """Those of a contract that anybody has to know of: what was posted, and what still is to be."""
        found = self.posts(contract)
        waiting = self._unpaid(one for one in found if not one.posted)
        return [one for one in found if one.posted or one in waiting]

    def due(self) -> list[Post]:
        now = self._records.clock()
        return [one for one in self.waiting() if one.due(now)]

    def given_up(self) -> list[Post]:
        """Those of which a person has to take care."""
        return self._unpaid(one for one in self.posts() if one.dead)

    def send(self, posts: Iterable[Post]) -> Iterator[Post]:
        """Each as it is after one try. The table is written after the answer: whoever is stopped in between sends it again."""
        payer = self.payer()
        for post in posts:
            answer = payer.send(post.digest, self._bundle(post))
            told = after(post, answer, self._records.clock(), self.rules, self._chance())
            self._tell(told)
            yield told

    def again(self, digest: str) -> Post:
        """From the beginning, as if it had never been tried. Raises UsageError for a digest that is no release's."""
        found = next((one for one in self.posts() if one.digest == digest), None)
        if found is None:
            raise UsageError(say("The ledger holds no release with the digest {digest}.", digest=digest[:80]))
        new = Post(digest=found.digest, contract=found.contract, milestone=found.milestone)
        self._tell(new, anew=True)
        return new

    def contract(self, post: Post) -> str:
        """The contract's id, as the release has it."""
        said = statement.read(envelope.read(self._bundle(post)).payload).predicate
        return str(said["about"]["contract"])

    def _bundle(self, post: Post) -> bytes:
        """The release's very bytes, as they lie in the ledger."""
        with self._records.ledger.reading() as page:
            found = page.find(kind=RELEASE, contract=post.contract, milestone=post.milestone)
            return page.stored(next(one for one in found if one.entry.statement == post.digest))

    def _tell(self, post: Post, *, anew: bool = False) -> None:
        with self._records.index.changing() as changes:
            changes.put_post(post, anew=anew)

    def _unpaid(self, posts: Iterable[Post]) -> list[Post]:
        with self._records.ledger.reading() as page:
            return [one for one in posts if not self._paid(page, one)]

    def _paid(self, page: Page, post: Post) -> bool:
        """Whether somebody who may tells of the payment: who lost the table, or named another payer, pays nothing twice."""
        entries = page.find(contract=post.contract)
        revoked = book.taken_out(page, entries, self._records.policy, book.later(page, self._records.clock()))
        moves = book.moves(one.entry for one in entries if one.entry.statement not in revoked)
        return progress(moves, post.milestone).state is State.PAID


def _as_entered(known: Post | None, found: Found) -> Post:
    """What the table says of a post, of the contract and milestone that the ledger says."""
    new = _new(found)
    return replace(known, contract=new.contract, milestone=new.milestone) if known else new


def _new(found: Found) -> Post:
    return Post(digest=found.entry.statement, contract=found.entry.contract, milestone=found.entry.milestone)
