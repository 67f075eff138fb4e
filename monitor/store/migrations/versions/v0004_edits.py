"""Looking at articles again: when it is due, what was edited, what is gone, and who is told.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("articles", sa.Column("gone_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "looks",
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("source_id", ROW_ID, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("gone_since", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.PrimaryKeyConstraint("article_id"),
    )
    op.create_index("ix_looks_due", "looks", ["source_id", "due_at"])
    op.create_table(
        "revisions",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("extractor_version", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_revisions_article_id", "revisions", ["article_id"])
    op.add_column("alerts", sa.Column("occasion", sa.Text(), nullable=False, server_default="new"))
    # SQLite adds a column with a reference when it may be NULL; Alembic only writes it in one statement.
    reference = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE alerts ADD COLUMN revision_id {reference} REFERENCES revisions (id)")
