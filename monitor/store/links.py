"""Links: remembered before they are fetched, then settled as an article or put off with the reason.

Position: under `store`. Each function is part of one transaction, on the connection it is given.

A link is one of its source: two sources may name the same page, and one that is down must not keep the
other from reading it. But what has been read already is settled at birth, and not fetched again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, func, or_, select, update

from monitor.model import Link, name_id
from monitor.ports import LinkState
from monitor.store.columns import local_time, microseconds, offset_seconds, signed, unsigned
from monitor.store.dialects import insert_new, listed
from monitor.store.sources import find_source_row, source_id
from monitor.store.statement import Statement
from monitor.store.tables import ARTICLES, LINK_IS_OPEN, LINK_WAITS, LINKS, SOURCES, LinkStatus

NAMES_AT_ONCE = 500
"""How many names one statement asks for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A link that its source has named for the first time, and where it stands."""

    link: Link
    status: LinkStatus


def hash_key(key: str) -> int:
    """Return the unsigned 64-bit number that stands in for a link's key."""
    return int(name_id("link", key)[:16], 16)


# --- remembering ---------------------------------------------------------------------------------


def find_unknown(
    connection: Connection, source: str, waiting: Sequence[Link], passed_over: Sequence[Link]
) -> list[Found]:
    """Return the links that `source` never named before, in order and each once.

    Those that are read already come as `ARTICLE`.
    """
    found: dict[int, Found] = {}
    for status, links in ((LinkStatus.WAITING, waiting), (LinkStatus.PASSED_OVER, passed_over)):
        for link in links:
            found.setdefault(hash_key(link.key), Found(link, status))
    numbers = listed(connection, map(signed, found))
    rows = connection.execute(
        select(numbers.c.value, LINKS.c.state, SOURCES.c.name)
        .join(LINKS, LINKS.c.key_hash == numbers.c.value)
        .join(SOURCES)
    )
    known = [(unsigned(value), state, name) for value, state, name in rows]
    for key, _, name in known:
        if name == source:
            found.pop(key, None)
    read = {key for key, state, _ in known if state == LinkStatus.ARTICLE}
    read.update(_find_articles(connection, found))
    return [replace(new, status=LinkStatus.ARTICLE) if key in read else new for key, new in found.items()]


def _find_articles(connection: Connection, found: dict[int, Found]) -> Iterable[int]:
    """Return those of `found` whose URL is an article's own, read under another link."""
    names = {name_id("article", new.link.key): key for key, new in found.items()}
    asked = list(names)
    for start in range(0, len(asked), NAMES_AT_ONCE):
        stored = select(ARTICLES.c.name).where(ARTICLES.c.name.in_(asked[start : start + NAMES_AT_ONCE]))
        yield from (names[name] for name in connection.scalars(stored))


def insert_found(connection: Connection, source: str, found: Sequence[Found], now: datetime) -> int:
    """Store links; return how many are new to us. Another worker may have been first with some."""
    of_source = find_source_row(connection, source)
    new = [_new_row(of_source, each, now) for each in found if each.status is not LinkStatus.ARTICLE]
    read = [_new_row(of_source, each, now) for each in found if each.status is LinkStatus.ARTICLE]
    insert_new(connection, LINKS, read)
    return insert_new(connection, LINKS, new)


def _new_row(of_source: int | None, found: Found, now: datetime) -> dict[str, object]:
    link = found.link
    return {
        "source_id": of_source,
        "key_hash": hash_key(link.key),
        "url": link.url,
        "key": None if link.key == link.url else link.key,
        "title": link.title,
        "published_at": None if link.published_at is None else microseconds(link.published_at),
        "published_offset_s": offset_seconds(link.published_at),
        "backlog": link.backlog,
        "state": found.status.value,
        "attempts": link.attempts,
        "found_at": now,
    }


# --- settling ------------------------------------------------------------------------------------


def is_link(link: Link) -> ColumnElement[bool]:
    """Return the condition that finds a link's row."""
    return and_(LINKS.c.key_hash == hash_key(link.key), LINKS.c.source_id == source_id(link.source))


def settle(connection: Connection, link: Link, now: datetime) -> None:
    """Record that a link was read and is an article."""
    _SETTLE.run(connection, {"link": hash_key(link.key), "source": link.source, "now": now})


_SETTLE = Statement(
    update(LINKS)
    .where(
        LINKS.c.key_hash == bindparam("link"),
        LINKS.c.source_id
        == select(SOURCES.c.id).where(SOURCES.c.name == bindparam("source")).scalar_subquery(),
    )
    .values(state=LinkStatus.ARTICLE.value, tried_at=bindparam("now"), retry_at=None, reason=None)
)


def dismiss(
    connection: Connection, link: Link, reason: str, retry_at: datetime | None, now: datetime
) -> None:
    """Record a vain attempt at a link; one that another worker has read meanwhile stays an article."""
    status = LinkStatus.DISMISSED if retry_at is None else LinkStatus.WAITING
    connection.execute(
        update(LINKS)
        .where(is_link(link), LINKS.c.state != LinkStatus.ARTICLE.value)
        .values(
            state=status.value,
            attempts=LINKS.c.attempts + 1,
            tried_at=now,
            retry_at=retry_at,
            reason=reason,
        )
    )


# --- reading -------------------------------------------------------------------------------------


def waiting(connection: Connection, source: str, now: datetime, limit: int) -> tuple[Link, ...]:
    """Return the links to fetch now, newest first: by their own date, else in the order of the seed."""
    rows = connection.execute(
        select(LINKS)
        .where(
            LINKS.c.source_id == source_id(source),
            LINK_WAITS,
            or_(LINKS.c.retry_at.is_(None), LINKS.c.retry_at <= now),
        )
        .order_by(func.coalesce(LINKS.c.published_at, LINKS.c.found_at).desc(), LINKS.c.id)
        .limit(limit)
    )
    return tuple(_link_from(row, source) for row in rows.mappings())


def states(connection: Connection, source: str, limit: int) -> tuple[LinkState, ...]:
    """Return the links that gave no article so far, newest first."""
    rows = connection.execute(
        select(LINKS)
        .where(LINKS.c.source_id == source_id(source), LINK_IS_OPEN, LINKS.c.reason.is_not(None))
        .order_by(LINKS.c.found_at.desc(), LINKS.c.id)
        .limit(limit)
    )
    return tuple(
        LinkState(
            link=_link_from(row, source),
            found_at=row["found_at"],
            reason=row["reason"],
            retry_at=row["retry_at"],
        )
        for row in rows.mappings()
    )


def _link_from(row: RowMapping, source: str) -> Link:
    return Link(
        url=row["url"],
        source=source,
        title=row["title"],
        published_at=local_time(row["published_at"], row["published_offset_s"]),
        attempts=row["attempts"],
        backlog=row["backlog"],
        key=row["key"] or "",
    )
