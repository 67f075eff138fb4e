"""What channels were told of the sources, so that each turn is told once.

Position: under `store`. Each function is part of one transaction, on the connection it is given. There are
as many rows as sources that are, or lately were, unwell.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from monitor.ports import Told
from monitor.store.tables import TOLD


def list_told(connection: Connection) -> tuple[Told, ...]:
    """Return all that is remembered."""
    rows = connection.execute(select(TOLD).order_by(TOLD.c.channel, TOLD.c.source))
    return tuple(
        Told(
            channel=row.channel,
            source=row.source,
            unwell=row.unwell,
            reason=row.reason,
            since=row.since,
            told_at=row.told_at,
            well_since=row.well_since,
            recovered_at=row.recovered_at,
        )
        for row in rows
    )


def replace_told(connection: Connection, told: Sequence[Told]) -> None:
    """Remember this, and nothing else."""
    connection.execute(delete(TOLD))
    if told:
        columns = [column.name for column in TOLD.columns if column.name != "id"]
        rows = [{name: getattr(each, name) for name in columns} for each in told]
        connection.execute(insert(TOLD), rows)
