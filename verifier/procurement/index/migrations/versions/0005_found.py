"""What lists of contracts are filtered and ordered by. The ledger counts as not seen, so that all of it is filled in."""

from alembic import op
from sqlalchemy import Column, String

revision = "0005"
down_revision = "0004"
COLUMNS = ("verdict", "since", "search", "mark")
LOOKED_UP = ("key", "state", "verdict", "licence", "profile", "awarded", "supplier", "search")
ORDERED = {"ix_contract_state_key": ("state", "key"), "ix_contract_state_since": ("state", "since", "key")}


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("contract", Column(name, String))
    for name, columns in ORDERED.items():
        op.create_index(name, "contract", list(columns))
    if op.get_bind().dialect.name == "sqlite":  # others would refuse a title that is too long for it
        op.create_index("ix_contract_found", "contract", list(LOOKED_UP))
    op.execute("DELETE FROM seen")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_contract_found", "contract")
    for name in reversed(ORDERED):
        op.drop_index(name, "contract")
    for name in reversed(COLUMNS):
        op.drop_column("contract", name)
