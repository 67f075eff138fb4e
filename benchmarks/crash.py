"""Is an alert lost, or told twice, when the daemon is killed again and again?

    python -m benchmarks.crash [--kills N] [--articles N] [--seed N] [--json FILE]

The shipped `monitor run`, with its worker processes and its SQLite file, reads papers on loopback that go
on printing, and tells a mail server and an endpoint of every article, each twice: alone, and in a digest. It
is killed with SIGKILL at named points (a page fetched, a commit being written, a mail handed over and not
answered, answered and not yet marked, a digest handed over ...), every second time at any instant; the last
life runs until nothing is left to do.

Nothing is built into the daemon for this: each point is seen from outside. Digests are due once a minute,
because each life finds another time of day for them in its configuration. A repeat is an alert or a digest
that came again with the id it had; at most one for each channel and kill is allowed. No digest may come with
other alerts than before, and no alert in two of them.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Protocol

from benchmarks.crashing.killer import AFTER_FETCH, COMMITTED, Killer
from benchmarks.crashing.papers import BACKLOG, MAX_UNREAD, Paper
from benchmarks.crashing.sinks import HookSink, MailSink
from benchmarks.report import OURS, Arguments, Figure, Report, Row, publish
from monitor.demo.daemon import Daemon, LogLine
from monitor.demo.review import Review
from monitor.demo.stories import read_stories

PAPERS = 8
CHANNELS = 4
LIFE_S = 90
"""A life whose moment has not come by then is ended at that instant."""

PATIENCE_S = 600
"""How long the last life may take to tell what is left."""

CONFIGURATION = """\
database: sqlite:///monitor.sqlite3
group_wait: 0s
defaults: {{ every: 1s, pause: 0s, allow_private: true }}
sources:
{sources}
channels:
  desk: {{ email: desk@example.org }}
  ops: {{ webhook: "{hook}", allow_private: true }}
  readers: {{ email: readers@example.org, digest: "daily {minute}", timezone: UTC }}
  records: {{ webhook: "{hook}", allow_private: true, digest: "daily {minute}", timezone: UTC }}
rules:
  - {{ name: ferry, match: '"ferry talks"', notify: [desk, ops, readers, records] }}
