"""The daemon's jobs, with a real scheduler and a real database; the network is prepared."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path
from time import monotonic

import pytest

from monitor.errors import FetchFailed, StoreError
from monitor.jobs.local import Assignment, LocalJobs, Windows, describe, record_visit
from monitor.jobs.schedule import LONGEST_SPREAD
from monitor.match import RuleSet
from monitor.model import QuietHours, Request, Response, Rule, Seed, SeedKind, Source, Visit, VisitOutcome
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store
from tests.fakes import (
    START,
    FakeChannel,
    FakeClock,
    FakeFetcher,
    InlineWorkers,
    feed_page,
    news_page,
    story_about,
)

FEED = "https://gazette.example/feed.xml"
STORY = "https://gazette.example/2026/03/dam-talks-open.html"
GAZETTE = Source(name="gazette", url="https://gazette.example/", seed=Seed(url=FEED, kind=SeedKind.FEED))
PATIENCE_S = 30


async def never_reload() -> None:
    """Find no change."""


class HangingFetcher(FakeFetcher):
    """A web that never answers; `hanging` is set once somebody waits."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.hanging = asyncio.Event()

    async def get(self, request: Request) -> Response:
        self.hanging.set()
        await asyncio.Event().wait()
        raise AssertionError(request)


class Office:
    """A daemon's jobs and what stands around them."""

    def __init__(self, store: SqlStore, clock: FakeClock) -> None:
        self.store, self.clock, self.fetcher, self.channel = store, clock, FakeFetcher(clock), FakeChannel()
        self.stop = asyncio.Event()
        entry = (STORY, "Talks about the dam open", clock.now())
        page = news_page(entry[1], *story_about("dam"), published=clock.now())
        self.fetcher.serve(FEED, feed_page(entry), "application/rss+xml")
        self.fetcher.serve(STORY, page)

    def assignment(self, *sources: Source, fetcher: FakeFetcher | None = None) -> Assignment:
        rule = Rule(name="dam", query="dam", notify=("desk",))
        pipeline = Pipeline(
            clock=self.clock,
            fetcher=fetcher or self.fetcher,
            workers=InlineWorkers(),
            store=self.store,
            rules=RuleSet.compile([rule]),
            channels={"desk": self.channel},
        )
        by_name = {source.name: source for source in sources}
        return Assignment(pipeline=pipeline, sources=by_name, windows=Windows(pages=timedelta(days=14)))

    def jobs(self, assignment: Assignment) -> LocalJobs:
        return LocalJobs(assignment, self.store, self.clock, reload_if_changed=never_reload)

    async def due(self) -> datetime:
        [state] = await self.store.source_states()
        return state.next_visit_at

    async def state(self, name: str = "gazette") -> tuple[int, str | None]:
        [state] = [state for state in await self.store.source_states() if state.name == name]
        return state.failures, state.reason


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = open_store(f"sqlite:///{tmp_path}/monitor.sqlite3", "daemon")
    yield Office(store, FakeClock())
    await store.close()


async def test_a_new_source_is_visited_at_once_and_its_alert_delivered(office: Office) -> None:
    running = asyncio.create_task(office.jobs(office.assignment(GAZETTE)).run(office.stop))
    async with asyncio.timeout(PATIENCE_S):
        await office.channel.received.wait()
        office.stop.set()
        await running
    assert [delivery.article.url for delivery in office.channel.sent] == [STORY]


