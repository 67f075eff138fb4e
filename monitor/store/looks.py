"""Looking at articles again: which are due, and what came of it.

Position: under `store`. Each function is part of one transaction, on the connection it is
given.

The row of an article stays as it was first read; each later version is a revision beside it. The page of the
latest version takes the place of the earlier one: from it the version is read again when an edit is looked
for, by whatever extractor there is then. The full-text index has the words of the latest version alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from monitor.model import Revision, Validators
from monitor.ports import KnownPage, Recheck
from monitor.store.dialects import insert_new
from monitor.store.packing import pack_page, unpack_page
from monitor.store.rows import LATEST, article_from, join_latest, latest_from
from monitor.store.search import replace_document, terms_of
from monitor.store.statement import Statement
from monitor.store.tables import ARTICLES, LOOKS, MATCHES, PAGES, REVISIONS, SOURCES
from monitor.store.updates import insert_news


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
    edits = (
        select(func.count()).where(REVISIONS.c.article_id == ARTICLES.c.id).scalar_subquery().label("edits")
    )
    statement = (
        join_latest(
            select(LOOKS, ARTICLES, SOURCES.c.name, PAGES.c.body, edits)
            .join(ARTICLES, ARTICLES.c.id == LOOKS.c.article_id)
            .join(SOURCES, SOURCES.c.id == LOOKS.c.source_id)
            .join(PAGES, PAGES.c.article_id == LOOKS.c.article_id, isouter=True)
        )
        .where(SOURCES.c.name == source, LOOKS.c.due_at <= now)
        .order_by(LOOKS.c.due_at)
        .limit(limit)
    )
    rows = connection.execute(statement).mappings().all()
    rules = _find_rules(connection, [row[ARTICLES.c.id] for row in rows])
    return tuple(
        KnownPage(
            article=latest_from(row, article_from(row)),
            story_id=row[ARTICLES.c.story_id],
            page=unpack_page(row[PAGES.c.body]) if row[PAGES.c.body] else b"",
            validators=Validators(etag=row[LOOKS.c.etag], last_modified=row[LOOKS.c.last_modified]),
            gone_since=row[LOOKS.c.gone_since],
            edits=row[edits],
            found_by=frozenset(rules[row[ARTICLES.c.id]]),
        )
        for row in rows
    )


def _find_rules(connection: Connection, article_rows: Collection[int]) -> Mapping[int, set[str]]:
    """Return which rules have found any version of each article."""
    rules: dict[int, set[str]] = {row: set() for row in article_rows}
    columns = MATCHES.c
    found = select(columns.article_id, columns.rule).where(columns.article_id.in_(article_rows))
    for article_row, rule in connection.execute(found):
        rules[article_row].add(rule)
    return rules


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a look, its page compressed and its terms found: the work that needs no database."""

    look: Recheck
    page: bytes | None
    terms: list[str]


def prepare_look(look: Recheck) -> Finished:
    """Return what came of a look ready to be recorded, so that the writer only writes."""
    page = None if look.page is None else pack_page(look.page)
    revision = look.revision
    return Finished(look, page, [] if revision is None else terms_of(revision.title, revision.text))


def finish_look(connection: Connection, finished: Finished) -> int:
    """Record what came of a look; return how many alerts are new."""
    look, page = finished.look, finished.page
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
    revision_row = _insert_revision(connection, article_row, finished)
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


def _insert_revision(connection: Connection, article_row: int, finished: Finished) -> int | None:
    """Store a later version, once: another worker may have found the same. What is gone has its last one."""
    look, revision = finished.look, finished.look.revision
    newest = select(func.max(REVISIONS.c.id)).where(REVISIONS.c.article_id == article_row).scalar_subquery()
    if revision is None:
        last: int | None = connection.scalar(select(newest)) if look.gone else None
        return last
    known: int | None = connection.scalar(
        select(REVISIONS.c.id).where(
            REVISIONS.c.article_id == article_row,
            REVISIONS.c.title == revision.title,
            REVISIONS.c.text == revision.text,
            or_(REVISIONS.c.id == newest, REVISIONS.c.found_at >= revision.found_at),
        )
    )
    if known is not None:
        return known
    _index_again(connection, article_row, finished.terms)
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


def _index_again(connection: Connection, article_row: int, terms: list[str]) -> None:
    """Have the full-text index find an article by the terms of a version that is about to be stored."""
    columns = ARTICLES.c
    statement = join_latest(
        select(columns.source_id, columns.title, columns.text)
        .select_from(ARTICLES)
        .where(columns.id == article_row)
    )
    row = connection.execute(statement).mappings().one()
    known = columns if row[LATEST.c.id] is None else LATEST.c
    before = terms_of(row[known.title], row[known.text])
    replace_document(connection, article_row, row[columns.source_id], before, terms)


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
