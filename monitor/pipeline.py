"""READ FIRST: visit, ingest, deliver. The whole program on one page.

    visit(source):    look -> remember -> ingest each waiting link -> look again at known articles
    ingest(link):     fetch -> read (extract) -> decide (dedupe, match, compose) -> keep
    deliver(channel): claim what is due -> send -> mark

Position: under `jobs`, which say when; above every room. It sees ports, never adapters. Each of the
two jobs may run twice, or be killed anywhere and run again, without harm: links are remembered
before they are fetched, an article is kept with its alerts in one transaction, URLs and alert ids
are unique, and a seed's validators are written last.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

from monitor.compose import NO_WAIT, Pace, compose, is_news, repeats_itself
from monitor.courier import Courier, never
from monitor.dedupe import find_agency, fingerprint_article, join_story, judge, next_look, outline_article
from monitor.discover import share_out
from monitor.errors import (
    FetchError,
    FetchFailed,
    MonitorError,
    NotAnArticle,
    NotASeed,
    StoreError,
    WorkerKilled,
)
from monitor.extract import MIN_PAGES, read_article, read_together
from monitor.look import Look, Lookout, failed_look
from monitor.match import RuleSet
from monitor.model import (
    Link,
    Reading,
    Relation,
    Request,
    Response,
    Source,
    Template,
    Visit,
    VisitOutcome,
)
from monitor.ports import (
    Channel,
    Clock,
    Fetcher,
    Filing,
    Lookup,
    SourceMemory,
    Store,
    Workers,
)
from monitor.recheck import EditWatch
from monitor.timetable import Timetable

log = logging.getLogger("monitor")

PAGES_PER_VISIT = 50
"""How many links one visit fetches at most; the rest wait for the next."""

MAX_BATCH_BYTES = 8 << 20
"""Of pages that are read together: a worker has all of them in memory. Usual ones take a fifth of it."""

LINKS_LOOKED_OVER = 4 * PAGES_PER_VISIT
"""How many waiting links, the newest, share in that."""

SECOND_LOOKS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""When a wall, a captcha or an empty shell is looked at again; after the last it is dismissed."""

FETCH_RETRIES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6)) + (
    timedelta(days=1),
) * 6
"""When a link that could not be had is tried again: for a week, then it is dismissed."""

FAILURES_IN_A_ROW = 3
"""After so many links in a row that could not be had, the site is down: the others wait unharmed."""

WORKER_DEATHS = 2
"""A page that has killed its worker so often is dismissed."""

JUDGEMENTS = 50
"""How often an article is judged again because another worker was first, before the visit gives up.

On a busy machine one of 600 articles was beaten 10 times in a row, when 20 sites that share their
stories were visited for the first time together.
"""

LOOKS_PER_VISIT = 20
"""How many known articles one visit looks at again at most; the rest wait for the next."""


@dataclass(frozen=True, slots=True)
class Page:
    """A link, and what its server answered. The body as it came stands beside it: no worker needs that."""

    link: Link
    response: Response
    packed: bytes


