"""The sitemaps that a source's index of sitemaps names, as they were last read.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("sources", sa.Column("children", sa.Text(), nullable=True))
