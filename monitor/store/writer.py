"""Many waiting writes -> one commit.

Position: between `store`, which hands in functions of a connection, and `database`.

A commit costs a sync of the disk, however much it holds. So one thread does all writing: it opens a
transaction, takes every write that waits by then, runs each in its own savepoint, commits, and only
then tells their callers. A write that fails is rolled back alone; when the transaction itself fails
(disk full, locked, connection lost), all of its writes fail with the reason and none is half done.
The thread goes on in every case.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import StoreError
from monitor.store.database import Database

T = TypeVar("T")

MAX_GROUP = 64
"""Writes in one commit at most. PostgreSQL keeps 64 savepoints in memory; beyond, all its readers slow."""


class _Waiting(Protocol):
    """A write in the queue, whatever it returns."""

    def start(self) -> bool: ...
    def run(self, connection: Connection, *, alone: bool) -> None: ...
    def fail(self, error: BaseException) -> None: ...
    def settle(self) -> None: ...


@dataclass(slots=True)
class _Write(Generic[T]):
    """A write, and what came of it; its caller is told when the group is committed."""

    function: Callable[[Connection], T]
    database: Database
    future: Future[T] = field(default_factory=Future)
    results: list[T] = field(default_factory=list)
    error: BaseException | None = None

    def start(self) -> bool:
        """Return whether anybody still waits for it; from now on it cannot be cancelled."""
        return self.future.set_running_or_notify_cancel()

    def run(self, connection: Connection, *, alone: bool) -> None:
        """Do it inside the open transaction; an error of its own spoils no other write.

        Raises:
            Exception: the transaction is lost with all that was in it.
        """
        savepoint = None if alone else connection.begin_nested()
        try:
            with self.database.errors():
                self.results = [self.function(connection)]
                if savepoint is not None:
                    savepoint.commit()
        except Exception as exc:
            if savepoint is None:
                raise
            try:
                savepoint.rollback()
            except SQLAlchemyError:  # SQLite gives up the whole transaction when the disk is full
                raise exc from None
            self.error = exc

    def fail(self, error: BaseException) -> None:
        """Tell the caller that the transaction failed."""
        self.future.set_exception(error)

    def settle(self) -> None:
        """Tell the caller what came of it, now that it is durable."""
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
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

        `function` may be run beside others in one transaction, and must leave no trace but in the
        database. What it raises is raised by the future. Cancelling keeps it from running if it has not
        begun.
        """
        if self._closed:
            raise StoreError("the store is closed")
        write = _Write(function, self._database)
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
                self._commit_with(first)

    def _commit_with(self, first: _Waiting) -> None:
        """Commit `first` together with all that has come to wait when the transaction is open."""
        group = [first]
        try:
            with self._database.errors(), self._database.writer.begin() as connection:
                group += self._take_waiting()
                for write in group:
                    write.run(connection, alone=len(group) == 1)
        except Exception as exc:  # noqa: BLE001  the thread's boundary: the callers are told
            for write in group:
                write.fail(exc)
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
