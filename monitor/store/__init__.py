"""What is remembered: sources, links, articles, the outbox. The adapter of `ports.Store`.

Position: behind a port, under `app`; beside `fetch` and `deliver`, which it does not know. SQLite for one
machine, PostgreSQL for many, one code path. From the outside in:

    store       which way a call takes: the one writer, or a reader
    sources, visits, links, archive, copies, outbox, heartbeat, search
                what is remembered, each module named after it; functions of a connection
    tables      the tables, private to this room; `migrations` brings old databases up to them
    statement   statements that run for every article, made ready once
    writer      many waiting writes -> one commit
    database    connections, durability, errors in our words; `lock`: one daemon to a database
    columns     how values are written down

Nothing outside sees a row number, a table or an error of SQLAlchemy's.
"""

from __future__ import annotations

from datetime import timedelta

from monitor.store.database import connect_database, has_database, parse_database_url
from monitor.store.lock import DatabaseLock, lock_database
from monitor.store.migrations import migrate
from monitor.store.store import SqlStore

__all__ = ["DatabaseLock", "SqlStore", "has_database", "lock_database", "open_store"]


def open_store(url: str, owner: str, gather: timedelta = timedelta()) -> SqlStore:
    """Open the database at `url`, made or brought up to date if need be. Blocks; call it in a thread.

    `url` is `sqlite:///PATH` (the folder is made) or `postgresql+psycopg://USER@HOST/NAME` (the database
    must exist). Leases are taken in the name of `owner`: two that run at once need two names. `gather` is how
    long an article may wait for others before all of them are written.

    Raises:
        StoreError: the database cannot be used; its text says why and what to do.
    """
    database = connect_database(parse_database_url(url))
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return SqlStore(database, owner, gather)
