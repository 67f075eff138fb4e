"""Many waiting writes -> one commit.

Position: between `store`, which hands in functions of a connection, and `database`; over `calls`.

A commit costs a sync of the disk, however much it holds. So one thread does all writing: it opens a
transaction, takes every write that waits by then, runs them, commits, and only then tells their callers.
When one fails, the transaction is rolled back and each of the group gets one of its own, so that it fails
alone. (Savepoints would spare that repetition, which is rare, but for each of them SQLite copies every page
that is written: of 16 articles in one transaction, a quarter of the time.) When the database itself fails
(disk full, locked, connection lost), all of the group fail with the reason and none is half done. The
thread goes on in every case.

An article may wait a moment for others (`gather`): when many sites have news at once, they come by the
dozen but one by one, and most of a commit costs the same for one and for ten.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from threading import Event
from typing import TypeVar

from sqlalchemy import Connection

from monitor.errors import StoreError
from monitor.store.calls import Call, Line, Waiting
from monitor.store.database import Database

T = TypeVar("T")


class Writer(Line):
    """The one thread that writes."""

    def __init__(self, database: Database, gather: timedelta = timedelta()) -> None:
        self._database = database
        self._gather_s = gather.total_seconds()
        self._closing = Event()
        super().__init__("store writer")

    def close(self) -> None:
        """Write what waits, and end the thread."""
        self._closing.set()
        super().close()

    def submit(
        self, function: Callable[[Connection], T], last: Callable[[Connection], None] | None = None
    ) -> Future[T]:
        """Return a future of what `function` returns, done when it is durable.

        `function` may be run beside others in one transaction, and again when one of them fails: it must
        leave no trace but in the database. What it raises is raised by the future. Cancelling keeps it from
        running if it has not begun. `last` is run in the same transaction, when all functions have been: for
        what is cheaper at once than one by one. So a write that has one waits for others, for as long as the
        writer gathers.
        """
        return self._put(Call(function) if last is None else Call(function, last))

    def _serve(self, first: Waiting) -> None:
        if first.likes_company and self._gather_s:
            self._closing.wait(self._gather_s)
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
