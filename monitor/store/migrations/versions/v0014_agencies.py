"""The news agency that an article credits with its text.

Revision ID: 0014
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from monitor.dedupe import find_agency
from monitor.model import Article
from monitor.store.columns import EPOCH

revision = "0014"
down_revision = "0013"

BATCH = 500
"""Articles that are held in memory at once."""


def upgrade() -> None:
    op.add_column("articles", sa.Column("agency", sa.Text(), nullable=True))
    connection, last = op.get_bind(), 0
    page = sa.text("SELECT id, url, text, authors FROM articles WHERE id > :last ORDER BY id LIMIT :batch")
    credit = sa.text("UPDATE articles SET agency = :agency WHERE id = :id")
    while rows := connection.execute(page, {"last": last, "batch": BATCH}).all():
        for row in rows:
            article = Article(
                url=row.url,
                source="",
                title="",
                text=row.text,
                fetched_at=EPOCH,
                extractor_version=0,
                authors=tuple(json.loads(row.authors)),
            )
            if agency := find_agency(article):
                connection.execute(credit, {"agency": agency, "id": row.id})
        last = rows[-1].id
