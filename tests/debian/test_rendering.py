"""Pages that are made of JavaScript, drawn by Debian's Chromium, and what such pages must never reach."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import TypedDict, Unpack

import psutil
import pytest

from monitor.errors import FetchFailed, FetchRefused
from monitor.extract import read_article
from monitor.fetch import FetchSettings, HttpFetcher, find_browser
from monitor.fetch.browser import PlaywrightBrowser
from monitor.jobs.clock import SystemClock
from monitor.model import Link, Request, Response, Source, Template, Validators
from tests.fakes import story_about
from tests.fetch.server import Server, serving

pytestmark = pytest.mark.needs_chromium

PUBLIC, PRIVATE = IPv4Address("127.0.0.1"), IPv4Address("127.0.0.2")
"""What the tests below take for a public and for a private address: both lie on loopback."""

STORY = story_about("harbour")
SHELL = b"""<!doctype html><html lang="en"><head><title>Gazette</title></head><body>
<div id="app">Loading ...</div><script src="/app.js"></script></body></html>"""
DRAWING = """
fetch("/api/story.json").then(answer => answer.json()).then(story => {
  document.title = story.title;
  document.getElementById("app").innerHTML =
    "<article><h1>" + story.title + "</h1><p>" + story.paragraphs.join("</p><p>") + "</p></article>";
});
"""


@pytest.fixture(autouse=True)
def only_the_first_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the guard let the tests' own server through, and nothing else."""
    monkeypatch.setattr("monitor.fetch.transport.is_public", lambda address: address == PUBLIC)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        yield running


@pytest.fixture
async def private() -> AsyncIterator[Server]:
    """A server that no page of the other may reach."""
    async with serving(host=str(PRIVATE)) as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    settings = FetchSettings(version="1.2", max_wire_bytes=300_000)
    fetcher = HttpFetcher(settings, SystemClock(), open_browser=lambda: PlaywrightBrowser(find_browser(None)))
    yield fetcher
    await fetcher.close()
    assert browsers() == []


def browsers() -> list[str]:
    """The browsers, and their drivers, that this process has begun and not ended."""
    names = [child.name() for child in psutil.Process().children(recursive=True)]
    return [name for name in names if name in {"chromium", "chrome", "node"}]


class Settings(TypedDict, total=False):
    """What only few tests ask for."""

    allow_private: bool
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[tuple[str, str], ...]


def request(url: str, *, timeout_s: float = 30, **settings: Unpack[Settings]) -> Request:
    timeout = timedelta(seconds=timeout_s)
    source = Source(name="gazette", url=url, render=True, pause=timedelta(), timeout=timeout, **settings)
    return Request(url=url, source=source)


def serve_story(server: Server) -> None:
    server.on("/story", SHELL, headers={"ETag": '"shell"', "Content-Type": "text/html"})
    server.on("/app.js", DRAWING.encode(), headers={"Content-Type": "text/javascript"})
    paragraphs = ", ".join(f'"{paragraph}"' for paragraph in STORY)
    story = f'{{"title": "Harbour talks go on", "paragraphs": [{paragraphs}]}}'
    server.on("/api/story.json", story.encode(), headers={"Content-Type": "application/json"})


def read(page: Response) -> str:
    return read_article(page, Link(url=page.url, source="gazette"), Template()).article.text


async def test_a_story_that_scripts_draw_is_read(fetcher: HttpFetcher, server: Server) -> None:
    serve_story(server)
    page = await fetcher.get(request(f"{server.url}/story"))
    assert read(page) == "\n\n".join(STORY)
    assert page.content_type == "text/html; charset=utf-8"
    assert page.validators == Validators(), "the same shell may draw another story tomorrow"
    assert server.pages() == ["/story", "/app.js", "/api/story.json"]
    agents = {received.headers["user-agent"] for received in server.received}
    assert agents == {"news-monitor/1.2"}


