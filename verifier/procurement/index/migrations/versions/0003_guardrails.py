"""What the rules of contract splitting look at. The ledger counts as not seen, so that all of it is filled in."""

from alembic import op
from sqlalchemy import JSON, Column, ForeignKey, Integer, String

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for column in (
        Column("place", String),
        Column("bought", Integer),
        Column("ended", String),
        Column("agreed", Integer),
        Column("words", JSON),
    ):
        op.add_column("contract", column)
    for name in ("place", "agreed"):
        op.create_index(f"ix_contract_{name}", "contract", [name])
    op.create_table(
        "term",
        Column("word", String, primary_key=True),
        Column("contract", String, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True, index=True),
    )
    op.create_table(
        "answer",
        Column("contract", String, ForeignKey("contract.key", ondelete="CASCADE"), primary_key=True),
        Column("number", Integer, primary_key=True),
        *(Column(name, String, nullable=False) for name in ("rule", "time", "by", "note")),
    )
    op.execute("DELETE FROM seen")


def downgrade() -> None:
    for name in ("answer", "term"):
        op.drop_table(name)
    for name in ("agreed", "place"):
        op.drop_index(f"ix_contract_{name}", "contract")
    for name in ("words", "agreed", "ended", "bought", "place"):
        op.drop_column("contract", name)
