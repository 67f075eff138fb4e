"""Alerts as the world sees them: with their article, the other outlets, and how far they have come.

Position: under `bulletins`, `outbox` and `trace`. Each function is part of one transaction, on the
connection it is given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from monitor.model import Alert, Article, Delivery, DeliveryState, Occasion
from monitor.store.outlets import name_outlets
from monitor.store.rows import article_from
from monitor.store.tables import ALERTS, ARTICLES, BULLETINS, REVISIONS, SOURCES


def read_deliveries(connection: Connection, condition: ColumnElement[bool]) -> tuple[Delivery, ...]:
    """Return the alerts that meet a condition, ready to be sent, the oldest first."""
    rows = connection.execute(_deliveries().where(condition).order_by(ALERTS.c.created_at, ALERTS.c.id))
    return name_outlets(connection, [_delivery_from(row) for row in rows.mappings()])


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


def count_shadowed(connection: Connection) -> dict[str, int]:
    """Return how many alerts were held back because their rule was in the shadow, by rule."""
    counted = (
        select(ALERTS.c.rule, func.count())
        .where(ALERTS.c.state == DeliveryState.SHADOWED.value)
        .group_by(ALERTS.c.rule)
    )
    return {row[0]: row[1] for row in connection.execute(counted)}


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
            BULLETINS.c.name.label("digest"),
            REVISIONS.c.changes,
            REVISIONS.c.title.label("later_title"),
            REVISIONS.c.text.label("later_text"),
        )
        .join(ARTICLES, ARTICLES.c.id == ALERTS.c.article_id)
        .join(SOURCES, SOURCES.c.id == ARTICLES.c.source_id)
        .join(BULLETINS, BULLETINS.c.id == ALERTS.c.digest_id, isouter=True)
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
    occasion = Occasion(row[columns.occasion])
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
            occasion=occasion,
            changes=None if occasion is Occasion.REMOVAL else row[REVISIONS.c.changes],
        ),
        article=_version_from(row),
        state=DeliveryState(row[columns.state]),
        attempts=row[columns.attempts],
        next_attempt_at=row[columns.next_attempt_at],
        last_error=row[columns.last_error],
        sent_at=row[columns.sent_at],
        receipt=row[columns.receipt],
        progress=row[columns.progress],
        digest=row["digest"],
    )
