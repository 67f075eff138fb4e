"""Is the daemon alive? Asked every 30 seconds by what watches the container.

Position: beside `commands`. `monitor.__main__` comes here directly, so that the answer carries neither an
HTTP client nor a schedule nor the reading of pages: `benchmarks.startup` prints what that saves.
"""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from monitor.archive import check_health
from monitor.cli import printing
from monitor.cli.asking import DEFAULT_CONFIG, AsJson, ConfigPath, ask, load
from monitor.model import DeliveryState


def health(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Say whether the daemon is alive: exit code 0 when it is, 1 with the reason when it is not."""
    answer = ask(load(config), lambda store: check_health(store, datetime.now(UTC)))
    if as_json:
        printing.print_json(answer)
    else:
        printing.console.print(
            "well" if answer.well else "not well", style="green" if answer.well else "red", end=": "
        )
        printing.console.print(printing.plain(answer.reason))
        if answer.failing_sources:
            printing.console.print(printing.plain(f"failing sources: {', '.join(answer.failing_sources)}"))
        for what, counts, state in (
            ("tried again", answer.retrying_deliveries, DeliveryState.RETRYING),
            ("given up", answer.dead_deliveries, DeliveryState.DEAD),
        ):
            if counts:
                each = ", ".join(f"{number} for {name}" for name, number in counts.items())
                said = f"alerts {what}: {each}; see `monitor deliveries --state {state}`"
                printing.console.print(printing.plain(said), soft_wrap=True)
        for name, reason in answer.stopped_channels.items():
            printing.console.print(printing.plain(f"channel {name} is stopped: {reason}"), soft_wrap=True)
    raise typer.Exit(0 if answer.well else 1)
