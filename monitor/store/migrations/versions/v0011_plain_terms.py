"""The search index without diacritics, so that rules which fold them find every article.

Revision ID: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.migrations.versions.v0001_first_tables import create_search
from monitor.store.search import add_document, terms_of

revision = "0011"
down_revision = "0010"

BATCH = 500
"""Articles that are held in memory at once."""


def upgrade() -> None:
    op.execute("DROP TABLE search")
    create_search()
    connection, last = op.get_bind(), 0
    page = sa.text(
        "SELECT id, source_id, title, text FROM articles WHERE id > :last ORDER BY id LIMIT :batch"
    )
    while rows := connection.execute(page, {"last": last, "batch": BATCH}).all():
        for row in rows:
            add_document(connection, row.id, row.source_id, terms_of(row.title, row.text))
        last = rows[-1].id
