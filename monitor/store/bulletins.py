"""Bulletins: what goes to a channel and is no alert: several of them in one digest, or word of the sources.

Position: under `outbox`. Each function is part of one transaction, on the connection it is given.

What a digest holds is settled in one transaction, before anybody sends it. From then on it has a name, made
of its alerts' names, and goes the way of an alert: claimed, sent, marked, whatever crashes meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, exists, func, select, update

from monitor.model import Coverage, Delivery, DeliveryState, Digest, HealthNotice, Turn, name_id
from monitor.ports import Gathering
from monitor.store.deliveries import read_deliveries
from monitor.store.dialects import insert_new
from monitor.store.tables import ALERTS, BULLETINS, CHANNELS, BulletinKind

MAX_GATHERED = 200
"""Alerts in one digest; when more wait, another follows it."""

HOUR = timedelta(hours=1)

IS_UNOPENED = (ALERTS.c.state == DeliveryState.WAITING.value) & ALERTS.c.opened_at.is_(None)
"""Nobody has begun to send it, so that it may still become part of a digest."""


def gather(connection: Connection, channel: str, now: datetime, gathering: Gathering) -> int | None:
    """Put what waits into a digest when it is time; return how many others may be opened (None: any)."""
    if gathering.before is not None:
        if _is_due(connection, channel, gathering.before, empty=gathering.empty):
            waiting = _unopened(channel).limit(MAX_GATHERED)
            _make_digest(connection, channel, now, _rows(connection, waiting), gathering)
        return 0
    if gathering.limit is None:
        return None
    free = gathering.limit - _count_opened(connection, channel, now - HOUR)
    if free <= 0:
        return 0
    due = _unopened(channel).where(ALERTS.c.next_attempt_at <= now).limit(free + MAX_GATHERED)
    rows = _rows(connection, due)
    if len(rows) <= free:
        return free
    _make_digest(connection, channel, now, rows[free - 1 :][:MAX_GATHERED], gathering)
    return free - 1


def _unopened(channel: str) -> Select[tuple[int, str]]:
    return (
        select(ALERTS.c.id, ALERTS.c.name)
        .where(ALERTS.c.channel == channel, IS_UNOPENED)
        .order_by(ALERTS.c.created_at, ALERTS.c.id)
    )


def _rows(connection: Connection, statement: Select[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(row.id, row.name) for row in connection.execute(statement)]


def _is_due(connection: Connection, channel: str, before: datetime, *, empty: bool) -> bool:
    """Return whether something has waited since before the last time of a digest, or one is due without."""
    waits = _unopened(channel).where(ALERTS.c.created_at < before)
    if connection.scalar(select(exists(waits))):
        return True
    if not empty:
        return False
    made = exists().where(*_digests_of(channel), BULLETINS.c.created_at >= before)
    known = exists().where(CHANNELS.c.name == channel, CHANNELS.c.added_at < before)
    return bool(connection.scalar(select(known & ~made)))


def _digests_of(channel: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return BULLETINS.c.channel == channel, BULLETINS.c.kind == BulletinKind.DIGEST.value


def _count_opened(connection: Connection, channel: str, since: datetime) -> int:
    """Return how many messages of a channel were begun since then."""
    alone = select(func.count()).where(
        ALERTS.c.channel == channel,
        ALERTS.c.opened_at > since,
        ALERTS.c.digest_id.is_(None),
        ALERTS.c.state != DeliveryState.SHADOWED.value,
    )
    digests = select(func.count()).where(*_digests_of(channel), BULLETINS.c.created_at > since)
    return (connection.scalar(alone) or 0) + (connection.scalar(digests) or 0)


def _make_digest(
    connection: Connection,
    channel: str,
    now: datetime,
    rows: Sequence[tuple[int, str]],
    gathering: Gathering,
) -> None:
    """Settle what a digest holds. It is named after its alerts; an empty one, after its time."""
    names = [name for _, name in rows] or [str(gathering.before)]
    name = name_id("digest", channel, *names)
    latest = select(func.max(BULLETINS.c.created_at)).where(*_digests_of(channel))
    row = _new_row(name, BulletinKind.DIGEST, channel, now)
    row |= {"since": connection.scalar(latest), "hourly_limit": gathering.limit}
    insert_new(connection, BULLETINS, [row])
    digest = connection.scalar(select(BULLETINS.c.id).where(BULLETINS.c.name == name))
    members = update(ALERTS).where(ALERTS.c.id.in_([row for row, _ in rows]))
    connection.execute(members.values(digest_id=digest, opened_at=now))


def add_notices(connection: Connection, notices: Mapping[str, Sequence[Turn]], now: datetime) -> None:
    """Put word of the sources into the outbox, by channel. What is there already is not put twice."""
    rows = []
    for channel, turns in notices.items():
        words = [f"{turn.source}\x1f{turn.well}\x1f{turn.since.isoformat()}" for turn in turns]
        name = name_id("health", channel, *words)
        rows.append(_new_row(name, BulletinKind.HEALTH, channel, now) | {"turns": turns})
    insert_new(connection, BULLETINS, rows)


def _new_row(name: str, kind: BulletinKind, channel: str, now: datetime) -> dict[str, object]:
    return {
        "name": name,
        "kind": kind.value,
        "channel": channel,
        "created_at": now,
        "state": DeliveryState.WAITING.value,
        "attempts": 0,
        "next_attempt_at": now,
    }


def mirror(
    connection: Connection, digest: int, changes: dict[str, object], *, attempted: bool = False
) -> None:
    """Let the alerts of a digest say of their way what the digest's row says."""
    told = {column: value for column, value in changes.items() if column != "progress"}
    if attempted:
        told |= {"attempts": ALERTS.c.attempts + 1}
    connection.execute(update(ALERTS).where(ALERTS.c.digest_id == digest).values(told))


