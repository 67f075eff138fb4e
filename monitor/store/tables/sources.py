"""Sources, their visits, and the links they named."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from monitor.model import Child
from monitor.store.columns import ChildList, Hash, Instant, RowId, Span, Words
from monitor.store.tables.row import Leased, Row


class LinkStatus(StrEnum):
    """Where a link stands. `WAITING` with a time to retry was tried in vain."""

    WAITING = "waiting"
    PASSED_OVER = "passed over"
    DISMISSED = "dismissed"
    ARTICLE = "article"


IS_ACTIVE = text("active")
LINK_WAITS = text("state = 'waiting'")
LINK_IS_OPEN = text("(state = 'waiting' OR state = 'dismissed')")


class SourceRow(Leased, table=True):
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


SOURCES = Row.metadata.tables["sources"]
VISITS = Row.metadata.tables["visits"]
LINKS = Row.metadata.tables["links"]
