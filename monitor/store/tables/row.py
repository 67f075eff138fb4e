"""What all tables of this room are made of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from monitor.store.columns import Instant, Words

KEY_ONLY = {"sqlite_with_rowid": False}
"""Of a narrow table: SQLite keeps its rows in the index of their key, not beside it."""


class Row(SQLModel, registry=registry()):
    """A table of this room, in a registry of its own. No row is validated, so that no validator is built."""

    model_config = {"defer_build": True}


class Leased(Row):
    """A table whose rows are taken to be worked on, for a time (`leases`)."""

    claimed_by: str | None = Field(sa_type=Words)
    claimed_until: datetime | None = Field(sa_type=Instant)
