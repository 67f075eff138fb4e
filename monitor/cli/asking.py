"""What commands share: the options they have in common, the configuration, a question to the store.

Position: under `commands` and `channels`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from monitor import app as program
from monitor.config import Config, read_config
from monitor.ports import Store

T = TypeVar("T")

ConfigPath = Annotated[
    Path,
    typer.Option(
        "--config", "-c", envvar="MONITOR_CONFIG", help="The configuration file.", show_default=True
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]

DEFAULT_CONFIG = Path("sources.yaml")


def load(path: Path) -> Config:
    """Read the configuration; raises `ConfigError` with every mistake in it."""
    return read_config(path, os.environ)


def ask(config: Config, question: Callable[[Store], Awaitable[T]]) -> T:
    """Return the store's answer to a question."""

    async def answer() -> T:
        async with program.open_archive(config, f"command-{os.getpid()}") as store:
            return await question(store)

    return asyncio.run(answer())


def amount(number: int, what: str) -> str:
    """Return a number with its plural noun, put into the singular for one."""
    return f"{number} {what.removesuffix('s') if number == 1 else what}"
