"""Text is in the order of its characters' numbers on PostgreSQL too, as SQLite and Python have it, in no alphabet's."""

from alembic import op
from sqlalchemy import inspect

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    looked = inspect(connection)
    for table in looked.get_table_names():
        for column in looked.get_columns(table):
            if column["type"].python_type is str and table != "alembic_version":
                op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column["name"]}" TYPE varchar COLLATE "C"')


def downgrade() -> None:
    """What is in order stays so."""
