"""How fast are feeds read, and do we find what feedparser, the field's most correct parser, finds?

    python -m benchmarks.feeds --data DIR [--json FILE]

DIR holds feeds as they were served (`*.xml`, `*.xml.gz`). Speed is CPU time on one core, from the bytes
to a list of links, the best of `ROUNDS`. What we find is compared with feedparser's answer: links by
their identity, titles once they are cleaned, dates to the second. Each difference is printed.
"""

from __future__ import annotations

import calendar
import gzip
import io
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import fastfeedparser
import feedparser

from benchmarks.report import OURS, Report, Row, publish, read_arguments
from monitor.discover import find_links
from monitor.discover.listing import believable, clean_title
from monitor.errors import NotASeed
from monitor.model import Link, Response, Seed, SeedKind
from monitor.text.urls import resolve_url, url_key

ROUNDS = 5
BASE = "https://feeds.example/feed.xml"
NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """What feedparser makes of one item: the identity of its link, its title and its date."""

    key: str
    title: str | None
    published_at: datetime | None


def read_all(folder: Path) -> list[bytes]:
    """Return the feeds of a folder, unpacked, in order of name."""
    paths = sorted([*folder.glob("*.xml"), *folder.glob("*.xml.gz")])
    return [
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in paths
    ]


def read_ours(body: bytes) -> Sequence[Link]:
    """Return what we find."""
    try:
        response = Response(url=BASE, fetched_at=NOW, body=body)
        return find_links(response, Seed(url=BASE, kind=SeedKind.FEED), "feeds")
    except NotASeed:
        return ()


def read_feedparser(body: bytes) -> list[Item]:
    """Return what feedparser finds, with a link that is one."""
    return list(_items(feedparser.parse(io.BytesIO(body))["entries"]))


def _items(entries: Sequence[dict[str, object]]) -> Iterator[Item]:
    for entry in entries:
        try:
            key = url_key(resolve_url(BASE, str(entry["link"])))
        except (KeyError, ValueError):
            continue
        parsed = entry.get("published_parsed") or entry.get("updated_parsed")
        moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC) if isinstance(parsed, tuple) else None
        yield Item(key, clean_title(str(entry.get("title", ""))) or None, believable(moment, NOW))


def feeds_per_second(read: Callable[[bytes], object], feeds: Sequence[bytes], rounds: int) -> float:
    """Return the best rate of `rounds`."""
    fastest = min(_time_round(read, feeds) for _ in range(rounds))
    return len(feeds) / fastest


def _time_round(read: Callable[[bytes], object], feeds: Sequence[bytes]) -> float:
    began = process_time()
    for body in feeds:
        read(body)
    return process_time() - began


def compare(feeds: Sequence[bytes]) -> dict[str, int]:
    """Return how many of feedparser's items we have, and print what differs."""
    counts = {"items": 0, "same_links": 0, "same_titles": 0, "same_dates": 0}
    for number, body in enumerate(feeds):
        ours = {url_key(link.url): link for link in read_ours(body)}
        theirs = {item.key: item for item in reversed(read_feedparser(body))}
        for key, item in theirs.items():
            link = ours.get(key)
            counts["items"] += 1
            counts["same_links"] += link is not None
            if link is None:
                print(f"feed {number}: not taken: {key}")
                continue
            same_date = _to_second(link.published_at) == item.published_at
            counts["same_titles"] += link.title == item.title
            counts["same_dates"] += same_date
            if link.title != item.title or not same_date:
                print(f"feed {number}: {link.title!r} {link.published_at}")
                print(f"   feedparser: {item.title!r} {item.published_at}")
    return counts


def _to_second(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC).replace(microsecond=0)


def main() -> None:
    """Compare, measure and publish."""
    arguments = read_arguments(__doc__, Path("data/feeds"))
    feeds = read_all(arguments.data) if arguments.data is not None else []
    if not feeds:
        sys.exit(f"no feeds (*.xml, *.xml.gz) in {arguments.data}")
    found = compare(feeds)
    rows = [
        Row(
            OURS,
            {
                "feeds_per_s": round(feeds_per_second(read_ours, feeds, ROUNDS), 1),
                "feeds": len(feeds),
                **found,
            },
        ),
        Row(
            "fastfeedparser", {"feeds_per_s": round(feeds_per_second(fastfeedparser.parse, feeds, ROUNDS), 1)}
        ),
        Row("feedparser", {"feeds_per_s": round(feeds_per_second(read_feedparser, feeds, 1), 1)}),
    ]
    publish(
        Report(
            name="feeds",
            question="How many feeds a second are read on one core, and are they read right?",
            rows=rows,
            distributions=("fastfeedparser", "feedparser"),
        ),
        arguments,
    )


if __name__ == "__main__":
    main()
