"""What became of the post of each payment release."""

from alembic import op
from sqlalchemy import Column, Integer, String

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "post",
        Column("digest", String, primary_key=True),
        *(Column(name, String, nullable=False) for name in ("contract", "milestone", "endpoint")),
        Column("tries", Integer, nullable=False),
        *(Column(name, String, nullable=False) for name in ("next", "posted", "dead")),
        Column("status", Integer, nullable=False),
        Column("told", String, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("post")
