"""Whose turn it is: one request at a time per host, with a pause between starts.

Position: inside `client`, before every request, robots.txt and redirects among them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

MAX_LANES = 20_000
"""Hosts remembered; past it the ones that are free and long rested are forgotten."""

LONGEST_PAUSE = timedelta(minutes=1)
"""The most that a Crawl-delay is obeyed up to, so that no robots.txt can silence a source."""


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_start: float = float("-inf")
    silent_until: float = float("-inf")
    waiting: int = 0


class Pacing:
    """Gives out turns, and remembers which hosts asked to be left alone.

    `monotonic` tells the seconds and `sleep` waits for some; tests bring their own.
    """

    def __init__(self, monotonic: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self.monotonic = monotonic
        self._sleep = sleep
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, host: str, pause: timedelta) -> AsyncIterator[None]:
        """Wait until `host` is free and `pause` has passed since its last request began; hold it."""
        lane = self._lane(host)
        lane.waiting += 1
        try:
            async with lane.lock:
                rest = lane.last_start + pause.total_seconds() - self.monotonic()
                if rest > 0:
                    await self._sleep(rest)
                lane.last_start = self.monotonic()
                yield
        finally:
            lane.waiting -= 1

    def silence(self, host: str, wait: timedelta) -> None:
        """Remember that `host` asked for no requests during `wait`."""
        self._lane(host).silent_until = self.monotonic() + wait.total_seconds()

    def silence_left(self, host: str) -> timedelta:
        """Return how long `host` still wants to be left alone; zero when it does not mind."""
        lane = self._lanes.get(host)
        left = 0.0 if lane is None else lane.silent_until - self.monotonic()
        return timedelta(seconds=max(0.0, left))

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host)
        if lane is None:
            if len(self._lanes) >= MAX_LANES:
                self._forget_rested()
            lane = self._lanes[host] = _Lane()
        return lane

    def _forget_rested(self) -> None:
        now = self.monotonic()
        rested = now - LONGEST_PAUSE.total_seconds()
        self._lanes = {
            host: lane
            for host, lane in self._lanes.items()
            if lane.waiting or lane.last_start > rested or lane.silent_until > now
        }
