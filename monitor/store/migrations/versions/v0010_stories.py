"""One event in other words: what articles are compared by, how rare terms are, what an update tells of.

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outlines",
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("outline", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_index("ix_outlines_story_id", "outlines", ["story_id"])
    op.create_index("ix_outlines_began_at", "outlines", ["began_at"])
    op.create_table(
        "story_postings",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", ROW_ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("term", "article_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "term_counts",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("articles", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("term"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alerts_story_id", "alerts", ["story_id"])
    op.create_table(
        "alert_articles",
        sa.Column("alert_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("article_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("excerpts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"]),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("alert_id", "article_id"),
        sqlite_with_rowid=False,
    )
