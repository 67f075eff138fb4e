"""Many waiting writes -> one commit.

Position: between `store`, which hands in functions of a connection, and `database`; over `calls`.

A commit costs a sync of the disk, however much it holds. So one thread does all writing: it opens a
transaction, takes every write that waits by then, runs them, commits, and only then tells their callers.
When one fails, the transaction is rolled back and each of the group gets one of its own, so that it fails
alone. (Savepoints would spare that repetition, which is rare, but for each of them SQLite copies every page
that is written: of 16 articles in one transaction, a quarter of the time.) When the database itself fails
(disk full, locked, connection lost), all of the group fail with the reason and none is half done. The
thread goes on in every case.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sqlalchemy import Connection

from monitor.errors import StoreError
from monitor.store.calls import Call, Line, Waiting
from monitor.store.database import Database

T = TypeVar("T")


class Writer(Line):
    """The one thread that writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        super().__init__("store writer")

    def submit(
        self, function: Callable[[Connection], T], last: Callable[[Connection], None] | None = None
    ) -> Future[T]:
        """Return a future of what `function` returns, done when it is durable.

        `function` may be run beside others in one transaction, and again when one of them fails: it must
        leave no trace but in the database. What it raises is raised by the future. Cancelling keeps it from
        running if it has not begun. `last` is run in the same transaction, when all functions have been: for
        what is cheaper at once than one by one.
        """
        return self._put(Call(function) if last is None else Call(function, last))

    def _serve(self, first: Waiting) -> None:
        self._commit([first], with_more=True)

    def _commit(self, group: list[Waiting], *, with_more: bool) -> None:
        """Commit a group together, `with_more` with all that has come to wait when it begins."""
        try:
            with self._database.errors(), self._database.writer.begin() as connection:
                group += self._take_waiting() if with_more else []
                for write in group:
                    write.run(connection)
                for write in group:
                    write.end(connection)
        except Exception as exc:  # noqa: BLE001  the thread's boundary: the callers are told
            is_the_database = isinstance(exc, StoreError) and exc.transient
            for write in group:
                if is_the_database or len(group) == 1:
                    write.fail(exc)
                else:
                    self._commit([write], with_more=False)
        else:
            for write in group:
                write.settle()
