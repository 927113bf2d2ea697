"""What lists of contracts are filtered and ordered by. The ledger counts as not seen, so that all of it is filled in."""

from alembic import op
from sqlalchemy import Column, String

revision = "0006"
down_revision = "0005"
COLUMNS = ("verdict", "since", "search", "mark")
LOOKED_UP = ("key", "verdict", "licence", "profile", "awarded", "supplier", "search")
COVERING = {"ix_contract_found": LOOKED_UP, "ix_contract_found_in_state": ("state", *LOOKED_UP)}
"""All that a list is filtered by, so that no whole row is read of what is not listed."""
ORDERED = {
    "ix_contract_state_key": ("state", "key"),
    "ix_contract_state_since": ("state", "since", "key"),
    "ix_contract_due_state": ("due", "state", "key"),
}


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("contract", Column(name, String))
    for name, columns in _indexes().items():
        op.create_index(name, "contract", list(columns))
    op.execute("DELETE FROM seen")


def downgrade() -> None:
    for name in _indexes():
        op.drop_index(name, "contract")
    for name in reversed(COLUMNS):
        op.drop_column("contract", name)


def _indexes() -> dict[str, tuple[str, ...]]:
    """Other databases than SQLite refuse a title that is too long for an index."""
    return ORDERED | (COVERING if op.get_bind().dialect.name == "sqlite" else {})
