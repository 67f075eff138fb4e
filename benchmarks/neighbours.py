"""One site in ten is hostile: are the visits of the others late for it?

    python -m benchmarks.neighbours [--json FILE]

The daemon's real jobs, fetcher, worker processes and SQLite archive visit 200 sites on loopback every 20 s,
the first time all at once. In the first row 20 are hostile, in the second none: they hang, drip,
send bombs or pages without end, redirect in a circle, break off, or name 500 articles none of which
answers. `late` is, for the sites that are well, how much later than 20 s after a visit the next one came,
from the second visit on; `first_s` when the last of them was visited for the first time.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
from datetime import timedelta
from itertools import pairwise
from multiprocessing.queues import Queue
from pathlib import Path
from time import monotonic

from benchmarks.misbehaviour import RSS, WAYS, hang, list_articles, respond
from benchmarks.report import Figure, Report, Row, publish, read_arguments
from monitor.fetch import FetchSettings, open_fetcher
from monitor.jobs.clock import SystemClock
from monitor.jobs.local import Assignment, LocalJobs, Windows
from monitor.jobs.workers import ProcessWorkers
from monitor.match import RuleSet
from monitor.model import Seed, SeedKind, Source
from monitor.pipeline import Pipeline
from monitor.store import open_store

SITES, HOSTILE = 200, 20
EVERY = timedelta(seconds=20)
RUN = timedelta(seconds=100)
ETAG = b'"1"'
SENTENCE = "The council counted the budget of the ferry near the old mill and promised a bridge. "

# --- the sites, in a process of their own: all of 127.9.x.y on one port --------------------------------


def address(number: int) -> str:
    """Return where a site is."""
    return f"127.9.{number // 250}.{number % 250 + 1}"


STORY = (
    "<title>Council opens bridge</title><article><h1>Council opens bridge</h1>" + f"<p>{SENTENCE * 4}</p>" * 4
).encode()


def serve(told: Queue[int | list[list[float]]], hostile: int, stop: Queue[None]) -> None:
    """Run the sites until told to stop; tell the port, and then when each site's feed was asked for."""
    asyncio.run(_serve(told, hostile, stop))


async def _serve(told: Queue[int | list[list[float]]], hostile: int, stop: Queue[None]) -> None:
    asked: dict[str, list[float]] = {address(number): [] for number in range(SITES)}
    feeds = {address(n): WAYS[n % len(WAYS)] for n in range(hostile)}

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        site, path = writer.get_extra_info("sockname")[0], head.split(b" ", 2)[1]
        if path == b"/robots.txt":
            writer.write(respond(b"", status=b"404 Not Found"))
        elif path != b"/feed.xml":
            await (hang(writer) if site in feeds else _write(writer, respond(STORY)))
        elif (misbehave := feeds.get(site)) is not None:
            await misbehave(writer)
        else:
            asked[site].append(monotonic())
            same = b"if-none-match" in head.lower()
            status = b"304 Not Modified" if same else b"200 OK"
            body = b"" if same else list_articles(3)
            writer.write(respond(body, b"ETag: " + ETAG, status=status, kind=RSS))

    async def serve_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await answer(head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve_connection, "0.0.0.0", 0, backlog=1024)  # noqa: S104 - 127/8
    told.put(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(stop.get)
    told.put([asked[address(number)] for number in range(hostile, SITES)])


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)


# --- the daemon --------------------------------------------------------------------------------------


async def find_no_change() -> None:
    """Stand for the watch over configuration files."""


async def run_daemon(folder: Path, port: int) -> None:
    """Visit all sites for a while."""
    clock = SystemClock()
    sources = [
        Source(
            name=f"site{number}",
            url=f"http://{address(number)}:{port}/",
            seed=Seed(url=f"http://{address(number)}:{port}/feed.xml", kind=SeedKind.FEED),
            every=EVERY,
            pause=timedelta(),
            allow_private=True,
        )
        for number in range(SITES)
    ]
    store = await asyncio.to_thread(open_store, f"sqlite:///{folder}/monitor.sqlite3", "daemon")
    fetcher, workers, stop = open_fetcher(FetchSettings(), clock), ProcessWorkers(2), asyncio.Event()
    pipeline = Pipeline(clock=clock, fetcher=fetcher, workers=workers, store=store, rules=RuleSet.compile(()))
    by_name = {source.name: source for source in sources}
    assignment = Assignment(pipeline=pipeline, sources=by_name, windows=Windows(pages=timedelta(days=1)))
    jobs = LocalJobs(assignment, store, clock, reload_if_changed=find_no_change)
    running = asyncio.create_task(jobs.run(stop))
    await asyncio.sleep(RUN.total_seconds())
    stop.set()
    await running
    workers.close()
    await fetcher.close()
    await store.close()


def measure(hostile: int) -> dict[str, Figure]:
    """Return how late the sites were visited that are well, beside so many hostile ones."""
    context = multiprocessing.get_context("spawn")
    told, stop = context.Queue(), context.Queue()
    server = context.Process(target=serve, args=(told, hostile, stop), daemon=True)
    server.start()
    port = told.get()
    began = monotonic()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run_daemon(Path(folder), port))
    stop.put(None)
    asked: list[list[float]] = told.get()
    server.terminate()
    late = sorted(
        after - before - EVERY.total_seconds() for times in asked for before, after in pairwise(times[1:])
    )
    return {
        "hostile": hostile,
        "visits": sum(map(len, asked)),
        "first_s": round(max(times[0] for times in asked) - began, 2),
        "late_median_s": round(late[len(late) // 2], 3),
        "late_p99_s": round(late[len(late) * 99 // 100], 3),
        "late_most_s": round(late[-1], 3),
    }


def main() -> None:
    """Measure without and with hostile sites, and publish."""
    arguments = read_arguments(__doc__)
    rows = [Row("monitor", measure(HOSTILE)), Row("all sites well", measure(0))]
    question = "One site in ten is hostile: are the visits of the others late for it?"
    publish(
        Report(name="neighbours", question=question, rows=rows, distributions=("apscheduler", "httpx2")),
        arguments,
    )


if __name__ == "__main__":
    main()
