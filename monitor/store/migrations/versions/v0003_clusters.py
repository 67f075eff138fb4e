"""Postings of clusters in place of articles; where in its text each shingle stands.

Fingerprints made before are kept, and are compared with nothing but the same content again: their hashing
is of an earlier version. What they had posted is forgotten.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("postings")
    op.create_table(
        "postings",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cluster_id", ROW_ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("hash", "cluster_id"),
        sqlite_with_rowid=False,
    )
    create_fingerprints("later_fingerprints")
    op.get_bind().execute(
        sa.text(
            "INSERT INTO later_fingerprints (article_id, cluster_id, algorithm, content, indexed, "
            "representative, sketch, places, facts) SELECT article_id, article_id, algorithm, content, "
            "FALSE, FALSE, sketch, :places, facts FROM fingerprints"
        ),
        {"places": b""},
    )
    op.drop_table("fingerprints")
    op.rename_table("later_fingerprints", "fingerprints")
    create_indexes()


def create_fingerprints(name: str) -> None:
    op.create_table(
        name,
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("cluster_id", ROW_ID, nullable=False),
        sa.Column("algorithm", sa.Integer(), nullable=False),
        sa.Column("content", sa.BigInteger(), nullable=False),
        sa.Column("indexed", sa.Boolean(), nullable=False),
        sa.Column("representative", sa.Boolean(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.ForeignKeyConstraint(["cluster_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("article_id"),
    )


def create_indexes() -> None:
    op.create_index("ix_fingerprints_content", "fingerprints", ["content"])
    for name, column, condition in (
        ("ix_fingerprints_indexed", "article_id", "indexed"),
        ("ix_fingerprints_representatives", "cluster_id", "representative"),
    ):
        op.create_index(
            name,
            "fingerprints",
            [column],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
