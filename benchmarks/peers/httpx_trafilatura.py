"""httpx2 + trafilatura + sqlite: `python -m benchmarks.peers.httpx_trafilatura DATABASE FEED ...`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import httpx2 as httpx

from benchmarks.peers.archive import Archive, read_feed

AT_ONCE = 32


async def crawl(database: str, feeds: Sequence[str]) -> None:
    """Store every article that the feeds name."""
    archive, room = Archive(database), asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(timeout=30) as client:

        async def get(url: str) -> bytes:
            async with room:
                return (await client.get(url)).raise_for_status().content

        async def visit(feed: str) -> None:
            for url in read_feed(await get(feed)):
                archive.keep(url, await get(url))

        await asyncio.gather(*map(visit, feeds))


if __name__ == "__main__":
    asyncio.run(crawl(sys.argv[1], sys.argv[2:]))
