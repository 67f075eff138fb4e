"""The daemon of one machine: a tick every .7 s that starts what is due.

Position: runs `pipeline`; `app` builds it and feeds it new configurations.

When a visit is due is a column in the store (`next_visit_at`), not a job of the scheduler: the tick
claims what is due and starts it, at most `max_visits` at once. Measured on this class of machine,
100,000 sources cost 0.2 % of a core this way, against 5.3 % with a scheduler's job for each, and it
survives a restart.

APScheduler's own clock is the wall clock: set back by an hour, a tick would fall silent for an hour.
So a watch on the monotonic clock notices it, starts the tick afresh, and moves what is due by as much:
each visit comes when it would have come. A clock set forward, or a machine that slept, finds visits
overdue: each is made once, `max_visits` at a time.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.dedupe import COPY_WINDOW, STORY_WINDOW
from monitor.errors import StoreError
from monitor.jobs.clock import ClockWatch
from monitor.jobs.schedule import learn_pace, leave_quiet_hours, next_visit
from monitor.jobs.trigger import Every
from monitor.jobs.watch import watch_sources
from monitor.model import Source, Visit, VisitOutcome
from monitor.pipeline import Pipeline
from monitor.ports import Channel, Clock, Heartbeat, Store

log = logging.getLogger("monitor")

TICK = timedelta(seconds=0.7)
"""Often enough that no visit is a second late. A tick with nothing due costs 2 to 4 ms."""
BEAT = timedelta(seconds=10)
PRUNE = timedelta(hours=1)
HEALTH = timedelta(minutes=5)
WATCH_FILES = timedelta(seconds=2)

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""A time that has come, whatever the clock says."""

MAX_VISITS = 32
"""Visits wait for the network and for politeness pauses far more than they compute."""

VISIT_LEASE = timedelta(hours=1)
"""Longer than a visit of 50 slow pages. A crashed daemon's leases are given back when it starts again."""

DRAIN = timedelta(seconds=5)
"""How long running work may go on after SIGTERM; then it is cancelled. Everything ends within 10 s."""

STORE_PAUSE = timedelta(seconds=5)
"""How long to wait before a store that is full or locked is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """How long things are kept: the bytes of `pages`, and what later `copies` and `stories` are known by."""

    pages: timedelta
    copies: timedelta = COPY_WINDOW
    stories: timedelta = STORY_WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What the daemon is to do: the configuration as the jobs see it."""

    pipeline: Pipeline
    sources: Mapping[str, Source]
    windows: Windows
    health_channels: tuple[str, ...] = ()


