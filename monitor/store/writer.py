"""Many waiting writes -> one commit.

Position: between `store`, which hands in functions of a connection, and `database`.

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
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection

from monitor.errors import StoreError
from monitor.store.database import Database

T = TypeVar("T")

MAX_GROUP = 64
"""Writes in one commit at most, so that nobody waits long for the first of them."""


class _Waiting(Protocol):
    """A write in the queue, whatever it returns."""

    def start(self) -> bool: ...
    def run(self, connection: Connection) -> None: ...
    def fail(self, error: BaseException) -> None: ...
    def settle(self) -> None: ...


@dataclass(slots=True)
class _Write(Generic[T]):
    """A write, and what came of it; its caller is told when the group is committed."""

    function: Callable[[Connection], T]
    future: Future[T] = field(default_factory=Future)
    results: list[T] = field(default_factory=list)

    def start(self) -> bool:
        """Return whether anybody still waits for it; from now on it cannot be cancelled."""
        return self.future.set_running_or_notify_cancel()

    def run(self, connection: Connection) -> None:
        """Do it inside the open transaction."""
        self.results = [self.function(connection)]

    def fail(self, error: BaseException) -> None:
        """Tell the caller that nothing was written."""
        self.future.set_exception(error)

    def settle(self) -> None:
        """Tell the caller what came of it, now that it is durable."""
        self.future.set_result(self.results[0])


class Writer:
    """The one thread that writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._work, name="store writer", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many writes wait for a commit that has not begun."""
        return self._queue.qsize()

    def submit(self, function: Callable[[Connection], T]) -> Future[T]:
        """Return a future of what `function` returns, done when it is durable.

        `function` may be run beside others in one transaction, and again when one of them fails: it must
        leave no trace but in the database. What it raises is raised by the future. Cancelling keeps it from
        running if it has not begun.
        """
        if self._closed:
            raise StoreError("the store is closed")
        write = _Write(function)
        self._queue.put(write)
        return write.future

    def close(self) -> None:
        """Commit what waits, and end the thread."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            if first.start():
                self._commit([first], with_more=True)

    def _commit(self, group: list[_Waiting], *, with_more: bool) -> None:
        """Commit a group together, `with_more` with all that has come to wait when it begins."""
        try:
            with self._database.errors(), self._database.writer.begin() as connection:
                group += self._take_waiting() if with_more else []
                for write in group:
                    write.run(connection)
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

    def _take_waiting(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        while len(taken) < MAX_GROUP - 1:
            try:
                write = self._queue.get_nowait()
            except Empty:
                break
            if write is None:
                self._queue.put(None)
                break
            if write.start():
                taken.append(write)
        return taken
