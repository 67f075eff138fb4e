"""What the pipeline asks of the world. Adapters stand behind these; `app` says which.

Each adapter of a port passes the same contract suite in `tests/`. An adapter translates its
library's errors into ours (`errors`) and raises nothing else on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ParamSpec, Protocol, TypeVar

from monitor.model import (
    Alert,
    Article,
    Candidates,
    Child,
    Coverage,
    Delivery,
    DeliveryState,
    Digest,
    Fingerprint,
    HealthNotice,
    Link,
    Match,
    Outgoing,
    Outline,
    PastLinks,
    Request,
    Response,
    Revision,
    Seed,
    Source,
    StoryCandidates,
    Template,
    Turn,
    Validators,
    Verdict,
    Visit,
)

P = ParamSpec("P")
T = TypeVar("T")


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Return the time in UTC."""
        ...


class Fetcher(Protocol):
    """Pages, had politely and safely."""

    async def get(self, request: Request) -> Response:
        """Return what the server answers, redirects followed: 200 with a body, or not modified.

        Waits for the host's turn. Obeys robots.txt, the size caps, the total deadline and the guard
        against private addresses.

        Raises:
            FetchFailed: not this time.
            FetchRefused: never.
        """
        ...


class Workers(Protocol):
    """Where computation runs, so that the event loop never waits for it."""

    async def run_isolated(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on hostile bytes in a process that is killed past its deadline.

        Arguments, result and the errors it raises cross by pickle.

        Raises:
            WorkerKilled: the deadline passed or the process died.
        """
        ...

    async def run_threaded(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` on trusted values in a thread."""
        ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """All that one article brings into the store, written in one transaction.

    `page` is the body as fetched, uncompressed, `validators` what came with it; `next_look_at` is when to
    look for edits, None: never. `candidates` are those that the verdict is about, `stories` those that it
    chose from, None when nobody looked. No article is stored without its alerts, and no alert without its
    article: the alerts are the outbox.
    """

    article: Article
    link: Link
    page: bytes
    blocks: frozenset[int]
    fingerprint: Fingerprint
    candidates: Candidates
    verdict: Verdict
    matches: tuple[Match, ...]
    alerts: tuple[Alert, ...]
    stories: StoryCandidates | None = None
    next_look_at: datetime | None = None
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """An article to look at again, in its latest version.

    `page` is the body that this version was read from, empty when it was forgotten. `gone_since` is when
    the server first said that it is gone, None while it is there.
    """

    article: Article
    story_id: str
    page: bytes = b""
    validators: Validators = Validators()
    gone_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What came of looking at an article again, written in one transaction.

    `next_at` is when to look once more, None: never. `page` is the body that was read, None when there was
    none, or it was the same. `revision` is None when it was not edited; `gone` that it is gone for good.
    """

    article_id: str
    looked_at: datetime
    next_at: datetime | None
    validators: Validators = Validators()
    gone_since: datetime | None = None
    page: bytes | None = None
    revision: Revision | None = None
    extractor_version: int = 0
    gone: bool = False
    matches: tuple[Match, ...] = ()
    alerts: tuple[Alert, ...] = ()


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
    """

    article: Article
    story_id: str
    copy_of: str | None
    similarity: float
    contains: str | None = None
    gone_at: datetime | None = None
    original: Article | None = None

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
    of the configuration. `waiting` and `dismissed` count its links.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleYield:
    """An article, for as much as its source's health is concerned. `dated`: its page named a time."""

    found_at: datetime
    characters: int
    dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceYield:
    """What a source has given lately: `articles`, newest first, 60 at most.

    `dismissed` counts the links found after the newest of them that gave no article.
    """

    source: str
    articles: tuple[ArticleYield, ...]
    dismissed: int


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
    URL is another than the link's; `failed_reads` counts the times it was read in vain.
    """

    delivery: Delivery
    stored: StoredArticle
    seed: Seed | None
    found_at: datetime | None
    failed_reads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a channel was told of a source: that it was unwell, for a reason and since a time, at `told_at`.

    `unwell` is False once it was told that it is well again, at `recovered_at`. `well_since` is since when
    it has been well without anybody being told, None while it is not.
    """

    channel: str
    source: str
    unwell: bool
    reason: str
    since: datetime
    told_at: datetime
    well_since: datetime | None = None
    recovered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """How a channel's alerts are gathered, at the moment; by default not at all.

    `before` is the last time at which a digest was due: when an alert was composed before then and nobody
    has begun to send it, all that wait go into one. `empty` asks for one also when none wait. `limit`
    is how many messages may be begun within an hour; when more are due, those beyond go into one.
    """

    before: datetime | None = None
    empty: bool = False
    limit: int | None = None


NO_GATHERING = Gathering()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How a channel fares. `counts` says how many of its alerts stand where.

    `stopped_because` are the words of a receiver that wants no more, None while it is not stopped.
    """

    name: str
    stopped_at: datetime | None
    stopped_because: str | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The daemon's last sign of life."""

    at: datetime
    started_at: datetime
    pid: int


class Store(Protocol):
    """What is remembered. Each call is one transaction, durable when it returns.

    Raises `StoreError` (transient when waiting may cure it) from any call.
    """

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

    async def release_claims(self) -> None:
        """Give back every source and delivery that this store's owner has taken."""
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

    async def shift_due_times(self, by: timedelta) -> None:
        """Move all that is due at some time: visits, retries, deliveries, leases. The clock was set."""
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

    # --- articles

    async def candidates(self, url: str, fingerprint: Fingerprint) -> Candidates:
        """Return the stored articles that one with this URL and fingerprint must be judged against."""
        ...

    async def story_candidates(self, outline: Outline) -> StoryCandidates:
        """Return an outline, weighed, with the stored articles that may tell the same story."""
        ...

    async def keep(self, filing: Filing) -> int | None:
        """Store an article with everything that belongs to it; None when the verdict is stale.

        Returns how many of its alerts are new.

        Inside the transaction the candidates are looked up again; when there are others than
        `filing.candidates`, or one that has come since tells the same story more surely, nothing is written
        and the caller judges again. For `Relation.SAME_PAGE`
        only the link is settled, and alerts that are new. An alert whose id is known is not written again.
        """
        ...

    # --- looking again

    async def due_looks(self, source: str, now: datetime, limit: int) -> tuple[KnownPage, ...]:
        """Return the articles of a source to look at again now, longest overdue first."""
        ...

    async def finish_look(self, look: Recheck) -> int:
        """Record what came of looking at an article again; return how many of its alerts are new."""
        ...

    async def revisions(self, article_id: str) -> tuple[Revision, ...]:
        """List the later versions of an article, the earliest first."""
        ...

    # --- the outbox

    async def claim_deliveries(
        self,
        channel: str,
        now: datetime,
        limit: int,
        lease: timedelta,
        gathering: Gathering = NO_GATHERING,
    ) -> tuple[Outgoing, ...]:
        """Take up to `limit` alerts that are due on `channel`, oldest first, until `now + lease`.

        Before them come the digests and the word of the sources that are due. What a digest holds is
        settled here, in the same transaction. A channel that was stopped is given nothing.
        """
        ...

    async def cover_digest(self, digest_id: str, coverage: Coverage) -> None:
        """Add to a digest what was watched; one that says so already stays as it is."""
        ...

    async def mark_sent(self, alert_id: str, receipt: str, now: datetime) -> None:
        """Record that the receiver took the alert, or the bulletin with that id and all it carries."""
        ...

    async def mark_failed(
        self, alert_id: str, error: str, next_attempt_at: datetime | None, progress: str | None = None
    ) -> None:
        """Record a failed attempt: the next one, or None when the alert is dead.

        `progress` takes the place of what the channel had noted before; None leaves that as it is.
        """
        ...

    async def revive(
        self, now: datetime, *, alert_id: str | None = None, channel: str | None = None
    ) -> tuple[str, ...]:
        """Put dead alerts back on their way, their schedule begun anew; return their ids, oldest first.

        Only the one called `alert_id`, only those of `channel`, or all when neither is given. Their
        ids stay as they were, so that a receiver knows what it has. Who names an alert of a digest, or the
        digest, calls all of it back; the digest's id is among those returned.
        """
        ...

    # --- word of the sources

    async def told(self) -> tuple[Told, ...]:
        """List what channels were told of the sources."""
        ...

    async def tell(self, told: Sequence[Told], notices: Mapping[str, Sequence[Turn]], now: datetime) -> None:
        """Remember `told` in the place of what was, and put `notices`, by channel, into the outbox."""
        ...

    # --- channels

    async def register_channels(self, targets: Mapping[str, str], now: datetime) -> None:
        """Remember the channels of the configuration, by name, and what tells where each one leads.

        One that was stopped and leads elsewhere now is started.
        """
        ...

    async def stop_channel(self, name: str, reason: str, now: datetime) -> None:
        """Send nothing to a channel until it is started; what was claimed for it is given back."""
        ...

    async def start_channel(self, name: str) -> bool:
        """Start a channel that was stopped; return whether it was."""
        ...

    async def channel_states(self) -> tuple[ChannelState, ...]:
        """List all channels that were ever registered or told of anything, by name."""
        ...

    # --- reading

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

    async def source_states(self) -> tuple[SourceState, ...]:
        """List all sources ever registered, by name."""
        ...

    async def source_yields(self, since: datetime) -> tuple[SourceYield, ...]:
        """List what each source has given since then; sources that gave nothing are left out."""
        ...

    async def link_states(self, source: str, limit: int) -> tuple[LinkState, ...]:
        """List a source's links that were dismissed or wait for another try, newest first."""
        ...

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

    async def beat(self, heartbeat: Heartbeat) -> None:
        """Leave a sign of life."""
        ...

    async def heartbeat(self) -> Heartbeat | None:
        """Return the last sign of life, None when no daemon has ever run here."""
        ...

    async def prune(self, pages_before: datetime, copies_before: datetime, stories_before: datetime) -> int:
        """Forget the bytes of pages fetched earlier; return how many. Articles stay.

        Clusters of copies that began before `copies_before` are compared with nothing any more, and stories
        that began before `stories_before` take no others in.
        """
        ...


class Channel(Protocol):
    """Somewhere an alert can be sent."""

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        ...

    async def send(self, message: Outgoing) -> str:
        """Send an alert, a digest or word of the sources; return what the receiver said when it took it.

        Raises:
            DeliveryFailed: not taken; `transient` says whether to try again.
        """
        ...

    def retry_wait(self, attempts: int, alert_id: str) -> timedelta | None:
        """Return how long to wait after `attempts` failed ones (at least 1), None to give up.

        The alert's id spreads the retries of many alerts; the same id waits the same time.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
