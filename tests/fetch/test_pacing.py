"""One request at a time per host, with a pause between starts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
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


class Hesitation:
    """A page that does not answer before it may."""

    def __init__(self) -> None:
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        self.asked.set()
        await self.may_answer.wait()
        writer.write(answer(b"at last"))


async def pass_time(server: Server) -> None:
    """Ask for something else, with another fetcher: whatever else may be asked for meanwhile has been."""
    server.on("/meanwhile", b"")
    fetcher = HttpFetcher(FetchSettings(), StillClock())
    await fetcher.get(ask(f"{server.url}/meanwhile"))
    await fetcher.close()


async def test_one_host_gets_one_request_at_a_time(
    fetcher: HttpFetcher, server: Server, other: Server
) -> None:
    server.scripts["/a"] = hesitation = Hesitation()
    asking = [asyncio.create_task(fetcher.get(ask(f"{server.url}/a", name=name))) for name in "abc"]
    await hesitation.asked.wait()
    await pass_time(other)
    assert server.pages() == ["/a"]
    hesitation.may_answer.set()
    assert [response.body for response in await asyncio.gather(*asking)] == [b"at last"] * 3
    assert server.most_at_once == 1


async def test_the_number_of_requests_overall_is_bounded(
    server: Server, other: Server, time: FakeTime
) -> None:
    server.scripts["/a"] = hesitation = Hesitation()
    other.on("/a", b"a")
    fetcher = HttpFetcher(FetchSettings(max_concurrent=1), StillClock(), Pacing(time.monotonic, time.sleep))
    asking = [asyncio.create_task(fetcher.get(ask(f"{host.url}/a"))) for host in (server, other)]
    await hesitation.asked.wait()
    await pass_time(other)
    assert "/a" not in other.pages()
    hesitation.may_answer.set()
    await asyncio.gather(*asking)
    await fetcher.close()
    assert "/a" in other.pages()


async def test_waiting_for_a_turn_takes_nothing_from_the_deadline(
    server: Server, skip_s: Callable[[float], None]
) -> None:
    async def sleep(seconds: float) -> None:
        skip_s(seconds)

    server.on("/a", b"a")
    fetcher = HttpFetcher(FetchSettings(), StillClock(), Pacing(lambda: 0.0, sleep))
    response = await fetcher.get(ask(f"{server.url}/a", pause=TWO_SECONDS, timeout_s=1))
    await fetcher.close()
    assert response.body == b"a"


async def test_those_who_waited_while_the_host_asked_for_peace_do_not_go_on(
    server: Server, time: FakeTime
) -> None:
    pacing = Pacing(time.monotonic, time.sleep)

    async def refuse(writer: asyncio.StreamWriter) -> None:
        while sum(lane.waiting for lane in pacing._lanes.values()) < 3:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0)
        writer.write(answer(status=429, headers={"Retry-After": "60"}))

    server.scripts["/a"] = refuse
    fetcher = HttpFetcher(FetchSettings(), StillClock(), pacing)
    outcomes = await asyncio.gather(
        *(fetcher.get(ask(f"{server.url}/a", name=str(number))) for number in range(3)),
        return_exceptions=True,
    )
    await fetcher.close()
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
