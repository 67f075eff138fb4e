"""A row -> an article, for all who list some.

Position: under `archive` and `outbox`.
"""

from __future__ import annotations

from sqlalchemy import RowMapping

from monitor.model import Article
from monitor.store.columns import local_time
from monitor.store.tables import ARTICLES, SOURCES


def article_from(row: RowMapping) -> Article:
    """Return the article of a row that holds all of `ARTICLES` and the name of its source."""
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
