"""Alembic, which takes an older database through the missing steps.

Position: under `migrations`, which imports it only when there is a step to take: that is once in a release,
and Alembic is 12 MB and a tenth of the time that a command needs to start.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Take all missing steps, in the transaction that is open."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
