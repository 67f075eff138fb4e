"""`monitor channels ...`: where alerts go, and whether they would arrive.

Position: beside `commands`, which hangs these commands under the name `channels`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.text import Text

from monitor import app as program
from monitor.cli import printing
from monitor.cli.asking import DEFAULT_CONFIG, AsJson, ConfigPath, ask, load
from monitor.cli.naming import unknown
from monitor.config import Config
from monitor.errors import DeliveryFailed
from monitor.model import DeliveryState
from monitor.ports import ChannelState
from monitor.timetable import Timetable

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SHOWN = (
    DeliveryState.WAITING,
    DeliveryState.SENDING,
    DeliveryState.RETRYING,
    DeliveryState.DEAD,
    DeliveryState.SENT,
)
"""How many alerts stand here is shown for each channel."""

channel_commands = typer.Typer(
    help="List the channels, try one with a sample alert, or start one that was stopped.",
    invoke_without_command=True,
)


@channel_commands.callback()
def list_channels(
    context: typer.Context, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """List the channels: when each one sends, how its alerts stand, and whether it was stopped."""
    if context.invoked_subcommand is not None:
        return
    settings = load(config)
    known = {state.name: state for state in ask(settings, lambda store: store.channel_states())}
    if as_json:
        printing.print_json(
            [known.get(channel.name, {"name": channel.name}) for channel in settings.channels]
        )
    else:
        show_channels(settings, known)


def show_channels(config: Config, known: Mapping[str, ChannelState]) -> None:
    """Print the channels, since when the oldest alert waits on each, and below why some were stopped."""
    columns = (("channel", "cyan"), ("sends", ""), *((state.value, "") for state in SHOWN), ("oldest", "dim"))
    rows: list[tuple[str | Text, ...]] = []
    for channel in config.channels:
        state, timetable = known.get(channel.name), config.timetables[channel.name]
        stopped = state is not None and state.stopped_at is not None
        when = Text("stopped", style="red") if stopped else printing.plain(say_timetable(timetable))
        counts = {} if state is None else state.counts
        oldest = printing.short_time(None if state is None else state.open_since, config.timezone)
        rows.append((channel.name, when, *(str(counts.get(each, 0)) for each in SHOWN), oldest))
    printing.console.print(printing.table_of(columns, rows))
    for channel in config.channels:
        state = known.get(channel.name)
        if state is not None and state.stopped_at is not None:
            since = printing.short_time(state.stopped_at, config.timezone)
            printing.console.print(
                Text.assemble("\n", (state.name, "cyan"), f" was stopped at {since}:"), soft_wrap=True
            )
            printing.console.print(printing.plain(f"  {state.stopped_because}"), soft_wrap=True)


def say_timetable(timetable: Timetable) -> str:
    """Return when a channel sends, in a few words."""
    digest = timetable.digest
    if digest is None:
        when = "at once" if timetable.limit is None else f"at once, {timetable.limit}/h at most"
    elif digest.at is None:
        when = "digest, hourly"
    elif digest.weekday is None:
        when = f"digest, daily {digest.at:%H:%M}"
    else:
        when = f"digest, weekly {WEEKDAYS[digest.weekday]} {digest.at:%H:%M}"
    quiet = timetable.quiet
    return when if quiet is None else f"{when}, quiet {quiet.begin:%H:%M}-{quiet.end:%H:%M}"


@channel_commands.command("start")
def start_channel(
    name: Annotated[str, typer.Argument(help="The channel's name in the configuration.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Start a channel again whose receiver wanted no more; what waits is sent at once."""
    settings = load(config)
    check_name(settings, name)
    started = ask(settings, lambda store: store.start_channel(name))
    if as_json:
        printing.print_json({"channel": name, "started": started})
    else:
        said = "is started; what was given up stays so: `monitor retry` calls it back"
        printing.console.print(printing.plain(f"{name} {said if started else 'was not stopped'}"))


@channel_commands.command("test")
def send_sample(
    name: Annotated[str, typer.Argument(help="The channel's name in the configuration.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Send a sample alert through a channel and tell what the receiver said; exit code 1 when any refused."""
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
        raise unknown("channel", name, names)
