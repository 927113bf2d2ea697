"""How Alembic changes the index: within one transaction, from the address that it is given."""

from alembic import context
from sqlalchemy import create_engine

from verifier.procurement.index.tables import METADATA

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
