"""Where every article is looked up and judged: one thread, and a connection for all that wait.

An article that goes from thread to thread, and back to the loop, for each of its steps (measured, copies
looked up, stories looked up, judged, packed) costs a twentieth more than one that takes them in one go.

Position: beside `writer`, under `store`. Longer reads, which people ask for, go to threads of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sqlalchemy import Connection

from monitor.store.calls import Call, Line, Waiting
from monitor.store.database import Database

T = TypeVar("T")


class Looker(Line):
    """The one thread that looks up."""

    def __init__(self, database: Database) -> None:
        self._database = database
        super().__init__("store looker")

    def submit(self, function: Callable[[Connection], T]) -> Future[T]:
        """Return a future of what `function` returns. What it raises is raised by the future."""
        return self._put(Call(function))

    def _serve(self, first: Waiting) -> None:
        group = [first, *self._take_waiting()]
        while group:
            group = self._look_up(group)

    def _look_up(self, group: list[Waiting]) -> list[Waiting]:
        """Look up for a group in order, until one fails; return those behind it, for another connection."""
        at = 0
        try:
            with self._database.errors(), self._database.reader.connect() as connection:
                for call in group:
                    call.run(connection)
                    call.settle()
                    at += 1
        except Exception as exc:  # noqa: BLE001  the thread's boundary: the caller is told
            group[at].fail(exc)
        return group[at + 1 :]
