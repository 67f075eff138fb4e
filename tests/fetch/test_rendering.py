"""When a page is drawn, and what is said when there is nobody to do it. The browser itself: tests/debian."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import FetchFailed, FetchRefused
from monitor.fetch import FetchSettings, HttpFetcher, find_browser
from monitor.fetch.pacing import Pacing
from monitor.fetch.rendering import MAX_BROWSERS, Cookie, Sheet
from monitor.model import Request, Validators
from tests.fetch.asking import ask
from tests.fetch.conftest import FakeTime, StillClock
from tests.fetch.server import Server

SHELL = b"<div id=app></div><script src=/app.js></script>"


class Painter:
    """A browser that draws what it is told to."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.drawn = "<p>Drawn.</p>"
        self.hold = asyncio.Event()
        self.hold.set()
        self.most_at_once = self.at_once = 0

    async def draw(self, sheet: Sheet) -> str:
        self.sheets.append(sheet)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.hold.wait()
        finally:
            self.at_once -= 1
        return self.drawn

    async def close(self) -> None:
        self.hold.set()


@pytest.fixture
def painter() -> Painter:
    return Painter()


@pytest.fixture
async def fetcher(time: FakeTime, painter: Painter) -> AsyncIterator[HttpFetcher]:
    settings = FetchSettings(version="1.2", max_decoded_bytes=1000)
    pacing = Pacing(time.monotonic, time.sleep)
    fetcher = HttpFetcher(settings, StillClock(), pacing, lambda: painter)
    yield fetcher
    await fetcher.close()


def rendered(request: Request) -> Request:
    return replace(request, source=replace(request.source, render=True))


async def test_a_page_is_drawn_after_it_was_had_with_all_that_its_source_sends(
    fetcher: HttpFetcher, server: Server, painter: Painter
) -> None:
    headers = {"ETag": '"1"', "Cache-Control": "max-age=60", "Set-Cookie": "seen=1; Path=/"}
    headers |= {"Content-Encoding": "gzip"}
    server.on("/story", gzip.compress(SHELL), headers=headers)
    sent = (("X-Key", "k"),), (("edition", "north"),)
    request = ask(f"{server.url}/story", headers=sent[0], cookies=sent[1], user_agent="Reader/1")
    page = await fetcher.get(rendered(request))
    assert (page.body, page.content_type) == (b"<p>Drawn.</p>", "text/html; charset=utf-8")
    assert (page.validators, page.fresh_for) == (Validators(), timedelta()), "the shell's say nothing"
    assert page.packed == b"", "what came is not what was drawn"
    [sheet] = painter.sheets
    assert (sheet.page.body, sheet.user_agent, sheet.headers) == (SHELL, "Reader/1", (("X-Key", "k"),))
    assert sheet.homes == {server.url}
    assert sheet.cookies == (
        Cookie(name="edition", value="north", url=server.url),
        Cookie(name="seen", value="1", domain="127.0.0.1"),
    )


async def test_away_from_home_a_page_is_drawn_without_the_sources_headers(
    fetcher: HttpFetcher, server: Server, other: Server, painter: Painter
) -> None:
    server.redirect("/story", f"{other.url}/story")
    other.on("/story", SHELL)
    await fetcher.get(rendered(ask(f"{server.url}/story", cookies=(("edition", "north"),))))
    [sheet] = painter.sheets
    assert (sheet.homes, sheet.cookies) == (frozenset(), ())


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/rss+xml", b"<rss></rss>"),
        ("text/html", b'<?xml version="1.0"?>\n<!-- made by us -->\n<feed></feed>'),
        ("text/html", b"  <urlset></urlset>"),
        ("application/json", b"{}"),
    ],
)
async def test_what_lists_links_is_not_drawn(
    fetcher: HttpFetcher, server: Server, painter: Painter, content_type: str, body: bytes
) -> None:
    server.on("/feed", body, headers={"Content-Type": content_type, "ETag": '"1"'})
    page = await fetcher.get(rendered(ask(f"{server.url}/feed")))
    assert (page.body, page.validators.etag, painter.sheets) == (body, '"1"', [])


async def test_a_source_that_does_not_ask_for_it_needs_no_browser(
    fetcher: HttpFetcher, server: Server, painter: Painter
) -> None:
    server.on("/story", SHELL)
    assert (await fetcher.get(ask(f"{server.url}/story"))).body == SHELL
    assert painter.sheets == []


async def test_a_browser_that_takes_too_long_is_given_up(
    fetcher: HttpFetcher, server: Server, painter: Painter
) -> None:
    server.on("/story", SHELL)
    painter.hold.clear()
    with pytest.raises(FetchFailed, match=r"drew no page within 0\.3 s"):
        await fetcher.get(rendered(ask(f"{server.url}/story", timeout_s=0.3)))
    assert painter.at_once == 0


async def test_few_pages_are_drawn_at_one_time_and_the_others_do_not_lose_time_by_waiting(
    fetcher: HttpFetcher, server: Server, painter: Painter
) -> None:
    painter.hold.clear()
    pages = [f"/story{number}" for number in range(MAX_BROWSERS * 3)]
    for page in pages:
        server.on(page, SHELL)
    drawing = [asyncio.create_task(fetcher.get(rendered(ask(f"{server.url}{page}")))) for page in pages]
    while len(server.pages()) < len(pages) or len(painter.sheets) < MAX_BROWSERS:
        await asyncio.wait(drawing, timeout=0.01)
    painter.hold.set()
    await asyncio.gather(*drawing)
    assert painter.most_at_once == MAX_BROWSERS


async def test_a_page_that_is_drawn_without_end_is_refused(
    fetcher: HttpFetcher, server: Server, painter: Painter
) -> None:
    server.on("/story", SHELL)
    painter.drawn = "x" * 1001
    with pytest.raises(FetchRefused, match="too large"):
        await fetcher.get(rendered(ask(f"{server.url}/story")))


async def test_half_a_character_harms_nothing(fetcher: HttpFetcher, server: Server, painter: Painter) -> None:
    server.on("/story", SHELL)
    painter.drawn = "<p>\ud800</p>"
    assert (await fetcher.get(rendered(ask(f"{server.url}/story")))).body == b"<p>?</p>"


async def test_without_a_browser_the_cure_is_told(server: Server) -> None:
    server.on("/story", SHELL)
    fetcher = HttpFetcher(FetchSettings(), StillClock())
    with pytest.raises(FetchFailed, match="without a browser"):
        await fetcher.get(rendered(ask(f"{server.url}/story")))
    await fetcher.close()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Put programs into the only folder of PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def add(name: str) -> str:
        program = tmp_path / name
        program.touch(0o755)
        return str(program)

    return add


def test_the_browser_is_the_one_that_is_named_or_the_first_on_path(programs: Callable[[str], str]) -> None:
    with pytest.raises(FetchFailed, match="apt install chromium"):
        find_browser(None)
    chrome, mine = programs("google-chrome"), programs("mine")
    assert find_browser(None) == chrome
    assert find_browser("mine") == find_browser(mine) == mine
    with pytest.raises(FetchFailed, match="there is no browser at /nowhere/chromium"):
        find_browser("/nowhere/chromium")
