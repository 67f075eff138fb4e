"""The outbox: alerts on their way to their channels.

Position: under `archive` and `store`. Each function is part of one transaction, on the connection it is
given.

An alert is written in the transaction that keeps its article. It is claimed in one transaction, sent,
and marked in another; a claim that was never marked runs out, and the alert is claimed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, case, select, update

from monitor.errors import StoreError
from monitor.model import Alert, Article, Delivery, DeliveryState, Occasion, Outlet
from monitor.store.dialects import insert_new
from monitor.store.leases import UNCLAIMED, Claim
from monitor.store.rows import article_from
from monitor.store.tables import ALERT_IS_OPEN, ALERTS, ARTICLES, REVISIONS, SOURCES

MAX_OUTLETS = 100
"""Articles of one story that an alert about it names at most, itself among them."""


def insert_alerts(
    connection: Connection, article_row: int, alerts: Sequence[Alert], revision_row: int | None = None
) -> int:
    """Put alerts into the outbox; return how many are new. One whose id is known stays as it is.

    They show the article as it was first read, or as of a revision.
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
            "state": DeliveryState.WAITING.value,
            "attempts": 0,
            "next_attempt_at": alert.created_at + alert.wait,
            "occasion": alert.occasion.value,
            "revision_id": revision_row,
        }
        for alert in alerts
    ]
    return insert_new(connection, ALERTS, rows)


def claim_due(connection: Connection, claim: Claim, channel: str, limit: int) -> tuple[Delivery, ...]:
    """Take up to `limit` alerts that are due, oldest first; among them those whose lease has run out."""
    due = (
        select(ALERTS.c.id)
        .where(
            ALERTS.c.channel == channel,
            ALERT_IS_OPEN,
            ALERTS.c.next_attempt_at <= claim.now,
            claim.is_free(ALERTS),
        )
        .order_by(ALERTS.c.created_at, ALERTS.c.id)
        .limit(limit)
    )
    taken = connection.scalars(
        update(ALERTS)
        .where(ALERTS.c.id.in_(due))
        .values(state=DeliveryState.SENDING.value, **claim.columns())
        .returning(ALERTS.c.id)
    ).all()
    if not taken:
        return ()
    rows = connection.execute(
        _deliveries().where(ALERTS.c.id.in_(taken)).order_by(ALERTS.c.created_at, ALERTS.c.id)
    )
    deliveries = tuple(_delivery_from(row) for row in rows.mappings())
    outlets = _find_outlets(connection, {delivery.alert.story_id for delivery in deliveries})
    return tuple(_name_outlets(delivery, outlets[delivery.alert.story_id]) for delivery in deliveries)


def _find_outlets(connection: Connection, story_ids: set[str]) -> dict[str, list[Outlet]]:
    """Return the articles of each story, the earliest first, a few of each."""
    found: dict[str, list[Outlet]] = {story_id: [] for story_id in story_ids}
    rows = connection.execute(
        select(
            ARTICLES.c.story_id,
            SOURCES.c.name.label("source"),
            ARTICLES.c.site_name,
            ARTICLES.c.title,
            ARTICLES.c.url,
        )
        .join(SOURCES, SOURCES.c.id == ARTICLES.c.source_id)
        .where(ARTICLES.c.story_id.in_(story_ids))
        .order_by(ARTICLES.c.id)
    )
    for story_id, *outlet in rows:
        if len(found[story_id]) < MAX_OUTLETS:
            source, site_name, title, url = outlet
            found[story_id].append(Outlet(source=source, site_name=site_name, title=title, url=url))
    return found


def _name_outlets(delivery: Delivery, outlets: Sequence[Outlet]) -> Delivery:
    """Return a delivery of news with the other outlets that have the story, each once."""
    if delivery.alert.occasion is not Occasion.NEW:
        return delivery
    others = {outlet.source: outlet for outlet in reversed(outlets)}
    others.pop(delivery.article.source, None)
    return replace(delivery, also_in=tuple(reversed(others.values())))


def release(connection: Connection, owner: str) -> None:
    """Give back every alert that `owner` was sending."""
    waiting, retrying = DeliveryState.WAITING.value, DeliveryState.RETRYING.value
    connection.execute(
        update(ALERTS)
        .where(ALERT_IS_OPEN, ALERTS.c.claimed_by == owner)
        .values(state=case((ALERTS.c.attempts == 0, waiting), else_=retrying), **UNCLAIMED)
    )


