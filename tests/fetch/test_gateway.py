"""The way out of a browser: what it lets through, and what it does not."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from monitor.fetch.gateway import Gateway, open_gateway
from monitor.fetch.transport import Route
from tests.fetch.resolver import Resolver
from tests.fetch.server import Server, answer
from tests.fetch.test_transport import SPELLINGS, connected

__all__ = ["connected"]

OPEN, GUARDED = Route(allow_private=True), Route()
MUCH = 1_000_000


@asynccontextmanager
async def running(route: Route, max_bytes: int = MUCH) -> AsyncIterator[tuple[Gateway, int]]:
    async with open_gateway(route, max_bytes) as (gateway, url):
        yield gateway, int(url.rpartition(":")[2])


async def say(port: int, *parts: bytes) -> bytes:
    """Say something to a gateway as a browser does, and return all that it answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


def get(url: str, *fields: str) -> bytes:
    return "\r\n".join((f"GET {url} HTTP/1.1", "Host: x", *fields, "", "")).encode()


def connect(target: str) -> bytes:
    return f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode()


async def test_a_plain_request_is_passed_on_and_answered_alone_on_its_connection(server: Server) -> None:
    server.on("/story", b"Ferry.", headers={"Keep-Alive": "timeout=5", "X-Mark": "1"})
    async with running(OPEN) as (_, port):
        said = await say(port, get(f"{server.url}/story?a=1", "Proxy-Connection: keep-alive", "X-Own: 2"))
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nConnection: close" in head
    assert (b"x-mark: 1" in head.lower(), b"keep-alive" in head.lower(), body) == (True, False, b"Ferry.")
    [received] = server.received
    assert (received.path, received.headers["x-own"]) == ("/story?a=1", "2")
    assert "proxy-connection" not in received.headers


