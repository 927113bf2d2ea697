"""What measures and the public register read of a milestone. The ledger counts as not seen, so that all of it is filled in."""

from alembic import op
from sqlalchemy import JSON, Column, String

revision = "0005"
down_revision = "0004"
WORDS = ("title_en", "title_fr", "accepted", "paid", "commit", "assessment", "report", "listing")


def upgrade() -> None:
    op.add_column("milestone", Column("measured", JSON))
    for name in WORDS:
        op.add_column("milestone", Column(name, String))
    op.create_index("ix_milestone_accepted", "milestone", ["accepted", "contract", "number"])
    op.execute("DELETE FROM seen")


def downgrade() -> None:
    op.drop_index("ix_milestone_accepted", "milestone")
    for name in (*reversed(WORDS), "measured"):
        op.drop_column("milestone", name)
