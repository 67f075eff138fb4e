"""All that is due at some time, moved at once: for a clock that was set.

Position: under `store`.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, type_coerce, update

from monitor.store.columns import MICROSECOND, Instant
from monitor.store.tables import ALERTS, BULLETINS, LINKS, LOOKS, SOURCES

DUE = (
    SOURCES.c.next_visit_at,
    SOURCES.c.claimed_until,
    LINKS.c.retry_at,
    LOOKS.c.due_at,
    ALERTS.c.next_attempt_at,
    ALERTS.c.claimed_until,
    BULLETINS.c.next_attempt_at,
    BULLETINS.c.claimed_until,
)
"""The columns that say when something is to be done."""


def shift_due_times(connection: Connection, by: timedelta) -> None:
    """Move every due time; a time that is not set stays so."""
    for column in DUE:
        connection.execute(
            update(column.table).where(column.is_not(None)).values({column.name: moved(column, by)})
        )


def moved(column: Column[object], by: timedelta) -> ColumnElement[object]:
    """Return the expression for a column's time, so much later."""
    return type_coerce(type_coerce(column, BigInteger) + by // MICROSECOND, Instant)
