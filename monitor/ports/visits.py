"""What is remembered of sources, visits and links: the part of the store that visits need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.model import Child, Link, PastLinks, Seed, Source, Template, Validators, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMemory:
    """What the store remembers of a source when a visit begins.

    `added_at` is when the source was first registered. `visited` is False until a first visit has
    ended well. `last_new_at` is when its seed last named a link never seen before, None for never.
    `failures` counts the failed visits in a row. `published` tells when its newest articles
    appeared (their own time, or that of fetching them), newest first, 64 at most. `ttl` is how long the
    seed says itself that it will do, zero when it does not say. `past` tells of a front page what its links
    have turned out to be; of a feed or a sitemap, which name articles only, it tells nothing. `children` are
    the sitemaps that the seed names, as they were last read.
    """

    added_at: datetime
    visited: bool = False
    seed: Seed | None = None
    validators: Validators = Validators()
    last_new_at: datetime | None = None
    failures: int = 0
    template: Template = Template()
    published: tuple[datetime, ...] = ()
    ttl: timedelta = timedelta()
    past: PastLinks = PastLinks()
    children: tuple[Child, ...] = ()


class VisitStore(Protocol):
    """Sources, when each is due, and the links that were found."""

    # --- sources and visits

    async def register(self, sources: Sequence[Source], now: datetime) -> None:
        """Make the stored sources those of the configuration.

        New ones are due at once; ones that are gone become inactive and keep their archive; one
        whose `url` or `seed` changed forgets the seed it had chosen and its validators, and is due at
        once. A shorter `every` brings the next visit forward, never later than `now + every` unless it
        is failing.

        First of all, a source whose name is unknown takes over the stored one that has the same `url`
        and bears one of its `former_names`: that row is renamed, with all that hangs on it.
        """
        ...

    async def claim_due(self, now: datetime, limit: int, lease: timedelta) -> tuple[str, ...]:
        """Take up to `limit` active sources that are due, longest overdue first, until `now + lease`."""
        ...

    async def claim_source(self, name: str, now: datetime, lease: timedelta) -> bool:
        """Take one source whether due or not; False when somebody else has it."""
        ...

    async def recall(self, name: str) -> SourceMemory:
        """Return what is remembered of a registered source."""
        ...

    async def finish_visit(self, visit: Visit, next_visit_at: datetime) -> None:
        """Record a visit, its seed and validators, when the next is due, and give the source back.

        A failed visit adds one to `failures` and keeps seed and validators; any other sets it to zero.
        """
        ...

    async def put_off_visit(self, name: str, next_visit_at: datetime) -> None:
        """Give a claimed source back unvisited, due at another time."""
        ...

    async def rewind_visits(self, now: datetime) -> None:
        """Count the wait of each source from `now` whose last visit lies in the future.

        It tells that the clock was set back while nobody ran.
        """
        ...

    # --- links

    async def remember(
        self, source: str, waiting: Sequence[Link], passed_over: Sequence[Link], now: datetime
    ) -> int:
        """Store the links never seen before; return how many. Nobody will fetch the `passed_over`."""
        ...

    async def waiting_links(self, source: str, now: datetime, limit: int) -> tuple[Link, ...]:
        """Return the links to fetch now, newest first: those never tried and those whose retry is due."""
        ...

    async def dismiss(self, link: Link, reason: str, retry_at: datetime | None, now: datetime) -> None:
        """Record that a link gave no article: to be tried again at `retry_at`, or never. Adds an attempt."""
        ...
