"""When an alert was last taken to be sent, so that `monitor why` tells when an attempt failed.

Revision ID: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("alerts", sa.Column("tried_at", sa.BigInteger(), nullable=True))