class LocalJobs:
    """Runs visits and deliveries until told to stop. `assign` gives it another configuration on the way."""

    def __init__(
        self,
        assignment: Assignment,
        store: Store,
        clock: Clock,
        *,
        reload_if_changed: Callable[[], Awaitable[None]],
        max_visits: int = MAX_VISITS,
    ) -> None:
        self._assignment = assignment
        self._store = store
        self._clock = clock
        self._reload_if_changed = reload_if_changed
        self._max_visits = max_visits
        self._visits: dict[str, asyncio.Task[None]] = {}
        self._deliveries: dict[str, asyncio.Task[None]] = {}
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._started_at = clock.now()
        self._watch = ClockWatch(clock)
        self._claiming = self._more_are_due = self._stopping = False

    def assign(self, assignment: Assignment) -> None:
        """Use another configuration from now on; what is running ends under the old one."""
        self._assignment = assignment

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then let running work end, for `DRAIN` at most."""
        await self._store.release_claims()
        await self._store.register(tuple(self._assignment.sources.values()), self._clock.now())
        await self._store.rewind_visits(self._clock.now())
        await self._beat()
        for name, job, interval in (
            ("tick", self._tick, TICK),
            ("beat", self._beat, BEAT),
            ("prune", self._prune, PRUNE),
            ("health", self._watch_sources, HEALTH),
            ("files", self._reload_if_changed, WATCH_FILES),
        ):
            self._scheduler.add_job(self._guarded, Every(interval), args=(name, job), id=name)
        self._scheduler.modify_job("tick", next_run_time=AT_ONCE)
        self._scheduler.start()
        watch = asyncio.create_task(self._watch_clock())
        try:
            await stop.wait()
        finally:
            self._stopping = True
            watch.cancel()
            self._scheduler.shutdown(wait=False)
            await self._drain()

    # --- the scheduler's jobs ------------------------------------------------------------------

    async def _guarded(self, name: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job of the scheduler. Nothing that goes wrong in one run keeps the next from coming."""
        try:
            await job()
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        except StoreError as exc:
            log.error("store", extra={"outcome": "failed", "job": name, "reason": str(exc)})
        except Exception:
            log.exception("job", extra={"outcome": "crashed", "job": name})

    async def _tick(self) -> None:
        """Start the visits that are due, and a delivery run for each channel that has none."""
        for channel in self._assignment.pipeline.channels.values():
            if channel.name not in self._deliveries:
                self._start(self._deliveries, channel.name, self._deliver(channel))
        await self._start_due()

    async def _start_due(self) -> None:
        """Start the visits that are due, as many as there is room for, and note whether more may be."""
        free = self._max_visits - len(self._visits)
        if free <= 0 or self._claiming or self._stopping:
            return
        self._claiming = True
        try:
            names = await self._store.claim_due(self._clock.now(), free, VISIT_LEASE)
        finally:
            self._claiming = False
        self._more_are_due = len(names) == free
        for name in names:
            source = self._assignment.sources.get(name)
            if source is not None and name not in self._visits:
                self._start(self._visits, name, self._visit(source))

    async def _beat(self) -> None:
        await self._store.beat(Heartbeat(at=self._clock.now(), started_at=self._started_at, pid=os.getpid()))

    async def _prune(self) -> None:
        now = self._clock.now()
        windows = self._assignment.windows
        await self._store.prune(now - windows.pages, now - windows.copies, now - windows.stories)

    async def _watch_sources(self) -> None:
        if channels := self._assignment.health_channels:
            await watch_sources(self._store, channels, self._clock.now())

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(TICK.total_seconds())
            await self._guarded("clock", self._heed_clock)

    async def _heed_clock(self) -> None:
        """Go on as before when the wall clock was set: tick at once; set back, move what is due with it.

        Nothing is moved with a clock set forward: it cannot be told from a sleep, in which what fell due
        was missed.
        """
        jumped = self._watch.jump()
        if not jumped:
            return
        log.warning("clock", extra={"outcome": "jumped", "seconds": round(jumped.total_seconds())})
        if jumped < timedelta():
            await self._store.shift_due_times(jumped)
        for job in self._scheduler.get_jobs():
            job.reschedule(job.trigger)
        self._scheduler.modify_job("tick", next_run_time=AT_ONCE)

    # --- work ----------------------------------------------------------------------------------

    def _start(
        self, running: dict[str, asyncio.Task[None]], name: str, work: Coroutine[None, None, None]
    ) -> None:
        task = asyncio.create_task(work, name=name)
        running[name] = task

        def forget(_: asyncio.Task[None]) -> None:
            if running.get(name) is task:
                del running[name]

        task.add_done_callback(forget)

    async def _visit(self, source: Source) -> None:
        """Visit a claimed source and record it. When others wait, fill the room again once half is free."""
        await self._visit_and_record(source)
        self._visits.pop(source.name, None)
        if self._more_are_due and len(self._visits) <= self._max_visits // 2:
            await self._guarded("claim", self._start_due)

    async def _visit_and_record(self, source: Source) -> None:
        """Visit a source, record what came of it, and when it is next; put it off in its quiet hours."""
        now = self._clock.now()
        if (due := leave_quiet_hours(source, now)) != now:
            await self._guarded("put off", lambda: self._store.put_off_visit(source.name, due))
            return
        try:
            visit = await self._assignment.pipeline.visit(source)
        except Exception as exc:
            if not isinstance(exc, StoreError):
                log.exception("visit", extra={"source": source.name, "outcome": "crashed"})
            now = self._clock.now()
            visit = Visit(
                source=source.name,
                started_at=now,
                finished_at=now,
                outcome=VisitOutcome.FAILED,
                reason=describe(exc),
            )
        await self._guarded("clock", self._heed_clock)  # first: what is written now is of the new clock
        await record_visit(self._store, source, visit)

    async def _deliver(self, channel: Channel) -> None:
        """Send all that is due on one channel. A slow or broken one delays no other."""
        await self._guarded(f"deliver {channel.name}", lambda: self._deliver_all(channel))

    async def _deliver_all(self, channel: Channel) -> None:
        while not self._stopping and await self._assignment.pipeline.deliver(channel, lambda: self._stopping):
            pass

    async def _drain(self) -> None:
        """Let running work end, then cancel what is left, and give back every claim."""
        running = {*self._visits.values(), *self._deliveries.values()}
        if running:
            _, late = await asyncio.wait(running, timeout=DRAIN.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._guarded("stop", self._store.release_claims)


async def record_visit(store: Store, source: Source, visit: Visit) -> None:
    """Store a visit and when the next one is; when the store is full or locked, as soon as it is not."""
    due = await finish_visit(store, source, visit)
    log.info(
        "visit",
        extra={
            "source": source.name,
            "url": visit.seed.url if visit.seed else source.url,
            "outcome": visit.outcome.value,
            "reason": visit.reason,
            "found": visit.found,
            "new": visit.new,
            "kept": visit.kept,
            "copies": visit.copies,
            "dismissed": visit.dismissed,
            "postponed": visit.postponed,
            "alerts": visit.alerts,
            "ms": round((visit.finished_at - visit.started_at) / timedelta(milliseconds=1)),
            "next_visit_at": due.isoformat(),
        },
    )


async def finish_visit(store: Store, source: Source, visit: Visit) -> datetime:
    """Store a visit; return when the next one is. Asks a store that is full or locked until it is not."""
    while True:
        try:
            failed = visit.outcome is VisitOutcome.FAILED
            failures = (await store.recall(source.name)).failures + 1 if failed else 0
            pace = choose_pace(source, visit)
            due = next_visit(
                source, visit.finished_at, failures=failures, retry_after=visit.retry_after, pace=pace
            )
            await store.finish_visit(visit, due)
        except StoreError as exc:
            if not exc.transient:
                raise
            log.error("visit", extra={"source": source.name, "outcome": "not recorded", "reason": str(exc)})
        else:
            return due
        await asyncio.sleep(STORE_PAUSE.total_seconds())


def choose_pace(source: Source, visit: Visit) -> timedelta:
    """Return the wait between two visits of a source that is well."""
    if not source.adapts:
        return source.every
    return learn_pace(source, visit.published, visit.finished_at, heard=max(visit.fresh_for, visit.ttl))


def describe(error: Exception) -> str:
    """Return the reason for people: our own errors speak for themselves, others are named."""
    if isinstance(error, StoreError):
        return str(error)
    return f"internal error ({type(error).__name__}: {error}); please report it"
