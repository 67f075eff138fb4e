"""How many alerts stand where, counted without reading them: it is asked twice a minute.

Revision ID: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("ix_alerts_standing", "alerts", ["channel", "state"])
