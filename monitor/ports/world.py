"""Time, pages and computing power, as the pipeline asks for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec, Protocol, TypeVar

from monitor.model import Request, Response

P = ParamSpec("P")
T = TypeVar("T")


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Return the time in UTC."""
        ...


class Fetcher(Protocol):
    """Pages, had politely and safely."""

    async def get(self, request: Request) -> Response:
        """Return what the server answers, redirects followed: 200 with a body, or not modified.

        Waits for the host's turn. Obeys robots.txt, the size caps, the total deadline and the guard
        against private addresses.

        Raises:
            FetchFailed: not this time.
            FetchRefused: never.
        """
        ...


class Workers(Protocol):
    """Where computation runs, so that the event loop never waits for it."""

    async def run_isolated(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on hostile bytes in a process that is killed past its deadline.

        Arguments, result and the errors it raises cross by pickle.

        Raises:
            WorkerKilled: the deadline passed or the process died.
        """
        ...

    async def run_threaded(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on trusted values in a thread."""
        ...
