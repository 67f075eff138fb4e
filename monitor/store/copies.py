"""Fingerprint -> the stored articles it must be compared with: the index of rare shingles.

Position: under `archive` and `store`. What a shingle is, and what makes a copy, is `dedupe`'s business.

A posting says that a shingle occurs in an article. A story posts each of its shingles once: an exact copy
posts none, a copy only those that it adds. So the number of a shingle's postings is the number of stories
that have it, and a dispatch printed by a hundred papers stays rare. A shingle of more than
`MAX_DOCUMENT_FREQUENCY` stories tells nothing and is posted no more, so the index stays small.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, update

from monitor.dedupe import MAX_CANDIDATES, MAX_DOCUMENT_FREQUENCY, MIN_SHARED
from monitor.model import Candidate, Candidates, Fingerprint, Relation, Verdict
from monitor.store.columns import RowId, signed, unsigned
from monitor.store.dialects import listed
from monitor.store.tables import ARTICLES, FINGERPRINTS, IS_INDEXED, POSTINGS, SOURCES

# --- looking up ----------------------------------------------------------------------------------


def find_candidates(connection: Connection, names: Iterable[str], fingerprint: Fingerprint) -> Candidates:
    """Return the articles with one of the `names`, those with the same content, and the nearest by shingles.

    In this order; of the last two kinds at most `MAX_CANDIDATES` each.
    """
    frequencies = _count_postings(connection, fingerprint.sketch)
    rare = [number for number, count in frequencies.items() if count <= MAX_DOCUMENT_FREQUENCY]
    rows = [
        *connection.scalars(select(ARTICLES.c.id).where(ARTICLES.c.name.in_(list(names)))),
        *connection.scalars(
            select(FINGERPRINTS.c.article_id)
            .where(
                FINGERPRINTS.c.content == fingerprint.content,
                FINGERPRINTS.c.algorithm == fingerprint.algorithm,
            )
            .order_by(FINGERPRINTS.c.article_id)
            .limit(MAX_CANDIDATES)
        ),
        *(_nearest(connection, fingerprint.algorithm, rare) if len(rare) >= MIN_SHARED else ()),
    ]
    return Candidates(
        articles=_read_candidates(connection, list(dict.fromkeys(rows))),
        common=frozenset(
            unsigned(number) for number, count in frequencies.items() if count > MAX_DOCUMENT_FREQUENCY
        ),
    )


def _count_postings(connection: Connection, sketch: Iterable[int]) -> dict[int, int]:
    """Return how often each shingle is posted, those never posted left out; counting ends past the limit."""
    shingles = listed(connection, map(signed, sketch))
    some = (
        select(literal(1))
        .where(POSTINGS.c.hash == shingles.c.value)
        .limit(MAX_DOCUMENT_FREQUENCY + 1)
        .correlate(shingles)
        .subquery()
    )
    count = select(func.count()).select_from(some).scalar_subquery()
    counted = select(shingles.c.value, count.label("frequency")).subquery()
    rows = connection.execute(select(counted).where(counted.c.frequency > 0))
    return dict(list(rows))


def _nearest(connection: Connection, algorithm: int, rare: list[int]) -> Iterable[int]:
    """Return the articles that share the most of these shingles, by row; among equals older ones first."""
    shingles = listed(connection, rare)
    shared = func.count()
    return connection.scalars(
        select(POSTINGS.c.article_id)
        .join(shingles, POSTINGS.c.hash == shingles.c.value)
        .join(FINGERPRINTS, FINGERPRINTS.c.article_id == POSTINGS.c.article_id)
        .where(FINGERPRINTS.c.algorithm == algorithm)
        .group_by(POSTINGS.c.article_id)
        .having(shared >= MIN_SHARED)
        .order_by(shared.desc(), POSTINGS.c.article_id)
        .limit(MAX_CANDIDATES)
    )


def _read_candidates(connection: Connection, rows: list[int]) -> tuple[Candidate, ...]:
    if not rows:
        return ()
    found = connection.execute(
        select(
            ARTICLES.c.id,
            ARTICLES.c.name,
            ARTICLES.c.url,
            ARTICLES.c.story_id,
            SOURCES.c.name.label("source"),
            FINGERPRINTS,
        )
        .join(SOURCES, SOURCES.c.id == ARTICLES.c.source_id)
        .join(FINGERPRINTS, FINGERPRINTS.c.article_id == ARTICLES.c.id)
        .where(ARTICLES.c.id.in_(rows))
    )
    candidates = {
        row.id: Candidate(
            article_id=row.name,
            url=row.url,
            source=row.source,
            story_id=row.story_id,
            fingerprint=Fingerprint(
                algorithm=row.algorithm, content=row.content, sketch=row.sketch, facts=frozenset(row.facts)
            ),
        )
        for row in found
    }
    return tuple(candidates[row] for row in rows)


# --- adding --------------------------------------------------------------------------------------


def add_fingerprint(
    connection: Connection,
    article_row: int,
    fingerprint: Fingerprint,
    verdict: Verdict,
    common: frozenset[int],
) -> None:
    """Store an article's fingerprint and post those of its shingles that its story has not posted yet."""
    new: set[int] = set()
    if verdict.relation is not Relation.EXACT:
        new = {signed(number) for number in fingerprint.sketch if number not in common}
    if verdict.relation is Relation.COPY:
        new -= _posted_by_story(connection, verdict.story_id, new)
    connection.execute(
        insert(FINGERPRINTS).values(
            article_id=article_row,
            algorithm=fingerprint.algorithm,
            content=fingerprint.content,
            indexed=bool(new),
            sketch=fingerprint.sketch,
            facts=sorted(fingerprint.facts),
        )
    )
    if new:
        shingles = listed(connection, sorted(new))
        postings = select(shingles.c.value, literal(article_row, RowId))
        connection.execute(insert(POSTINGS).from_select(["hash", "article_id"], postings))


def _posted_by_story(connection: Connection, story_id: str, numbers: Iterable[int]) -> set[int]:
    shingles = listed(connection, numbers)
    return set(
        connection.scalars(
            select(POSTINGS.c.hash)
            .join(shingles, POSTINGS.c.hash == shingles.c.value)
            .join(ARTICLES, ARTICLES.c.id == POSTINGS.c.article_id)
            .where(ARTICLES.c.story_id == story_id)
        )
    )


# --- forgetting ----------------------------------------------------------------------------------


def forget_postings(connection: Connection, fetched_before: datetime, limit: int) -> int:
    """Take up to `limit` articles fetched earlier out of the index; return how many."""
    old = connection.execute(
        select(FINGERPRINTS.c.article_id, FINGERPRINTS.c.sketch)
        .join(ARTICLES, ARTICLES.c.id == FINGERPRINTS.c.article_id)
        .where(IS_INDEXED, ARTICLES.c.fetched_at < fetched_before)
        .order_by(FINGERPRINTS.c.article_id)
        .limit(limit)
    ).all()
    postings = [
        {"shingle": signed(number), "article": article_row}
        for article_row, sketch in old
        for number in sketch
    ]
    if postings:
        connection.execute(
            delete(POSTINGS).where(
                POSTINGS.c.hash == bindparam("shingle"), POSTINGS.c.article_id == bindparam("article")
            ),
            postings,
        )
    if old:
        rows = [article_row for article_row, _ in old]
        connection.execute(
            update(FINGERPRINTS).where(FINGERPRINTS.c.article_id.in_(rows)).values(indexed=False)
        )
    return len(old)
