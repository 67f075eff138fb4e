"""What does it cost to keep 100,000 sources on schedule, and how late are their visits?

    python -m benchmarks.schedule [--json FILE]

The daemon's real jobs on a real SQLite archive; only the web is made up, and answers "not modified" at
once. Idle: nothing is due for `IDLE` (the figure is the share of one core, a beat and all). Busy: visits
fall due evenly, as many a second as 100,000 sources have that are visited every 15 minutes; `late` is
from the time a visit is due to its request. The bars: 0.5 % of a core, 1 s.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import bindparam, update

from benchmarks.report import OURS, Figure, Report, Row, publish, read_arguments
from monitor.jobs.clock import SystemClock
from monitor.jobs.local import Assignment, LocalJobs, Windows
from monitor.jobs.workers import ProcessWorkers
from monitor.match import RuleSet
from monitor.model import Request, Response, Seed, SeedKind, Source
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store
from monitor.store.database import connect_database, parse_database_url
from monitor.store.tables import SOURCES

HOW_MANY = 100_000
EVERY = timedelta(minutes=15)
IDLE = timedelta(seconds=30)
BUSY = timedelta(seconds=20)
START_UP = timedelta(seconds=15)
"""For registering, and for the first ticks, before anything is measured."""


@dataclass
class QuietWeb:
    """A web without news; it writes down when it was asked for whom."""

    asked_at: dict[str, list[datetime]] = field(default_factory=dict)

    async def get(self, request: Request) -> Response:
        """Answer that nothing has changed."""
        now = datetime.now(UTC)
        self.asked_at.setdefault(request.source.name, []).append(now)
        return Response(url=request.url, fetched_at=now, not_modified=True)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a span of time cost, in seconds."""

    wall_s: float
    cpu_s: float


def make_sources() -> list[Source]:
    """Return the sources, each with a seed, so that a visit is one request."""
    urls = [f"https://site{number}.example/" for number in range(HOW_MANY)]
    return [
        Source(name=url[8:-1], url=url, seed=Seed(url=f"{url}feed.xml", kind=SeedKind.FEED), every=EVERY)
        for url in urls
    ]


def set_due(url: str, sources: Sequence[Source], first: datetime) -> dict[str, datetime]:
    """Spread the visits evenly over `EVERY` from `first` on; return when each source is due."""
    step = EVERY / len(sources)
    due = {source.name: first + step * number for number, source in enumerate(sources)}
    database = connect_database(parse_database_url(url))
    with database.writer.begin() as connection:
        connection.execute(
            update(SOURCES)
            .where(SOURCES.c.name == bindparam("source"))
            .values(next_visit_at=bindparam("due", type_=SOURCES.c.next_visit_at.type)),
            [{"source": name, "due": when} for name, when in due.items()],
        )
    database.close()
    return due


async def spend(time: timedelta) -> Cost:
    """Let the daemon work for a while; return what that cost this process."""
    wall, cpu = perf_counter(), process_time()
    await asyncio.sleep(time.total_seconds())
    return Cost(perf_counter() - wall, process_time() - cpu)


async def run_daemon(store: SqlStore, url: str) -> dict[str, Figure]:
    """Run the jobs, idle and then busy; return the figures."""
    sources, web, clock = make_sources(), QuietWeb(), SystemClock()
    await store.register(sources, clock.now())
    began = clock.now()
    due = await asyncio.to_thread(set_due, url, sources, began + START_UP + IDLE)
    workers = ProcessWorkers(1)
    pipeline = Pipeline(clock=clock, fetcher=web, workers=workers, store=store, rules=RuleSet.compile(()))
    assignment = Assignment(
        pipeline=pipeline, sources={source.name: source for source in sources}, windows=Windows(pages=EVERY)
    )
    jobs, stop = LocalJobs(assignment, store, clock, reload_if_changed=find_no_change), asyncio.Event()
    running = asyncio.create_task(jobs.run(stop))
    await asyncio.sleep((began + START_UP - clock.now()).total_seconds())
    idle = await spend(IDLE)
    busy = await spend(BUSY)
    visits = sum(map(len, web.asked_at.values()))
    stop.set()
    await running
    workers.close()
    twice = sum(len(times) > 1 for times in web.asked_at.values())
    return figures(idle, busy, visits, late_s(due, web)) | {"visited_twice": twice}


async def find_no_change() -> None:
    """Stand for the watch over configuration files."""


def late_s(due: dict[str, datetime], web: QuietWeb) -> list[float]:
    """Return how late each visit was, sorted."""
    return sorted((times[0] - due[name]).total_seconds() for name, times in web.asked_at.items())


def figures(idle: Cost, busy: Cost, visits: int, late: list[float]) -> dict[str, Figure]:
    """Return what is published."""
    return {
        "sources": HOW_MANY,
        "idle_core_percent": round(100 * idle.cpu_s / idle.wall_s, 3),
        "visits_per_s": round(visits / busy.wall_s, 1),
        "busy_core_percent": round(100 * busy.cpu_s / busy.wall_s, 1),
        "cpu_ms_per_visit": round(1000 * busy.cpu_s / visits, 2),
        "late_median_s": round(late[len(late) // 2], 3),
        "late_most_s": round(late[-1], 3),
    }


async def measure(folder: Path) -> dict[str, Figure]:
    """Open an archive of its own and measure on it."""
    url = f"sqlite:///{folder}/monitor.sqlite3"
    store = await asyncio.to_thread(open_store, url, "daemon")
    try:
        return await run_daemon(store, url)
    finally:
        await store.close()


def main() -> None:
    """Measure and publish the table."""
    arguments = read_arguments(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        row = Row(OURS, asyncio.run(measure(Path(folder))))
    question = "What does it cost to keep 100,000 sources on schedule, and how late are their visits?"
    publish(
        Report(name="schedule", question=question, rows=[row], distributions=("apscheduler", "sqlalchemy")),
        arguments,
    )


if __name__ == "__main__":
    main()
