"""Articles: as they were read, as they read since, and what rules found in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from monitor.model import Changes, Excerpt
from monitor.store.columns import ChangeList, ExcerptList, HashList, Instant, RowId, WordList, Words
from monitor.store.tables.row import Row


class ArticleRow(Row, table=True):
    """An article, as it was first read, and its place in the archive.

    `name` is the id that the world knows. `text` is behind the others, so that SQLite reads its pages only
    when they are asked for.
    """

    __tablename__ = "articles"
    __table_args__ = (Index("ix_articles_source", "source_id", "fetched_at"),)

    id: int = Field(primary_key=True, sa_type=RowId)
    name: str = Field(sa_type=Words, unique=True)
    source_id: int = Field(foreign_key="sources.id", sa_type=RowId)
    fetched_at: datetime = Field(sa_type=Instant, index=True)
    story_id: str = Field(sa_type=Words, index=True)
    relation: str = Field(sa_type=Words)
    copy_of: str | None = Field(foreign_key="articles.name", sa_type=Words)
    similarity: float
    url: str = Field(sa_type=Words)
    key: str | None = Field(sa_type=Words)
    extractor_version: int
    published_at: int | None = Field(sa_type=BigInteger)
    published_offset_s: int | None
    modified_at: int | None = Field(sa_type=BigInteger)
    modified_offset_s: int | None
    language: str | None = Field(sa_type=Words)
    site_name: str | None = Field(sa_type=Words)
    section: str | None = Field(sa_type=Words)
    image: str | None = Field(sa_type=Words)
    paywalled: bool
    authors: tuple[str, ...] = Field(sa_type=WordList)
    tags: tuple[str, ...] = Field(sa_type=WordList)
    title: str = Field(sa_type=Words)
    summary: str | None = Field(sa_type=Words)
    text: str = Field(sa_type=Words)
    gone_at: datetime | None = Field(sa_type=Instant)
    agency: str | None = Field(sa_type=Words)


class PageRow(Row, table=True):
    """The bytes an article was made from, compressed by zstd. Pruned."""

    __tablename__ = "pages"

    article_id: int = Field(primary_key=True, foreign_key="articles.id", sa_type=RowId)
    fetched_at: datetime = Field(sa_type=Instant, index=True)
    body: bytes = Field(sa_type=LargeBinary)


class LookRow(Row, table=True):
    """When an article is looked at again, and how to ask. It has none when it is looked at no more."""

    __tablename__ = "looks"
    __table_args__ = (Index("ix_looks_due", "source_id", "due_at"),)

    article_id: int = Field(primary_key=True, foreign_key="articles.id", sa_type=RowId)
    source_id: int = Field(foreign_key="sources.id", sa_type=RowId)
    due_at: datetime = Field(sa_type=Instant)
    etag: str | None = Field(sa_type=Words)
    last_modified: str | None = Field(sa_type=Words)
    gone_since: datetime | None = Field(sa_type=Instant)


class RevisionRow(Row, table=True):
    """A later version of an article."""

    __tablename__ = "revisions"

    id: int = Field(primary_key=True, sa_type=RowId)
    article_id: int = Field(foreign_key="articles.id", sa_type=RowId, index=True)
    found_at: datetime = Field(sa_type=Instant)
    extractor_version: int
    changes: Changes = Field(sa_type=ChangeList)
    title: str = Field(sa_type=Words)
    text: str = Field(sa_type=Words)


class PageBlocksRow(Row, table=True):
    """The block hashes of one of a source's newest pages: its template."""

    __tablename__ = "page_blocks"
    __table_args__ = (Index("ix_page_blocks_source", "source_id", "id"),)

    id: int = Field(primary_key=True, sa_type=RowId)
    source_id: int = Field(foreign_key="sources.id", sa_type=RowId)
    blocks: tuple[int, ...] = Field(sa_type=HashList)


class MatchRow(Row, table=True):
    """A rule that found an article, whether or not anybody was told."""

    __tablename__ = "matches"
    __table_args__ = (UniqueConstraint("article_id", "rule"),)

    id: int = Field(primary_key=True, sa_type=RowId)
    article_id: int = Field(foreign_key="articles.id", sa_type=RowId)
    rule: str = Field(sa_type=Words)
    query: str = Field(sa_type=Words)
    excerpts: tuple[Excerpt, ...] = Field(sa_type=ExcerptList)


ARTICLES = Row.metadata.tables["articles"]
PAGES = Row.metadata.tables["pages"]
LOOKS = Row.metadata.tables["looks"]
REVISIONS = Row.metadata.tables["revisions"]
PAGE_BLOCKS = Row.metadata.tables["page_blocks"]
MATCHES = Row.metadata.tables["matches"]
