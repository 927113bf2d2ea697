"""An index as an earlier version of verifier made it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config


def back(path: Path, revision: str) -> None:
    """To that form, with what it can hold of its rows."""
    config = Config()
    config.set_main_option("script_location", "verifier.procurement.index:migrations")
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}")
    command.downgrade(config, revision)
