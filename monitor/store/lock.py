"""One daemon to a database.

Position: beside `store`; `app` holds the lock for as long as the daemon runs. Commands that work beside
a daemon do not take it: leases on sources and deliveries are enough for them.

SQLite: a lock of the kernel's on a file beside the database (fcntl, which a child process does not
inherit), so that it is free the moment its holder dies, even by kill -9. The file stays; its content,
the holder's process id, is for people. PostgreSQL: an advisory lock, held by a connection.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import URL, text

from monitor.errors import StoreError
from monitor.store.database import (
    APPLICATION,
    connect_database,
    make_folder,
    parse_database_url,
    place_of,
    translated,
)

DAEMON_LOCK = 0x6D6F6E69746F7232
"""The advisory lock that a daemon holds ("monitor2")."""

DatabaseLock = AbstractContextManager[None]
"""The right to be the one daemon of a database, while entered."""


def lock_database(url: str) -> DatabaseLock:
    """Return the lock of a database; entering it takes it.

    Raises:
        StoreError: on entering: another daemon has it, or the database cannot be reached.
    """
    parsed = parse_database_url(url)
    return _lock_file(parsed) if parsed.get_backend_name() == "sqlite" else _lock_server(parsed)


def _in_use(place: str, holder: str) -> StoreError:
    return StoreError(
        f"another daemon ({holder}) uses {place}; stop it first, or give this one a database of its own"
    )


@contextmanager
def _lock_file(url: URL) -> Iterator[None]:
    place = place_of(url)
    make_folder(place)
    path = Path(place).resolve()
    try:
        file = path.with_name(f"{path.name}.lock.pid").open("a+")
    except OSError as exc:
        raise StoreError(f"{place}: its lock file cannot be made: {exc.strerror}") from exc
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            file.seek(0)
            raise _in_use(place, f"pid {file.read().strip() or 'unknown'}") from exc
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
        file.truncate(0)


@contextmanager
def _lock_server(url: URL) -> Iterator[None]:
    place = place_of(url)
    database = connect_database(url)
    try:
        with translated(place):
            connection = database.reader.connect().execution_options(isolation_level="AUTOCOMMIT")
        with connection:
            with translated(place):
                if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": DAEMON_LOCK}):
                    holder = connection.scalar(_HOLDER, {"key": DAEMON_LOCK})
                    raise _in_use(place, (holder or "pid unknown").removeprefix(f"{APPLICATION} "))
            yield
            connection.detach()  # it is closed, not kept for another use: closing frees the lock
    finally:
        database.close()


_HOLDER = text(
    "SELECT activity.application_name FROM pg_locks JOIN pg_stat_activity AS activity USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = "
    "current_database()) AND (classid::bigint << 32 | objid::bigint) = :key"
)