ASKING = {
    "image": "new Image().src = '{}/secret'",
    "fetch": "fetch('{}/secret', {{mode: 'no-cors'}})",
    "request": "const r = new XMLHttpRequest(); r.open('GET', '{}/secret'); r.send()",
    "form": "fetch('{}/secret', {{method: 'POST', mode: 'no-cors', body: 'x'}})",
    "script": "document.body.appendChild(document.createElement('script')).src = '{}/secret'",
    "style": "document.head.innerHTML += '<link rel=stylesheet href=\"{}/secret\">'",
    "frame": "document.body.innerHTML += '<iframe src=\"{}/secret\"></iframe>'",
    "beacon": "navigator.sendBeacon('{}/secret', 'x')",
    "websocket": "new WebSocket('{}/secret'.replace('http', 'ws'))",
    "events": "new EventSource('{}/secret')",
    "worker": "new Worker(URL.createObjectURL(new Blob([\"fetch('{}/secret')\"])))",
    "window": "window.open('{}/secret')",
    "page": "location.href = '{}/secret'",
    "import": "import('{}/secret.js')",
    "preload": "document.head.innerHTML += '<link rel=preconnect href=\"{}\">'",
}


async def ask_by_every_way(
    fetcher: HttpFetcher, server: Server, *targets: str, **settings: Unpack[Settings]
) -> None:
    """Draw a page that asks for the targets in every way that a script knows."""
    ways = (way.format(target) for way in ASKING.values() for target in targets)
    script = ";\n".join(f"try {{ {way} }} catch (_) {{}}" for way in ways)
    server.on("/page", f"<p id=end>begun</p><script>{script};\nend.textContent = 'done'</script>".encode())
    page = await fetcher.get(request(f"{server.url}/page", timeout_s=12, **settings))
    assert b">done<" in page.body


async def test_a_script_reaches_no_private_address(
    fetcher: HttpFetcher, server: Server, private: Server
) -> None:
    await ask_by_every_way(fetcher, server, private.url)
    assert private.connections == 0


async def test_a_script_reaches_what_its_source_allows(
    fetcher: HttpFetcher, server: Server, private: Server
) -> None:
    await ask_by_every_way(fetcher, server, private.url, allow_private=True)
    assert {"/secret", "/secret.js"} <= set(private.paths()), "the test above proves nothing otherwise"


SPELLINGS = (
    *("2130706434", "0x7f000002", "0177.0.0.2", "127.2", "[::ffff:127.0.0.2]", "127。0。0。2"),
    "inside.test",
)


async def test_no_spelling_and_no_name_leads_a_script_to_a_private_address(
    fetcher: HttpFetcher, server: Server, private: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_the_system = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda name, port, **more: ask_the_system(
            str(PRIVATE) if name == "inside.test" else name, port, **more
        ),
    )
    await ask_by_every_way(fetcher, server, *(f"http://{host}:{private.port}" for host in SPELLINGS))
    assert private.connections == 0


async def test_a_redirect_leads_a_script_to_no_private_address(
    fetcher: HttpFetcher, server: Server, private: Server
) -> None:
    server.redirect("/away/secret", f"{private.url}/secret")
    server.redirect("/away/secret.js", f"{private.url}/secret")
    await ask_by_every_way(fetcher, server, f"{server.url}/away")
    assert "/away/secret" in server.paths()
    assert private.connections == 0


async def test_no_packet_leaves_beside_the_gateway(fetcher: HttpFetcher, server: Server) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((str(PRIVATE), 0))
        udp.setblocking(False)
        stun = f"stun:{PRIVATE}:{udp.getsockname()[1]}"
        script = (
            f"const c = new RTCPeerConnection({{iceServers: [{{urls: '{stun}'}}]}});"
            "c.createDataChannel('x');"
            "c.createOffer().then(o => c.setLocalDescription(o));"
            "setTimeout(() => { document.body.innerHTML = '<p>gathered</p>' }, 400); fetch('/slow');"
        )
        server.on("/page", f"<body><script>{script}</script>".encode())
        await fetcher.get(request(f"{server.url}/page"))
        with pytest.raises(BlockingIOError):
            udp.recv(1)


