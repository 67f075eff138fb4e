import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import printing
from monitor.cli.commands import commands
from monitor.errors import DeliveryFailed, FetchFailed
from monitor.match import RuleSet
from monitor.model import Rule, Seed, SeedKind, Source
from monitor.pipeline import Pipeline
from monitor.store import open_store
from tests.fakes import (
    START,
    FakeChannel,
    FakeClock,
    FakeFetcher,
    InlineWorkers,
    feed_page,
    news_page,
    story_about,
)

COLUMNS = 200

SITE = "https://gazette.example/"
FEED = "https://gazette.example/feed.xml"
STORY = "https://gazette.example/2026/03/dam-talks-open.html"
OTHER = "https://gazette.example/2026/03/the-school-fete.html"
GONE = "https://gazette.example/2026/03/a-page-that-is-gone.html"

CONFIGURATION = f"""
sources:
  - name: gazette
    url: {SITE}
    feed: {FEED}
  - name: courier
    url: https://courier.example/
rules:
  - name: dam
    match: 'dam AND talks'
    notify: [console]
database: sqlite:///monitor.sqlite3
timezone: UTC
"""


@dataclass(frozen=True)
class CommandLine:
    """The command line beside a configuration file of its own."""

    config: Path

    def run(self, *arguments: str, stdin: bytes = b"") -> Result:
        """Run a command; errors of ours are raised, as `main` would see them."""
        environ = {"MONITOR_CONFIG": str(self.config), "COLUMNS": str(COLUMNS), "NO_COLOR": "1"}
        return CliRunner(env=environ).invoke(commands, arguments, input=stdin, catch_exceptions=False)


@pytest.fixture
def command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A configuration, and no archive yet. The terminal is as wide wherever the tests run."""
    monkeypatch.setattr(printing.console, "width", COLUMNS)
    path = tmp_path / "sources.yaml"
    path.write_text(CONFIGURATION)
    return CommandLine(path)


@pytest.fixture
def archive(command_line: CommandLine) -> CommandLine:
    """A configuration with an archive: two articles, a link that is gone, a source that fails, one alert."""
    asyncio.run(fill(command_line.config.parent / "monitor.sqlite3"))
    return command_line


async def fill(path: Path) -> None:
    """Walk two sources through the real rooms, as a daemon would."""
    clock, channel = FakeClock(START + timedelta(minutes=5)), FakeChannel(name="console")
    fetcher = FakeFetcher(clock)
    entries = [(url, "A title of the feed", clock.now()) for url in (STORY, OTHER, GONE)]
    fetcher.serve(FEED, feed_page(*entries), "application/rss+xml")
    titles = {STORY: "Talks about the dam open", OTHER: "The [bold]school[/bold] fete"}
    for url, title in titles.items():
        fetcher.serve(url, news_page(title, *story_about(title), published=clock.now()))
    fetcher.fail("https://courier.example/", FetchFailed("courier.example: the name does not resolve"))
    seed = Seed(url=FEED, kind=SeedKind.FEED, reason="the page names it", chosen_at=START)
    gazette = Source(name="gazette", url=SITE, seed=seed)
    courier = Source(name="courier", url="https://courier.example/")
    rule = Rule(name="dam", query="dam AND talks", notify=("console",))
    store = open_store(f"sqlite:///{path}", "daemon")
    await store.register([gazette, courier], START)
    pipeline = Pipeline(
        clock=clock,
        fetcher=fetcher,
        workers=InlineWorkers(),
        store=store,
        rules=RuleSet.compile([rule]),
        channels={channel.name: channel},
    )
    for source in (gazette, courier):
        await store.finish_visit(await pipeline.visit(source), clock.now() + source.every)
    channel.failures = [DeliveryFailed("the terminal is gone", transient=False)]
    await pipeline.deliver(channel)
    await store.close()
