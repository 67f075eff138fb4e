"""The composition root: what it opens, and what commands ask of it."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import PageTerms, fetch_page, open_archive, open_daemon
from monitor.archive import HEARTBEAT_LATE, check_health
from monitor.config import read_config
from monitor.errors import ConfigError, FetchRefused
from monitor.jobs.clock import SystemClock
from monitor.model import Source
from monitor.ports import Heartbeat

CONFIGURATION = """
sources:
  - {{ name: gazette, url: http://127.0.0.1:9/ }}
rules:
  - {{ name: dam, match: '{query}', notify: [console] }}
database: sqlite:///monitor.sqlite3
workers: 1
"""


def write(path: Path, *, query: str = "dam") -> Path:
    path.write_text(CONFIGURATION.format(query=query))
    return path


async def test_a_second_daemon_on_the_same_database_says_so_and_exits(tmp_path: Path) -> None:
    path = write(tmp_path / "sources.yaml")
    async with open_daemon(path, {}):
        second = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "monitor", "run", "--config", str(path)), stderr=asyncio.subprocess.PIPE
        )
        _, said = await second.communicate()
    assert second.returncode == 1
    assert "another daemon" in said.decode()


async def test_a_daemon_does_not_start_with_mistakes(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        async with open_daemon(write(tmp_path / "sources.yaml", query="("), {}):
            pass


async def test_health_is_good_while_the_daemon_beats_and_bad_when_it_falls_silent(tmp_path: Path) -> None:
    config = read_config(write(tmp_path / "sources.yaml"), {})
    async with open_archive(config, "test") as store:
        assert not (await check_health(store, SystemClock().now())).well
        now = SystemClock().now()
        await store.beat(Heartbeat(at=now, started_at=now, pid=1))
        assert (await check_health(store, SystemClock().now())).well
        late = now - HEARTBEAT_LATE - timedelta(seconds=1)
        await store.beat(Heartbeat(at=late, started_at=late, pid=1))
        health = await check_health(store, SystemClock().now())
    assert not health.well
    assert "silent for 6" in health.reason


async def test_one_page_is_fetched_through_the_guard() -> None:
    with pytest.raises(FetchRefused, match="allow_private"):
        await fetch_page(
            "http://127.0.0.1:9/", PageTerms(source=Source(name="alone", url="http://127.0.0.1:9/"))
        )