smtp: {{ url: "{smtp}", from: monitor@example.org }}
"""


@dataclass(frozen=True, slots=True)
class Task:
    """How often to kill, and how many articles to print meanwhile."""

    kills: int
    articles: int
    seed: int


class Place(Protocol):
    """Something on loopback that the daemon speaks with."""

    async def open(self) -> None:
        """Begin to listen."""

    async def close(self) -> None:
        """Hang up."""


class World:
    """The papers, the sinks and the daemon between them."""

    def __init__(self, folder: Path, task: Task) -> None:
        chance = random.Random(task.seed)
        paragraphs = [text for story in read_stories(Review.name) for text in story.paragraphs]
        words = [word for text in paragraphs for word in text.lower().split() if word.isalpha()]
        self.database = folder / "monitor.sqlite3"
        self.daemon = Daemon(folder / "sources.yaml", self._see_line)
        self.killer = Killer(self.daemon.kill, chance)
        self.papers = [Paper(f"paper-{number}", words, chance) for number in range(PAPERS)]
        self.mail, self.hooks = MailSink(self.killer.note), HookSink(self.killer.note)
        self.visited: set[str] = set()
        self.all_visited, self.working = asyncio.Event(), asyncio.Event()
        self.complaints: list[str] = []
        self.minute = ""
        self.places: tuple[Place, ...] = (*self.papers, self.mail, self.hooks)
        for paper in self.papers:
            paper.on_page = self._see_page

    def _see_page(self) -> None:
        self.working.set()
        self.killer.note("first request")
        asyncio.get_running_loop().call_soon(self.killer.note, AFTER_FETCH)

    def _see_line(self, line: LogLine | None) -> None:
        if line is None:  # its log has ended: whoever waits is to look why
            self.all_visited.set()
            self.working.set()
            return
        if line.step == "visit":
            self.visited.add(line.source)
            if len(self.visited) == len(self.papers):
                self.all_visited.set()
        if line.step == "ingest" and line.alerts:
            self.killer.note(COMMITTED)
        if line.level not in ("info", "warning"):
            self.complaints.append(f"{line.step} {line.outcome}: {line.reason}")

    async def open(self) -> None:
        """Open everything but the daemon, and write its configuration."""
        for place in self.places:
            await place.open()
        self.configure()

    def configure(self) -> None:
        """Write the configuration; digests are due at the beginning of this minute, each day."""
        minute = datetime.now(UTC).strftime("%H:%M")
        if minute == self.minute:
            return
        self.minute = minute
        sources = "\n".join(
            f"  - {{ name: {paper.name}, url: {paper.url}, feed: {paper.url}feed.xml }}"
            for paper in self.papers
        )
        text = CONFIGURATION.format(
            sources=sources, hook=self.hooks.url, smtp=self.mail.url, minute=self.minute
        )
        self.daemon.configuration.write_text(text, "utf-8")

    async def close(self) -> None:
        """Close everything."""
        self.daemon.kill()
        await self.daemon.wait()
        for place in self.places:
            await place.close()

    @property
    def news(self) -> list[str]:
        """The addresses of all that was printed after the backlog."""
        return [paper.url_of(article) for paper in self.papers for article in paper.printed[BACKLOG:]]

    def print_up_to(self, total: int) -> None:
        """Print until there are `total` news in all, as far as the papers have room."""
        for _ in range(total - len(self.news)):
            paper = min(self.papers, key=lambda paper: paper.unread)
            if paper.unread >= MAX_UNREAD:
                return
            paper.print_article(datetime.now(UTC))

    async def live_until_killed(self, number: int) -> None:
        """Start the daemon and let the killer have it."""
        self.configure()
        self.killer.choose(number)
        await self.daemon.start()
        try:
            async with asyncio.timeout(LIFE_S):
                await self.daemon.wait()
        except TimeoutError:
            self.killer.spare()
            self.killer.killed["no such sight in time"] += 1
            self.daemon.kill()
        code = await self.daemon.wait()
        if code != -9:
            sys.exit(f"the daemon ended by itself with {code}: {self.complaints[-3:]}")

    async def register(self) -> None:
        """Let the first life read the backlog, so that all that follows is news."""
        await self.daemon.start()
        async with asyncio.timeout(LIFE_S):
            await self.all_visited.wait()
        self.see_it_alive()
        await self.daemon.stop(timedelta(seconds=10))
        await asyncio.sleep(1)  # a page's date is read to the second

    def see_it_alive(self) -> None:
        """End the benchmark when the daemon has ended by itself: it measures nothing."""
        if self.daemon.exit_code is not None:
            sys.exit(f"the daemon ended by itself with {self.daemon.exit_code}: {self.complaints[-3:]}")

    async def start_and_see_work(self) -> None:
        """Start the daemon and wait until it asks for a page."""
        self.working.clear()
        await self.daemon.start()
        async with asyncio.timeout(LIFE_S):
            await self.working.wait()
        self.see_it_alive()

    async def live_to_the_end(self, total: int) -> None:
        """Let the last life tell all that is left, and end it well."""
        self.killer.spare()
        await self.daemon.start()
        began = monotonic()
        while monotonic() - began < PATIENCE_S and (len(self.news) < total or self.count_open()):
            self.print_up_to(total)
            self.configure()
            await asyncio.sleep(0.25)
        await self.daemon.stop(timedelta(seconds=10))

    def count_open(self) -> int:
        """Return how many news or alerts the archive does not have as told yet."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            told = database.execute("SELECT count(*) FROM alerts WHERE state = 'sent'").fetchone()[0]
        return CHANNELS * len(self.news) - int(told)


