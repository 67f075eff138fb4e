"""What a channel has reached of an alert so far: which of its recipients have it.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("progress", sa.Text(), nullable=True))
