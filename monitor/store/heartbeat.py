"""The daemon's sign of life: one row.

Position: under `store`. Each function is part of one transaction, on the connection it is given.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from monitor.ports import Heartbeat
from monitor.store.tables import HEARTBEAT

ONLY_ROW = 1


def leave_beat(connection: Connection, heartbeat: Heartbeat) -> None:
    """Replace the last sign of life."""
    connection.execute(delete(HEARTBEAT))
    connection.execute(
        insert(HEARTBEAT).values(
            id=ONLY_ROW, at=heartbeat.at, started_at=heartbeat.started_at, pid=heartbeat.pid
        )
    )


def read_beat(connection: Connection) -> Heartbeat | None:
    """Return the last sign of life, None when there was none."""
    row = connection.execute(select(HEARTBEAT)).one_or_none()
    return None if row is None else Heartbeat(at=row.at, started_at=row.started_at, pid=row.pid)
