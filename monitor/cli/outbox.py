"""`monitor retry`: alerts that were given up, sent again.

Position: beside `commands`, which hangs these commands under its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.cli import printing
from monitor.cli.asking import DEFAULT_CONFIG, AsJson, ConfigPath, amount, ask, load
from monitor.cli.channels import check_name
from monitor.errors import MonitorError
from monitor.ports import Store


def retry(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Alerts, as `monitor deliveries --state dead` shows them.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="All dead ones of this channel.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead ones.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Send dead alerts again, each with the id it had; the running daemon does it at once."""
    if sum((bool(ids), channel is not None, every)) != 1:
        raise typer.BadParameter("name alerts, or a channel with --channel, or --all")
    settings = load(config)
    if channel is not None:
        check_name(settings, channel)

    async def revive(store: Store) -> list[str]:
        now = datetime.now(UTC)
        if not ids:
            return list(await store.revive(now, channel=channel))
        return [name for one in ids for name in await store.revive(now, alert_id=one)]

    revived = ask(settings, revive)
    missed = [one for one in ids or () if one not in revived]
    if as_json:
        printing.print_json({"revived": revived, "not_dead": missed})
    else:
        printing.console.print(f"{amount(len(revived), 'alerts')} will be sent again", highlight=False)
    if missed:
        raise MonitorError(f"not among the dead: {', '.join(missed)}; see `monitor deliveries --state dead`")
