"""The outbox: alerts, and digests of them, on their way to their channels.

Position: under `archive` and `store`. Each function is part of one transaction, on the connection it is
given.

An alert is written in the transaction that keeps its article. It is claimed in one transaction, sent,
and marked in another; a claim that was never marked runs out, and the alert is claimed again. So is a
digest, whose alerts go wherever it goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    Table,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    select,
    true,
    update,
)

from monitor.errors import StoreError
from monitor.model import Alert, DeliveryState, Outgoing
from monitor.ports import Gathering
from monitor.store.bulletins import IS_UNOPENED, gather, mirror, read_bulletins
from monitor.store.channels import is_stopped
from monitor.store.columns import Instant
from monitor.store.deliveries import read_deliveries
from monitor.store.dialects import insert_new
from monitor.store.leases import UNCLAIMED, Claim
from monitor.store.tables import ALERTS, BULLETINS, IS_OPEN

FAILED = (DeliveryState.DEAD.value, DeliveryState.RETRYING.value)
"""What can be called back: at least one attempt failed."""

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def insert_alerts(
    connection: Connection, article_row: int, alerts: Sequence[Alert], revision_row: int | None = None
) -> int:
    """Put alerts into the outbox; return how many are new. One whose id is known stays as it is.

    They show the article as it was first read, or as of a revision. Those of a rule in the shadow are never
    due, also when the rule has left it.
    """
    rows = [
        {
            "name": alert.id,
            "rule": alert.rule,
            "query": alert.query,
            "channel": alert.channel,
            "story_id": alert.story_id,
            "article_id": article_row,
            "excerpts": alert.excerpts,
            "created_at": alert.created_at,
            "state": (DeliveryState.SHADOWED if alert.shadow else DeliveryState.WAITING).value,
            "attempts": 0,
            "next_attempt_at": alert.created_at + alert.wait,
            "opened_at": alert.created_at if alert.shadow else None,
            "occasion": alert.occasion.value,
            "revision_id": revision_row,
        }
        for alert in alerts
    ]
    return insert_new(connection, ALERTS, rows)


def _is_open_by(table: Table, horizon: str) -> Exists:
    return exists().where(
        table.c.channel == bindparam("channel"), IS_OPEN, table.c.next_attempt_at <= bindparam(horizon)
    )


MAY_BE_DUE = select(_is_open_by(ALERTS, "alerts_by") | _is_open_by(BULLETINS, "bulletins_by"))
"""Made once: it is asked of every channel at every tick, and mostly that is all."""


def may_be_due(connection: Connection, channel: str, now: datetime, gathering: Gathering) -> bool:
    """Return whether a claim may find anything; False saves one that would not.

    An alert that is to go into a digest need not wait for copies of its story: any counts.
    """
    alerts_by = now if gathering.before is None else FOREVER
    times = {"channel": channel, "alerts_by": alerts_by, "bulletins_by": now}
    return gathering.empty or bool(connection.scalar(MAY_BE_DUE, times))


def claim_due(
    connection: Connection, claim: Claim, channel: str, limit: int, gathering: Gathering
) -> tuple[Outgoing, ...]:
    """Take up to `limit` digests and as many alerts that are due; among them those whose lease has run out.

    Alerts are put into a digest first when it is time. A channel that was stopped is given nothing.
    """
    if is_stopped(connection, channel):
        return ()
    to_open = gather(connection, channel, claim.now, gathering)
    bulletins = _take(connection, claim, BULLETINS, BULLETINS.c.channel == channel, limit)
    for row in bulletins:
        mirror(
            connection,
            row,
            {"state": DeliveryState.SENDING.value, "tried_at": claim.now, **claim.columns()},
        )
    alone = (ALERTS.c.channel == channel) & ALERTS.c.digest_id.is_(None)
    alerts = _take(connection, claim, ALERTS, alone & ALERTS.c.opened_at.is_not(None), limit)
    free = limit - len(alerts)
    fresh = min(free, free if to_open is None else to_open)
    alerts += _take(connection, claim, ALERTS, alone & IS_UNOPENED, fresh) if fresh else []
    return (
        *(read_bulletins(connection, BULLETINS.c.id.in_(bulletins)) if bulletins else ()),
        *(read_deliveries(connection, ALERTS.c.id.in_(alerts)) if alerts else ()),
    )


def _take(
    connection: Connection,
    claim: Claim,
    table: Table,
    condition: ColumnElement[bool],
    limit: int,
) -> list[int]:
    """Claim up to `limit` rows that meet a condition and are due, oldest first; return them."""
    due = (
        select(table.c.id)
        .where(
            IS_OPEN,
            condition,
            table.c.next_attempt_at <= claim.now,
            claim.is_free(table),
        )
        .order_by(table.c.created_at, table.c.id)
        .limit(limit)
    )
    changes: dict[str, object] = {"state": DeliveryState.SENDING.value, **claim.columns()}
    if table is ALERTS:
        first = func.coalesce(ALERTS.c.opened_at, literal(claim.now, Instant))
        changes |= {"opened_at": first, "tried_at": claim.now}
    taken = update(table).where(table.c.id.in_(due)).values(changes).returning(table.c.id)
    return list(connection.scalars(taken))


def release(connection: Connection, owner: str) -> None:
    """Give back everything that `owner` was sending."""
    for table in (ALERTS, BULLETINS):
        _give_back(connection, table, table.c.claimed_by == owner)


def release_channel(connection: Connection, channel: str) -> None:
    """Give back everything that somebody was sending to a channel."""
    for table in (ALERTS, BULLETINS):
        _give_back(connection, table, (table.c.channel == channel) & table.c.claimed_by.is_not(None))


def _give_back(connection: Connection, table: Table, condition: ColumnElement[bool]) -> None:
    waiting, retrying = DeliveryState.WAITING.value, DeliveryState.RETRYING.value
    state = case((table.c.attempts == 0, waiting), else_=retrying)
    connection.execute(update(table).where(IS_OPEN, condition).values(state=state, **UNCLAIMED))


def mark_sent(connection: Connection, name: str, receipt: str, now: datetime) -> None:
    """Record that the receiver took an alert, or a digest with all that is in it."""
    _mark(connection, name, {"state": DeliveryState.SENT.value, "sent_at": now, "receipt": receipt})


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed attempt; when the next one is, None: never; what the channel noted, None: nothing new."""

    error: str
    next_attempt_at: datetime | None
    progress: str | None


