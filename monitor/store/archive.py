"""The articles: keeping one with all that belongs to it, listing them, forgetting what they were made of.

Position: under `store`. Each function is part of one transaction, on the connection it is given.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self

from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, func, insert, select

from monitor.errors import StoreError
from monitor.model import Candidates, Fingerprint, Outline, Relation, StoryCandidates, name_id
from monitor.ports import ArticleQuery, Filing, MatchCounts, StoredArticle
from monitor.store.columns import microseconds, offset_seconds
from monitor.store.copies import add_fingerprint, check_candidates, find_candidates
from monitor.store.links import settle
from monitor.store.looks import add_look
from monitor.store.packing import pack_page
from monitor.store.rows import article_from, join_latest, latest_from
from monitor.store.search import add_document, find_rows, is_unrestricted, terms_of
from monitor.store.sources import find_source_row
from monitor.store.statement import Statement
from monitor.store.stories import add_outline, find_story_candidates, has_closer_teller
from monitor.store.tables import ARTICLES, MATCHES, PAGE_BLOCKS, PAGES, SOURCES
from monitor.store.updates import insert_news
from monitor.store.visits import TEMPLATE_PAGES
from monitor.text.urls import url_key

# --- keeping -------------------------------------------------------------------------------------


def names_of(url: str) -> set[str]:
    """Return the ids that an article with this URL may have: its key is the URL, or made of it."""
    try:
        return {name_id("article", url), name_id("article", url_key(url))}
    except ValueError:
        return {name_id("article", url)}


class Stored:
    """What is stored, asked on a connection: a `ports.Lookup`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def candidates(self, url: str, fingerprint: Fingerprint) -> Candidates:
        """Return the articles that one with this URL and fingerprint must be judged against."""
        return find_candidates(self._connection, names_of(url), fingerprint)

    def story_candidates(self, outline: Outline) -> StoryCandidates:
        """Return an outline, weighed, with the articles that may tell the same story."""
        return find_story_candidates(self._connection, outline)


class Keeping:
    """A filing on its way into the store, in three steps: what needs no database, its rows, its terms.

    The terms of all that one transaction keeps are indexed at its end: an INSERT between two of them would
    make FTS5 write the first to its index at once, and merge it there.
    """

    def __init__(self, filing: Filing) -> None:
        self._filing = filing
        self._page = b""
        self._terms: list[str] = []
        self._rows: tuple[int, int] | None = None

    def prepare(self) -> Self:
        """Compress the page and find the terms, so that the writer only writes."""
        article = self._filing.article
        if self._filing.verdict.relation is not Relation.SAME_PAGE:
            self._page = self._filing.packed or pack_page(self._filing.page)
            self._terms = terms_of(article.title, article.text)
        return self

    def write(self, connection: Connection) -> int | None:
        """Store the article with everything that belongs to it, and return how many of its alerts are new.

        None, and nothing is written, when there are candidates that the verdict is not about. An article
        whose id is stored is the same page, whatever the verdict says.
        """
        filing, self._rows = self._filing, None
        article, verdict = filing.article, filing.verdict
        row = _find_row(connection, article.id)
        if verdict.relation is Relation.SAME_PAGE:
            row = row or _find_row(connection, verdict.of)
            if row is None:
                return None
        else:
            common = check_candidates(connection, article, filing.fingerprint, filing.candidates, row)
            if common is None:
                return None
            stories = filing.stories
            if row is None and stories and has_closer_teller(connection, article, verdict, stories):
                return None
            row = row or self._insert(connection, common)
        settle(connection, filing.link, article.fetched_at)
        return insert_news(connection, row, filing.alerts)

    def index(self, connection: Connection) -> None:
        """Have the search find the article, if it was stored."""
        if self._rows is not None:
            add_document(connection, *self._rows, self._terms)

    def _insert(self, connection: Connection, common: frozenset[int]) -> int:
        """Store a new article, and return its row."""
        filing = self._filing
        source_row = find_source_row(connection, filing.article.source)
        if source_row is None:
            raise StoreError(f"{filing.article.url} is of {filing.article.source!r}, which is no source")
        row = _INSERT_ARTICLE.find_number(connection, _article_columns(filing, source_row))
        if row is None:
            raise StoreError(f"{filing.article.url} was given no row")
        self._rows = row, source_row
        fetched_at, blocks = filing.article.fetched_at, sorted(filing.blocks)
        _INSERT_PAGE.run(connection, {"article_id": row, "fetched_at": fetched_at, "body": self._page})
        _INSERT_BLOCKS.run(connection, {"source_id": source_row, "blocks": blocks})
        _FORGET_BLOCKS.run(connection, {"source": source_row})
        add_fingerprint(connection, row, filing.fingerprint, filing.verdict, common)
        if filing.stories is not None:
            add_outline(connection, row, filing.article, filing.verdict, filing.stories.outline)
        if filing.next_look_at is not None:
            add_look(connection, row, source_row, filing.next_look_at, filing.validators)
        _INSERT_MATCHES.run_each(connection, _match_columns(filing, row))
        return row


