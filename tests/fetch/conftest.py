"""What the tests of this room share: a server on loopback, a clock and a pace of their own."""

from __future__ import annotations

import socket
import time as clock
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest

from monitor.fetch import FetchSettings, HttpFetcher
from monitor.fetch.pacing import Pacing
from tests.fetch.resolver import Resolver
from tests.fetch.server import Server, serving

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class StillClock:
    """A wall clock that stands still."""

    def now(self) -> datetime:
        return NOW


class FakeTime:
    """Monotonic seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.seconds += seconds

    def pass_by(self, duration: timedelta) -> None:
        self.seconds += duration.total_seconds()


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    """Keep every test of this room away from DNS."""
    resolver = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver.getaddrinfo)
    return resolver


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def skip_s(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the machine's monotonic clock jump ahead by some seconds, and with it whatever has a deadline."""
    monotonic, ahead_s = clock.monotonic, 0.0

    def skip(seconds: float) -> None:
        nonlocal ahead_s
        ahead_s += seconds

    monkeypatch.setattr(clock, "monotonic", lambda: monotonic() + ahead_s)
    return skip


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


@pytest.fixture
async def other() -> AsyncIterator[Server]:
    """A second server: another port, so another origin."""
    async with serving() as running:
        yield running


@pytest.fixture
async def fetcher(time: FakeTime) -> AsyncIterator[HttpFetcher]:
    settings = FetchSettings(
        version="1.2", contact="https://example.org/bot", max_wire_bytes=200_000, max_decoded_bytes=400_000
    )
    fetcher = HttpFetcher(settings, StillClock(), Pacing(time.monotonic, time.sleep))
    yield fetcher
    await fetcher.close()
