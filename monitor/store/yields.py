"""What each source has given lately, for its health.

Position: under `store`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, and_, case, func, select

from monitor.ports import ArticleYield, SourceYield
from monitor.store.tables import ARTICLES, LINK_IS_OPEN, LINKS, SOURCES, LinkStatus

WEEKS = 4

RECENT_ARTICLES = 60
"""Of each source; texts are long, so that no more are looked at."""


def list_yields(connection: Connection, since: datetime) -> tuple[SourceYield, ...]:
    """Return what each source has given since then, in no order."""
    rank = func.row_number().over(
        partition_by=ARTICLES.c.source_id, order_by=(ARTICLES.c.fetched_at.desc(), ARTICLES.c.id.desc())
    )
    ranked = (
        select(ARTICLES.c.id, rank.label("rank")).where(ARTICLES.c.fetched_at >= since).subquery("ranked")
    )
    rows = connection.execute(
        select(
            ARTICLES.c.source_id,
            ARTICLES.c.fetched_at,
            ARTICLES.c.published_at.is_not(None).label("dated"),
            func.length(ARTICLES.c.text).label("characters"),
        )
        .join(ranked, ranked.c.id == ARTICLES.c.id)
        .where(ranked.c.rank <= RECENT_ARTICLES)
        .order_by(ARTICLES.c.source_id, ranked.c.rank)
    )
    articles: defaultdict[int, list[ArticleYield]] = defaultdict(list)
    for row in rows:
        articles[row.source_id].append(
            ArticleYield(found_at=row.fetched_at, characters=row.characters, dated=bool(row.dated))
        )
    vain, weekly = _count_vain(connection), _count_weekly(connection, since)
    names = {row.id: row.name for row in connection.execute(select(SOURCES.c.id, SOURCES.c.name))}
    return tuple(
        SourceYield(
            source=names[row],
            articles=tuple(given),
            dismissed=vain.get((row, LinkStatus.DISMISSED), 0),
            postponed=vain.get((row, LinkStatus.WAITING), 0),
            weekly=weekly.get(row, ()),
        )
        for row, given in articles.items()
    )


def _count_weekly(connection: Connection, since: datetime) -> dict[int, tuple[int, ...]]:
    """Return how many articles each source's row has from each of the `WEEKS` since then, by the index."""
    starts = [since + number * timedelta(weeks=1) for number in range(WEEKS + 1)]
    counts = [
        func.sum(case((and_(ARTICLES.c.fetched_at >= start, ARTICLES.c.fetched_at < end), 1), else_=0))
        for start, end in pairwise(starts)
    ]
    counted = select(ARTICLES.c.source_id, *counts).where(ARTICLES.c.fetched_at >= since)
    rows = connection.execute(counted.group_by(ARTICLES.c.source_id))
    return {row[0]: tuple(int(count) for count in row[1:]) for row in rows}


def _count_vain(connection: Connection) -> dict[tuple[int, str], int]:
    """Return how many links of each source that were found after its newest article gave none, by state."""
    newest = (
        select(func.max(ARTICLES.c.fetched_at))
        .where(ARTICLES.c.source_id == LINKS.c.source_id)
        .correlate(LINKS)
        .scalar_subquery()
    )
    counted = connection.execute(
        select(LINKS.c.source_id, LINKS.c.state, func.count().label("links"))
        .where(LINK_IS_OPEN, LINKS.c.attempts > 0, LINKS.c.found_at > newest)
        .group_by(LINKS.c.source_id, LINKS.c.state)
    )
    return {(row.source_id, row.state): row.links for row in counted}
