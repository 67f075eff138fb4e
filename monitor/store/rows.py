"""A row -> an article, as it was first read or as it is now, for all who list some.

Position: under `archive`, `looks` and `outbox`.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import RowMapping, Select, func, select

from monitor.model import Article
from monitor.store.columns import local_time
from monitor.store.tables import ARTICLES, REVISIONS, SOURCES

LATEST = REVISIONS.alias("latest")
"""The latest revision of an article; all NULL for one that was not edited."""


def article_from(row: RowMapping) -> Article:
    """Return the article, as first read, of a row that holds all of `ARTICLES` and its source's name."""
    columns = ARTICLES.c
    return Article(
        url=row[columns.url],
        source=row[SOURCES.c.name],
        title=row[columns.title],
        text=row[columns.text],
        fetched_at=row[columns.fetched_at],
        extractor_version=row[columns.extractor_version],
        authors=row[columns.authors],
        published_at=local_time(row[columns.published_at], row[columns.published_offset_s]),
        modified_at=local_time(row[columns.modified_at], row[columns.modified_offset_s]),
        language=row[columns.language],
        site_name=row[columns.site_name],
        section=row[columns.section],
        tags=row[columns.tags],
        image=row[columns.image],
        summary=row[columns.summary],
        paywalled=row[columns.paywalled],
        key=row[columns.key] or "",
    )


def join_latest(articles: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    """Return a statement that lists articles, each with its latest revision beside it."""
    newest = (
        select(func.max(REVISIONS.c.id))
        .where(REVISIONS.c.article_id == ARTICLES.c.id)
        .correlate(ARTICLES)
        .scalar_subquery()
    )
    return articles.join(LATEST, LATEST.c.id == newest, isouter=True).add_columns(LATEST)


def latest_from(row: RowMapping, first: Article) -> Article:
    """Return the latest version of an article that was `first` read so: itself when it was not edited."""
    if row[LATEST.c.id] is None:
        return first
    return replace(
        first,
        title=row[LATEST.c.title],
        text=row[LATEST.c.text],
        extractor_version=row[LATEST.c.extractor_version],
    )
