"""Why and when a seed was chosen, and when it last named something new.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("sources", sa.Column("seed_reason", sa.Text(), nullable=True))
    op.add_column("sources", sa.Column("seed_chosen_at", sa.BigInteger(), nullable=True))
    op.add_column("sources", sa.Column("last_new_at", sa.BigInteger(), nullable=True))
    # So that not every seed counts as dried up, and is examined, in the first minute.
    chosen = "seed_url IS NOT NULL AND given_seed_url IS NULL"
    op.execute(f"UPDATE sources SET seed_chosen_at = last_visit_at WHERE {chosen}")  # noqa: S608 - ours