def _find_row(connection: Connection, article_id: str | None) -> int | None:
    return _ARTICLE_ROW.find_number(connection, {"article": article_id})


def _article_columns(filing: Filing, source_row: int) -> dict[str, object]:
    article, verdict = filing.article, filing.verdict
    times = {
        f"{name}_{part}": value
        for name, moment in (("published", article.published_at), ("modified", article.modified_at))
        for part, value in (
            ("at", None if moment is None else microseconds(moment)),
            ("offset_s", offset_seconds(moment)),
        )
    }
    plain = (
        "url",
        "title",
        "text",
        "summary",
        "authors",
        "tags",
        "language",
        "site_name",
        "section",
        "image",
    )
    return {
        "name": article.id,
        "source_id": source_row,
        "fetched_at": article.fetched_at,
        "story_id": verdict.story_id,
        "relation": verdict.relation.value,
        "copy_of": verdict.of,
        "similarity": verdict.similarity,
        "key": None if article.key == article.url else article.key,
        "extractor_version": article.extractor_version,
        "paywalled": article.paywalled,
        "agency": filing.agency,
        **times,
        **{name: getattr(article, name) for name in plain},
    }


def _match_columns(filing: Filing, row: int) -> list[dict[str, object]]:
    return [
        {"article_id": row, "rule": match.rule.name, "query": match.rule.query, "excerpts": match.excerpts}
        for match in filing.matches
    ]


_ARTICLE_ROW = Statement(select(ARTICLES.c.id).where(ARTICLES.c.name == bindparam("article")))
_INSERT_ARTICLE = Statement(insert(ARTICLES).returning(ARTICLES.c.id))
_INSERT_PAGE = Statement(insert(PAGES))
_INSERT_MATCHES = Statement(insert(MATCHES))
_INSERT_BLOCKS = Statement(insert(PAGE_BLOCKS))
_FORGET_BLOCKS = Statement(
    delete(PAGE_BLOCKS).where(
        PAGE_BLOCKS.c.source_id == bindparam("source"),
        PAGE_BLOCKS.c.id
        <= select(PAGE_BLOCKS.c.id)
        .where(PAGE_BLOCKS.c.source_id == bindparam("source"))
        .order_by(PAGE_BLOCKS.c.id.desc())
        .offset(TEMPLATE_PAGES)
        .limit(1)
        .scalar_subquery(),
    )
)


# --- reading -------------------------------------------------------------------------------------


def list_articles(connection: Connection, query: ArticleQuery) -> tuple[StoredArticle, ...]:
    """Return the articles that `query` asks for, newest first."""
    source_row = None if query.source is None else find_source_row(connection, query.source)
    if query.source is not None and source_row is None:
        return ()
    statement = _articles()
    if is_unrestricted(query):
        statement = statement.limit(query.limit).offset(query.offset)
        if source_row is not None:
            statement = statement.where(ARTICLES.c.source_id == source_row)
        if query.since is not None:
            statement = statement.where(ARTICLES.c.fetched_at >= query.since)
    else:
        statement = statement.where(ARTICLES.c.id.in_(find_rows(connection, query, source_row)))
    rows = connection.execute(statement.order_by(ARTICLES.c.fetched_at.desc(), ARTICLES.c.id.desc()))
    return tuple(map(_stored_from, rows.mappings()))


