"""One site in ten is hostile, each in its own way: the visits of the others are not late for it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.misbehaviour import RSS, WAYS, Answer, list_articles, respond
from monitor.fetch import FetchSettings, open_fetcher
from monitor.jobs.clock import SystemClock
from monitor.jobs.local import Assignment, LocalJobs, Windows
from monitor.match import RuleSet
from monitor.model import Seed, SeedKind, Source
from monitor.pipeline import Pipeline
from monitor.store import open_store
from tests.fakes import InlineWorkers
from tests.fetch.server import Server, serving

SITES, HOSTILE = 20, 2
VISITS = 2
DEADLINE = timedelta(seconds=60)
"""What a hostile site may take; the others are done long before, or they were held up."""

PATIENCE_S = 45
MAX_VISITS = 4
"""Few, so that two sites that never answer take half of the room."""


FEED = list_articles(1)


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


@pytest.mark.parametrize("behave", WAYS, ids=lambda behave: behave.__name__)
async def test_a_hostile_site_delays_no_other(
    behave: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
                writer.write(respond(FEED, kind=RSS))

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
