"""The first form of the index."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, LargeBinary, String

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "contract",
        Column("key", String, primary_key=True),
        Column("ledger", String, nullable=False, unique=True),
        *(Column(name, String, nullable=False) for name in ("id", "title_en", "title_fr")),
        Column("supplier", String, nullable=False, index=True),
        Column("requester", String, nullable=False, index=True),
        Column("payee", String, nullable=False),
        Column("currency", String, nullable=False),
        Column("total", Integer, nullable=False),
        Column("repository", String, nullable=False, index=True),
        *(Column(name, String, nullable=False) for name in ("licence", "profile", "awarded")),
        Column("state", String, nullable=False, index=True),
        Column("due", String, nullable=False, index=True),
        Column("listed", Boolean, nullable=False),
        Column("changed", String, nullable=False, index=True),
        Column("position", Integer, nullable=False),
    )
    op.create_table(
        "milestone",
        Column("contract", String, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True),
        Column("id", String, primary_key=True),
        Column("number", Integer, nullable=False),
        Column("state", String, nullable=False, index=True),
        Column("round", Integer, nullable=False),
        Column("due", String, nullable=False),
        Column("total", Integer, nullable=False),
    )
    op.create_table(
        "statement",
        Column("contract", String, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True),
        Column("digest", String, primary_key=True, index=True),
        Column("payload", LargeBinary, nullable=False),
        Column("signed", JSON, nullable=False),
    )
    op.create_table(
        "seen",
        Column("origin", String, primary_key=True),
        Column("size", Integer, nullable=False),
    )


def downgrade() -> None:
    for name in ("seen", "statement", "milestone", "contract"):
        op.drop_table(name)
