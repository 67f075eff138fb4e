"""What is remembered, table by table, in the order of the walk. Private to this room.

Position: under every module here that speaks SQL. The classes declare; the statements are written in
SQLAlchemy Core against the tables named at the end. A change here comes with a migration, and a test
compares the two. The full-text index is not here: each database has its own kind (`search`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from monitor.model import Changes, Child, Coverage, Excerpt, Outline, Turn
from monitor.store.columns import (
    ChangeList,
    ChildList,
    CoverageNote,
    ExcerptList,
    Hash,
    HashList,
    Instant,
    OutlineBytes,
    RowId,
    Span,
    TurnList,
    WordList,
    Words,
)


class BulletinKind(StrEnum):
    """What goes to a channel and is no alert: several of them in one, or word of the sources."""

    DIGEST = "digest"
    HEALTH = "health"


class LinkStatus(StrEnum):
    """Where a link stands. `WAITING` with a time to retry was tried in vain."""

    WAITING = "waiting"
    PASSED_OVER = "passed over"
    DISMISSED = "dismissed"
    ARTICLE = "article"


IS_ACTIVE = text("active")
LINK_WAITS = text("state = 'waiting'")
LINK_IS_OPEN = text("(state = 'waiting' OR state = 'dismissed')")
IS_OPEN = text("state NOT IN ('sent', 'dead', 'shadowed')")
IS_GATHERED = text("digest_id IS NOT NULL")
IS_INDEXED = text("indexed")
IS_REPRESENTATIVE = text("representative")
"""What partial indexes hold. A query uses one only when it repeats its condition to the letter, with
no parameter in it (SQLite knows besides that one side of an OR implies it)."""


class Row(SQLModel, registry=registry()):
    """A table of this room, in a registry of its own."""


class SourceRow(Row, table=True):
    """A source ever registered. `given_seed_*` is the configuration's, `seed_*` the one in use."""

    __tablename__ = "sources"
    __table_args__ = (
        Index("ix_sources_due", "next_visit_at", sqlite_where=IS_ACTIVE, postgresql_where=IS_ACTIVE),
    )

    id: int = Field(primary_key=True, sa_type=RowId)
    name: str = Field(sa_type=Words, unique=True)
    url: str = Field(sa_type=Words)
    given_seed_url: str | None = Field(sa_type=Words)
    given_seed_kind: str | None = Field(sa_type=Words)
    every: timedelta = Field(sa_type=Span)
    active: bool
    added_at: datetime = Field(sa_type=Instant)
    seed_url: str | None = Field(sa_type=Words)
    seed_kind: str | None = Field(sa_type=Words)
    seed_reason: str | None = Field(sa_type=Words)
    seed_chosen_at: datetime | None = Field(sa_type=Instant)
    last_new_at: datetime | None = Field(sa_type=Instant)
    etag: str | None = Field(sa_type=Words)
    last_modified: str | None = Field(sa_type=Words)
    ttl: timedelta | None = Field(sa_type=Span)
    children: tuple[Child, ...] | None = Field(sa_type=ChildList)
    visited: bool
    failures: int
    failing_since: datetime | None = Field(sa_type=Instant)
    reason: str | None = Field(sa_type=Words)
    last_visit_at: datetime | None = Field(sa_type=Instant)
    next_visit_at: datetime = Field(sa_type=Instant)
    claimed_by: str | None = Field(sa_type=Words)
    claimed_until: datetime | None = Field(sa_type=Instant)


class VisitRow(Row, table=True):
    """A visit, finished. Pruned with the pages."""

    __tablename__ = "visits"

    id: int = Field(primary_key=True, sa_type=RowId)
    source_id: int = Field(foreign_key="sources.id", sa_type=RowId)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime = Field(sa_type=Instant, index=True)
    outcome: str = Field(sa_type=Words)
    reason: str | None = Field(sa_type=Words)
    found: int
    new: int
    kept: int
    copies: int
    dismissed: int
    postponed: int
    alerts: int


class LinkRow(Row, table=True):
    """A link that a source named. `key` is None when it is the URL; `key_hash` is made of it.

    A hash stands in for the key in the index, because PostgreSQL indexes no text of 4,000 characters.
    """

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("key_hash", "source_id"),
        Index(
            "ix_links_open",
            "source_id",
            "state",
            sqlite_where=LINK_IS_OPEN,
            postgresql_where=LINK_IS_OPEN,
        ),
    )

    id: int = Field(primary_key=True, sa_type=RowId)
    source_id: int = Field(foreign_key="sources.id", sa_type=RowId)
    key_hash: int = Field(sa_type=Hash)
    url: str = Field(sa_type=Words)
    key: str | None = Field(sa_type=Words)
    title: str | None = Field(sa_type=Words)
    published_at: int | None = Field(sa_type=BigInteger)
    published_offset_s: int | None
    backlog: bool
    state: str = Field(sa_type=Words)
    attempts: int
    found_at: datetime = Field(sa_type=Instant)
    tried_at: datetime | None = Field(sa_type=Instant)
    retry_at: datetime | None = Field(sa_type=Instant)
    reason: str | None = Field(sa_type=Words)


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


