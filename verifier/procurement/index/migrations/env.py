"""How Alembic changes the index: one process at a time, in one transaction. Whoever comes second finds it done."""

from alembic import context

from verifier.procurement.index.engine import engine, writing
from verifier.procurement.index.tables import METADATA

database = engine(context.config.get_main_option("sqlalchemy.url") or "")
with writing(database) as connection:
    context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
    context.run_migrations()
database.dispose()
