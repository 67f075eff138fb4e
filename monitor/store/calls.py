"""Calls that wait in line -> one thread that takes them in groups.

Position: under `writer` and `looker`, which say what a group costs only once.

To hand a call to a thread and its answer back costs 50 to 70 microseconds of the processor, and more when
several threads want the interpreter at once; taken by the dozen, as they come when many sites are visited, it
is a third of that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection

from monitor.errors import StoreError

T = TypeVar("T")

MAX_GROUP = 64
"""Calls in one group at most, so that nobody waits long for the first of them."""


class Waiting(Protocol):
    """A call in line, whatever it returns."""

    @property
    def likes_company(self) -> bool:
        """Whether it costs less in a group than by itself."""
        ...

    def start(self) -> bool:
        """Return whether anybody still waits for it; from now on it cannot be cancelled."""
        ...

    def run(self, connection: Connection) -> None:
        """Do it."""
        ...

    def end(self, connection: Connection) -> None:
        """Do what is left for the end of the group."""
        ...

    def fail(self, error: BaseException) -> None:
        """Tell the caller that nothing came of it."""
        ...

    def settle(self) -> None:
        """Tell the caller what came of it."""
        ...


def _nothing(_: Connection) -> None:
    """Do nothing."""


@dataclass(slots=True)
class Call(Generic[T]):
    """A function of a connection, and what came of it; `last` runs when all of its group have run."""

    function: Callable[[Connection], T]
    last: Callable[[Connection], None] = _nothing
    future: Future[T] = field(default_factory=Future)
    results: list[T] = field(default_factory=list)

    @property
    def likes_company(self) -> bool:
        """Whether it costs less in a group than by itself."""
        return self.last is not _nothing

    def start(self) -> bool:
        """Return whether anybody still waits for it; from now on it cannot be cancelled."""
        return self.future.set_running_or_notify_cancel()

    def run(self, connection: Connection) -> None:
        """Do it."""
        self.results = [self.function(connection)]

    def end(self, connection: Connection) -> None:
        """Do what is left for the end."""
        self.last(connection)

    def fail(self, error: BaseException) -> None:
        """Tell the caller that nothing came of it."""
        self.future.set_exception(error)

    def settle(self) -> None:
        """Tell the caller what came of it."""
        self.future.set_result(self.results[0])


class Line(ABC):
    """A line of calls, and the thread that serves it."""

    def __init__(self, name: str) -> None:
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @abstractmethod
    def _serve(self, first: Waiting) -> None:
        """Serve a call that has been started, with as many of those behind it as there are."""

    @property
    def waiting(self) -> int:
        """How many calls wait that have not been taken."""
        return self._queue.qsize()

    def _put(self, call: Call[T]) -> Future[T]:
        if self._closed:
            raise StoreError("the store is closed")
        self._queue.put(call)
        return call.future

    def close(self) -> None:
        """Serve what waits, and end the thread."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            if first.start():
                self._serve(first)

    def _take_waiting(self) -> list[Waiting]:
        taken: list[Waiting] = []
        while len(taken) < MAX_GROUP - 1:
            try:
                call = self._queue.get_nowait()
            except Empty:
                break
            if call is None:
                self._queue.put(None)
                break
            if call.start():
                taken.append(call)
        return taken