def find_article(connection: Connection, name: str) -> StoredArticle | None:
    """Return the article with this id or URL."""
    names = {name, *names_of(name)}
    row = connection.execute(_articles().where(ARTICLES.c.name.in_(names)).limit(1)).mappings().first()
    return None if row is None else _stored_from(row)


def list_story(connection: Connection, story_id: str) -> tuple[StoredArticle, ...]:
    """Return the articles of a story, the first of them first."""
    rows = connection.execute(_articles().where(ARTICLES.c.story_id == story_id).order_by(ARTICLES.c.id))
    return tuple(map(_stored_from, rows.mappings()))


def list_stories(
    connection: Connection, since: datetime | None, limit: int
) -> tuple[tuple[StoredArticle, ...], ...]:
    """Return the stories of several articles that grew since then, the last to grow first."""
    grown = (
        select(ARTICLES.c.story_id)
        .group_by(ARTICLES.c.story_id)
        .having(func.count() > 1)
        .order_by(func.max(ARTICLES.c.id).desc())
        .limit(limit)
    )
    if since is not None:
        young = select(ARTICLES.c.story_id).where(ARTICLES.c.fetched_at >= since)
        grown = grown.where(ARTICLES.c.story_id.in_(young))
    names = connection.scalars(grown).all()
    told: dict[str, list[StoredArticle]] = {name: [] for name in names}
    rows = connection.execute(_articles().where(ARTICLES.c.story_id.in_(names)).order_by(ARTICLES.c.id))
    for row in rows.mappings():
        told[row[ARTICLES.c.story_id]].append(_stored_from(row))
    return tuple(map(tuple, told.values()))


def _articles() -> Select[*tuple[object, ...]]:
    return join_latest(select(ARTICLES, SOURCES.c.name).join(SOURCES, SOURCES.c.id == ARTICLES.c.source_id))


def _stored_from(row: RowMapping) -> StoredArticle:
    """Return an article with its place: `copy_of` holds what it repeats, or what it shares a part with."""
    of: str | None = row[ARTICLES.c.copy_of]
    shares_a_part = row[ARTICLES.c.relation] == Relation.CONTAINS.value
    first = article_from(row)
    latest = latest_from(row, first)
    return StoredArticle(
        article=latest,
        original=None if latest is first else first,
        story_id=row[ARTICLES.c.story_id],
        copy_of=None if shares_a_part else of,
        similarity=row[ARTICLES.c.similarity],
        contains=of if shares_a_part else None,
        gone_at=row[ARTICLES.c.gone_at],
        agency=row[ARTICLES.c.agency],
    )


def count_matches(connection: Connection, since: datetime) -> MatchCounts:
    """Return how many articles fetched since then each rule has found."""
    counted = (
        select(MATCHES.c.rule, MATCHES.c.query, func.count())
        .join(ARTICLES, ARTICLES.c.id == MATCHES.c.article_id)
        .where(ARTICLES.c.fetched_at >= since)
        .group_by(MATCHES.c.rule, MATCHES.c.query)
    )
    first = select(ARTICLES.c.fetched_at).order_by(ARTICLES.c.fetched_at).limit(1)
    return MatchCounts(
        first_at=connection.scalar(first),
        by_rule={(row[0], row[1]): row[2] for row in connection.execute(counted)},
    )


# --- forgetting ----------------------------------------------------------------------------------


def forget_pages(connection: Connection, fetched_before: datetime, limit: int) -> int:
    """Delete up to `limit` pages fetched earlier; return how many."""
    old = select(PAGES.c.article_id).where(PAGES.c.fetched_at < fetched_before).limit(limit)
    return connection.execute(delete(PAGES).where(PAGES.c.article_id.in_(old))).rowcount