async def test_the_body_of_a_request_is_passed_on() -> None:
    bodies: list[bytes] = []

    async def read_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        bodies.append(await reader.readexactly(5))
        writer.write(answer(b"taken"))
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(read_body, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
    request = get(url, "Content-Length: 5").replace(b"GET", b"POST")
    async with running(OPEN) as (_, port):
        assert (await say(port, request, b"story")).endswith(b"taken")
    listener.close()
    assert bodies == [b"story"]


async def test_a_tunnel_passes_on_what_it_does_not_read(server: Server) -> None:
    server.on_raw("/", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nsecret")
    async with running(OPEN) as (_, port):
        said = await say(port, connect(f"127.0.0.1:{server.port}"), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 200 Connection established\r\n")
    assert said.endswith(b"secret")


@pytest.mark.parametrize("host", [each for each in SPELLINGS if "@" not in each])
async def test_no_spelling_of_a_private_address_is_let_through(server: Server, host: str) -> None:
    written = host.encode()
    async with running(GUARDED) as (_, port):
        plain = get("http://HOST:1/").replace(b"HOST:1", b"%b:%d" % (written, server.port))
        tunnel = connect("HOST:1").replace(b"HOST:1", b"%b:%d" % (written, server.port))
        for request in (plain, tunnel):
            said = await say(port, request)
            assert said.startswith((b"HTTP/1.1 403", b"HTTP/1.1 502", b"HTTP/1.1 400")), said
    assert server.connections == 0


async def test_a_name_that_answers_differently_the_second_time_gets_nowhere_else(
    server: Server, resolver: Resolver, connected: list[object]
) -> None:
    resolver.answers["rebind.test"] = [["203.0.113.7"], ["127.0.0.1"]]
    async with running(GUARDED) as (_, port):
        said = await say(port, connect(f"rebind.test:{server.port}"))
    assert said.startswith(b"HTTP/1.1 403")
    assert resolver.asked == ["rebind.test"]
    assert connected == [("127.0.0.1", port)], "what we said ourselves"


async def test_a_page_that_has_had_enough_is_given_nothing_more(server: Server) -> None:
    server.on("/much", b"x" * 60_000)
    async with running(OPEN, 100_000) as (gateway, port):
        assert len(await say(port, get(f"{server.url}/much"))) > 60_000
        spent = [gateway.is_spent]
        assert len(await say(port, connect(f"127.0.0.1:{server.port}"), get("/much"))) < 60_000
        assert [*spent, gateway.is_spent] == [False, True]
        assert (await say(port, get(f"{server.url}/much"))).startswith(b"HTTP/1.1 403")
    assert len(server.received) == 2


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT a HTTP/1.1\r\n\r\n",
        b"CONNECT a:b HTTP/1.1\r\n\r\n",
        b"POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST http://a/ HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"GET http://a/ HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    ],
)
async def test_what_no_browser_writes_is_refused(request_bytes: bytes) -> None:
    async with running(OPEN) as (_, port):
        assert (await say(port, request_bytes)).startswith(b"HTTP/1.1 400")


async def test_a_dead_host_is_told_as_such() -> None:
    async with running(OPEN) as (_, port):
        for request in (get("http://127.0.0.1:1/"), connect("127.0.0.1:1"), connect("nobody.test:443")):
            assert (await say(port, request)).startswith(b"HTTP/1.1 502")


async def test_connections_end_with_the_gateway(server: Server) -> None:
    server.scripts["/hangs"] = lambda _: asyncio.sleep(3600)
    async with running(OPEN) as (_, port):
        hanging = [asyncio.create_task(say(port, get(f"{server.url}/hangs"))) for _ in range(3)]
        while len(server.received) < 3:
            await asyncio.wait(hanging, timeout=0.01)
    assert await asyncio.gather(*hanging) == [b"", b"", b""]


# --- by way of the operator's proxy ------------------------------------------------------------------


class OperatorsProxy:
    """Passes on what comes, and remembers the heads."""

    def __init__(self, upstream: Server, consent: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> None:
        self.heads: list[bytes] = []
        self._upstream, self._consent = upstream, consent

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        if head.startswith(b"CONNECT"):
            writer.write(self._consent)
            head = await reader.read(1000)
        path = head.split(b" ")[1].rpartition(b"/")[2]
        writer.write(answer(b"by proxy: " + path, headers={"Connection": "close"}))
        await writer.drain()
        writer.close()


@asynccontextmanager
async def proxied(proxy: OperatorsProxy) -> AsyncIterator[int]:
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    url = f"http://mona:se%40cret@127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with listener, running(Route(proxy=url)) as (_, port):
        yield port


async def test_all_that_a_page_asks_for_goes_through_the_operators_proxy(server: Server) -> None:
    proxy = OperatorsProxy(server)
    async with proxied(proxy) as port:
        assert (await say(port, get("http://gazette.example/a"))).endswith(b"by proxy: a")
        said = await say(port, connect("gazette.example:443"), b"GET /b HTTP/1.1\r\n\r\n")
        assert said.endswith(b"by proxy: b")
    plain, tunnel = proxy.heads
    assert plain.startswith(b"GET http://gazette.example/a HTTP/1.1\r\n")
    assert tunnel.startswith(b"CONNECT gazette.example:443 HTTP/1.1\r\n")
    wanted = b"Basic " + base64.b64encode(b"mona:se@cret")
    assert all(wanted in head for head in proxy.heads)


async def test_a_proxy_is_not_asked_for_a_private_address(server: Server) -> None:
    proxy = OperatorsProxy(server)
    async with proxied(proxy) as port:
        for request in (get("http://127.1/a"), connect("2130706433:443"), connect("localhost:443")):
            assert (await say(port, request)).startswith(b"HTTP/1.1 403")
    assert proxy.heads == []


@pytest.mark.parametrize("consent", [b"HTTP/1.1 407 No\r\n\r\n", b"HTTP/1.1 200", b"x" * 10_000])
async def test_a_proxy_that_gives_no_tunnel_is_told_as_unreachable(server: Server, consent: bytes) -> None:
    class Refusing(OperatorsProxy):
        async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(consent)
            writer.close()

    async with proxied(Refusing(server)) as port:
        assert (await say(port, connect("gazette.example:443"))).startswith(b"HTTP/1.1 502")
