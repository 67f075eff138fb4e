"""The daemon with its real adapters: what it tells, and how it takes up a configuration that changes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.app import open_daemon
from monitor.config import read_config
from monitor.daemon import Daemon, changes_that_wait

PATIENCE_S = 60

CONFIGURATION = """
sources:
  - {{ name: gazette, url: http://127.0.0.1:9/{page} }}
rules:
  - {{ name: dam, match: '{query}', notify: [console] }}
database: sqlite:///monitor.sqlite3
workers: 1
"""


class Watcher(logging.Handler):
    """Remembers the log, and lets a test wait for a line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[logging.LogRecord] = []
        self.changed = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record)
        self.changed.set()

    async def wait_for(self, fits: Callable[[logging.LogRecord], bool]) -> logging.LogRecord:
        """Return the first line that fits; it is taken off the log."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for line in self.lines:
                    if fits(line):
                        self.lines.remove(line)
                        return line
                self.changed.clear()
                await self.changed.wait()


def says(step: str, outcome: str) -> Callable[[logging.LogRecord], bool]:
    return lambda line: line.getMessage() == step and vars(line)["outcome"] == outcome


def write(path: Path, *, page: str = "", query: str = "dam") -> Path:
    path.write_text(CONFIGURATION.format(page=page, query=query))
    return path


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    watcher, logger = Watcher(), logging.getLogger("monitor")
    logger.addHandler(watcher)
    logger.setLevel(logging.INFO)
    yield watcher
    logger.removeHandler(watcher)


@asynccontextmanager
async def running(path: Path) -> AsyncIterator[Daemon]:
    """A daemon at work; it has stopped when this ends."""
    stop = asyncio.Event()
    async with open_daemon(path, {}) as daemon:
        work = asyncio.create_task(daemon.run(stop))
        yield daemon
        stop.set()
        async with asyncio.timeout(PATIENCE_S):
            await work


async def test_a_daemon_tells_when_it_starts_what_fails_and_when_it_stops(
    tmp_path: Path, watcher: Watcher
) -> None:
    async with running(write(tmp_path / "sources.yaml")):
        start = await watcher.wait_for(says("start", "running"))
        visit = await watcher.wait_for(says("visit", "failed"))
    assert vars(start)["sources"] == 1
    assert "not a public address" in vars(visit)["reason"]
    await watcher.wait_for(says("stop", "stopped"))


async def test_a_configuration_that_is_saved_is_taken_up(tmp_path: Path, watcher: Watcher) -> None:
    path = write(tmp_path / "sources.yaml")
    async with running(path):
        await watcher.wait_for(says("visit", "failed"))
        write(path, page="world")
        await watcher.wait_for(says("reload", "running"))
        visit = await watcher.wait_for(says("visit", "failed"))
    assert vars(visit)["url"] == "http://127.0.0.1:9/world"


async def test_a_configuration_with_mistakes_is_told_once_and_the_running_one_stays(
    tmp_path: Path, watcher: Watcher
) -> None:
    path = write(tmp_path / "sources.yaml")
    async with running(path) as daemon:
        await watcher.wait_for(says("start", "running"))
        write(path, query='"dam')
        refused = await watcher.wait_for(says("reload", "refused"))
        await daemon.reload_if_changed()
        assert not [line for line in watcher.lines if line.getMessage() == "reload"]
        write(path, query="dam OR weir")
        await watcher.wait_for(says("reload", "running"))
    reason = vars(refused)["reason"]
    assert "sources.yaml:5:26:" in reason
    assert "The running configuration (1 sources, 1 rules) stays in use." in reason


def test_what_needs_a_restart_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "sources.yaml")
    old = read_config(path, {})
    path.write_text(path.read_text().replace("workers: 1", "workers: 2\ncontact: desk@example.org"))
    assert changes_that_wait(old, read_config(path, {})) == ["workers", "contact"]