class FingerprintRow(Row, table=True):
    """What an article is compared by. `cluster_id` is the first article of its cluster of copies.

    A `representative` is compared with others; `indexed` is False when its postings were pruned, or when
    it never had any.
    """

    __tablename__ = "fingerprints"
    __table_args__ = (
        Index("ix_fingerprints_indexed", "article_id", sqlite_where=IS_INDEXED, postgresql_where=IS_INDEXED),
        Index(
            "ix_fingerprints_representatives",
            "cluster_id",
            sqlite_where=IS_REPRESENTATIVE,
            postgresql_where=IS_REPRESENTATIVE,
        ),
    )

    article_id: int = Field(primary_key=True, foreign_key="articles.id", sa_type=RowId)
    cluster_id: int = Field(foreign_key="articles.id", sa_type=RowId)
    algorithm: int
    content: int = Field(sa_type=Hash, index=True)
    indexed: bool
    representative: bool
    sketch: tuple[int, ...] = Field(sa_type=HashList)
    places: bytes = Field(sa_type=LargeBinary)
    facts: tuple[str, ...] = Field(sa_type=WordList)


class PostingRow(Row, table=True):
    """One shingle of one cluster. Two numbers and no more: there are 50 of them to an article."""

    __tablename__ = "postings"
    __table_args__ = {"sqlite_with_rowid": False}

    hash: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    cluster_id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})


class OutlineRow(Row, table=True):
    """What an article of a story is compared by, as long as the story takes others in.

    `began_at` is when the first article of the story was fetched.
    """

    __tablename__ = "outlines"

    article_id: int = Field(primary_key=True, foreign_key="articles.id", sa_type=RowId)
    story_id: str = Field(sa_type=Words, index=True)
    began_at: datetime = Field(sa_type=Instant, index=True)
    outline: Outline = Field(sa_type=OutlineBytes)


class StoryPostingRow(Row, table=True):
    """One of the heaviest terms of an article's outline."""

    __tablename__ = "story_postings"
    __table_args__ = {"sqlite_with_rowid": False}

    term: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})


class TermCountRow(Row, table=True):
    """How many articles have a term; under the number of a language, how many are in it."""

    __tablename__ = "term_counts"
    __table_args__ = {"sqlite_with_rowid": False}

    term: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    articles: int = Field(sa_type=BigInteger)


class MatchRow(Row, table=True):
    """A rule that found an article, whether or not anybody was told."""

    __tablename__ = "matches"
    __table_args__ = (UniqueConstraint("article_id", "rule"),)

    id: int = Field(primary_key=True, sa_type=RowId)
    article_id: int = Field(foreign_key="articles.id", sa_type=RowId)
    rule: str = Field(sa_type=Words)
    query: str = Field(sa_type=Words)
    excerpts: tuple[Excerpt, ...] = Field(sa_type=ExcerptList)


class ChannelRow(Row, table=True):
    """A channel that the configuration ever named. `target` tells where it led when it was last read.

    `stopped_because` holds the words of a receiver that wants no more, until somebody mends it.
    """

    __tablename__ = "channels"

    id: int = Field(primary_key=True, sa_type=RowId)
    name: str = Field(sa_type=Words, unique=True)
    target: str = Field(sa_type=Words)
    added_at: datetime = Field(sa_type=Instant)
    stopped_at: datetime | None = Field(sa_type=Instant)
    stopped_because: str | None = Field(sa_type=Words)


