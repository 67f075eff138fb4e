"""What commands share: the options they have in common, the configuration, a question to the store.

Position: under `commands` and `channels`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from monitor.cli import printing
from monitor.config import Config, parse_duration, read_config, render_mistakes
from monitor.errors import ConfigError, MonitorError
from monitor.ports import Store
from monitor.store import open_store

T = TypeVar("T")

ConfigPath = Annotated[
    Path,
    typer.Option(
        "--config", "-c", envvar="MONITOR_CONFIG", help="The configuration file.", show_default=True
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]

Since = Annotated[
    str | None, typer.Option("--since", help="Only what came since: 24h, 7d, or a date such as 2026-11-01.")
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=100_000, help="At most so many.")]

DEFAULT_CONFIG = Path("sources.yaml")


def load(path: Path) -> Config:
    """Read the configuration; raises `ConfigError` with every mistake in it."""
    return read_config(path, os.environ)


def ask(config: Config, question: Callable[[Store], Awaitable[T]]) -> T:
    """Return the store's answer to a question."""
    store = open_store(config.database, f"command-{os.getpid()}")

    async def answer() -> T:
        try:
            return await question(store)
        finally:
            await store.close()

    return asyncio.run(answer())


def run_commands(commands: typer.Typer, arguments: Sequence[str], name: str) -> None:
    """Run what the arguments ask for. Our errors become one line on standard error and exit code 1."""
    try:
        commands(args=list(arguments), prog_name=name)
    except ConfigError as exc:
        printing.errors.print(printing.plain(render_mistakes(exc)), soft_wrap=True)
        sys.exit(1)
    except MonitorError as exc:
        printing.errors.print(printing.plain(f"monitor: {exc}"), soft_wrap=True)
        sys.exit(1)


def run_one(command: Callable[..., None], name: str) -> None:
    """Run the one command that the first argument named, without the others."""
    commands = typer.Typer(
        pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
    )
    commands.command()(command)
    run_commands(commands, sys.argv[2:], f"monitor {name}")


def amount(number: int, what: str) -> str:
    """Return a number with its plural noun, put into the singular for one."""
    return f"{number} {what.removesuffix('s') if number == 1 else what}"


def moment(since: str | None) -> datetime | None:
    """Return the moment that `24h`, `7d` or an ISO date means; None when none was given."""
    if since is None:
        return None
    try:
        return datetime.now(UTC) - parse_duration(since)
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(since)
    except ValueError as exc:
        message = f"{since!r} is neither a duration such as 24h or 7d nor a date such as 2026-11-01"
        raise typer.BadParameter(message, param_hint="--since") from exc
    return when if when.tzinfo else when.astimezone()


def say_nothing(message: str) -> None:
    """Say that there is nothing to show, where it disturbs no program that reads the output."""
    printing.errors.print(message, style="dim")
