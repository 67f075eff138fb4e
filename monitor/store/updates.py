"""News of a story that was told before: into the outbox as an update, or into one that waits there.

Position: under `archive`, `looks` and `outbox`'s neighbour. Each function is part of one transaction, on the
connection it is given.

A rule tells a channel of a story once, by the story's first alert; of each further article in other words by
an update, `Alert.pause` after the alert before it at the earliest. Articles that come in meanwhile are
gathered into the alert that waits, so that none is lost and nobody is flooded. An article and its copies are
told once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Row, exists, insert, select, union

from monitor.model import Alert, Occasion
from monitor.store.outbox import insert_alerts
from monitor.store.outlets import NEWS
from monitor.store.tables import ALERT_ARTICLES, ALERTS, FINGERPRINTS


def insert_news(
    connection: Connection, article_row: int, alerts: Sequence[Alert], revision_row: int | None = None
) -> int:
    """Put an article's alerts into the outbox; return how many are new.

    One whose story was told by another article goes in as an update, or joins an alert that waits. One
    whose article, or a copy of it, was told before is left out.
    """
    placed = [place(connection, article_row, alert) for alert in alerts]
    return insert_alerts(connection, article_row, [alert for alert in placed if alert], revision_row)


def place(connection: Connection, article_row: int, alert: Alert) -> Alert | None:
    """Return what goes into the outbox for an alert: itself, an update in its place, or nothing."""
    if alert.update_id is None:
        return alert
    chain = read_chain(connection, alert)
    if not chain:
        return alert
    if is_told(connection, article_row, [row.id for row in chain]):
        return None
    last = chain[-1]
    if last.opened_at is None:
        connection.execute(
            insert(ALERT_ARTICLES).values(alert_id=last.id, article_id=article_row, excerpts=alert.excerpts)
        )
        return None
    due = max(alert.created_at + alert.wait, (last.sent_at or last.next_attempt_at) + alert.pause)
    return replace(alert, id=alert.update_id, occasion=Occasion.UPDATE, wait=due - alert.created_at)


def read_chain(
    connection: Connection, alert: Alert
) -> Sequence[Row[int, datetime | None, datetime | None, datetime]]:
    """Return the alerts that told this rule's channel of the story, the first of them first."""
    return connection.execute(
        select(
            ALERTS.c.id,
            ALERTS.c.opened_at,
            ALERTS.c.sent_at,
            ALERTS.c.next_attempt_at,
        )
        .where(
            ALERTS.c.story_id == alert.story_id,
            ALERTS.c.rule == alert.rule,
            ALERTS.c.channel == alert.channel,
            ALERTS.c.occasion.in_(NEWS),
        )
        .order_by(ALERTS.c.id)
    ).all()


def is_told(connection: Connection, article_row: int, alert_rows: Sequence[int]) -> bool:
    """Return whether one of the alerts tells of an article, or of another of its cluster of copies."""
    told = union(
        select(ALERTS.c.article_id).where(ALERTS.c.id.in_(alert_rows)),
        select(ALERT_ARTICLES.c.article_id).where(ALERT_ARTICLES.c.alert_id.in_(alert_rows)),
    )
    cluster = select(FINGERPRINTS.c.cluster_id).where(FINGERPRINTS.c.article_id == article_row)
    alike = exists().where(
        FINGERPRINTS.c.article_id.in_(told), FINGERPRINTS.c.cluster_id == cluster.scalar_subquery()
    )
    return bool(connection.scalar(select(alike)))
