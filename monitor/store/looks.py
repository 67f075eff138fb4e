"""Looking at articles again: which are due, and what came of it.

Position: under `archive` and `store`. Each function is part of one transaction, on the connection it is
given.

The row of an article stays as it was first read; each later version is a revision beside it. The page of the
latest version takes the place of the earlier one: from it the version is read again when an edit is looked
for, by whatever extractor there is then.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from monitor.model import Article, Revision, Validators
from monitor.ports import KnownPage, Recheck
from monitor.store.dialects import insert_new
from monitor.store.rows import article_from
from monitor.store.statement import Statement
from monitor.store.tables import ARTICLES, LOOKS, MATCHES, PAGES, REVISIONS, SOURCES
from monitor.store.updates import insert_news

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def add_look(
    connection: Connection, article_row: int, source_row: int, due_at: datetime, validators: Validators
) -> None:
    """Write down when a new article is looked at again."""
    _INSERT_LOOK.run(
        connection,
        {
            "article_id": article_row,
            "source_id": source_row,
            "due_at": due_at,
            "etag": validators.etag,
            "last_modified": validators.last_modified,
        },
    )


_INSERT_LOOK = Statement(insert(LOOKS))


def due_looks(connection: Connection, source: str, now: datetime, limit: int) -> tuple[KnownPage, ...]:
    """Return the articles of a source to look at again, longest overdue first."""
    rows = connection.execute(
        select(LOOKS, ARTICLES, SOURCES.c.name, PAGES.c.body)
        .join(ARTICLES, ARTICLES.c.id == LOOKS.c.article_id)
        .join(SOURCES, SOURCES.c.id == LOOKS.c.source_id)
        .join(PAGES, PAGES.c.article_id == LOOKS.c.article_id, isouter=True)
        .where(SOURCES.c.name == source, LOOKS.c.due_at <= now)
        .order_by(LOOKS.c.due_at)
        .limit(limit)
    )
    return tuple(
        KnownPage(
            article=_latest(connection, row[ARTICLES.c.id], article_from(row)),
            story_id=row[ARTICLES.c.story_id],
            page=zstd.decompress(row[PAGES.c.body]) if row[PAGES.c.body] else b"",
            validators=Validators(etag=row[LOOKS.c.etag], last_modified=row[LOOKS.c.last_modified]),
            gone_since=row[LOOKS.c.gone_since],
        )
        for row in rows.mappings().all()
    )


def _latest(connection: Connection, article_row: int, article: Article) -> Article:
    """Return an article in its latest version."""
    latest = connection.execute(
        select(REVISIONS.c.title, REVISIONS.c.text, REVISIONS.c.extractor_version)
        .where(REVISIONS.c.article_id == article_row)
        .order_by(REVISIONS.c.id.desc())
        .limit(1)
    ).one_or_none()
    return article if latest is None else replace(article, **latest._asdict())


def finish_look(connection: Connection, look: Recheck, page: bytes | None) -> int:
    """Record what came of a look, its page compressed; return how many alerts are new."""
    article_row = connection.scalar(select(ARTICLES.c.id).where(ARTICLES.c.name == look.article_id))
    if article_row is None:
        return 0
    _plan_next(connection, article_row, look)
    if look.gone:
        connection.execute(
            update(ARTICLES).where(ARTICLES.c.id == article_row).values(gone_at=look.looked_at)
        )
    if page is not None:
        connection.execute(
            update(PAGES)
            .where(PAGES.c.article_id == article_row)
            .values(body=page, fetched_at=look.looked_at)
        )
    revision_row = None if look.revision is None else _insert_revision(connection, article_row, look)
    matches = [
        {
            "article_id": article_row,
            "rule": match.rule.name,
            "query": match.rule.query,
            "excerpts": match.excerpts,
        }
        for match in look.matches
    ]
    insert_new(connection, MATCHES, matches)
    return insert_news(connection, article_row, look.alerts, revision_row)


def _plan_next(connection: Connection, article_row: int, look: Recheck) -> None:
    if look.next_at is None:
        connection.execute(delete(LOOKS).where(LOOKS.c.article_id == article_row))
        return
    connection.execute(
        update(LOOKS)
        .where(LOOKS.c.article_id == article_row)
        .values(
            due_at=look.next_at,
            etag=look.validators.etag,
            last_modified=look.validators.last_modified,
            gone_since=look.gone_since,
        )
    )


def _insert_revision(connection: Connection, article_row: int, look: Recheck) -> int | None:
    """Store a later version, once: another worker may have found the same."""
    revision = look.revision
    if revision is None:
        return None
    known: int | None = connection.scalar(
        select(REVISIONS.c.id).where(
            REVISIONS.c.article_id == article_row,
            REVISIONS.c.title == revision.title,
            REVISIONS.c.text == revision.text,
            REVISIONS.c.found_at >= revision.found_at,
        )
    )
    if known is not None:
        return known
    row: int = connection.execute(
        insert(REVISIONS)
        .values(
            article_id=article_row,
            found_at=revision.found_at,
            extractor_version=look.extractor_version,
            changes=revision.changes,
            title=revision.title,
            text=revision.text,
        )
        .returning(REVISIONS.c.id)
    ).scalar_one()
    return row


def list_revisions(connection: Connection, article_id: str) -> tuple[Revision, ...]:
    """Return the later versions of an article, the earliest first."""
    rows = connection.execute(
        select(REVISIONS)
        .join(ARTICLES, ARTICLES.c.id == REVISIONS.c.article_id)
        .where(ARTICLES.c.name == article_id)
        .order_by(REVISIONS.c.id)
    )
    return tuple(
        Revision(found_at=row.found_at, title=row.title, text=row.text, changes=row.changes) for row in rows
    )
