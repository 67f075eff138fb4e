"""What hostile sites answer instead of a feed, each in its own way.

`benchmarks.neighbours` measures how late the visits of others are for it; the tests of the jobs see to it
that none is held up.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from functools import cache

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Writes the answer to one request."""

RSS = b"application/rss+xml"
TRAPS = 500
"""Articles that a feed names and that never answer."""


def respond(body: bytes, *fields: bytes, status: bytes = b"200 OK", kind: bytes = b"text/html") -> bytes:
    """Return a whole response."""
    lines = (b"Content-Type: " + kind, b"Content-Length: %d" % len(body), *fields, b"", body)
    return b"HTTP/1.1 " + status + b"\r\n" + b"\r\n".join(lines)


def list_articles(count: int) -> bytes:
    """Return a feed."""
    items = "".join(
        f"<item><title>Council opens bridge {n}</title><link>/2026/03/{n}-council-bridge.html</link></item>"
        for n in range(count)
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


async def hang(_: asyncio.StreamWriter) -> None:
    """Answer nothing."""
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter) -> None:
    """Answer a byte at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + RSS + b"\r\nContent-Length: 90000\r\n\r\n")
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.1)


async def send_without_end(writer: asyncio.StreamWriter) -> None:
    """Answer for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + RSS + b"\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(b"<item>" * 10_000)
        await writer.drain()


async def redirect_for_ever(writer: asyncio.StreamWriter) -> None:
    """Send on to the same place."""
    writer.write(respond(b"", b"Location: /feed.xml", status=b"302 Found"))


async def send_bomb(writer: asyncio.StreamWriter) -> None:
    """Answer 100 MB, small on their way."""
    writer.write(respond(_bomb(), b"Content-Encoding: gzip", kind=RSS))


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(100 << 20))


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Break off in the middle."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<rss>")
    writer.close()


async def lay_a_trap(writer: asyncio.StreamWriter) -> None:
    """Name articles, none of which ever answers."""
    writer.write(respond(list_articles(TRAPS), kind=RSS))


WAYS: tuple[Answer, ...] = (
    *(hang, drip, send_bomb, send_without_end, redirect_for_ever, hang_up, lay_a_trap),
)
