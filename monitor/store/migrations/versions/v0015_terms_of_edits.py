"""The search index as articles read now: those edited under an earlier release were found by their old words.

Revision ID: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.migrations.versions.v0001_first_tables import create_search
from monitor.store.search import add_document, terms_of

revision = "0015"
down_revision = "0014"

BATCH = 500
"""Articles that are held in memory at once."""


def upgrade() -> None:
    connection, last = op.get_bind(), 0
    if connection.scalar(sa.text("SELECT id FROM revisions LIMIT 1")) is None:
        return
    # FTS5 has to be told word by word what it forgets, and nobody knows by which words it has an article.
    op.execute("DROP TABLE search")
    create_search()
    page = sa.text(
        "SELECT articles.id, source_id, coalesce(latest.title, articles.title) AS title, "
        "coalesce(latest.text, articles.text) AS text FROM articles LEFT JOIN revisions AS latest "
        "ON latest.id = (SELECT max(id) FROM revisions WHERE article_id = articles.id) "
        "WHERE articles.id > :last ORDER BY articles.id LIMIT :batch"
    )
    while rows := connection.execute(page, {"last": last, "batch": BATCH}).all():
        for row in rows:
            add_document(connection, row.id, row.source_id, terms_of(row.title, row.text))
        last = rows[-1].id
