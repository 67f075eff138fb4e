"""What is remembered, table by table, in the order of the walk. Private to this room.

Position: under every module here that speaks SQL. The classes declare; the statements are written in
SQLAlchemy Core against the tables that each module names at its end. A change here comes with a migration,
and a test compares the two. The full-text index is not here: each database has its own kind (`search`).

Partial indexes hold the rows for which an `IS_...` or `LINK_...` condition is true. A query uses one only
when it repeats its condition to the letter, with no parameter in it (SQLite knows besides that one side of
an OR implies it).
"""

from monitor.store.tables.articles import ARTICLES, LOOKS, MATCHES, PAGE_BLOCKS, PAGES, REVISIONS
from monitor.store.tables.heartbeat import HEARTBEAT
from monitor.store.tables.likeness import (
    FINGERPRINTS,
    IS_INDEXED,
    IS_REPRESENTATIVE,
    OUTLINES,
    POSTINGS,
    STORY_POSTINGS,
    TERM_COUNTS,
)
from monitor.store.tables.outbox import (
    ALERT_ARTICLES,
    ALERTS,
    BULLETINS,
    CHANNELS,
    IS_GATHERED,
    IS_OPEN,
    TOLD,
    BulletinKind,
)
from monitor.store.tables.row import Row
from monitor.store.tables.sources import (
    IS_ACTIVE,
    LINK_IS_OPEN,
    LINK_WAITS,
    LINKS,
    SOURCES,
    VISITS,
    LinkStatus,
)

METADATA = Row.metadata

__all__ = [
    "ALERTS",
    "ALERT_ARTICLES",
    "ARTICLES",
    "BULLETINS",
    "CHANNELS",
    "FINGERPRINTS",
    "HEARTBEAT",
    "IS_ACTIVE",
    "IS_GATHERED",
    "IS_INDEXED",
    "IS_OPEN",
    "IS_REPRESENTATIVE",
    "LINKS",
    "LINK_IS_OPEN",
    "LINK_WAITS",
    "LOOKS",
    "MATCHES",
    "METADATA",
    "OUTLINES",
    "PAGES",
    "PAGE_BLOCKS",
    "POSTINGS",
    "REVISIONS",
    "SOURCES",
    "STORY_POSTINGS",
    "TERM_COUNTS",
    "TOLD",
    "VISITS",
    "BulletinKind",
    "LinkStatus",
]
