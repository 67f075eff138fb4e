"""Outline -> the stored articles that may tell the same story: the index of telling terms.

Position: under `archive` and `store`. What an outline is, and what makes a story, is `dedupe`'s business.

An article that is no copy is counted, and kept by its outline while its story takes others in, if it is
among the story's first `MAX_TELLERS`. Its `INDEX_TERMS` heaviest terms are posted. A new article is compared
with those that share the most of its own, of the newest `NEWEST_OF_A_TERM` of each: so a look-up reads a
bounded number of rows, however large the archive and however common a name is in the news.

How rare a term is, is counted by the articles of its language. After the first `COUNTED_ALL` only one in
`COUNTED_SHARE` is, for as many: an estimate as good, for an eighth of the writing. The counts are never
pruned: they grow with the vocabulary, not with the archive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import starmap
from typing import cast

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    Table,
    TableValuedAlias,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite

from monitor.dedupe import (
    INDEX_TERMS,
    MAX_COMPARED,
    MAX_TELLERS,
    MIN_SHARED_TERMS,
    MIN_STORY_SCORE,
    NEWEST_OF_A_TERM,
    TOLD_ANEW,
    score_story,
    weigh,
)
from monitor.model import Article, Outline, StoryCandidates, Teller, Verdict
from monitor.store.columns import local_time
from monitor.store.dialects import array_of, packed, parameter_of
from monitor.store.statement import Executable, Statement
from monitor.store.tables import ARTICLES, OUTLINES, SOURCES, STORY_POSTINGS, TERM_COUNTS

COUNTED_ALL = 1_000
COUNTED_SHARE = 8

# --- looking up ----------------------------------------------------------------------------------


def find_story_candidates(connection: Connection, outline: Outline) -> StoryCandidates:
    """Return an outline, weighed, and the stored articles that may tell its story, nearest first."""
    as_of = _NEWEST.find_number(connection, {}) or 0
    weighed = weigh_outline(connection, outline)
    found = _POSTINGS.run(connection, {"terms": packed(connection, indexed_terms(weighed))})
    shared = Counter(article for (article,) in cast(list[tuple[int]], found))
    near = sorted(
        (article for article, count in shared.items() if count >= MIN_SHARED_TERMS),
        key=lambda article: (-shared[article], -article),
    )
    return StoryCandidates(
        outline=weighed, tellers=_load(connection, near[:MAX_COMPARED]) if near else (), as_of=as_of
    )


def weigh_outline(connection: Connection, outline: Outline) -> Outline:
    """Return an outline, weighed by how rare its terms are in the archive."""
    rows = _COUNTS.run(connection, {"terms": packed(connection, (outline.language, *outline.terms))})
    counts = dict(cast(list[tuple[int, int]], rows))
    return weigh(outline, counts.get(outline.language, 0), counts)


def indexed_terms(weighed: Outline) -> tuple[int, ...]:
    """Return the terms by which an outline is found."""
    return weighed.terms[:INDEX_TERMS]


def has_closer_teller(
    connection: Connection, article: Article, verdict: Verdict, candidates: StoryCandidates
) -> bool:
    """Return whether an article kept since `candidates` were read tells the same story more surely."""
    if verdict.relation not in TOLD_ANEW:
        return False
    terms = packed(connection, indexed_terms(candidates.outline))
    later = _LATER.run(connection, {"terms": terms, "as_of": candidates.as_of})
    if not later:
        return False
    least = max(MIN_STORY_SCORE, verdict.story_score)
    return any(
        teller.story_id != verdict.story_id and score_story(article, candidates.outline, teller) > least
        for teller in _load(connection, [row for (row,) in cast(list[tuple[int]], later)])
    )


def _load(connection: Connection, rows: Iterable[int]) -> tuple[Teller, ...]:
    found = _TELLERS.run(connection, {"rows": packed(connection, rows)})
    return tuple(starmap(_teller_from, found))


def _teller_from(*row: object) -> Teller:
    name, source, story_id, fetched_at, published_at, offset_s, outline = row
    published = local_time(cast(int | None, published_at), cast(int | None, offset_s))
    return Teller(
        article_id=cast(str, name),
        source=cast(str, source),
        story_id=cast(str, story_id),
        told_at=published or cast(datetime, fetched_at),
        outline=cast(Outline, outline),
    )


def _select_postings(terms: TableValuedAlias) -> Select[int]:
    return select(STORY_POSTINGS.c.article_id).join(terms, STORY_POSTINGS.c.term == terms.c.value)


def _select_newest(terms: TableValuedAlias) -> Select[int]:
    other = STORY_POSTINGS.alias("other")
    oldest = (
        select(other.c.article_id)
        .where(other.c.term == terms.c.value)
        .order_by(other.c.article_id.desc())
        .offset(NEWEST_OF_A_TERM - 1)
        .limit(1)
        .scalar_subquery()
    )
    return _select_postings(terms).where(STORY_POSTINGS.c.article_id >= func.coalesce(oldest, 0))


def _select_later(terms: TableValuedAlias) -> Select[int]:
    return _select_postings(terms).where(STORY_POSTINGS.c.article_id > bindparam("as_of")).distinct()


def _select_counts(terms: TableValuedAlias) -> Select[int, int]:
    return select(TERM_COUNTS.c.term, TERM_COUNTS.c.articles).join(terms, TERM_COUNTS.c.term == terms.c.value)


def _select_tellers(rows: TableValuedAlias) -> Select[*tuple[object, ...]]:
    columns = ("story_id", "fetched_at", "published_at", "published_offset_s")
    return (
        select(
            ARTICLES.c.name,
            SOURCES.c.name.label("source"),
            *(ARTICLES.c[name] for name in columns),
            OUTLINES.c.outline,
        )
        .join(rows, OUTLINES.c.article_id == rows.c.value)
        .join(ARTICLES, ARTICLES.c.id == OUTLINES.c.article_id)
        .join(SOURCES, SOURCES.c.id == ARTICLES.c.source_id)
    )


def _for_both(make: Callable[[TableValuedAlias], Executable], name: str) -> Statement:
    return Statement(make(parameter_of(name)), make(array_of(name)))


_NEWEST = Statement(select(func.max(OUTLINES.c.article_id)))
_COUNTS = _for_both(_select_counts, "terms")
_POSTINGS = _for_both(_select_newest, "terms")
_LATER = _for_both(_select_later, "terms")
_TELLERS = _for_both(_select_tellers, "rows")

# --- adding --------------------------------------------------------------------------------------


def add_outline(
    connection: Connection, article_row: int, article: Article, verdict: Verdict, weighed: Outline
) -> None:
    """Count an article that is no copy; others are compared with it if its story is short of tellers."""
    if verdict.relation not in TOLD_ANEW:
        return
    count_terms(connection, article_row, weighed)
    began = cast(list[tuple[datetime]], _BEGINNINGS.run(connection, {"story": verdict.story_id}))
    if len(began) >= MAX_TELLERS:
        return
    _INSERT_OUTLINE.run(
        connection,
        {
            "article_id": article_row,
            "story_id": verdict.story_id,
            "began_at": began[0][0] if began else article.fetched_at,
            "outline": weighed,
        },
    )
    postings = [{"term": term, "article_id": article_row} for term in indexed_terms(weighed)]
    _INSERT_POSTINGS.run_each(connection, postings)


def count_terms(connection: Connection, article_row: int, outline: Outline) -> None:
    """Count an article by its terms, or leave it to another to be counted for it."""
    known = _ARTICLES_COUNTED.find_number(connection, {"language": outline.language}) or 0
    if known >= COUNTED_ALL and article_row % COUNTED_SHARE:
        return
    terms = packed(connection, sorted((outline.language, *outline.terms)))
    counted = 1 if known < COUNTED_ALL else COUNTED_SHARE
    _COUNT.run(connection, {"terms": terms, "counted": counted})


def _count_each(
    kind: Callable[[Table], sqlite.Insert | postgresql.Insert], terms: TableValuedAlias
) -> sqlite.Insert | postgresql.Insert:
    rows = select(terms.c.value, bindparam("counted", type_=BigInteger)).where(true())
    counting = kind(TERM_COUNTS).from_select(["term", "articles"], rows)
    so_far = TERM_COUNTS.c.articles + counting.excluded.articles
    return counting.on_conflict_do_update(index_elements=["term"], set_={"articles": so_far})


_COUNT = Statement(
    _count_each(sqlite.insert, parameter_of("terms")), _count_each(postgresql.insert, array_of("terms"))
)
_ARTICLES_COUNTED = Statement(
    select(TERM_COUNTS.c.articles).where(TERM_COUNTS.c.term == bindparam("language"))
)
_INSERT_OUTLINE, _INSERT_POSTINGS = Statement(insert(OUTLINES)), Statement(insert(STORY_POSTINGS))
_BEGINNINGS = Statement(
    select(OUTLINES.c.began_at).where(OUTLINES.c.story_id == bindparam("story")).limit(MAX_TELLERS)
)


# --- forgetting ----------------------------------------------------------------------------------


def forget_outlines(connection: Connection, began_before: datetime, limit: int) -> int:
    """Take up to `limit` articles of stories that began earlier out of the index; return how many."""
    old: Mapping[int, Outline] = {
        row.article_id: row.outline
        for row in connection.execute(
            select(OUTLINES.c.article_id, OUTLINES.c.outline)
            .where(OUTLINES.c.began_at < began_before)
            .order_by(OUTLINES.c.began_at)
            .limit(limit)
        )
    }
    postings = [
        {"of": article_row, "posted": term}
        for article_row, each in old.items()
        for term in indexed_terms(each)
    ]
    if postings:
        connection.execute(
            delete(STORY_POSTINGS).where(
                STORY_POSTINGS.c.term == bindparam("posted"), STORY_POSTINGS.c.article_id == bindparam("of")
            ),
            postings,
        )
    if old:
        connection.execute(delete(OUTLINES).where(OUTLINES.c.article_id.in_(list(old))))
    return len(old)
