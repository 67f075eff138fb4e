"""Pages made of JavaScript, as the command line shows them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import pytest

from tests.debian.test_rendering import serve_story
from tests.fakes import story_about
from tests.fetch.server import Server, serving

pytestmark = pytest.mark.needs_chromium

FIRST = story_about("harbour")[0].split(".")[0]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as running:
        serve_story(running)
        yield running


async def run(*arguments: str) -> tuple[int, str]:
    """Run a command as a person does; return its exit code and all that it said."""
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "COLUMNS": "2000", "NO_COLOR": "1"},
    )
    said, _ = await command.communicate()
    return command.returncode or 0, said.decode()


@pytest.mark.parametrize("command", ["extract", "explain"])
async def test_a_page_is_shown_as_its_scripts_draw_it(server: Server, command: str) -> None:
    _, bare = await run(command, f"{server.url}/story", "--allow-private")
    assert FIRST not in bare
    code, drawn = await run(command, f"{server.url}/story", "--allow-private", "--render")
    assert code == 0, drawn
    assert FIRST in drawn


async def test_the_guard_stands_before_the_browser(server: Server) -> None:
    code, said = await run("extract", f"{server.url}/story", "--render")
    assert code == 1
    assert "--allow-private" in said
    assert server.received == []
