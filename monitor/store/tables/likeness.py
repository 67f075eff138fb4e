"""What articles are compared by: for copies, and for stories."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlmodel import Field

from monitor.model import Outline
from monitor.store.columns import Hash, HashList, Instant, OutlineBytes, RowId, WordList, Words
from monitor.store.tables.row import KEY_ONLY, Row

IS_INDEXED = text("indexed")
IS_REPRESENTATIVE = text("representative")


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
    __table_args__ = KEY_ONLY

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
    __table_args__ = KEY_ONLY

    term: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})


class TermCountRow(Row, table=True):
    """How many articles have a term; under the number of a language, how many are in it."""

    __tablename__ = "term_counts"
    __table_args__ = KEY_ONLY

    term: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    articles: int = Field(sa_type=BigInteger)


FINGERPRINTS = Row.metadata.tables["fingerprints"]
POSTINGS = Row.metadata.tables["postings"]
OUTLINES = Row.metadata.tables["outlines"]
STORY_POSTINGS = Row.metadata.tables["story_postings"]
TERM_COUNTS = Row.metadata.tables["term_counts"]
