"""What can a hostile server cost us: memory, time past the deadline, connections that never come back?

    python -m benchmarks.hostile [--json FILE]

A server of our own on loopback hangs, drips and sends bombs of 1 GB. Memory is what the peak of this
process grows by while it is sent four of them (gzip, brotli, zstd, gzip twice); `over_deadline_s` is
how long after its deadline the slowest of 40 fetches came back; `good_of_10` is how many of ten
requests succeed after 5,000 were cancelled. `cpu_ms` is the CPU of one well-behaved page of 120 KB,
beside the bare client's.
"""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.queues import Queue
from pathlib import Path
from time import perf_counter, process_time

import brotli  # type: ignore[import-untyped]
import httpx2 as httpx
from backports import zstd

from benchmarks.report import OURS, Figure, Report, Row, publish, read_arguments
from monitor.errors import FetchError
from monitor.fetch import FetchSettings, HttpFetcher, open_fetcher
from monitor.jobs.clock import SystemClock
from monitor.model import Request, Source

GIGABYTE = 1000
"""In pieces of a megabyte."""

CANCELLED = 5000
AT_ONCE = 50
DEADLINE_S = 1.0
PAGES = 500
PAGE = gzip.compress(
    b"".join(b"<p>Sentence %d of a page that says nothing new.</p>\n" % n for n in range(2400))
)


# --- the server, in a process of its own -------------------------------------------------------------


def serve(ports: Queue[int]) -> None:
    """Run the server until it is killed; tell its port."""
    asyncio.run(_serve(ports))


async def _serve(ports: Queue[int]) -> None:
    bodies = {f"/bomb/{coding}": _packed(coding, body) for coding, body in _bombs().items()}
    bodies["/page"] = _packed("gzip", PAGE)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].decode("ascii")
            if path == "/hang":
                await asyncio.sleep(3600)
            elif path == "/drip":
                await _drip(writer)
            else:
                writer.write(bodies.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
                await writer.drain()

    async def answer_till_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer_till_the_end, "127.0.0.1", 0)
    ports.put(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


def _packed(coding: str, body: bytes) -> bytes:
    return (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def _bombs() -> dict[str, bytes]:
    megabyte = bytes(1 << 20)
    gzipped, brotlied, zstandard = (
        zlib.compressobj(9, zlib.DEFLATED, 31),
        brotli.Compressor(quality=1),
        zstd.ZstdCompressor(),
    )
    bombs = {
        "gzip": b"".join(gzipped.compress(megabyte) for _ in range(GIGABYTE)) + gzipped.flush(),
        "br": b"".join(brotlied.process(megabyte) for _ in range(GIGABYTE)) + brotlied.finish(),
        "zstd": b"".join(zstandard.compress(megabyte) for _ in range(GIGABYTE)) + zstandard.flush(),
    }
    return bombs | {"gzip,gzip": gzip.compress(bombs["gzip"])}


# --- what is asked of us -----------------------------------------------------------------------------


def ask(url: str, source: str = "hostile", timeout_s: float = 30) -> Request:
    """Return a request for `url`, with no pause."""
    return Request(
        url=url,
        source=Source(
            name=source, url=url, timeout=timedelta(seconds=timeout_s), pause=timedelta(), allow_private=True
        ),
    )


async def added_mb(fetcher: HttpFetcher, urls: list[str]) -> float:
    """Return how much the peak memory of this process grows over some bombs, in 10^6 bytes."""
    before = peak_mb()
    for url in urls:
        try:
            await fetcher.get(ask(url))
        except FetchError:
            continue
        sys.exit(f"{url} was taken for a page")
    return round(peak_mb() - before, 1)


def peak_mb() -> float:
    """Return the peak memory of this process, in 10^6 bytes (Linux)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM"))


async def over_deadline_s(urls: list[str]) -> float:
    """Return how long after its deadline the slowest of some fetches at one time came back."""

    async def time_one(url: str) -> float:
        began = perf_counter()
        async with opened() as fetcher:  # a lane for each: one host takes one request at a time
            try:
                await fetcher.get(ask(url, timeout_s=DEADLINE_S))
            except FetchError:
                return perf_counter() - began
        sys.exit(f"{url} was taken for a page")

    return max(await asyncio.gather(*map(time_one, urls))) - DEADLINE_S


async def good_after_cancelling(fetcher: HttpFetcher, url: str) -> int:
    """Cancel `CANCELLED` requests in the middle; return how many of the next ten succeed."""
    for _ in range(CANCELLED // AT_ONCE):
        tasks = [asyncio.create_task(fetcher.get(ask(f"{url}/hang"))) for _ in range(AT_ONCE)]
        await asyncio.sleep(0.005)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return sum([len((await fetcher.get(ask(f"{url}/page"))).body) > len(PAGE) for _ in range(10)])


async def cpu_ms(fetch: Callable[[], object]) -> float:
    """Return the CPU time of one page, in ms."""
    began = process_time()
    for _ in range(PAGES):
        await fetch()  # type: ignore[misc] # a coroutine of either client
    return round((process_time() - began) / PAGES * 1000, 3)


@asynccontextmanager
async def opened() -> AsyncIterator[HttpFetcher]:
    """Open a fetcher for a while."""
    fetcher = open_fetcher(FetchSettings(version="bench"), SystemClock())
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def measure(url: str) -> list[Row]:
    """Return our figures, and the bare client's where there is something to compare."""
    figures: dict[str, Figure] = {}
    async with opened() as fetcher, httpx.AsyncClient(trust_env=False) as bare:
        request = ask(f"{url}/page")
        await fetcher.get(request)
        figures["cpu_ms"] = await cpu_ms(lambda: fetcher.get(request))
        bare_ms = await cpu_ms(lambda: bare.get(f"{url}/page"))
        bombs = [f"{url}/bomb/{coding}" for coding in ("gzip", "br", "zstd", "gzip,gzip")]
        figures["bombs_added_mb"] = await added_mb(fetcher, bombs)
        figures["over_deadline_s"] = round(await over_deadline_s([f"{url}/hang", f"{url}/drip"] * 20), 3)
        figures["cancelled"] = CANCELLED
        figures["good_of_10"] = await good_after_cancelling(fetcher, url)
    return [Row(OURS, figures), Row("httpx2", {"cpu_ms": bare_ms})]


def main() -> None:
    """Start the server, measure, publish."""
    arguments = read_arguments(__doc__)
    context = multiprocessing.get_context("spawn")
    ports = context.Queue()
    server = context.Process(target=serve, args=(ports,), daemon=True)
    server.start()
    try:
        rows = asyncio.run(measure(f"http://127.0.0.1:{ports.get()}"))
    finally:
        server.terminate()
    question = "What can a hostile server cost us: memory, time past the deadline, connections?"
    publish(
        Report(name="hostile", question=question, rows=rows, distributions=("httpx2", "httpcore2")), arguments
    )


if __name__ == "__main__":
    main()
