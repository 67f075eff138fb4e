"""One request at a time per host, with a pause between starts."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from monitor.errors import FetchFailed
from monitor.fetch import FetchSettings, HttpFetcher
from monitor.fetch import pacing as pacing_module
from monitor.fetch.pacing import LONGEST_PAUSE, Pacing
from tests.fetch.asking import ask
from tests.fetch.conftest import FakeTime, StillClock
from tests.fetch.server import Server, answer

TWO_SECONDS = timedelta(seconds=2)


async def test_starts_on_one_host_are_a_pause_apart(
    fetcher: HttpFetcher, server: Server, time: FakeTime
) -> None:
    server.on("/a", b"a")
    for _ in range(3):
        await fetcher.get(ask(f"{server.url}/a", pause=TWO_SECONDS))
    assert time.slept == [2.0, 2.0, 2.0], "robots.txt is a request like any other"


async def test_a_host_that_rested_is_asked_at_once(
    fetcher: HttpFetcher, server: Server, time: FakeTime
) -> None:
    server.on("/a", b"a")
    await fetcher.get(ask(f"{server.url}/a", pause=TWO_SECONDS))
    time.pass_by(timedelta(minutes=15))
    await fetcher.get(ask(f"{server.url}/a", pause=TWO_SECONDS))
    assert time.slept == [2.0]


async def test_a_redirect_waits_for_its_turn_too(
    fetcher: HttpFetcher, server: Server, time: FakeTime
) -> None:
    server.redirect("/a", "/b")
    server.on("/b", b"b")
    await fetcher.get(ask(f"{server.url}/a", pause=TWO_SECONDS))
    assert time.slept == [2.0, 2.0]


async def test_a_crawl_delay_lengthens_the_pause_up_to_a_limit(
    fetcher: HttpFetcher, server: Server, other: Server, time: FakeTime
) -> None:
    server.on("/robots.txt", b"User-agent: *\nCrawl-delay: 5")
    other.on("/robots.txt", b"User-agent: *\nCrawl-delay: 86400")
    for host in (server, other):
        host.on("/a", b"a")
        await fetcher.get(ask(f"{host.url}/a", pause=TWO_SECONDS))
    assert time.slept == [5.0, LONGEST_PAUSE.total_seconds()]


async def test_hosts_do_not_wait_for_each_other(fetcher: HttpFetcher, server: Server, other: Server) -> None:
    hanging = asyncio.Event()

    async def hang(_: asyncio.StreamWriter) -> None:
        hanging.set()
        await asyncio.Event().wait()

    server.scripts["/a"] = hang
    other.on("/b", b"b")
    stuck = asyncio.create_task(fetcher.get(ask(f"{server.url}/a")))
    await hanging.wait()
    assert (await fetcher.get(ask(f"{other.url}/b"))).body == b"b"
    stuck.cancel()
    await asyncio.gather(stuck, return_exceptions=True)


async def test_one_host_gets_one_request_at_a_time(fetcher: HttpFetcher, server: Server) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.01)
        writer.write(answer(b"slow"))

    server.scripts["/a"] = slow
    await asyncio.gather(*(fetcher.get(ask(f"{server.url}/a", name=str(number))) for number in range(5)))
    assert server.most_at_once == 1


async def test_the_number_of_requests_overall_is_bounded(
    server: Server, other: Server, time: FakeTime
) -> None:
    running: list[int] = []

    async def slow(writer: asyncio.StreamWriter) -> None:
        running.append(server.running + other.running)
        await asyncio.sleep(0.02)
        writer.write(answer(b"slow"))

    server.scripts["/a"] = other.scripts["/a"] = slow
    fetcher = HttpFetcher(FetchSettings(max_concurrent=1), StillClock(), Pacing(time.monotonic, time.sleep))
    await asyncio.gather(fetcher.get(ask(f"{server.url}/a")), fetcher.get(ask(f"{other.url}/a")))
    await fetcher.close()
    assert running == [1, 1]


async def test_waiting_for_a_turn_takes_nothing_from_the_deadline(server: Server) -> None:
    async def sleep(_: float) -> None:
        await asyncio.sleep(0.3)

    server.on("/a", b"a")
    fetcher = HttpFetcher(FetchSettings(), StillClock(), Pacing(lambda: 0.0, sleep))
    response = await fetcher.get(ask(f"{server.url}/a", pause=TWO_SECONDS, timeout_s=0.25))
    await fetcher.close()
    assert response.body == b"a"


async def test_those_who_waited_while_the_host_asked_for_peace_do_not_go_on(
    fetcher: HttpFetcher, server: Server
) -> None:
    async def refuse(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        writer.write(answer(status=429, headers={"Retry-After": "60"}))

    server.scripts["/a"] = refuse
    outcomes = await asyncio.gather(
        *(fetcher.get(ask(f"{server.url}/a", name=str(number))) for number in range(3)),
        return_exceptions=True,
    )
    assert all(isinstance(outcome, FetchFailed) for outcome in outcomes)
    assert server.pages() == ["/a"]


async def test_hosts_that_rest_are_forgotten(time: FakeTime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing_module, "MAX_LANES", 3)
    pacing = Pacing(time.monotonic, time.sleep)
    pacing.silence("quiet", timedelta(hours=1))
    for number in range(10):
        time.pass_by(LONGEST_PAUSE)
        async with pacing.turn(f"{number}.example", TWO_SECONDS):
            assert len(pacing._lanes) <= 4
    assert pacing.silence_left("quiet") == timedelta(minutes=50)
