"""URL -> open database: its connections, how durable a commit is, and its errors in our words.

Position: under `writer` and `store`. It knows both databases, and no table.

SQLite: WAL, so that readers and the writer never wait for each other; `synchronous=FULL`, so that what
is committed survives a power cut; every write begins with BEGIN IMMEDIATE, so that of two processes
one waits at the door and none fails half-way. PostgreSQL: one advisory lock stands for that door. With
one writer at a time in the whole fleet there are no deadlocks, and what a transaction has read stays
true until it commits; grouping (`writer`) is what makes that fast.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.errors import StoreError

APPLICATION = "monitor"
"""How PostgreSQL names our connections to those who ask."""

READERS = 5
"""Reads at once, the looker's among them. SQLite's readers run beside each other; more only wait for the
processor."""

LOCK_WAIT_S = 10
"""How long a write waits for another process. `?timeout=SECONDS` in a SQLite URL says otherwise."""

WRITE_LOCK = 0x6D6F6E69746F7231
"""The advisory lock that PostgreSQL's writers take in turn ("monitor1")."""

_WAL_LIMIT_BYTES = 64 << 20

_WRITER_CACHE_KIB = 8 << 10
"""Pages that the writer of SQLite keeps in memory at most: what leads to 20 million postings is 2 MiB, as
much as it has by itself. A reader's pages are forgotten with each commit of another connection."""

_SQLITE_CURES = {
    sqlite3.SQLITE_FULL: "the disk is full; work goes on by itself when there is space",
    sqlite3.SQLITE_BUSY: "another process has kept it locked; work goes on by itself when it lets go",
    sqlite3.SQLITE_LOCKED: "another process has kept it locked; work goes on by itself when it lets go",
    sqlite3.SQLITE_READONLY: "it is read-only; make the file and its folder writable for this user",
    sqlite3.SQLITE_IOERR: "the disk does not read or write as it should; look into the system's log",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; the folder must exist and be writable for this user",
}
_SQLITE_DAMAGE = {
    sqlite3.SQLITE_NOTADB: "it is no SQLite database; name another file",
    sqlite3.SQLITE_CORRUPT: "it is damaged; restore it from a backup",
}
_POSTGRESQL_CURES = {
    "08": "the connection broke; it is made again by itself",
    "25": "it is read-only at the moment; work goes on by itself when it is not",
    "40": "two writers met; try again",
    "53": "the server is out of space, memory or connections; work goes on by itself when it is not",
    "55": "another process has kept it locked; work goes on by itself when it lets go",
    "57": "the server is going down or starting up; work goes on by itself when it is there",
    "58": "the server's disk does not read or write as it should; look into its log",
}
"""By the class of SQLSTATE (PostgreSQL manual, appendix A)."""


@dataclass(frozen=True, slots=True)
class Database:
    """Where everything is kept. `place` names it to people, without its password."""

    place: str
    writer: Engine
    reader: Engine

    def errors(self) -> AbstractContextManager[None]:
        """Return a context that translates what the library raises inside into `StoreError`."""
        return translated(self.place)

    def close(self) -> None:
        """Let go of all connections."""
        self.reader.dispose()
        self.writer.dispose()


def parse_database_url(url: str) -> URL:
    """Return a database URL, taken apart.

    Raises:
        StoreError: it names neither a SQLite file nor a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        raise StoreError(f"{url!r} is no database URL; write sqlite:///monitor.db, say") from exc
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    if backend == "postgresql" and parsed.database:
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(
        f"the database {parsed.render_as_string()} is of no kind that is kept here; "
        "write sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"
    )


def place_of(url: URL) -> str:
    """Return the name of a database for people."""
    return (
        url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    )


def has_database(url: str) -> bool:
    """Return whether a database may be there: False for a SQLite file that nobody has made yet."""
    parsed = parse_database_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(place_of(parsed)).is_file()


def connect_database(url: URL) -> Database:
    """Return a database, not touched yet; the folder of a SQLite file is made if need be."""
    if url.get_backend_name() == "sqlite":
        return _connect_sqlite(url)
    try:
        return _connect_postgresql(url)
    except ImportError as exc:
        raise StoreError("PostgreSQL needs one more package: pip install 'news-monitor[postgresql]'") from exc


def _connect_sqlite(url: URL) -> Database:
    place = place_of(url)
    make_folder(place)
    timeout = {} if "timeout" in url.query else {"timeout": LOCK_WAIT_S}
    writer = create_engine(url, connect_args=timeout, pool_size=1, max_overflow=0)
    reader = create_engine(url, connect_args=timeout, pool_size=READERS, max_overflow=0)
    _prepare_sqlite(
        writer,
        "BEGIN IMMEDIATE",
        "PRAGMA journal_mode=WAL",
        f"PRAGMA journal_size_limit={_WAL_LIMIT_BYTES}",
        f"PRAGMA cache_size=-{_WRITER_CACHE_KIB}",
    )
    _prepare_sqlite(reader, "BEGIN", "PRAGMA query_only=ON")
    return Database(place, writer, reader)


def make_folder(place: str) -> None:
    """Make the folder of a SQLite file, unless it is there."""
    try:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StoreError(f"{place}: its folder cannot be made: {exc.strerror}") from exc


def _prepare_sqlite(engine: Engine, begin: str, *pragmas: str) -> None:
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = (
            None  # BEGIN is ours: the driver's comes too late, before the first INSERT
        )
        cursor = connection.cursor()
        for pragma in ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", *pragmas):
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))


def _connect_postgresql(url: URL) -> Database:
    settings = {"connect_timeout": LOCK_WAIT_S, "application_name": f"{APPLICATION} pid {os.getpid()}"}
    options = {"options": f"-c lock_timeout={LOCK_WAIT_S}s"}
    wanted = {name: value for name, value in (settings | options).items() if name not in url.query}
    writer = create_engine(url, connect_args=wanted, pool_size=1, max_overflow=0, pool_pre_ping=True)
    reader = create_engine(url, connect_args=wanted, pool_size=READERS, max_overflow=0, pool_pre_ping=True)
    event.listen(
        writer,
        "begin",
        lambda connection: connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})"),
    )
    return Database(place_of(url), writer, reader)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Translate what the library raises inside, about the database at `place`, into `StoreError`."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as exc:
        raise translate(exc, place) from exc


def translate(error: SQLAlchemyError | sqlite3.Error, place: str) -> StoreError:
    """Return what happened to the database at `place` in plain words, with the cure."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    first_line = str(cause).strip().partition("\n")[0]
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        cure = _SQLITE_CURES.get(code)
        damage = _SQLITE_DAMAGE.get(code)
    else:
        state = getattr(cause, "sqlstate", None)
        cure = _POSTGRESQL_CURES.get(state[:2]) if state else None
        damage = None
        if state is None and isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
            cure = "the server cannot be reached; work goes on by itself when it is there"
    if cure is not None:
        return StoreError(f"{place}: {cure} ({first_line})", transient=True)
    return StoreError(f"{place}: {damage or 'unexpected answer'} ({first_line})")