@dataclass(slots=True, kw_only=True)
class OpenVisit:
    """A visit in progress: whose it is, what is remembered of it, and what it has counted so far."""

    source: Source
    memory: SourceMemory
    started_at: datetime
    retry_after: timedelta = timedelta()
    found: int = 0
    new: int = 0
    kept: int = 0
    copies: int = 0
    dismissed: int = 0
    postponed: int = 0
    alerts: int = 0
    published: list[datetime] = field(default_factory=list)

    def finish(self, finished_at: datetime, look: Look) -> Visit:
        """Return the visit as it ended."""
        return Visit(
            source=self.source.name,
            started_at=self.started_at,
            finished_at=finished_at,
            outcome=look.outcome,
            reason=look.reason,
            seed=look.seed,
            validators=look.validators,
            retry_after=max(self.retry_after, look.retry_after),
            found=self.found,
            new=self.new,
            kept=self.kept,
            copies=self.copies,
            dismissed=self.dismissed,
            postponed=self.postponed,
            alerts=self.alerts,
            published=(*self.published, *self.memory.published),
            fresh_for=look.fresh_for,
            children=look.children,
            ttl=self.memory.ttl if look.outcome is VisitOutcome.NOT_MODIFIED else look.ttl,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The program, given its adapters and its rules. A reload makes a new one."""

    clock: Clock
    fetcher: Fetcher
    workers: Workers
    store: Store
    rules: RuleSet
    channels: Mapping[str, Channel] = field(default_factory=dict)
    timetables: Mapping[str, Timetable] = field(default_factory=dict)
    pace: Pace = NO_WAIT

    # --- visit ---------------------------------------------------------------------------------

    async def visit(self, source: Source) -> Visit:
        """Look at a source and read what is new there; return what came of it.

        Whatever the site does is part of the answer; only the store's errors are raised. The caller
        records the answer (`Store.finish_visit`), because it knows when the next visit is.
        """
        visit = OpenVisit(
            source=source, memory=await self.store.recall(source.name), started_at=self.clock.now()
        )
        try:
            look = await Lookout(self.clock, self.fetcher, self.workers).look(source, visit.memory)
        except (FetchError, NotASeed, WorkerKilled) as exc:
            look = failed_look(exc)
        else:
            await self.remember(visit, look)
            waiting = await self.store.waiting_links(source.name, self.clock.now(), LINKS_LOOKED_OVER)
            await self.ingest_all(visit, share_out(waiting, PAGES_PER_VISIT))
            await self.look_again(visit)
        return visit.finish(self.clock.now(), look)

    async def remember(self, visit: OpenVisit, look: Look) -> None:
        """Store the links before any is fetched, so that a crash loses none.

        A first visit takes the newest `source.first_visit`; the rest are remembered as passed over, so
        that a new source does not flood. What a new seed lists may be old to the site as well.
        """
        source, first = visit.source, not visit.memory.visited
        backlog = first or (look.seed is not None and look.seed != visit.memory.seed)
        links = [replace(link, backlog=backlog) for link in look.links]
        limit = source.first_visit if first else len(links)
        visit.found = len(links)
        visit.new = await self.store.remember(source.name, links[:limit], links[limit:], self.clock.now())

    # --- ingest --------------------------------------------------------------------------------

    async def ingest_all(self, visit: OpenVisit, links: Sequence[Link]) -> None:
        """Ingest the links in order. While a source's template is not learned, a few pages are read first."""
        pages = self.fetch_pages(visit, links)
        template = await self.ingest_first(visit, pages)
        async for page in pages:
            await self.ingest(visit, page, template)

    async def ingest_first(self, visit: OpenVisit, pages: AsyncIterator[Page]) -> Template:
        """Ingest pages until the template is learned, none when it is known; return the template.

        A new source is looked over before it is read: its first pages are read together, in the light of all.
        """
        batch, template = deque[Page](), visit.memory.template
        room = MAX_BATCH_BYTES
        while len(template.pages) + len(batch) < MIN_PAGES and room > 0:
            if (page := await anext(pages, None)) is None:
                break
            batch.append(page)
            room -= len(page.response.body)
        if not batch:
            return template
        try:
            readings, learned = await self.workers.run_isolated(
                read_together,
                [(page.response, page.link) for page in batch],
                template,
                visit.source.overrides,
            )
        except WorkerKilled:  # one of them is to blame: each is read alone
            while batch:
                await self.ingest(visit, batch.popleft(), template)
            return template
        for reading in readings:
            await self.settle(visit, batch.popleft(), reading, perf_counter())
        return learned

    async def fetch_pages(self, visit: OpenVisit, links: Sequence[Link]) -> AsyncIterator[Page]:
        """Yield the pages that can be had; put the other links off. A site that is down is left in peace."""
        failures = 0
        for link in links:
            try:
                response = await self.fetcher.get(Request(url=link.url, source=visit.source))
            except FetchError as exc:
                await self.put_off(visit, link, exc)
                if isinstance(exc, FetchFailed):
                    visit.retry_after = max(visit.retry_after, exc.retry_after or timedelta())
                    failures += 1
                    if exc.retry_after is not None or failures == FAILURES_IN_A_ROW:
                        return
            else:
                failures = 0
                yield Page(link, replace(response, packed=b""), response.packed)

    async def ingest(self, visit: OpenVisit, page: Page, template: Template) -> None:
        """Read one page and keep its story, or put its link off with the reason stored."""
        began = perf_counter()
        try:
            reading = await self.workers.run_isolated(
                read_article, page.response, page.link, template, visit.source.overrides
            )
        except (NotAnArticle, WorkerKilled) as exc:
            await self.put_off(visit, page.link, exc)
        else:
            await self.settle(visit, page, reading, began)

    async def settle(
        self, visit: OpenVisit, page: Page, reading: Reading | NotAnArticle, began: float
    ) -> None:
        """Keep the story of a page that was read, or put its link off with the reason stored."""
        if isinstance(reading, NotAnArticle):
            await self.put_off(visit, page.link, reading)
            return
        filing, alerts = await self.keep(visit, page, reading)
        relation = filing.verdict.relation
        if relation is not Relation.SAME_PAGE:
            visit.kept += 1
            visit.published.append(filing.article.published_at or filing.article.fetched_at)
        visit.copies += relation in (Relation.COPY, Relation.EXACT)
        visit.alerts += alerts
        log.info(
            "ingest",
            extra={
                "source": visit.source.name,
                "url": page.link.url,
                "outcome": relation.value,
                "ms": elapsed_ms(began),
                "title": filing.article.title,
                "copy_of": filing.verdict.of,
                "alerts": alerts,
                "stripped": dict(reading.stripped),
            },
        )

    async def keep(self, visit: OpenVisit, page: Page, reading: Reading) -> tuple[Filing, int]:
        """Judge, match and compose, then store it all in one transaction; again when another was first.

        Returns what was stored, and how many of its alerts are new.
        """
        for _ in range(JUDGEMENTS):
            filing, alerts = await self.store.keep_judged(partial(self.judge, visit, page, reading))
            if alerts is not None:
                return filing, alerts
        raise StoreError(
            f"{reading.article.url} was judged {JUDGEMENTS} times, and another article was always first",
            transient=True,
        )

    def judge(self, visit: OpenVisit, page: Page, reading: Reading, stored: Lookup) -> Filing:
        """Return an article with the verdict on it, the rules it matches and the alerts that follow."""
        article = reading.article
        fingerprint = fingerprint_article(article)
        candidates = stored.candidates(article.key, fingerprint)
        stories = stored.story_candidates(outline_article(article))
        verdict = join_story(article, judge(article, fingerprint, candidates), stories)
        matches = self.rules.match(article)
        news = is_news(article, page.link, visit.source, visit.memory.added_at)
        news = news and not repeats_itself(article, verdict, candidates)
        return Filing(
            article=article,
            link=page.link,
            page=page.response.body,
            packed=page.packed,
            blocks=reading.blocks,
            fingerprint=fingerprint,
            candidates=candidates,
            stories=stories,
            verdict=verdict,
            agency=find_agency(article, reading.below),
            matches=matches,
            alerts=compose(article, matches, verdict, self.clock.now(), self.pace) if news else (),
            next_look_at=next_look(article, self.clock.now(), visit.source.recheck),
            validators=page.response.validators,
        )

    async def put_off(self, visit: OpenVisit, link: Link, error: MonitorError) -> None:
        """Store why a link gave no article, and when it is tried again, if ever."""
        now, wait = self.clock.now(), second_look(error, link.attempts)
        await self.store.dismiss(link, str(error), None if wait is None else now + wait, now)
        visit.dismissed += wait is None
        visit.postponed += wait is not None
        outcome = "dismissed" if wait is None else "postponed"
        log.info(
            "ingest",
            extra={"source": link.source, "url": link.url, "outcome": outcome, "reason": str(error)},
        )

    # --- look again ----------------------------------------------------------------------------

    async def look_again(self, visit: OpenVisit) -> None:
        """Look for edits in the articles that have reached the next age of the source's ladder."""
        template = (await self.store.recall(visit.source.name)).template
        watch = EditWatch(self.clock, self.fetcher, self.workers, self.rules, self.pace)
        for known in await self.store.due_looks(visit.source.name, self.clock.now(), LOOKS_PER_VISIT):
            began = perf_counter()
            look = await watch.revisit(visit.source, known, template)
            alerts = await self.store.finish_look(look)
            visit.alerts += alerts
            if look.revision is not None or look.gone:
                log.info(
                    "look again",
                    extra={
                        "source": visit.source.name,
                        "url": known.article.url,
                        "outcome": "gone" if look.revision is None else "edited",
                        "changes": "" if look.revision is None else ", ".join(look.revision.changes.kinds),
                        "title": known.article.title,
                        "alerts": alerts,
                        "ms": elapsed_ms(began),
                    },
                )

    # --- deliver -------------------------------------------------------------------------------

    async def deliver(self, channel: Channel, is_ending: Callable[[], bool] = never) -> int:
        """Send what is due on a channel, one batch; return how much was claimed: nothing in quiet hours.

        Once `is_ending`, no other message is begun.
        """
        timetable = self.timetables.get(channel.name, Timetable())
        return await Courier(self.clock, self.store, is_ending).deliver(channel, timetable)


def second_look(error: MonitorError, attempts: int) -> timedelta | None:
    """Return how long a link waits after `error`, given the `attempts` before it; None: dismissed.

    Something that is no article stays none. A wall may fall, a server may come back, and a page that
    killed its worker gets one more chance.
    """
    if not error.transient:
        return None
    if isinstance(error, WorkerKilled):
        return SECOND_LOOKS[0] if attempts + 1 < WORKER_DEATHS else None
    if isinstance(error, FetchFailed):
        wait = FETCH_RETRIES[attempts] if attempts < len(FETCH_RETRIES) else None
        return wait if wait is None or error.retry_after is None else max(wait, error.retry_after)
    return SECOND_LOOKS[attempts] if attempts < len(SECOND_LOOKS) else None


def elapsed_ms(began: float) -> int:
    """Return the milliseconds since `began`, a reading of `perf_counter`."""
    return round((perf_counter() - began) * 1000)
