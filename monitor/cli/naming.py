"""What a person calls a thing on the command line -> the thing; the nearest name when there is none such.

Position: under `commands` and `channels`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from monitor.cli.asking import ask
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.model import Source

SHOWN_NAMES = 10
"""So many are named when none is near."""


def find_source(config: Config, name: str) -> Source:
    """Return the source with this name; raises `MonitorError` when there is none."""
    names = {source.name: source for source in config.sources}
    if name not in names:
        raise unknown("source", name, names)
    return names[name]


def check_archived(config: Config, name: str) -> None:
    """Raise `MonitorError` when neither the configuration nor the archive knows a source of this name."""
    names = {source.name for source in config.sources}
    if name in names:
        return
    names |= {state.name for state in ask(config, lambda store: store.source_states())}
    if name not in names:
        raise unknown("source", name, names)


def unknown(what: str, name: str, names: Iterable[str]) -> MonitorError:
    """Return the error for a name that is none: it suggests the nearest, or says which there are."""
    known = sorted(names)
    near = difflib.get_close_matches(name, known, n=1)
    more = f" and {len(known) - SHOWN_NAMES} more" if len(known) > SHOWN_NAMES else ""
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known[:SHOWN_NAMES])}{more}"
    return MonitorError(f"no {what} is called {name}; {hint}")
