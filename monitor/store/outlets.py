"""Deliveries -> the same with who else tells the story, and the message that they reply to.

Position: under `deliveries`. Each function is part of one transaction, on the connection it is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Row, Select, select

from monitor.compose import name_first_alert
from monitor.model import Delivery, DeliveryState, MessageKind, MessageName, Occasion, Outlet
from monitor.store.tables import ALERT_ARTICLES, ALERTS, ARTICLES, BULLETINS, FINGERPRINTS, SOURCES

MAX_OUTLETS = 100
"""Articles of one story that an alert about it names at most, itself among them."""

NEWS = (Occasion.NEW, Occasion.UPDATE)
"""The occasions on which a story is told: by its first alert, and by updates."""

Teller = Row[str, str, int, str, str | None, str, str, str | None]
"""A row of the story's id, the article's, its cluster, and the columns of an `Outlet`."""


def name_outlets(connection: Connection, deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Return deliveries with what else is told of their stories.

    `further` are the articles that an alert was made to tell of besides its own; `also_in` the other outlets:
    for the first alert of a story all that have it, for an update those that copied its article.
    """
    told = {each.alert.story_id for each in deliveries if each.alert.occasion in NEWS}
    tellers = find_tellers(connection, told)
    further = find_further(connection, [each.alert.id for each in deliveries])
    sent = find_sent(connection, deliveries)
    return tuple(
        replace(
            delivery,
            also_in=_name_others(delivery, tellers[delivery.alert.story_id], further[delivery.alert.id]),
            further=tuple(map(_outlet_from, further[delivery.alert.id])),
            reply_to=sent.get(_first_of(delivery)),
        )
        for delivery in deliveries
    )


def find_tellers(connection: Connection, story_ids: Collection[str]) -> Mapping[str, list[Teller]]:
    """Return the articles of each story, the earliest first, a few of each."""
    found: defaultdict[str, list[Teller]] = defaultdict(list)
    if story_ids:
        rows = connection.execute(
            _tellers().where(ARTICLES.c.story_id.in_(story_ids)).order_by(ARTICLES.c.id)
        )
        for row in rows:
            if len(found[row.story_id]) < MAX_OUTLETS:
                found[row.story_id].append(row)
    return found


def find_further(connection: Connection, alert_ids: Collection[str]) -> Mapping[str, list[Teller]]:
    """Return the articles that alerts tell of besides their own, the earliest first."""
    found: defaultdict[str, list[Teller]] = defaultdict(list)
    rows = connection.execute(
        _tellers()
        .add_columns(ALERTS.c.name.label("alert"))
        .join(ALERT_ARTICLES, ALERT_ARTICLES.c.article_id == ARTICLES.c.id)
        .join(ALERTS, ALERTS.c.id == ALERT_ARTICLES.c.alert_id)
        .where(ALERTS.c.name.in_(alert_ids))
        .order_by(ARTICLES.c.id)
    )
    for row in rows:
        found[row.alert].append(row)
    return found


def find_sent(connection: Connection, deliveries: Iterable[Delivery]) -> Mapping[str, MessageName]:
    """Return in which messages the first alerts of the stories were sent: only those can be replied to."""
    firsts = {_first_of(delivery) for delivery in deliveries if delivery.alert.occasion is not Occasion.NEW}
    if not firsts:
        return {}
    sent = connection.execute(
        select(ALERTS.c.name, BULLETINS.c.name.label("digest"))
        .join(BULLETINS, BULLETINS.c.id == ALERTS.c.digest_id, isouter=True)
        .where(ALERTS.c.name.in_(firsts), ALERTS.c.state == DeliveryState.SENT.value)
    )
    return {
        row.name: MessageName(MessageKind.ALERT, row.name)
        if row.digest is None
        else MessageName(MessageKind.DIGEST, row.digest)
        for row in sent
    }


def _first_of(delivery: Delivery) -> str:
    alert = delivery.alert
    return name_first_alert(alert.rule, alert.story_id, alert.channel)


def _name_others(
    delivery: Delivery, story: Sequence[Teller], further: Sequence[Teller]
) -> tuple[Outlet, ...]:
    """Return the other outlets that have what is told, each once; those of `further` are named with it."""
    if delivery.alert.occasion not in NEWS:
        return ()
    clusters = {row.cluster_id for row in story if row.article == delivery.alert.article_id}
    named = {delivery.article.source, *(row.source for row in further)}
    others = {
        row.source: _outlet_from(row)
        for row in reversed(story)
        if delivery.alert.occasion is Occasion.NEW or row.cluster_id in clusters
    }
    return tuple(outlet for source, outlet in reversed(others.items()) if source not in named)


def _outlet_from(row: Teller) -> Outlet:
    return Outlet(source=row.source, site_name=row.site_name, title=row.title, url=row.url, agency=row.agency)


def _tellers() -> Select[str, str, int, str, str | None, str, str, str | None]:
    return (
        select(
            ARTICLES.c.story_id,
            ARTICLES.c.name.label("article"),
            FINGERPRINTS.c.cluster_id,
            SOURCES.c.name.label("source"),
            ARTICLES.c.site_name,
            ARTICLES.c.title,
            ARTICLES.c.url,
            ARTICLES.c.agency,
        )
        .join(SOURCES, SOURCES.c.id == ARTICLES.c.source_id)
        .join(FINGERPRINTS, FINGERPRINTS.c.article_id == ARTICLES.c.id)
    )
