"""Where we look: the sites of the configuration, and the seed of each.

Position: first on the walk, before `visits`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum


class SeedKind(StrEnum):
    """What a seed is: a document that lists links to articles."""

    FEED = "feed"
    SITEMAP = "sitemap"
    FRONT = "front"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """The one document of a source that is looked at on every visit.

    `reason` says in words why it is this one, "" when nobody knows. `chosen_at` is when the program chose
    it, None when it was not the program. Seeds are equal when they are the same document.
    """

    url: str
    kind: SeedKind
    reason: str = field(default="", compare=False)
    chosen_at: datetime | None = field(default=None, compare=False)


RECHECK = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""Most edits come in the first hours: at these ages an article is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What a person says of a stubborn source's pages, by CSS selectors; empty where nothing is said.

    `body` is where the story stands, `remove` what is not the story's, `title` where its title is. One that
    matches nothing on a page changes nothing there.
    """

    body: str = ""
    remove: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """The part of each day in which nothing is done: from `begin` until `end`, over midnight too."""

    begin: time
    end: time
    timezone: tzinfo

    def contain(self, now: datetime) -> bool:
        """Return whether it is quiet now."""
        local = now.astimezone(self.timezone).time()
        if self.begin < self.end:
            return self.begin <= local < self.end
        return local >= self.begin or local < self.end

    def end_after(self, now: datetime) -> datetime:
        """Return when it is next over, in UTC.

        With daylight saving `end` may come twice on a day, or not at all.
        """
        day = now.astimezone(self.timezone).date()
        ends = [
            datetime.combine(day + timedelta(days=days), self.end, self.timezone)
            .replace(fold=fold)
            .astimezone(UTC)
            for days in range(3)
            for fold in (0, 1)
        ]
        return min(end for end in ends if end > now and not self.contain(end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A site as the configuration names it. Its identity is `name`; editing `url` loses no history.

    `every` is the time between two visits; of a source that `adapts`, only until it is known how often it
    publishes. `seed` is None when the configuration names none: then the first visit finds it. `pause` is the
    least time between two requests to one host. `first_visit` is how many articles the first visit
    keeps at most. `backfill` is how far back a new source's articles may alert; zero means only what
    is published after the source was added.

    `recheck` is at which ages an article is looked at again for edits; empty: never. In its `quiet` hours
    no visit begins; None: it has none. `overrides` are for extraction.

    `former_names` are the names this URL has by itself (host, host-path) when the configuration gives
    it none. A stored source that bears one of them and has this very `url` is this source, so that
    naming a source, or adding a section of the same site above it, loses no history.

    `headers` and `cookies` go to the origins of `url` and `seed` only. `proxy` is the URL of an HTTP
    proxy of the operator's that all requests go through. `verify` False takes any TLS certificate. With
    `render` the scripts of its pages draw them, in a browser, before they are read.
    """

    name: str
    url: str = field(repr=False)  # as the seed's and the headers, it may carry a token
    every: timedelta = timedelta(minutes=15)
    adapts: bool = False
    seed: Seed | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookies: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    user_agent: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    verify: bool = True
    render: bool = False
    timeout: timedelta = timedelta(seconds=30)
    pause: timedelta = timedelta(seconds=2)
    allow_private: bool = False
    first_visit: int = 20
    backfill: timedelta = timedelta()
    recheck: tuple[timedelta, ...] = RECHECK
    quiet: QuietHours | None = None
    overrides: Overrides = Overrides()
    former_names: tuple[str, ...] = ()
