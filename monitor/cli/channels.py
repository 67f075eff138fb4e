"""`monitor channels ...`: where alerts go, and whether they would arrive.

Position: beside `commands`, which hangs these commands under the name `channels`.
"""

from __future__ import annotations

import asyncio
import difflib
from typing import Annotated

import typer

from monitor import app as program
from monitor.cli import printing
from monitor.cli.asking import DEFAULT_CONFIG, AsJson, ConfigPath, load
from monitor.config import Config
from monitor.errors import DeliveryFailed, MonitorError

channel_commands = typer.Typer(help="Try a channel with a sample alert.", no_args_is_help=True)


@channel_commands.command("test")
def send_sample(
    name: Annotated[str, typer.Argument(help="The channel's name in the configuration.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Send a sample alert through a channel and tell what the receiver said; exit code 1 when it refused."""
    settings = load(config)
    check_name(settings, name)
    try:
        with printing.errors.status(f"sending a sample to {name} ..."):
            said = asyncio.run(program.send_sample(settings, name))
    except DeliveryFailed as exc:
        if not as_json:
            raise
        printing.print_json({"channel": name, "taken": False, "said": str(exc)})
        raise typer.Exit(1) from exc
    if as_json:
        printing.print_json({"channel": name, "taken": True, "said": said})
    else:
        printing.console.print(printing.plain(f"{name} took the sample: {said}"))


def check_name(config: Config, name: str) -> None:
    """Raise an error that suggests the nearest name when no channel has this one."""
    names = [channel.name for channel in config.channels]
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(names)[:10])}"
        raise MonitorError(f"no channel is called {name}; {hint}")
