"""Scrapy + trafilatura + sqlite: `python -m benchmarks.peers.scrapy_trafilatura DATABASE FEED ...`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import ClassVar

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

from benchmarks.peers.archive import Archive, read_feed


class NewsSpider(scrapy.Spider):
    """Follows feeds to their articles."""

    name = "news"
    custom_settings: ClassVar[dict[str, object]] = {
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 32,
        "ROBOTSTXT_OBEY": True,
        "LOG_LEVEL": "INFO",
        "TELNETCONSOLE_ENABLED": False,
    }

    def __init__(self, database: str, feeds: list[str]) -> None:
        super().__init__()
        self.start_urls = feeds
        self.archive = Archive(database)

    def parse(self, response: Response, **_: object) -> Iterator[scrapy.Request]:
        """Ask for each article of a feed."""
        for url in read_feed(response.body):
            yield scrapy.Request(url, callback=self.keep)

    def keep(self, response: Response) -> None:
        """Store one article."""
        self.archive.keep(response.url, response.body)


if __name__ == "__main__":
    process = CrawlerProcess()
    process.crawl(NewsSpider, database=sys.argv[1], feeds=sys.argv[2:])
    process.start()
