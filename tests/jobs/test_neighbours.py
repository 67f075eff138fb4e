"""One site in ten is hostile, each in its own way: the visits of the others are not late for it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.fetch import FetchSettings, open_fetcher
from monitor.jobs.clock import SystemClock
from monitor.jobs.local import Assignment, LocalJobs, Windows
from monitor.match import RuleSet
from monitor.model import Seed, SeedKind, Source
from monitor.pipeline import Pipeline
from monitor.store import open_store
from tests.fakes import InlineWorkers, feed_page
from tests.fetch.server import Server, answer, serving

SITES, HOSTILE = 20, 2
VISITS = 2
DEADLINE = timedelta(seconds=60)
"""What a hostile site may take; the others are done long before, or they were held up."""

PATIENCE_S = 45
MAX_VISITS = 4
"""Few, so that two sites that never answer take half of the room."""


async def hang(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: 9000\r\n\r\n")
    for _ in range(9000):
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.05)


async def send_without_end(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"<item>" * 10_000)
        await writer.drain()


async def redirect_for_ever(writer: asyncio.StreamWriter) -> None:
    writer.write(answer(status=302, headers={"Location": "/feed.xml"}))


async def send_bomb(writer: asyncio.StreamWriter) -> None:
    writer.write(answer(BOMB, headers={"Content-Encoding": "gzip"}))


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<rss>")
    writer.close()


async def lay_a_trap(writer: asyncio.StreamWriter) -> None:
    """Name 500 articles, none of which ever answers."""
    entries = [
        (f"/2026/03/{n}-council-opens-the-bridge.html", f"Council opens bridge {n}", None) for n in range(500)
    ]
    writer.write(answer(feed_page(*entries).encode(), headers={"Content-Type": "application/rss+xml"}))


FEED = feed_page(("/2026/03/dam-talks-open.html", "Talks about the dam open", None)).encode()
BOMB = gzip.compress(bytes(100_000_000))
BEHAVIOURS = (hang, drip, send_without_end, redirect_for_ever, send_bomb, hang_up, lay_a_trap)


def source_at(server: Server) -> Source:
    return Source(
        name=f"site{server.port}",
        url=f"{server.url}/",
        seed=Seed(url=f"{server.url}/feed.xml", kind=SeedKind.FEED),
        every=timedelta(seconds=1),
        pause=timedelta(),
        timeout=DEADLINE,
        allow_private=True,
    )


async def never_reload() -> None:
    """Find no change."""


@pytest.mark.parametrize("behave", BEHAVIOURS, ids=lambda behave: behave.__name__)
async def test_a_hostile_site_delays_no_other(
    behave: Callable[[asyncio.StreamWriter], Awaitable[None]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.jobs.local.DRAIN", timedelta(seconds=0.05))
    clock, done = SystemClock(), asyncio.Event()
    visits: dict[int, int] = {}
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(serving()) for _ in range(SITES)]

        def serve_quietly(server: Server) -> None:
            async def be_quiet(writer: asyncio.StreamWriter) -> None:
                visits[server.port] = visits.get(server.port, 0) + 1
                if len(visits) == SITES - HOSTILE and min(visits.values()) >= VISITS:
                    done.set()
                writer.write(answer(FEED, headers={"Content-Type": "application/rss+xml"}))

            server.scripts["/feed.xml"] = be_quiet

        for server in servers[:HOSTILE]:
            server.scripts["/feed.xml"] = behave
        for server in servers[HOSTILE:]:
            serve_quietly(server)
        store = open_store(f"sqlite:///{tmp_path}/monitor.sqlite3", "daemon")
        stack.push_async_callback(store.close)
        fetcher = open_fetcher(FetchSettings(), clock)
        stack.push_async_callback(fetcher.close)
        sources = {source.name: source for source in map(source_at, servers)}
        pipeline = Pipeline(
            clock=clock, fetcher=fetcher, workers=InlineWorkers(), store=store, rules=RuleSet.compile([])
        )
        assignment = Assignment(pipeline=pipeline, sources=sources, windows=Windows(pages=timedelta(days=1)))
        jobs = LocalJobs(assignment, store, clock, reload_if_changed=never_reload, max_visits=MAX_VISITS)
        stop = asyncio.Event()
        running = asyncio.create_task(jobs.run(stop))
        async with asyncio.timeout(PATIENCE_S):
            await done.wait()
        stop.set()
        await running
        states = {state.name: state for state in await store.source_states()}
    assert not any(states[source_at(server).name].failures for server in servers[HOSTILE:])
