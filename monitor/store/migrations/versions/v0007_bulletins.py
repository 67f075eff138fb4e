"""Digests and word of the sources, channels that were stopped, and rules that are only rehearsed.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OPEN = sa.text("state NOT IN ('sent', 'dead', 'shadowed')")


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "bulletins",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("hourly_limit", sa.Integer(), nullable=True),
        sa.Column("coverage", sa.Text(), nullable=True),
        sa.Column("turns", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    _index_open("bulletins")
    op.create_index("ix_bulletins_made", "bulletins", ["channel", "created_at"])
    op.drop_index("ix_alerts_due", "alerts")
    _index_open("alerts")
    op.add_column("alerts", sa.Column("opened_at", sa.BigInteger(), nullable=True))
    # Whatever was written before may have been sent: none of it becomes part of a digest.
    op.execute("UPDATE alerts SET opened_at = created_at")
    op.create_index("ix_alerts_opened", "alerts", ["channel", "opened_at", "created_at"])
    reference = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE alerts ADD COLUMN digest_id {reference} REFERENCES bulletins (id)")
    gathered = sa.text("digest_id IS NOT NULL")
    op.create_index(
        "ix_alerts_digest", "alerts", ["digest_id"], sqlite_where=gathered, postgresql_where=gathered
    )


def _index_open(table: str) -> None:
    columns = ["channel", "next_attempt_at"]
    op.create_index(f"ix_{table}_due", table, columns, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