async def test_a_source_in_its_quiet_hours_is_visited_when_they_have_ended(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_off, put_off_visit = asyncio.Event(), office.store.put_off_visit

    async def note_and_put_off(name: str, due: datetime) -> None:
        await put_off_visit(name, due)
        put_off.set()

    monkeypatch.setattr(office.store, "put_off_visit", note_and_put_off)
    source = replace(GAZETTE, quiet=QuietHours(begin=time(8), end=time(10), timezone=UTC))
    running = asyncio.create_task(office.jobs(office.assignment(source)).run(office.stop))
    async with asyncio.timeout(PATIENCE_S):
        await put_off.wait()
        hour = timedelta(hours=1)
        assert hour <= await office.due() - START <= hour + LONGEST_SPREAD
        assert office.fetcher.asked == []
        office.clock.advance(hour + LONGEST_SPREAD)
        await office.channel.received.wait()
        office.stop.set()
        await running


async def test_a_source_that_finds_its_own_pace_hears_the_wait_that_its_seed_asks_for(
    office: Office,
) -> None:
    times = tuple(START - timedelta(hours=number) for number in range(8))
    visit = Visit(
        source="gazette", started_at=START, finished_at=START, outcome=VisitOutcome.OK, published=times
    )
    hour = timedelta(hours=1)
    await office.store.register([GAZETTE], START)
    for asked in (replace(visit, ttl=hour), replace(visit, fresh_for=hour)):
        await record_visit(office.store, replace(GAZETTE, adapts=True), asked)
        assert hour <= await office.due() - START <= hour * 1.1
        await record_visit(office.store, GAZETTE, asked)
        assert await office.due() - START == GAZETTE.every, "a fixed pace is what its owner wants"


async def test_stopping_finishes_the_alert_in_hand_and_begins_no_other(office: Office) -> None:
    rules = [Rule(name=name, query="dam", notify=("desk",)) for name in ("one", "two", "three")]
    office.channel.on_send = office.stop.set
    assignment = office.assignment(GAZETTE)
    pipeline = replace(assignment.pipeline, rules=RuleSet.compile(rules))
    async with asyncio.timeout(PATIENCE_S):
        await office.jobs(replace(assignment, pipeline=pipeline)).run(office.stop)
    assert len(office.channel.sent) == 1
    states = [delivery.state for delivery in await office.store.deliveries()]
    assert sorted(states) == ["sent", "waiting", "waiting"], "what was claimed was given back"


async def test_a_daemon_leaves_signs_of_life(office: Office) -> None:
    office.stop.set()
    await office.jobs(office.assignment()).run(office.stop)
    heartbeat = await office.store.heartbeat()
    assert heartbeat is not None
    assert heartbeat.at == START


async def test_stopping_cancels_a_visit_that_hangs_and_gives_the_source_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.jobs.local.DRAIN", timedelta(seconds=0.05))
    fetcher = HangingFetcher(office.clock)
    running = asyncio.create_task(office.jobs(office.assignment(GAZETTE, fetcher=fetcher)).run(office.stop))
    async with asyncio.timeout(PATIENCE_S):
        await fetcher.hanging.wait()
        office.stop.set()
        await running
    assert await office.store.claim_due(office.clock.now(), 10, timedelta(hours=1)) == ("gazette",)


async def test_what_a_crashed_daemon_had_claimed_is_visited_by_the_next(office: Office) -> None:
    await office.store.register([GAZETTE], office.clock.now())
    await office.store.claim_due(office.clock.now(), 10, timedelta(hours=1))
    running = asyncio.create_task(office.jobs(office.assignment(GAZETTE)).run(office.stop))
    async with asyncio.timeout(PATIENCE_S):
        await office.channel.received.wait()
        office.stop.set()
        await running


async def test_a_source_that_breaks_shows_why_and_harms_no_other(office: Office) -> None:
    broken = replace(GAZETTE, name="broken", url="https://broken.example/", seed=None)
    office.fetcher.fail(broken.url, FetchFailed("broken.example: the name does not resolve"))
    running = asyncio.create_task(office.jobs(office.assignment(broken, GAZETTE)).run(office.stop))
    async with asyncio.timeout(PATIENCE_S):
        await office.channel.received.wait()
        await office.fetcher.failed.wait()
        office.stop.set()
        await running
    assert await office.state("broken") == (1, "broken.example: the name does not resolve")
    assert await office.state("gazette") == (0, None)


async def test_a_source_that_was_taken_out_is_visited_no_more(office: Office) -> None:
    jobs = office.jobs(office.assignment(GAZETTE))
    running = asyncio.create_task(jobs.run(office.stop))
    async with asyncio.timeout(PATIENCE_S):
        await office.channel.received.wait()
        await office.store.register([], office.clock.now())
        jobs.assign(office.assignment())
        office.stop.set()
        await running
    office.clock.advance(timedelta(days=1))
    assert await office.store.claim_due(office.clock.now(), 10, timedelta(hours=1)) == ()


async def test_a_failed_visit_backs_off_and_a_good_one_returns_to_the_pace(office: Office) -> None:
    now = office.clock.now()
    await office.store.register([GAZETTE], now)
    good = Visit(source="gazette", started_at=now, finished_at=now, outcome=VisitOutcome.OK)
    failed = replace(good, outcome=VisitOutcome.FAILED, reason="403")
    dues = []
    for visit in (failed, failed, good):
        await record_visit(office.store, GAZETTE, visit)
        [state] = await office.store.source_states()
        dues.append(state.next_visit_at - now)
    assert dues[0] < dues[1]
    assert dues[2] <= GAZETTE.every


def test_an_internal_error_is_named_for_the_bug_report() -> None:
    assert describe(KeyError("x")) == "internal error (KeyError: 'x'); please report it"
    assert describe(StoreError("the disk is full")) == "the disk is full"


class SettableClock(FakeClock):
    """A wall clock that runs, and can be set."""

    def __init__(self) -> None:
        self.began_s = monotonic()
        self.set_by = timedelta()

    def now(self) -> datetime:
        return START + timedelta(seconds=monotonic() - self.began_s) + self.set_by


class QuietFetcher(FakeFetcher):
    """A web without news; who is visited can be awaited."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.visited: asyncio.Queue[str] = asyncio.Queue()

    async def get(self, request: Request) -> Response:
        self.visited.put_nowait(request.source.name)
        return Response(url=request.url, fetched_at=self.clock.now(), not_modified=True)


async def count_ticks(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> asyncio.Semaphore:
    """Return a semaphore that each tick releases once it has looked for what is due."""
    ticks, claim_due = asyncio.Semaphore(0), store.claim_due

    async def claim_and_count(now: datetime, limit: int, lease: timedelta) -> tuple[str, ...]:
        names = await claim_due(now, limit, lease)
        ticks.release()
        return names

    monkeypatch.setattr(store, "claim_due", claim_and_count)
    return ticks


HOUR, DAY, DECADE = timedelta(hours=1), timedelta(days=1), timedelta(days=3652)


@pytest.mark.parametrize("set_by", [-HOUR, -DAY, -DECADE, HOUR, DAY, DECADE], ids=str)
async def test_a_clock_that_is_set_delays_no_visit_and_repeats_none(
    set_by: timedelta, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set forward, the clock also stands for a machine that slept: its monotonic clock stood still."""
    clock = SettableClock()
    office.clock, fetcher = clock, QuietFetcher(clock)
    monkeypatch.setattr("monitor.jobs.local.TICK", timedelta(seconds=0.05))

    class WallClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now().astimezone(tz)

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", WallClock)
    ticks = await count_ticks(office.store, monkeypatch)
    names = ("early", "middle", "late")
    sources = [replace(GAZETTE, name=name, url=f"https://{name}.example/") for name in names]
    await office.store.register(sources, clock.now())
    for source, wait_s in zip(sources[1:], (0.4, 0.8), strict=True):
        visit = Visit(
            source=source.name, started_at=START, finished_at=START, outcome=VisitOutcome.NOT_MODIFIED
        )
        await office.store.finish_visit(visit, clock.now() + timedelta(seconds=wait_s))
    running = asyncio.create_task(office.jobs(office.assignment(*sources, fetcher=fetcher)).run(office.stop))
    async with asyncio.timeout(PATIENCE_S):
        assert await fetcher.visited.get() == "early"
        clock.set_by, seen = set_by, set[str]()
        async with asyncio.timeout(2):
            while not {"middle", "late"} <= seen:
                name = await fetcher.visited.get()
                assert name not in seen
                seen.add(name)
        for _ in range(20):
            await ticks.acquire()
        office.stop.set()
        await running
    assert "early" not in seen or set_by > timedelta()
    assert fetcher.visited.empty() or (set_by > timedelta() and fetcher.visited.get_nowait() == "early")
    assert fetcher.visited.empty()


async def test_what_is_overdue_is_started_as_soon_as_there_is_room(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.jobs.local.TICK", timedelta(hours=1))
    fetcher = QuietFetcher(office.clock)
    sources = [replace(GAZETTE, name=f"s{n}", url=f"https://s{n}.example/") for n in range(20)]
    assignment = office.assignment(*sources, fetcher=fetcher)
    jobs = LocalJobs(assignment, office.store, office.clock, reload_if_changed=never_reload, max_visits=4)
    running = asyncio.create_task(jobs.run(office.stop))
    async with asyncio.timeout(PATIENCE_S):
        visited = [await fetcher.visited.get() for _ in sources]
        office.stop.set()
        await running
    assert sorted(visited) == sorted(source.name for source in sources)


async def test_a_source_without_a_pace_of_its_own_is_visited_as_often_as_it_publishes(office: Office) -> None:
    adapting = replace(GAZETTE, adapts=True)
    now = office.clock.now()
    await office.store.register([adapting], now)
    hourly = tuple(now - HOUR * number for number in range(9))
    visit = Visit(
        source="gazette", started_at=now, finished_at=now, outcome=VisitOutcome.OK, published=hourly
    )
    await record_visit(office.store, adapting, visit)
    [state] = await office.store.source_states()
    assert HOUR / 2 * 0.9 <= state.next_visit_at - now <= HOUR / 2


async def test_a_visit_tells_when_the_articles_it_kept_appeared(office: Office) -> None:
    await office.store.register([GAZETTE], office.clock.now())
    first = await office.assignment(GAZETTE).pipeline.visit(GAZETTE)
    assert first.kept == 1
    assert first.published == (office.clock.now(),)
    again = await office.assignment(GAZETTE).pipeline.visit(GAZETTE)
    assert again.published == first.published
