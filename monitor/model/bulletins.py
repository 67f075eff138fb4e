"""What a channel is sent beside single alerts: digests, and word of the sources.

Position: after `deliveries`, which a digest gathers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.deliveries import Delivery, Dispatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A source that is not being read, why, and since when (None: it never was)."""

    source: str
    reason: str
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was watched: so many sources, all of them read but for the `gaps`."""

    sources: int
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest(Dispatch):
    """Several alerts of a channel on their way in one message; none, when one was asked for all the same.

    What it holds is settled for good when it is made, before the first attempt. `deliveries` are in the
    order of their stories. `since` is when the channel's digest before was made, None for the first.
    `limit` is the limit of messages an hour that was reached, None when it was simply time. `coverage` is
    None until somebody has looked.
    """

    id: str
    channel: str
    created_at: datetime
    deliveries: tuple[Delivery, ...]
    since: datetime | None = None
    limit: int | None = None
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A source that has become unwell, for a reason and since a time, or is `well` again."""

    source: str
    well: bool
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNotice(Dispatch):
    """What a channel is told of the sources, on its way."""

    id: str
    channel: str
    created_at: datetime
    turns: tuple[Turn, ...]


Outgoing = Delivery | Digest | HealthNotice
"""What a channel is given to send. Each has an `id`, the same on every attempt."""
