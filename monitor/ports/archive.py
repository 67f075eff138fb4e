"""What people ask of the store: articles, how sources fare, what rules found, an alert's way.

Nothing is changed by asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.model import Article, Delivery, DeliveryState, Digest, HealthNotice, Link, Seed


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleQuery:
    """Which stored articles to list, newest first.

    `terms` is a disjunction of conjunctions of search terms as `text.tokens` makes them (a trailing
    `*` asks for a prefix): an article qualifies when all terms of one of the tuples occur in its
    title or text. Empty means any article. `since` is compared with the time of fetching. `offset`
    articles are passed over first.
    """

    source: str | None = None
    since: datetime | None = None
    terms: tuple[tuple[str, ...], ...] = ()
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article, as it reads now, with its place in the archive.

    `original` is the article as it was first read, None when it was not edited since: that was judged.
    `copy_of` is the id of the article it repeats, None for one that repeats none; `contains` that of one
    with which it shares a part and which is another article. `gone_at` is when its page was found gone.
    `agency` is the news agency that it credits with its text, None when it credits none.
    """

    article: Article
    story_id: str
    copy_of: str | None
    similarity: float
    contains: str | None = None
    gone_at: datetime | None = None
    original: Article | None = None
    agency: str | None = None

    @property
    def as_judged(self) -> Article:
        """The article as it was when it was told from copies."""
        return self.original or self.article


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCounts:
    """How often rules found something, by their name and query.

    `first_at` is when the first article of the archive was fetched, None when it has none.
    """

    first_at: datetime | None
    by_rule: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a source fares, for people to read. Times are None before the first visit.

    `failing_since` and `reason` are None while it is well. `active` is False when it was taken out
    of the configuration. `waiting` and `dismissed` count its links, `postponed` those of the waiting that
    were tried in vain.
    """

    name: str
    url: str
    active: bool
    added_at: datetime
    seed: Seed | None
    last_visit_at: datetime | None
    next_visit_at: datetime
    failures: int
    failing_since: datetime | None
    reason: str | None
    articles: int
    last_article_at: datetime | None
    waiting: int
    dismissed: int
    postponed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleYield:
    """An article, for as much as its source's health is concerned. `dated`: its page named a time."""

    found_at: datetime
    characters: int
    dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceYield:
    """What a source has given lately: `articles`, newest first, 60 at most.

    `dismissed` counts the links found after the newest of them that gave no article, `postponed` those that
    were tried in vain and will be tried again. `weekly` tells how many articles came in each week of the
    time that was asked about, the oldest first; empty when nobody counted.
    """

    source: str
    articles: tuple[ArticleYield, ...]
    dismissed: int
    postponed: int = 0
    weekly: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """A link that is not an article (yet), and why: `retry_at` is None when it was dismissed."""

    link: Link
    found_at: datetime
    reason: str | None
    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTrace:
    """An alert's way, for people to read: from the seed that named its article to the receipt.

    `seed` is the source's of today. `found_at` is when the link was first seen, None when the page's own
    URL is another than the link's; `failed_reads` counts the times it was read in vain. `opened_at` is when
    the alert was first taken to be sent, or was put into its digest; `tried_at`, when the last attempt began.
    """

    delivery: Delivery
    stored: StoredArticle
    seed: Seed | None
    found_at: datetime | None
    failed_reads: int
    opened_at: datetime | None
    tried_at: datetime | None


class ArchiveStore(Protocol):
    """All that is remembered, to be read."""

    # --- articles and stories

    async def articles(self, query: ArticleQuery) -> tuple[StoredArticle, ...]:
        """List articles."""
        ...

    async def article(self, name: str) -> StoredArticle | None:
        """Return the article with this id or URL; None when there is none."""
        ...

    async def story(self, story_id: str) -> tuple[StoredArticle, ...]:
        """List the articles of a story, the first of them first."""
        ...

    async def recent_stories(
        self, since: datetime | None, limit: int
    ) -> tuple[tuple[StoredArticle, ...], ...]:
        """List the stories of several articles that grew since then, the last to grow first."""
        ...

    # --- sources and links

    async def source_states(self) -> tuple[SourceState, ...]:
        """List all sources ever registered, by name."""
        ...

    async def source_yields(self, since: datetime) -> tuple[SourceYield, ...]:
        """List what each source has given since then; sources that gave nothing are left out."""
        ...

    async def link_states(self, source: str, limit: int) -> tuple[LinkState, ...]:
        """List a source's links that were dismissed or wait for another try, newest first."""
        ...

    # --- rules and alerts

    async def deliveries(
        self, *, state: DeliveryState | None = None, since: datetime | None = None, limit: int = 50
    ) -> tuple[Delivery, ...]:
        """List alerts with their way to their channel, newest first."""
        ...

    async def count_matches(self, since: datetime) -> MatchCounts:
        """Return how many articles fetched since then each rule has found, whoever was told."""
        ...

    async def count_shadowed(self) -> Mapping[str, int]:
        """Return how many alerts were held back because their rule was in the shadow, by rule."""
        ...

    async def bulletins(
        self, *, state: DeliveryState | None = None, since: datetime | None = None, limit: int = 50
    ) -> tuple[Digest | HealthNotice, ...]:
        """List what is in the outbox beside the alerts: word of the sources, digests without news."""
        ...

    async def trace(self, alert_id: str) -> AlertTrace | None:
        """Return the way of the alert with this id; None when there is none."""
        ...
