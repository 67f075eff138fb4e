"""Numbers for alarms, asked every minute by what gathers them.

Position: beside `commands`. `monitor.__main__` comes here directly, as for `health`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.asking import DEFAULT_CONFIG, ConfigPath, ask, load


def metrics(
    config: ConfigPath = DEFAULT_CONFIG,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write them to this file, whole at every moment, instead."),
    ] = None,
) -> None:
    """Print numbers for alarms, as Prometheus reads them: of the daemon, sources, articles and channels."""
    from monitor.metrics import take_snapshot  # noqa: PLC0415 - its library is for this command alone

    snapshot = ask(load(config), lambda store: take_snapshot(store, datetime.now(UTC)))
    if output is None:
        sys.stdout.write(snapshot.write())
    else:
        snapshot.save(output)
