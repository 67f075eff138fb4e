"""When to visit a source again.

Position: before the walk begins and after each visit ends. Pure: the clock is an argument.

The time is reckoned from the end of the last visit, never from the last due time: nothing piles up
while the machine sleeps, and no burst follows.

A source whose `every` is `auto` is visited as often as it publishes (`learn_pace`). No visit begins in
a source's quiet hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.model import Source, name_id

ZERO = timedelta()

MAX_BACKOFF = timedelta(hours=24)
"""A source broken for months is still visited daily, so that its recovery is noticed."""

MAX_RETRY_AFTER = timedelta(hours=24)
"""A server may name its own wait, up to a day: no answer can silence a source for good."""

MAX_DOUBLINGS = 20
"""2**20 seconds are 12 days: any wait of at least a second is past `MAX_BACKOFF` by then."""


SHORTEST_PACE = timedelta(minutes=5)
LONGEST_PACE = timedelta(hours=24)
"""Between these a pace is learned."""

OCCASION = timedelta(minutes=5)
"""Articles that appear together, or were found together without a date, tell of one occasion."""

MIN_OCCASIONS = 4
"""Fewer tell no rhythm: then the source goes by `every`."""

VISITS_PER_GAP = 2
"""So often is a source visited while it publishes once: an article waits for a quarter of the gap."""

SILENCE_SHARE = 8
"""A source silent for 8 hours, by night say, is visited each hour."""

JITTER = 0.1
"""A learned wait is shortened by up to this share, so that sources added together part ways; one that was
heard is lengthened."""

LONGEST_SPREAD = timedelta(minutes=5)
"""Visits that waited for the end of quiet hours do not all begin with it."""


def learn_pace(
    source: Source, published: Sequence[datetime], now: datetime, *, heard: timedelta = ZERO
) -> timedelta:
    """Return the wait between two visits of a source that publishes at the times `published`, in any order.

    Half the median gap between its recent occasions, or an eighth of its silence where that is more (at
    night, on a day off), within `SHORTEST_PACE` and `LONGEST_PACE`. `source.every` while too little is
    known. The same source and moment give the same wait.

    `heard` is how long the site says that its seed will do: it is not visited sooner. But much software
    says "an hour" or "a year" of itself: what is longer than the source takes for an article, on average,
    is refuted by what it does, and counts for as much as that.
    """
    occasions: list[datetime] = []
    for time in sorted((time for time in published if time <= now), reverse=True):
        if not occasions or occasions[-1] - time >= OCCASION:
            occasions.append(time)
    gaps = sorted(later - earlier for later, earlier in pairwise(occasions))
    wait = source.every if len(occasions) < MIN_OCCASIONS else gaps[len(gaps) // 2] / VISITS_PER_GAP
    silence = now - occasions[0] if occasions else ZERO
    wait = max(wait, silence / SILENCE_SHARE)
    wait = min(max(wait, SHORTEST_PACE), LONGEST_PACE)
    chance = _chance(source.name, now)
    asked = min(heard, _time_per_article(published) or heard, LONGEST_PACE)
    return min(max(SHORTEST_PACE, wait * (1 - JITTER * chance), asked * (1 + JITTER * chance)), LONGEST_PACE)


def _time_per_article(published: Sequence[datetime]) -> timedelta | None:
    """Return how long the source takes for one article, on average; None when that is not known."""
    span = max(published) - min(published) if published else ZERO
    return span / (len(published) - 1) if span else None


def _chance(name: str, now: datetime) -> float:
    """Return a number from 0 to 1 that looks like chance."""
    return int(name_id("jitter", name, now.isoformat())[:8], 16) / 0xFFFF_FFFF


def next_visit(
    source: Source,
    now: datetime,
    *,
    failures: int = 0,
    retry_after: timedelta = ZERO,
    pace: timedelta | None = None,
) -> datetime:
    """Return when to visit `source` again, given its `failures` in a row.

    A healthy source is visited every `pace`, which is `source.every` when None; each failure doubles the
    wait, up to `MAX_BACKOFF`, or to the pace where that is longer. A server that names its own wait
    (`Retry-After`) is obeyed up to `MAX_RETRY_AFTER`. What falls into the source's quiet hours comes soon
    after they end.
    """
    pace = source.every if pace is None else pace
    doubled = pace * (1 << max(0, min(failures, MAX_DOUBLINGS)))
    backoff = min(doubled, max(MAX_BACKOFF, pace))
    return leave_quiet_hours(source, now + max(backoff, min(retry_after, MAX_RETRY_AFTER)))


def leave_quiet_hours(source: Source, due: datetime) -> datetime:
    """Return `due`; when it falls into quiet hours, some moment within `LONGEST_SPREAD` of their end."""
    if source.quiet is None or not source.quiet.contain(due):
        return due
    end = source.quiet.end_after(due)
    spread = end + LONGEST_SPREAD * _chance(source.name, end)
    return end if source.quiet.contain(spread) else spread
