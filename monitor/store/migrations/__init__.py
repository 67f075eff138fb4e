"""How a database of an earlier release becomes one of this release, step by step.

Position: between `database` and `open_store`, which runs what is missing. Alembic applies the files of
`versions/` in order, all in one transaction: a step that fails leaves the database as it was. A step is
never edited once it is released; a test sees to it that all of them make exactly `tables`.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from monitor.errors import StoreError
from monitor.store.database import Database

VERSIONS = tuple(f"{number:04}" for number in range(1, 16))
"""Every step, in order; the last is what this release works with."""


def migrate(database: Database) -> None:
    """Bring a database up to date. One that is, is only looked at.

    Raises:
        StoreError: it is of a later release, or cannot be used.
    """
    with database.errors(), database.reader.connect() as connection:
        if _is_current(connection, database.place):
            return
    with database.errors(), database.writer.begin() as connection:
        if not _is_current(connection, database.place):  # another process may have been first
            from monitor.store.migrations.upgrade import upgrade  # noqa: PLC0415 - once in a release

            upgrade(connection)


def _is_current(connection: Connection, place: str) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if version is not None and version not in VERSIONS:
        raise StoreError(
            f"{place} was written by a later release of monitor (its tables are of version {version}, this "
            f"release knows up to {VERSIONS[-1]}); install that release, or restore a backup from before it"
        )
    return bool(version == VERSIONS[-1])
