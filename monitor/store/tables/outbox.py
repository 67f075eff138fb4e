"""What goes to the channels, and the channels."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from monitor.model import Coverage, Excerpt, Turn
from monitor.store.columns import CoverageNote, ExcerptList, Instant, RowId, TurnList, Words
from monitor.store.tables.row import KEY_ONLY, Leased, Row


class BulletinKind(StrEnum):
    """What goes to a channel and is no alert: several of them in one, or word of the sources."""

    DIGEST = "digest"
    HEALTH = "health"


IS_OPEN = text("state NOT IN ('sent', 'dead', 'shadowed')")
IS_GATHERED = text("digest_id IS NOT NULL")


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


class Dispatched(Leased):
    """A table of what is on its way to a channel. `name` is the id that the world knows."""

    id: int = Field(primary_key=True, sa_type=RowId)
    name: str = Field(sa_type=Words, unique=True)
    channel: str = Field(sa_type=Words)
    created_at: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=Words)
    attempts: int
    next_attempt_at: datetime = Field(sa_type=Instant)
    last_error: str | None = Field(sa_type=Words)
    sent_at: datetime | None = Field(sa_type=Instant)
    receipt: str | None = Field(sa_type=Words)
    progress: str | None = Field(sa_type=Words)


_DUE = ("channel", "next_attempt_at")


class BulletinRow(Dispatched, table=True):
    """The outbox beside the alerts: a digest of some, or word of the sources, and its way to its channel.

    A digest that was made because its channel had reached `hourly_limit` holds that number.
    """

    __tablename__ = "bulletins"
    __table_args__ = (
        Index("ix_bulletins_due", *_DUE, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_bulletins_made", "channel", "created_at"),
    )

    kind: str = Field(sa_type=Words)
    since: datetime | None = Field(sa_type=Instant)
    hourly_limit: int | None
    coverage: Coverage | None = Field(sa_type=CoverageNote)
    turns: tuple[Turn, ...] | None = Field(sa_type=TurnList)


class AlertRow(Dispatched, table=True):
    """The outbox: an alert and its way to its channel. `name` is the id that the world knows.

    `opened_at` is when it was first taken to be sent, by itself or in the digest `digest_id`: from then on
    it goes no other way, because the receiver may have it. `tried_at` is when that last was. What one of a
    digest says of its way is what the digest's row says.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_due", *_DUE, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_alerts_opened", "channel", "opened_at", "created_at"),
        Index("ix_alerts_standing", "channel", "state"),
        Index("ix_alerts_digest", "digest_id", sqlite_where=IS_GATHERED, postgresql_where=IS_GATHERED),
    )

    rule: str = Field(sa_type=Words)
    query: str = Field(sa_type=Words)
    story_id: str = Field(sa_type=Words, index=True)
    article_id: int = Field(foreign_key="articles.id", sa_type=RowId)
    excerpts: tuple[Excerpt, ...] = Field(sa_type=ExcerptList)
    created_at: datetime = Field(sa_type=Instant, index=True)
    occasion: str = Field(sa_type=Words)
    revision_id: int | None = Field(foreign_key="revisions.id", sa_type=RowId)
    opened_at: datetime | None = Field(sa_type=Instant)
    tried_at: datetime | None = Field(sa_type=Instant)
    digest_id: int | None = Field(foreign_key="bulletins.id", sa_type=RowId)


class AlertArticleRow(Row, table=True):
    """A further article of its story that an alert tells of, with what the rule found in it."""

    __tablename__ = "alert_articles"
    __table_args__ = KEY_ONLY

    alert_id: int = Field(primary_key=True, foreign_key="alerts.id", sa_type=RowId)
    article_id: int = Field(primary_key=True, foreign_key="articles.id", sa_type=RowId)
    excerpts: tuple[Excerpt, ...] = Field(sa_type=ExcerptList)


CHANNELS = Row.metadata.tables["channels"]
TOLD = Row.metadata.tables["told"]
BULLETINS = Row.metadata.tables["bulletins"]
ALERTS = Row.metadata.tables["alerts"]
ALERT_ARTICLES = Row.metadata.tables["alert_articles"]
