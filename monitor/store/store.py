"""The adapter of `ports.Store`: each method is one transaction.

Position: the top of this room. What a method means is said in `ports`; how it is done, in the module
named after what it remembers. Here it is decided which way a call takes: writes go to the one writer and
return when they are durable; what every article is looked up by, and the computing that a write needs first,
goes to the one looker; other reads go to a few threads.

Cancelling a call that writes leaves it either wholly done or not done at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from monitor.errors import StoreError
from monitor.model import (
    Candidates,
    Coverage,
    Delivery,
    DeliveryState,
    Digest,
    Fingerprint,
    HealthNotice,
    Link,
    Outgoing,
    Outline,
    Revision,
    Source,
    StoryCandidates,
    Turn,
    Visit,
)
from monitor.ports import (
    NO_GATHERING,
    AlertTrace,
    ArticleQuery,
    ChannelState,
    Filing,
    Gathering,
    Heartbeat,
    KnownPage,
    LinkState,
    Lookup,
    MatchCounts,
    Recheck,
    SourceMemory,
    SourceState,
    SourceYield,
    StoredArticle,
    Told,
)
from monitor.store import (
    archive,
    bulletins,
    channels,
    copies,
    deliveries,
    links,
    looks,
    outbox,
    stories,
    visits,
)
from monitor.store.database import READERS, Database
from monitor.store.due import shift_due_times
from monitor.store.heartbeat import leave_beat, read_beat
from monitor.store.leases import Claim
from monitor.store.looker import Looker
from monitor.store.sources import list_sources, register_sources
from monitor.store.told import list_told, replace_told
from monitor.store.trace import trace_alert
from monitor.store.writer import Writer
from monitor.store.yields import list_yields

T = TypeVar("T")
A = TypeVar("A")

PRUNE_AT_ONCE = 200
"""Rows forgotten in one transaction, so that nobody waits long for the writer."""


class SqlStore:
    """What is remembered, on SQLite or PostgreSQL. `owner` is the name under which it takes leases.

    An article that is kept waits for others for as long as `gather` says, to be written with them.
    """

    def __init__(self, database: Database, owner: str, gather: timedelta = timedelta()) -> None:
        self._database = database
        self._owner = owner
        self._writer = Writer(database, gather)
        self._looker = Looker(database)
        self._threads = ThreadPoolExecutor(READERS - 1, thread_name_prefix="store reader")
        self._closed = False

    async def close(self) -> None:
        """Commit what waits, and let go of the database."""
        self._closed = True
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._looker.close()
        self._writer.close()
        self._threads.shutdown()
        self._database.close()

    async def _write(
        self, function: Callable[[Connection], T], last: Callable[[Connection], None] | None = None
    ) -> T:
        return await asyncio.wrap_future(self._writer.submit(function, last))

    async def _look_up(self, function: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._looker.submit(function))

    async def _read(self, function: Callable[[Connection], T]) -> T:
        return await self._compute(self._query, function)

    def _query(self, function: Callable[[Connection], T]) -> T:
        with self._database.errors(), self._database.reader.connect() as connection:
            return function(connection)

    async def _compute(self, function: Callable[[A], T], argument: A) -> T:
        if self._closed:
            raise StoreError("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, argument)

    # --- sources and visits

    async def register(self, sources: Sequence[Source], now: datetime) -> None:
        """Make the stored sources those of the configuration."""
        await self._write(lambda db: register_sources(db, sources, now))

    async def claim_due(self, now: datetime, limit: int, lease: timedelta) -> tuple[str, ...]:
        """Take sources that are due."""
        return await self._write(lambda db: visits.claim_due(db, Claim(self._owner, now, lease), limit))

    async def claim_source(self, name: str, now: datetime, lease: timedelta) -> bool:
        """Take one source whether due or not."""
        return await self._write(lambda db: visits.claim_one(db, Claim(self._owner, now, lease), name))

    async def release_claims(self) -> None:
        """Give back every source and delivery that this store's owner has taken."""
        await self._write(self._release)

    def _release(self, db: Connection) -> None:
        visits.release(db, self._owner)
        outbox.release(db, self._owner)

    async def recall(self, name: str) -> SourceMemory:
        """Return what is remembered of a registered source."""
        return await self._read(lambda db: visits.recall(db, name))

    async def finish_visit(self, visit: Visit, next_visit_at: datetime) -> None:
        """Record a visit, and when the next is due."""
        await self._write(lambda db: visits.finish_visit(db, self._owner, visit, next_visit_at))

    async def put_off_visit(self, name: str, next_visit_at: datetime) -> None:
        """Give a claimed source back unvisited, due at another time."""
        await self._write(lambda db: visits.put_off(db, self._owner, name, next_visit_at))

    async def shift_due_times(self, by: timedelta) -> None:
        """Move all that is due at some time."""
        await self._write(lambda db: shift_due_times(db, by))

    async def rewind_visits(self, now: datetime) -> None:
        """Bring back visits that a clock set back has moved away while nobody ran."""
        await self._write(lambda db: visits.rewind(db, now))

    # --- links

    async def remember(
        self, source: str, waiting: Sequence[Link], passed_over: Sequence[Link], now: datetime
    ) -> int:
        """Store the links never seen before. Mostly there are none, and the writer is not asked."""
        found = await self._read(lambda db: links.find_unknown(db, source, waiting, passed_over))
        return await self._write(lambda db: links.insert_found(db, source, found, now)) if found else 0

    async def waiting_links(self, source: str, now: datetime, limit: int) -> tuple[Link, ...]:
        """Return the links to fetch now, newest first."""
        return await self._read(lambda db: links.waiting(db, source, now, limit))

    async def dismiss(self, link: Link, reason: str, retry_at: datetime | None, now: datetime) -> None:
        """Record that a link gave no article."""
        await self._write(lambda db: links.dismiss(db, link, reason, retry_at, now))

    # --- articles

    async def candidates(self, url: str, fingerprint: Fingerprint) -> Candidates:
        """Return the stored articles that one with this URL and fingerprint must be judged against."""
        return await self._look_up(lambda db: archive.Stored(db).candidates(url, fingerprint))

    async def story_candidates(self, outline: Outline) -> StoryCandidates:
        """Return an outline, weighed, with the stored articles that may tell the same story."""
        return await self._look_up(lambda db: archive.Stored(db).story_candidates(outline))

    async def keep_judged(self, judge: Callable[[Lookup], Filing]) -> tuple[Filing, int | None]:
        """Judge an article and store it; None when the verdict is stale."""

        def prepare(db: Connection) -> tuple[Filing, Future[int | None]]:
            filing = judge(archive.Stored(db))
            keeping = archive.Keeping(filing).prepare()
            return filing, self._writer.submit(keeping.write, keeping.index)

        filing, alerts = await self._look_up(prepare)
        return filing, await asyncio.wrap_future(alerts)

    async def keep(self, filing: Filing) -> int | None:
        """Store an article with everything that belongs to it; None when the verdict is stale."""
        _, alerts = await self.keep_judged(lambda _: filing)
        return alerts

    # --- looking again

    async def due_looks(self, source: str, now: datetime, limit: int) -> tuple[KnownPage, ...]:
        """Return the articles of a source to look at again now."""
        return await self._read(lambda db: looks.due_looks(db, source, now, limit))

    async def finish_look(self, look: Recheck) -> int:
        """Record what came of looking at an article again."""
        finished = await self._compute(looks.prepare_look, look)
        return await self._write(lambda db: looks.finish_look(db, finished))

    async def revisions(self, article_id: str) -> tuple[Revision, ...]:
        """List the later versions of an article, the earliest first."""
        return await self._read(lambda db: looks.list_revisions(db, article_id))

    # --- the outbox

    async def claim_deliveries(
        self,
        channel: str,
        now: datetime,
        limit: int,
        lease: timedelta,
        gathering: Gathering = NO_GATHERING,
    ) -> tuple[Outgoing, ...]:
        """Take what is due on a channel."""
        if not await self._read(lambda db: outbox.may_be_due(db, channel, now, gathering)):
            return ()
        claim = Claim(self._owner, now, lease)
        return await self._write(lambda db: outbox.claim_due(db, claim, channel, limit, gathering))

    async def cover_digest(self, digest_id: str, coverage: Coverage) -> None:
        """Add to a digest what was watched."""
        await self._write(lambda db: bulletins.cover_digest(db, digest_id, coverage))

    async def mark_sent(self, alert_id: str, receipt: str, now: datetime) -> None:
        """Record that the receiver took the alert."""
        await self._write(lambda db: outbox.mark_sent(db, alert_id, receipt, now))

    async def mark_failed(
        self, alert_id: str, error: str, next_attempt_at: datetime | None, progress: str | None = None
    ) -> None:
        """Record a failed attempt."""
        failure = outbox.Failure(error, next_attempt_at, progress)
        await self._write(lambda db: outbox.mark_failed(db, alert_id, failure))

    async def revive(
        self, now: datetime, *, alert_id: str | None = None, channel: str | None = None
    ) -> tuple[str, ...]:
        """Send what is dead or retrying at once."""
        return await self._write(lambda db: outbox.revive(db, now, alert_id, channel))

    # --- word of the sources

    async def told(self) -> tuple[Told, ...]:
        """List what channels were told of the sources."""
        return await self._read(list_told)

    async def tell(self, told: Sequence[Told], notices: Mapping[str, Sequence[Turn]], now: datetime) -> None:
        """Remember what channels were told, and put the notices into the outbox."""

        def write(db: Connection) -> None:
            replace_told(db, told)
            bulletins.add_notices(db, notices, now)

        await self._write(write)

    # --- channels

    async def register_channels(self, targets: Mapping[str, str], now: datetime) -> None:
        """Remember the channels of the configuration."""
        await self._write(lambda db: channels.register_channels(db, targets, now))

    async def stop_channel(self, name: str, reason: str, now: datetime) -> None:
        """Send nothing to a channel until it is started."""

        def stop(db: Connection) -> None:
            channels.stop_channel(db, name, reason, now)
            outbox.release_channel(db, name)

        await self._write(stop)

    async def start_channel(self, name: str) -> bool:
        """Start a channel that was stopped."""
        return await self._write(lambda db: channels.start_channel(db, name))

    async def channel_states(self) -> tuple[ChannelState, ...]:
        """List all channels, by name."""
        return await self._read(channels.list_channels)

    # --- reading

    async def articles(self, query: ArticleQuery) -> tuple[StoredArticle, ...]:
        """List articles, newest first."""
        return await self._read(lambda db: archive.list_articles(db, query))

    async def article(self, name: str) -> StoredArticle | None:
        """Return the article with this id or URL."""
        return await self._read(lambda db: archive.find_article(db, name))

    async def story(self, story_id: str) -> tuple[StoredArticle, ...]:
        """List the articles of a story, the first of them first."""
        return await self._read(lambda db: archive.list_story(db, story_id))

    async def recent_stories(
        self, since: datetime | None, limit: int
    ) -> tuple[tuple[StoredArticle, ...], ...]:
        """List the stories of several articles that grew since then, the last to grow first."""
        return await self._read(lambda db: archive.list_stories(db, since, limit))

    async def source_states(self) -> tuple[SourceState, ...]:
        """List all sources ever registered, by name."""
        return await self._read(list_sources)

    async def source_yields(self, since: datetime) -> tuple[SourceYield, ...]:
        """List what each source has given since then."""
        return await self._read(lambda db: list_yields(db, since))

    async def link_states(self, source: str, limit: int) -> tuple[LinkState, ...]:
        """List a source's links that were dismissed or wait for another try, newest first."""
        return await self._read(lambda db: links.states(db, source, limit))

    async def deliveries(
        self, *, state: DeliveryState | None = None, since: datetime | None = None, limit: int = 50
    ) -> tuple[Delivery, ...]:
        """List alerts with their way to their channel, newest first."""
        return await self._read(lambda db: deliveries.list_deliveries(db, state, since, limit))

    async def count_matches(self, since: datetime) -> MatchCounts:
        """Return how many articles fetched since then each rule has found."""
        return await self._read(lambda db: archive.count_matches(db, since))

    async def count_shadowed(self) -> Mapping[str, int]:
        """Return how many alerts were held back, by rule."""
        return await self._read(deliveries.count_shadowed)

    async def bulletins(
        self, *, state: DeliveryState | None = None, since: datetime | None = None, limit: int = 50
    ) -> tuple[Digest | HealthNotice, ...]:
        """List what is in the outbox beside the alerts, newest first."""
        return await self._read(lambda db: bulletins.list_beside(db, state, since, limit))

    async def trace(self, alert_id: str) -> AlertTrace | None:
        """Return the way of an alert; None when there is none."""
        return await self._read(lambda db: trace_alert(db, alert_id))

    async def beat(self, heartbeat: Heartbeat) -> None:
        """Leave a sign of life."""
        await self._write(lambda db: leave_beat(db, heartbeat))

    async def heartbeat(self) -> Heartbeat | None:
        """Return the last sign of life, None when no daemon has ever run here."""
        return await self._read(read_beat)

    async def prune(self, pages_before: datetime, copies_before: datetime, stories_before: datetime) -> int:
        """Forget the bytes of pages fetched earlier, with the visits of that time; return how many pages.

        Clusters of copies that began before `copies_before` leave the index, and stories that began before
        `stories_before`.
        """
        pages = await self._forget(lambda db: archive.forget_pages(db, pages_before, PRUNE_AT_ONCE))
        await self._forget(lambda db: visits.forget(db, pages_before, PRUNE_AT_ONCE))
        await self._forget(lambda db: copies.forget_postings(db, copies_before, PRUNE_AT_ONCE))
        await self._forget(lambda db: stories.forget_outlines(db, stories_before, PRUNE_AT_ONCE))
        return pages

    async def _forget(self, some: Callable[[Connection], int]) -> int:
        """Forget some rows at a time until there are none left; return how many."""
        total = 0
        while forgotten := await self._write(some):
            total += forgotten
        return total