async def run(task: Task, folder: Path) -> list[Row]:
    """Kill as often as asked, then count: what arrived, and how many kills fell on each point."""
    world = World(folder, task)
    await world.open()
    watch = asyncio.create_task(world.killer.watch_log(folder / "monitor.sqlite3-wal"))
    began = monotonic()
    try:
        await world.register()
        for number in range(task.kills):
            world.print_up_to(task.articles * (number + 1) // (task.kills + 1))
            await world.live_until_killed(number)
            if sys.stderr.isatty():
                print(f"\r{number + 1} kills", end="", file=sys.stderr)
        await world.live_to_the_end(task.articles)
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        await world.close()
    for complaint in sorted(set(world.complaints)):
        print(f"logged: {complaint}")
    figures = count_up(world, task) | {"seconds": round(monotonic() - began)}
    points = [Row(point, {"kills": count}) for point, count in sorted(world.killer.killed.items())]
    return [Row(OURS, figures), *points]


def count_up(world: World, task: Task) -> dict[str, Figure]:
    """Return what arrived, what did not, and what came again."""
    with closing(sqlite3.connect(world.database)) as database:
        sound = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        kept = {url for (url,) in database.execute("SELECT url FROM articles")}
        alerts = {
            channel: {
                name for (name,) in database.execute("SELECT name FROM alerts WHERE channel = ?", (channel,))
            }
            for channel in ("desk", "ops")
        }
        made = {name for (name,) in database.execute("SELECT name FROM bulletins")}
    news = set(world.news)
    mailed = {name_of(message_id) for message_id in world.mail.ids}
    digests = (world.mail.digests, world.hooks.digests)
    counted = (world.mail.ids, world.hooks.ids, *(each.ids for each in digests))
    came_twice = sum(count - 1 for ids in counted for count in ids.values())
    return {
        "kills": world.killer.killed.total(),
        "articles": len(news),
        "articles_lost": len(news - kept),
        "alerts_expected": CHANNELS * task.articles,
        "alerts_distinct": len(mailed) + len(world.hooks.ids) + sum(len(each.urls) for each in digests),
        "alerts_lost": len(news - world.hooks.urls)
        + max(0, task.articles - len(mailed))
        + sum(len(news - each.urls.keys()) for each in digests),
        "alerts_unknown": len(mailed - alerts["desk"])
        + len(world.hooks.ids.keys() - alerts["ops"])
        + len({name_of(each) for ids in counted[2:] for each in ids} - made),
        "digests": sum(len(each.ids) for each in digests),
        "digests_changed": sum(each.changed for each in digests),
        "alerts_in_two_digests": sum(count - 1 for each in digests for count in each.urls.values()),
        "repeats": came_twice,
        "repeats_allowed": CHANNELS * world.killer.killed.total(),
        "integrity_ok": int(sound),
    }


def name_of(message_id: str) -> str:
    """Return the name in a `Message-ID`, as in "<alert.NAME@example.org>"; a `webhook-id` is one itself."""
    return message_id.partition(".")[2].partition("@")[0] if "@" in message_id else message_id


def is_well(figures: Mapping[str, Figure]) -> bool:
    """Return whether nothing was lost, nothing made up and nothing repeated more often than allowed."""
    return (
        figures["articles_lost"] == figures["alerts_lost"] == figures["alerts_unknown"] == 0
        and figures["alerts_distinct"] == figures["alerts_expected"]
        and figures["repeats"] <= figures["repeats_allowed"]
        and figures["digests"] > 0
        and figures["digests_changed"] == figures["alerts_in_two_digests"] == 0
        and figures["integrity_ok"] == 1
    )


def main() -> None:
    """Run it and publish the figures; exit code 1 when the promise is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=20, metavar="N")
    parser.add_argument("--articles", type=int, default=400, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the stories and the moments")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as well")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        rows = asyncio.run(run(Task(given.kills, given.articles, given.seed), Path(folder)))
    report = Report(
        name="crash",
        question="Is an alert lost, or told twice, when the daemon is killed again and again?",
        rows=rows,
        distributions=("aiosmtplib", "httpx2", "sqlalchemy"),
    )
    publish(report, Arguments(data=None, json=given.json))
    if not is_well(rows[0].figures):
        sys.exit("the promise is broken")


if __name__ == "__main__":
    main()