def mark_failed(connection: Connection, name: str, failure: Failure) -> None:
    """Record a failed attempt."""
    outcome: dict[str, object] = {"state": DeliveryState.DEAD.value, "last_error": failure.error}
    if failure.next_attempt_at is not None:
        outcome |= {"state": DeliveryState.RETRYING.value, "next_attempt_at": failure.next_attempt_at}
    if failure.progress is not None:
        outcome |= {"progress": failure.progress}
    _mark(connection, name, outcome)


def _mark(connection: Connection, name: str, outcome: dict[str, object]) -> None:
    """Record how an attempt ended. What was sent stays sent: a slower worker may report after its lease."""
    for table in (ALERTS, BULLETINS):
        row = connection.execute(select(table.c.id, table.c.state).where(table.c.name == name)).one_or_none()
        if row is None:
            continue
        if row.state != DeliveryState.SENT.value:
            changes = {"attempts": table.c.attempts + 1, **outcome, **UNCLAIMED}
            connection.execute(update(table).where(table.c.id == row.id).values(changes))
            if table is BULLETINS:
                mirror(connection, row.id, {**outcome, **UNCLAIMED}, attempted=True)
        return
    raise StoreError(f"no alert has the id {name}")


def revive(
    connection: Connection, now: datetime, alert_id: str | None, channel: str | None
) -> tuple[str, ...]:
    """Send what is dead, or waits for another attempt, at once; return the ids, oldest first.

    A digest goes with all it carries. The schedule of each begins anew.
    """
    anew: dict[str, object] = {
        "state": DeliveryState.WAITING.value,
        "attempts": 0,
        "next_attempt_at": now,
        **UNCLAIMED,
    }
    digest = select(ALERTS.c.digest_id).where(ALERTS.c.name == alert_id)
    bulletins = _revive_in(
        connection,
        BULLETINS,
        anew,
        _named(BULLETINS, alert_id, channel) | (BULLETINS.c.id.in_(digest) if alert_id else false()),
    )
    carried = ALERTS.c.digest_id.in_([row for row, _ in bulletins])
    alerts = _revive_in(connection, ALERTS, anew, carried | _named(ALERTS, alert_id, channel))
    return (*(name for _, name in bulletins), *(name for _, name in alerts))


def _named(table: Table, name: str | None, channel: str | None) -> ColumnElement[bool]:
    """Return the condition that a row bears this name and is of this channel, where they are given."""
    condition = true() if name is None else table.c.name == name
    return condition if channel is None else condition & (table.c.channel == channel)


def _revive_in(
    connection: Connection, table: Table, anew: dict[str, object], condition: ColumnElement[bool]
) -> list[tuple[int, str]]:
    revived = (
        update(table)
        .where(table.c.state.in_(FAILED), condition)
        .values(anew)
        .returning(table.c.id, table.c.name)
    )
    return sorted((row.id, row.name) for row in connection.execute(revived))