async def test_the_browser_asks_for_nothing_of_its_own(
    fetcher: HttpFetcher, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, ask_the_system = set[str](), socket.getaddrinfo

    def note_and_ask(name: str, port: int, **more: int) -> object:
        names.add(name)
        return ask_the_system(name, port, **more)

    monkeypatch.setattr(socket, "getaddrinfo", note_and_ask)
    server.on("/page", b"<body><script>setTimeout(() => fetch('/late'), 2000); fetch('/hangs')</script>")
    server.scripts["/hangs"] = lambda _: asyncio.sleep(3600)
    await fetcher.get(request(f"{server.url}/page", timeout_s=16))
    assert names == {"127.0.0.1"}


async def test_a_sources_headers_and_cookies_go_to_its_own_site_only(
    fetcher: HttpFetcher, server: Server
) -> None:
    async with serving() as other:
        serve_story(server)
        other.on("/data", b"{}", headers={"Access-Control-Allow-Origin": "*"})
        server.redirect("/hop", f"{other.url}/data")
        script = f"{DRAWING}; fetch('{other.url}/data'); fetch('/hop')"
        server.on("/app.js", script.encode(), headers={"Content-Type": "text/javascript"})
        await fetcher.get(
            request(f"{server.url}/story", headers=(("X-Key", "k1"),), cookies=(("edition", "north"),))
        )
        for received in server.received[1:]:  # after robots.txt
            assert received.headers["x-key"] == "k1", received
            assert "edition=north" in received.headers["cookie"], received
        assert other.pages() == ["/data", "/data"]
        for received in other.received:
            assert "x-key" not in received.headers


async def test_a_page_whose_scripts_never_end_is_ended(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/page", b"<p>Stuck.</p><script>while (true) {}</script>")
    with pytest.raises(FetchFailed, match="drew no page within 3 s"):
        await fetcher.get(request(f"{server.url}/page", timeout_s=3))


async def test_what_a_script_waits_for_in_vain_does_not_hold_up_the_story(
    fetcher: HttpFetcher, server: Server
) -> None:
    serve_story(server)
    server.scripts["/hangs.js"] = lambda _: asyncio.sleep(3600)
    server.on("/story", SHELL.replace(b"</body>", b'<script src="/hangs.js"></script></body>'))
    page = await fetcher.get(request(f"{server.url}/story", timeout_s=16))
    assert read(page) == "\n\n".join(STORY)


async def test_a_page_that_asks_for_too_much_is_refused(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/much", b"x" * 250_000)
    server.on("/page", b"<p>Much.</p><script>for (const n of [1, 2, 3]) fetch('/much?' + n)</script>")
    with pytest.raises(FetchRefused, match="too large: its scripts ask for more than"):
        await fetcher.get(request(f"{server.url}/page"))


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.6, 1.0, 1.5])
async def test_a_render_that_is_cancelled_leaves_no_process(
    fetcher: HttpFetcher, server: Server, seconds: float
) -> None:
    server.on("/page", b"<p>Stuck.</p><script>while (true) {}</script>")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(seconds):
            await fetcher.get(request(f"{server.url}/page"))
    serve_story(server)
    assert b"Harbour talks" in (await fetcher.get(request(f"{server.url}/story"))).body


async def test_a_feed_that_is_served_as_a_page_is_not_drawn(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/feed", b"<?xml version='1.0'?><rss version='2.0'></rss>", headers={"ETag": '"1"'})
    page = await fetcher.get(request(f"{server.url}/feed"))
    assert (page.body[:5], page.validators.etag) == (b"<?xml", '"1"')


async def test_a_page_that_robots_txt_forbids_is_not_drawn(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/robots.txt", b"User-agent: *\nDisallow: /story\n")
    with pytest.raises(FetchRefused, match=r"robots\.txt"):
        await fetcher.get(request(f"{server.url}/story"))
    assert browsers() == []


async def test_a_machine_without_user_namespaces_is_told_what_is_missing(
    server: Server, tmp_path: Path
) -> None:
    """Chromium says so where it may not make them, as in a container with Docker's default profile."""
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho '[1:1:FATAL] No usable sandbox!' >&2\nexit 133\n", "ascii")
    program.chmod(0o755)
    fetcher = HttpFetcher(
        FetchSettings(version="1.2"), SystemClock(), open_browser=lambda: PlaywrightBrowser(str(program))
    )
    serve_story(server)
    with pytest.raises(FetchFailed, match="drew no page: its sandbox needs user namespaces"):
        await fetcher.get(request(f"{server.url}/story"))
    await fetcher.close()
