"""The tables of the index, as SQLAlchemy has them; `migrations/` makes them.

A value that is read and that no record has there is a ValueError: SQLite keeps whatever it is given.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeDecorator, TypeEngine

from verifier.gate.moves import State


class _Only(TypeDecorator[Any]):
    """Values of one kind and nothing else; what there is none of stays so.

    `cache_ok` is each class's own: SQLAlchemy does not look for it above.
    """

    impl: type[TypeEngine[Any]] = String
    cache_ok = True
    kind: type = str

    def process_result_value(self, value: Any, dialect: Any) -> Any:  # noqa: ARG002 - the interface's
        if value is not None and type(value) is not self.kind:
            raise ValueError(value)
        return value


class Word(_Only):
    """Text."""

    cache_ok = True


class Number(_Only):
    """A whole number."""

    impl = Integer
    cache_ok = True
    kind = int


class Standing(Word):
    """One of the states that there are."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return value if value is None else State(super().process_result_value(value, dialect)).value


METADATA = MetaData()

CONTRACT = Table(
    "contract",
    METADATA,
    Column("key", Word, primary_key=True),  # its id, as `store.alike` has it
    Column("ledger", Word, nullable=False, unique=True),  # its id, as the ledger has it
    Column("id", Word, nullable=False),
    Column("title_en", Word, nullable=False),
    Column("title_fr", Word, nullable=False),
    Column("supplier", Word, nullable=False, index=True),
    Column("requester", Word, nullable=False, index=True),
    Column("payee", Word, nullable=False),
    Column("currency", Word, nullable=False),
    Column("total", Number, nullable=False),  # price and tax of all milestones, in cents
    Column("repository", Word, nullable=False, index=True),
    Column("licence", Word, nullable=False),
    Column("profile", Word, nullable=False),
    Column("awarded", Word, nullable=False),
    Column("state", Standing, nullable=False, index=True),
    Column("due", Word, nullable=False, index=True),
    Column("listed", Boolean, nullable=False),
    Column("changed", Word, nullable=False, index=True),  # time of the newest entry
    Column("position", Number, nullable=False),  # of the newest entry; -1 where there is none
    Column(
        "place", Word, index=True
    ),  # from here on as `guardrails.Purchase` has them; null until the record is made again
    Column("bought", Number),
    Column("ended", Word),
    Column("agreed", Number, index=True),
    Column("words", JSON),  # language -> words of the requirements
    Column("verdict", Word),  # of the newest assessment that counts, with what people decided; "" without one
    Column("since", Word),  # time at which it came to where it stands
    Column("search", Word),  # id, titles and payee, a line each, casefolded
    Column("mark", Word),  # another one with everything that is known of the record
    Index("ix_contract_state_key", "state", "key"),
    Index("ix_contract_state_since", "state", "since", "key"),
    Index("ix_contract_due_state", "due", "state", "key"),
)

TERM = Table(
    "term",
    METADATA,
    Column("word", Word, primary_key=True),  # language:word of the requirements
    Column("contract", Word, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True, index=True),
)

ANSWER = Table(
    "answer",
    METADATA,
    Column("contract", Word, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True),
    Column("number", Number, primary_key=True),  # oldest first
    Column("rule", Word, nullable=False),
    Column("time", Word, nullable=False),
    Column("by", Word, nullable=False),
    Column("note", Word, nullable=False),
)

MILESTONE = Table(
    "milestone",
    METADATA,
    Column("contract", Word, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True),
    Column("id", Word, primary_key=True),
    Column("number", Number, nullable=False),
    Column("state", Standing, nullable=False, index=True),
    Column("round", Number, nullable=False),
    Column("due", Word, nullable=False),
    Column("total", Number, nullable=False),
    Column("title_en", Word),  # from here on null until the record is made again
    Column("title_fr", Word),
    Column("measured", JSON),  # as `measures.Part` has it
    Column("accepted", Word),  # from here on as `Accepted` has them; "" where nothing is accepted
    *(Column(name, Word) for name in ("paid", "commit", "assessment", "report", "listing")),
    Index("ix_milestone_accepted", "accepted", "contract", "number"),
)

STATEMENT = Table(
    "statement",
    METADATA,
    Column("contract", Word, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True),
    Column("digest", Word, primary_key=True, index=True),
    Column("payload", LargeBinary, nullable=False),
    Column("signed", JSON, nullable=False),  # [person, key, trusted time or null]
)

POST = Table(
    "post",
    METADATA,
    Column("digest", Word, primary_key=True),  # of a payment release
    Column("contract", Word, nullable=False),  # its id, as the ledger has it
    Column("milestone", Word, nullable=False),
    Column("endpoint", Word, nullable=False),  # where it was sent last
    Column("tries", Number, nullable=False),
    Column("next", Word, nullable=False),  # time; "" for at once
    Column("posted", Word, nullable=False),  # time; "" for not yet
    Column("dead", Word, nullable=False),  # time when it was given up; "" where it was not
    Column("status", Number, nullable=False),  # of the last answer; 0 where there was none
    Column("told", Word, nullable=False),  # its first words
)
"""Without it everything is posted once more."""

SEEN = Table(
    "seen",
    METADATA,
    Column("origin", Word, primary_key=True),
    Column("size", Number, nullable=False),  # entries of the ledger that the index knows
)

TOLD = Table(
    "told",
    METADATA,
    Column("key", Word, primary_key=True),  # of what was told
    Column("person", Word, primary_key=True),
    Column("notifier", Word, primary_key=True),
    Column("time", Word, nullable=False),
)
"""Without it people are told again what they were told."""

LASTING = (POST, TOLD)
"""What cannot be made again from files and ledger."""
