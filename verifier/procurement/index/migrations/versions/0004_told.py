"""What people were told."""

from alembic import op
from sqlalchemy import Column, String

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "told",
        *(Column(name, String, primary_key=True) for name in ("key", "person", "notifier")),
        Column("time", String, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("told")