def cover_digest(connection: Connection, name: str, coverage: Coverage) -> None:
    """Write down what was watched, once: every attempt says the same."""
    unlooked = update(BULLETINS).where(BULLETINS.c.name == name, BULLETINS.c.coverage.is_(None))
    connection.execute(unlooked.values(coverage=coverage))


# --- reading ---------------------------------------------------------------------------------------


def read_bulletins(
    connection: Connection, condition: ColumnElement[bool]
) -> tuple[Digest | HealthNotice, ...]:
    """Return the bulletins that meet a condition, with all that they hold, the oldest first."""
    rows = connection.execute(
        select(BULLETINS).where(condition).order_by(BULLETINS.c.created_at, BULLETINS.c.id)
    )
    return tuple(
        _notice_from(row) if row["kind"] == BulletinKind.HEALTH else _digest_from(row, connection)
        for row in rows.mappings()
    )


def list_beside(
    connection: Connection, state: DeliveryState | None, since: datetime | None, limit: int
) -> tuple[Digest | HealthNotice, ...]:
    """Return the bulletins that carry no alerts, newest first: word of the sources, and empty digests."""
    carries = exists().where(ALERTS.c.digest_id == BULLETINS.c.id)
    newest = select(BULLETINS.c.id).where(~carries)
    if state is not None:
        newest = newest.where(BULLETINS.c.state == state.value)
    if since is not None:
        newest = newest.where(BULLETINS.c.created_at >= since)
    newest = newest.order_by(BULLETINS.c.created_at.desc(), BULLETINS.c.id.desc()).limit(limit)
    rows = connection.scalars(newest).all()
    return tuple(reversed(read_bulletins(connection, BULLETINS.c.id.in_(rows)))) if rows else ()


def _notice_from(row: RowMapping) -> HealthNotice:
    return HealthNotice(
        id=row["name"],
        channel=row["channel"],
        created_at=row["created_at"],
        turns=row["turns"] or (),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        last_error=row["last_error"],
        sent_at=row["sent_at"],
        receipt=row["receipt"],
        progress=row["progress"],
    )


def _digest_from(row: RowMapping, connection: Connection) -> Digest:
    return Digest(
        id=row["name"],
        channel=row["channel"],
        created_at=row["created_at"],
        deliveries=_by_story(read_deliveries(connection, ALERTS.c.digest_id == row["id"])),
        since=row["since"],
        limit=row["hourly_limit"],
        coverage=row["coverage"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        last_error=row["last_error"],
        sent_at=row["sent_at"],
        receipt=row["receipt"],
        progress=row["progress"],
    )


def _by_story(deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Return alerts, oldest first, with those of one story behind its first."""
    place = {delivery.alert.story_id: n for n, delivery in reversed(list(enumerate(deliveries)))}
    return tuple(sorted(deliveries, key=lambda delivery: place[delivery.alert.story_id]))
