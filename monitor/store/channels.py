"""What is remembered of the channels: since when there is one, whether it was stopped, how its alerts stand.

Position: under `outbox` and `store`. Each function is part of one transaction, on the connection it is given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select, true, update

from monitor.ports import ChannelState
from monitor.store.dialects import insert_new
from monitor.store.tables import ALERTS, BULLETINS, CHANNELS, IS_OPEN

COUNTED = ((ALERTS, true()), (BULLETINS, BULLETINS.c.turns.is_not(None)))
"""What counts as told: the alerts of a digest do, and the digest does not."""

RUNNING: dict[str, object] = {"stopped_at": None, "stopped_because": None}


def register_channels(connection: Connection, targets: Mapping[str, str], now: datetime) -> None:
    """Remember the channels of the configuration. One that leads elsewhere now is started again."""
    rows = [{"name": name, "target": target, "added_at": now, **RUNNING} for name, target in targets.items()]
    insert_new(connection, CHANNELS, rows)
    for name, target in targets.items():
        moved = update(CHANNELS).where(CHANNELS.c.name == name, CHANNELS.c.target != target)
        connection.execute(moved.values(target=target, **RUNNING))


def is_stopped(connection: Connection, name: str) -> bool:
    """Return whether a channel was stopped."""
    return connection.scalar(select(CHANNELS.c.stopped_at).where(CHANNELS.c.name == name)) is not None


def stop_channel(connection: Connection, name: str, reason: str, now: datetime) -> None:
    """Send nothing to a channel until it is started again."""
    stopped = update(CHANNELS).where(CHANNELS.c.name == name)
    connection.execute(stopped.values(stopped_at=now, stopped_because=reason))


def start_channel(connection: Connection, name: str) -> bool:
    """Start a channel that was stopped; return whether it was."""
    stopped = update(CHANNELS).where(CHANNELS.c.name == name, CHANNELS.c.stopped_at.is_not(None))
    return bool(connection.execute(stopped.values(RUNNING)).rowcount)


def list_channels(connection: Connection) -> tuple[ChannelState, ...]:
    """Return every channel that was ever registered or told, by name, with how many stand where."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    open_since: dict[str, datetime] = {}
    for table, counted in COUNTED:
        by_state = select(table.c.channel, table.c.state, func.count()).where(counted)
        for channel, state, number in connection.execute(by_state.group_by(table.c.channel, table.c.state)):
            counts[channel][state] += number
        oldest = select(table.c.channel, func.min(table.c.created_at)).where(IS_OPEN, counted)
        for channel, since in connection.execute(oldest.group_by(table.c.channel)):
            open_since[channel] = min(since, open_since.get(channel, since))
    rows = connection.execute(select(CHANNELS.c.name, CHANNELS.c.stopped_at, CHANNELS.c.stopped_because))
    stops = {name: (stopped_at, reason) for name, stopped_at, reason in rows}
    return tuple(
        ChannelState(
            name=name,
            stopped_at=stopped_at,
            stopped_because=reason,
            counts=dict(counts[name]),
            open_since=open_since.get(name),
        )
        for name in sorted({*stops, *counts})
        for stopped_at, reason in [stops.get(name, (None, None))]
    )