class BulletinRow(Row, table=True):
    """The outbox beside the alerts: a digest of some, or word of the sources, and its way to its channel.

    A digest that was made because its channel had reached `hourly_limit` holds that number.
    """

    __tablename__ = "bulletins"
    __table_args__ = (
        Index(
            "ix_bulletins_due",
            "channel",
            "next_attempt_at",
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index("ix_bulletins_made", "channel", "created_at"),
    )

    id: int = Field(primary_key=True, sa_type=RowId)
    name: str = Field(sa_type=Words, unique=True)
    kind: str = Field(sa_type=Words)
    channel: str = Field(sa_type=Words)
    created_at: datetime = Field(sa_type=Instant)
    since: datetime | None = Field(sa_type=Instant)
    hourly_limit: int | None
    coverage: Coverage | None = Field(sa_type=CoverageNote)
    turns: tuple[Turn, ...] | None = Field(sa_type=TurnList)
    state: str = Field(sa_type=Words)
    attempts: int
    next_attempt_at: datetime = Field(sa_type=Instant)
    last_error: str | None = Field(sa_type=Words)
    sent_at: datetime | None = Field(sa_type=Instant)
    receipt: str | None = Field(sa_type=Words)
    progress: str | None = Field(sa_type=Words)
    claimed_by: str | None = Field(sa_type=Words)
    claimed_until: datetime | None = Field(sa_type=Instant)


class ToldRow(Row, table=True):
    """What a channel was told of a source."""

    __tablename__ = "told"
    __table_args__ = (UniqueConstraint("channel", "source"),)

    id: int = Field(primary_key=True, sa_type=RowId)
    channel: str = Field(sa_type=Words)
    source: str = Field(sa_type=Words)
    unwell: bool
    reason: str = Field(sa_type=Words)
    since: datetime = Field(sa_type=Instant)
    told_at: datetime = Field(sa_type=Instant)
    well_since: datetime | None = Field(sa_type=Instant)
    recovered_at: datetime | None = Field(sa_type=Instant)


class AlertRow(Row, table=True):
    """The outbox: an alert and its way to its channel. `name` is the id that the world knows.

    `opened_at` is when it was first taken to be sent, by itself or in the digest `digest_id`: from then on
    it goes no other way, because the receiver may have it. What one of a digest says of its way is what
    the digest's row says.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "ix_alerts_due",
            "channel",
            "next_attempt_at",
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index("ix_alerts_opened", "channel", "opened_at", "created_at"),
        Index("ix_alerts_digest", "digest_id", sqlite_where=IS_GATHERED, postgresql_where=IS_GATHERED),
    )

    id: int = Field(primary_key=True, sa_type=RowId)
    name: str = Field(sa_type=Words, unique=True)
    rule: str = Field(sa_type=Words)
    query: str = Field(sa_type=Words)
    channel: str = Field(sa_type=Words)
    story_id: str = Field(sa_type=Words, index=True)
    article_id: int = Field(foreign_key="articles.id", sa_type=RowId)
    excerpts: tuple[Excerpt, ...] = Field(sa_type=ExcerptList)
    created_at: datetime = Field(sa_type=Instant, index=True)
    state: str = Field(sa_type=Words)
    attempts: int
    next_attempt_at: datetime = Field(sa_type=Instant)
    last_error: str | None = Field(sa_type=Words)
    sent_at: datetime | None = Field(sa_type=Instant)
    receipt: str | None = Field(sa_type=Words)
    occasion: str = Field(sa_type=Words)
    revision_id: int | None = Field(foreign_key="revisions.id", sa_type=RowId)
    progress: str | None = Field(sa_type=Words)
    claimed_by: str | None = Field(sa_type=Words)
    claimed_until: datetime | None = Field(sa_type=Instant)
    opened_at: datetime | None = Field(sa_type=Instant)
    digest_id: int | None = Field(foreign_key="bulletins.id", sa_type=RowId)


class AlertArticleRow(Row, table=True):
    """A further article of its story that an alert tells of, with what the rule found in it."""

    __tablename__ = "alert_articles"
    __table_args__ = {"sqlite_with_rowid": False}

    alert_id: int = Field(primary_key=True, foreign_key="alerts.id", sa_type=RowId)
    article_id: int = Field(primary_key=True, foreign_key="articles.id", sa_type=RowId)
    excerpts: tuple[Excerpt, ...] = Field(sa_type=ExcerptList)


class HeartbeatRow(Row, table=True):
    """The daemon's last sign of life: one row."""

    __tablename__ = "heartbeat"

    id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    started_at: datetime = Field(sa_type=Instant)
    pid: int


METADATA = Row.metadata

SOURCES = METADATA.tables["sources"]
VISITS = METADATA.tables["visits"]
LINKS = METADATA.tables["links"]
ARTICLES = METADATA.tables["articles"]
LOOKS = METADATA.tables["looks"]
REVISIONS = METADATA.tables["revisions"]
PAGES = METADATA.tables["pages"]
PAGE_BLOCKS = METADATA.tables["page_blocks"]
FINGERPRINTS = METADATA.tables["fingerprints"]
POSTINGS = METADATA.tables["postings"]
OUTLINES = METADATA.tables["outlines"]
STORY_POSTINGS = METADATA.tables["story_postings"]
TERM_COUNTS = METADATA.tables["term_counts"]
MATCHES = METADATA.tables["matches"]
CHANNELS = METADATA.tables["channels"]
TOLD = METADATA.tables["told"]
BULLETINS = METADATA.tables["bulletins"]
ALERTS = METADATA.tables["alerts"]
ALERT_ARTICLES = METADATA.tables["alert_articles"]
HEARTBEAT = METADATA.tables["heartbeat"]
