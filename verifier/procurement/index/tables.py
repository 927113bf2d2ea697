"""The tables of the index, as SQLAlchemy has them; `migrations/` makes them."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()

CONTRACT = Table(
    "contract",
    METADATA,
    Column("key", String, primary_key=True),  # its id, as `store.alike` has it
    Column("ledger", String, nullable=False, unique=True),  # its id, as the ledger has it
    Column("id", String, nullable=False),
    Column("title_en", String, nullable=False),
    Column("title_fr", String, nullable=False),
    Column("supplier", String, nullable=False, index=True),
    Column("requester", String, nullable=False, index=True),
    Column("payee", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("total", Integer, nullable=False),  # price and tax of all milestones, in cents
    Column("repository", String, nullable=False, index=True),
    Column("licence", String, nullable=False),
    Column("profile", String, nullable=False),
    Column("awarded", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("due", String, nullable=False, index=True),
    Column("listed", Boolean, nullable=False),
    Column("changed", String, nullable=False, index=True),  # time of the newest entry
    Column("position", Integer, nullable=False),  # of the newest entry; -1 where there is none
    Column(
        "place", String, index=True
    ),  # from here on as `guardrails.Purchase` has them; null until the record is made again
    Column("bought", Integer),
    Column("ended", String),
    Column("agreed", Integer, index=True),
    Column("words", JSON),  # language -> words of the requirements
    Column("verdict", String),  # of the newest assessment that counts, with what people decided; "" without one
    Column("since", String),  # time at which it came to where it stands
    Column("search", String),  # id, titles and payee, a line each, casefolded
    Column("mark", String),  # another one with everything that is known of the record
    Index("ix_contract_state_key", "state", "key"),
    Index("ix_contract_state_since", "state", "since", "key"),
    Index("ix_contract_due_state", "due", "state", "key"),
)

TERM = Table(
    "term",
    METADATA,
    Column("word", String, primary_key=True),  # language:word of the requirements
    Column("contract", String, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True, index=True),
)

ANSWER = Table(
    "answer",
    METADATA,
    Column("contract", String, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),  # oldest first
    Column("rule", String, nullable=False),
    Column("time", String, nullable=False),
    Column("by", String, nullable=False),
    Column("note", String, nullable=False),
)

MILESTONE = Table(
    "milestone",
    METADATA,
    Column("contract", String, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True),
    Column("id", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("due", String, nullable=False),
    Column("total", Integer, nullable=False),
    Column("title_en", String),  # from here on null until the record is made again
    Column("title_fr", String),
    Column("measured", JSON),  # as `measures.Part` has it
    Column("accepted", String),  # from here on as `Accepted` has them; "" where nothing is accepted
    *(Column(name, String) for name in ("paid", "commit", "assessment", "report", "listing")),
    Index("ix_milestone_accepted", "accepted", "contract", "number"),
)

STATEMENT = Table(
    "statement",
    METADATA,
    Column("contract", String, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True),
    Column("digest", String, primary_key=True, index=True),
    Column("payload", LargeBinary, nullable=False),
    Column("signed", JSON, nullable=False),  # [person, key, trusted time or null]
)

POST = Table(
    "post",
    METADATA,
    Column("digest", String, primary_key=True),  # of a payment release
    Column("contract", String, nullable=False),  # its id, as the ledger has it
    Column("milestone", String, nullable=False),
    Column("endpoint", String, nullable=False),  # where it was sent last
    Column("tries", Integer, nullable=False),
    Column("next", String, nullable=False),  # time; "" for at once
    Column("posted", String, nullable=False),  # time; "" for not yet
    Column("dead", String, nullable=False),  # time when it was given up; "" where it was not
    Column("status", Integer, nullable=False),  # of the last answer; 0 where there was none
    Column("told", String, nullable=False),  # its first words
)
"""Without it everything is posted once more."""

SEEN = Table(
    "seen",
    METADATA,
    Column("origin", String, primary_key=True),
    Column("size", Integer, nullable=False),  # entries of the ledger that the index knows
)

TOLD = Table(
    "told",
    METADATA,
    Column("key", String, primary_key=True),  # of what was told
    Column("person", String, primary_key=True),
    Column("notifier", String, primary_key=True),
    Column("time", String, nullable=False),
)
"""Without it people are told again what they were told."""

LASTING = (POST, TOLD)
"""What cannot be made again from files and ledger."""
