"""An alert's way: all that is remembered of it, from the link to the receipt.

Position: under `store`, over `outbox` and `archive`. Part of one transaction, on the connection it is given.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from monitor.model import Seed, SeedKind
from monitor.ports import AlertTrace
from monitor.store.archive import find_article
from monitor.store.deliveries import find_delivery
from monitor.store.links import hash_key
from monitor.store.tables import ALERTS, LINKS, SOURCES


def trace_alert(connection: Connection, alert_id: str) -> AlertTrace | None:
    """Return an alert's way; None when there is no such alert."""
    delivery = find_delivery(connection, alert_id)
    stored = None if delivery is None else find_article(connection, delivery.alert.article_id)
    if delivery is None or stored is None:
        return None
    source = connection.execute(
        select(SOURCES.c.id, SOURCES.c.seed_url, SOURCES.c.seed_kind).where(
            SOURCES.c.name == stored.article.source
        )
    ).one()
    found = connection.execute(
        select(LINKS.c.found_at, LINKS.c.attempts).where(
            LINKS.c.key_hash == hash_key(stored.article.key), LINKS.c.source_id == source.id
        )
    ).one_or_none()
    way = connection.execute(
        select(ALERTS.c.opened_at, ALERTS.c.tried_at).where(ALERTS.c.name == alert_id)
    ).one()
    return AlertTrace(
        delivery=delivery,
        stored=stored,
        seed=None if source.seed_url is None else Seed(url=source.seed_url, kind=SeedKind(source.seed_kind)),
        found_at=None if found is None else found.found_at,
        failed_reads=0 if found is None else found.attempts,
        opened_at=way.opened_at,
        tried_at=way.tried_at,
    )