def mark_sent(connection: Connection, alert_id: str, receipt: str, now: datetime) -> None:
    """Record that the receiver took an alert."""
    _mark(connection, alert_id, {"state": DeliveryState.SENT.value, "sent_at": now, "receipt": receipt})


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed attempt; when the next one is, None: never; what the channel noted, None: nothing new."""

    error: str
    next_attempt_at: datetime | None
    progress: str | None


def mark_failed(connection: Connection, alert_id: str, failure: Failure) -> None:
    """Record a failed attempt."""
    outcome: dict[str, object] = {"state": DeliveryState.DEAD.value, "last_error": failure.error}
    if failure.next_attempt_at is not None:
        outcome |= {"state": DeliveryState.RETRYING.value, "next_attempt_at": failure.next_attempt_at}
    if failure.progress is not None:
        outcome |= {"progress": failure.progress}
    _mark(connection, alert_id, outcome)


def revive(
    connection: Connection, now: datetime, alert_id: str | None, channel: str | None
) -> tuple[str, ...]:
    """Put dead alerts back on their way; return their ids, oldest first."""
    revived = (
        update(ALERTS)
        .where(ALERTS.c.state == DeliveryState.DEAD.value)
        .values(state=DeliveryState.WAITING.value, attempts=0, next_attempt_at=now, **UNCLAIMED)
        .returning(ALERTS.c.id, ALERTS.c.name)
    )
    if alert_id is not None:
        revived = revived.where(ALERTS.c.name == alert_id)
    if channel is not None:
        revived = revived.where(ALERTS.c.channel == channel)
    rows = sorted((row.id, row.name) for row in connection.execute(revived))
    return tuple(name for _, name in rows)


def _mark(connection: Connection, alert_id: str, outcome: dict[str, object]) -> None:
    """Record how an attempt ended. What was sent stays sent: a slower worker may report after its lease."""
    marked = connection.execute(
        update(ALERTS)
        .where(ALERTS.c.name == alert_id, ALERTS.c.state != DeliveryState.SENT.value)
        .values(attempts=ALERTS.c.attempts + 1, **outcome, **UNCLAIMED)
    )
    if (
        not marked.rowcount
        and connection.scalar(select(ALERTS.c.id).where(ALERTS.c.name == alert_id)) is None
    ):
        raise StoreError(f"no alert has the id {alert_id}")


def list_deliveries(
    connection: Connection, state: DeliveryState | None, since: datetime | None, limit: int
) -> tuple[Delivery, ...]:
    """Return alerts with their way to their channel, newest first."""
    statement = _deliveries().order_by(ALERTS.c.created_at.desc(), ALERTS.c.id.desc()).limit(limit)
    if state is not None:
        statement = statement.where(ALERTS.c.state == state.value)
    if since is not None:
        statement = statement.where(ALERTS.c.created_at >= since)
    return tuple(_delivery_from(row) for row in connection.execute(statement).mappings())


def find_delivery(connection: Connection, alert_id: str) -> Delivery | None:
    """Return one alert with its way to its channel; None when there is no such alert."""
    row = connection.execute(_deliveries().where(ALERTS.c.name == alert_id)).mappings().one_or_none()
    return None if row is None else _delivery_from(row)


def _deliveries() -> Select[tuple[object, ...]]:
    return (
        select(
            ALERTS,
            ARTICLES,
            SOURCES.c.name,
            REVISIONS.c.changes,
            REVISIONS.c.title.label("later_title"),
            REVISIONS.c.text.label("later_text"),
        )
        .join(ARTICLES, ARTICLES.c.id == ALERTS.c.article_id)
        .join(SOURCES, SOURCES.c.id == ARTICLES.c.source_id)
        .join(REVISIONS, REVISIONS.c.id == ALERTS.c.revision_id, isouter=True)
    )


def _version_from(row: RowMapping) -> Article:
    """Return the article that an alert shows: as of its revision when it has one."""
    article = article_from(row)
    if row[ALERTS.c.revision_id] is None:
        return article
    return replace(article, title=row["later_title"], text=row["later_text"])


def _delivery_from(row: RowMapping) -> Delivery:
    columns = ALERTS.c
    return Delivery(
        alert=Alert(
            id=row[columns.name],
            rule=row[columns.rule],
            query=row[columns.query],
            channel=row[columns.channel],
            story_id=row[columns.story_id],
            article_id=row[ARTICLES.c.name],
            excerpts=row[columns.excerpts],
            created_at=row[columns.created_at],
            occasion=Occasion(row[columns.occasion]),
            changes=row[REVISIONS.c.changes],
        ),
        article=_version_from(row),
        state=DeliveryState(row[columns.state]),
        attempts=row[columns.attempts],
        next_attempt_at=row[columns.next_attempt_at],
        last_error=row[columns.last_error],
        sent_at=row[columns.sent_at],
        receipt=row[columns.receipt],
        progress=row[columns.progress],
    )
