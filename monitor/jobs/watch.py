"""Tell channels when a source turns unwell, and when it is well again.

Position: run by `local` every few minutes, where the configuration names channels for it. The turns of one
look go to a channel in one message, through the same outbox as alerts; they are remembered in the same
transaction, so that each is told once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.health import CALM, MEMORY, diagnose, follow
from monitor.model import Turn
from monitor.ports import Store, Told


async def watch_sources(store: Store, channels: Sequence[str], now: datetime) -> int:
    """Put word of the sources that have turned since the last look into the outbox; return how many messages.

    A source that was taken out of the configuration is forgotten without a word.
    """
    known = {(each.channel, each.source): each for each in await store.told()}
    given = {each.source: each for each in await store.source_yields(now - MEMORY)}
    active = [state for state in await store.source_states() if state.active]
    ailments = {state.name: diagnose(state, given.get(state.name), now) for state in active}
    told: list[Told] = []
    notices: dict[str, list[Turn]] = {}
    for channel in channels:
        for source, ailment in ailments.items():
            following = follow(channel, known.get((channel, source)), source, ailment, now)
            if following.told is not None and not is_over(following.told, now):
                told.append(following.told)
            if following.turn is not None:
                notices.setdefault(channel, []).append(following.turn)
    if set(told) != set(known.values()):
        await store.tell(told, notices, now)
    return len(notices)


def is_over(told: Told, now: datetime) -> bool:
    """Return whether a source has been well for so long that its ailment is of no more account."""
    return not told.unwell and told.recovered_at is not None and now - told.recovered_at >= CALM
