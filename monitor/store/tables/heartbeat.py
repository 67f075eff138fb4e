"""Whether the daemon is alive."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from monitor.store.columns import Instant, RowId
from monitor.store.tables.row import Row


class HeartbeatRow(Row, table=True):
    """The daemon's last sign of life: one row."""

    __tablename__ = "heartbeat"

    id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    started_at: datetime = Field(sa_type=Instant)
    pid: int


HEARTBEAT = Row.metadata.tables["heartbeat"]
