"""When to visit a source again.

Position: before the walk begins and after each visit ends. Pure: the clock is an argument.

The time is reckoned from the end of the last visit, never from the last due time: nothing piles up
while the machine sleeps, and no burst follows.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.model import Source

ZERO = timedelta()

MAX_BACKOFF = timedelta(hours=24)
"""A source broken for months is still visited daily, so that its recovery is noticed."""

MAX_RETRY_AFTER = timedelta(hours=24)
"""A server may name its own wait, up to a day: no answer can silence a source for good."""

MAX_DOUBLINGS = 20
"""2**20 seconds are 12 days: any wait of at least a second is past `MAX_BACKOFF` by then."""


def next_visit(
    source: Source, now: datetime, *, failures: int = 0, retry_after: timedelta = ZERO
) -> datetime:
    """Return when to visit `source` again, given its `failures` in a row.

    A healthy source is visited every `source.every`; each failure doubles the wait, up to
    `MAX_BACKOFF`, or to `source.every` where that is longer. A server that names its own wait
    (`Retry-After`) is obeyed up to `MAX_RETRY_AFTER`.
    """
    doubled = source.every * (1 << max(0, min(failures, MAX_DOUBLINGS)))
    backoff = min(doubled, max(MAX_BACKOFF, source.every))
    return now + max(backoff, min(retry_after, MAX_RETRY_AFTER))
