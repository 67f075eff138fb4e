"""The composition root: which adapter stands behind which port. It opens them, and closes them.

Position: above every room, under `cli`, `web` and `demo`, which call what is here. It holds no logic
of the walk; that is `pipeline`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from functools import partial
from importlib.metadata import version
from pathlib import Path

from monitor.archive import Doubt, count_shares, doubt_rules
from monitor.config import Config, blame_channel, blame_source, read_config
from monitor.daemon import Daemon
from monitor.deliver import ChannelTools, ClientFor, CustomWording, EmailSender, open_channel, write_sample
from monitor.errors import FetchFailed, StoreError
from monitor.extract import Explanation, explain_page, read_article
from monitor.fetch import (
    Browser,
    FetchSettings,
    HttpFetcher,
    find_browser,
    open_fetcher,
    open_guarded_client,
)
from monitor.jobs.clock import SystemClock
from monitor.jobs.local import Assignment, Windows, record_visit
from monitor.jobs.memory import keep_little_memory
from monitor.jobs.workers import ProcessWorkers
from monitor.match import RuleSet
from monitor.model import (
    AppriseChannel,
    EmailChannel,
    Link,
    Overrides,
    Reading,
    Request,
    Response,
    Source,
    Template,
    Visit,
)
from monitor.pipeline import Pipeline
from monitor.ports import ArticleQuery, Channel, StoredArticle
from monitor.preview import Preview, Rehearsal
from monitor.store import SqlStore, has_database, lock_database, open_store

VISIT_LEASE = timedelta(hours=1)

GATHER = timedelta(milliseconds=80)
"""How long an article waits in the daemon for others, to be written with them: most of a commit costs the
same for one and for ten. Nobody waits for it: a visit pauses for seconds between two pages of a site."""


# --- the daemon ----------------------------------------------------------------------------------


MANY_RULES = 1000
"""From so many rules on, words are counted in the archive before they are filed; until then their length
says enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """What stands behind the ports for as long as the daemon runs."""

    clock: SystemClock
    store: SqlStore
    fetcher: HttpFetcher
    workers: ProcessWorkers
    http_client: ClientFor

    def assign(self, config: Config, shares: Mapping[str, float]) -> Assignment:
        """Return what the jobs are to do: rules compiled, channels opened. CPU-bound.

        `shares` says how frequent words are in the archive, for the rule index.

        Raises:
            ConfigError: a channel cannot be opened.
        """
        return Assignment(
            pipeline=Pipeline(
                clock=self.clock,
                fetcher=self.fetcher,
                workers=self.workers,
                store=self.store,
                rules=RuleSet.compile(config.rules, shares),
                channels=open_channels(config, self.clock, self.http_client),
                timetables=config.timetables,
                pace=config.pace,
            ),
            sources={source.name: source for source in config.sources},
            windows=Windows(pages=config.keep_pages, copies=config.copy_window, stories=config.story_window),
            health_channels=config.health,
        )


@asynccontextmanager
async def open_daemon(path: Path, environ: Mapping[str, str]) -> AsyncIterator[Daemon]:
    """Read the configuration and open everything that the daemon works with.

    Raises:
        ConfigError: the configuration has mistakes.
        StoreError: the database cannot be used; another daemon may have it.
    """
    keep_little_memory()
    config, clock = await asyncio.to_thread(read_config, path, environ), SystemClock()
    async with AsyncExitStack() as stack:
        stack.enter_context(lock_database(config.database))
        store = await stack.enter_async_context(open_archive(config, "daemon", GATHER))
        adapters = Adapters(
            clock=clock,
            store=store,
            fetcher=await stack.enter_async_context(open_web(config.contact, clock, config.browser)),
            workers=stack.enter_context(open_workers(config)),
            http_client=await stack.enter_async_context(open_webhook_clients()),
        )
        shares = await count_shares(store) if len(config.rules) >= MANY_RULES else {}
        daemon = Daemon(
            config,
            store,
            clock,
            read=lambda in_use: read_config(path, environ, in_use),
            assign=lambda config: adapters.assign(config, shares),
        )
        stack.push_async_callback(daemon.close)
        yield daemon


# --- one visit, one page -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitReport:
    """A visit on request, and the articles it kept, newest first."""

    visit: Visit
    articles: tuple[StoredArticle, ...]


async def visit_source(config: Config, source: Source) -> VisitReport:
    """Visit a source now, beside a running daemon or without one. Its alerts wait for the daemon.

    Raises:
        StoreError: the daemon is visiting it at this moment.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_archive(config, f"visit-{os.getpid()}"))
        await store.register(config.sources, clock.now())
        if not await store.claim_source(source.name, clock.now(), VISIT_LEASE):
            raise StoreError(
                f"{source.name} is being visited at this moment; see `monitor articles`", transient=True
            )
        stack.push_async_callback(store.release_claims)
        pipeline = Pipeline(
            clock=clock,
            fetcher=await stack.enter_async_context(open_web(config.contact, clock, config.browser)),
            workers=stack.enter_context(open_workers(config)),
            store=store,
            rules=await asyncio.to_thread(RuleSet.compile, config.rules),
            pace=config.pace,
        )
        visit = await pipeline.visit(source)
        await record_visit(store, source, visit)
        kept = await store.articles(
            ArticleQuery(source=source.name, since=visit.started_at, limit=visit.kept)
        )
        return VisitReport(visit=visit, articles=kept if visit.kept else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTerms:
    """How one page is had on request: as one of `source`. `contact` and `browser` are as for `open_web`."""

    source: Source
    contact: str | None = None
    browser: str | None = None


async def fetch_page(url: str, terms: PageTerms) -> Response:
    """Fetch one page, with the settings of its source; raises `FetchError`."""
    async with open_web(terms.contact, SystemClock(), terms.browser) as fetcher:
        return await fetcher.get(Request(url=url, source=terms.source))


def extract_page(response: Response) -> Reading:
    """Read an article from a page of no source; raises `NotAnArticle`."""
    return read_article(response, Link(url=response.url, source=""), None)


async def preview_source(config: Config, source: Source) -> Preview:
    """Fetch a source's newest pages and say what would be kept of each; nothing is stored, no archive opened.

    Raises:
        FetchError, NotASeed, WorkerKilled: there is nothing to read.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        rehearsal = Rehearsal(
            clock,
            await stack.enter_async_context(open_web(config.contact, clock, config.browser)),
            stack.enter_context(open_workers(config)),
        )
        return await rehearsal.preview(source, Template())


def explain_blocks(response: Response, template: Template, overrides: Overrides) -> Explanation:
    """Return what is decided on each block of a page, given what a source has taught and what is said of it.

    Raises:
        NotAnArticle: it cannot be cut into blocks.
    """
    return explain_page(response, Link(url=response.url, source=""), template, overrides)


# --- channels ------------------------------------------------------------------------------------


def open_channels(config: Config, clock: SystemClock, http_client: ClientFor) -> dict[str, Channel]:
    """Return the senders of all channels. Nothing is connected before the first alert.

    Raises:
        ConfigError: a service that Apprise does not know, or its extra is not installed.
    """
    channels = {}
    for settings in config.channels:
        timezone = config.timetables[settings.name].timezone
        tools = ChannelTools(
            clock=clock,
            timezone=timezone,
            http_client=http_client,
            smtp=config.smtp,
            open_apprise=partial(open_apprise, timezone=timezone),
        )
        try:
            channels[settings.name] = open_channel(settings, tools)
        except ValueError as exc:
            raise blame_channel(config, settings.name, str(exc)) from exc
    return channels


def open_apprise(settings: AppriseChannel, timezone: tzinfo) -> Channel:
    """Return the sender of an Apprise channel.

    Raises:
        ValueError: the URL names no service, or the extra is not installed.
    """
    try:
        from monitor.deliver.apprise import AppriseSender
    except ModuleNotFoundError as exc:
        raise ValueError(
            f"channel {settings.name!r} needs the extra: pip install 'news-monitor[apprise]'"
        ) from exc
    return AppriseSender(settings, timezone)


def check_channels(config: Config) -> None:
    """Raise `ConfigError` for what only a sender can tell: a service that is none, a template that fails."""
    for settings in config.channels:
        try:
            if isinstance(settings, AppriseChannel):
                open_apprise(settings, config.timezone)
            elif isinstance(settings, EmailChannel):
                CustomWording(config.timezone, settings.templates).check(SystemClock().now())
        except ValueError as exc:
            raise blame_channel(config, settings.name, str(exc)) from exc


async def send_sample(config: Config, name: str) -> str:
    """Send a sample through the channel called `name`; return what the receiver said.

    Raises:
        DeliveryFailed: it was not taken, by one of several recipients even.
    """
    clock = SystemClock()
    async with open_webhook_clients() as http_client:
        channels = open_channels(config, clock, http_client)
        try:
            channel = channels[name]
            send = channel.send_to_all if isinstance(channel, EmailSender) else channel.send
            return await send(write_sample(name, clock.now()))
        finally:
            for channel in channels.values():
                await channel.close()


# --- adapters ------------------------------------------------------------------------------------


@asynccontextmanager
async def open_archive(
    config: Config, owner: str, gather: timedelta = timedelta()
) -> AsyncIterator[SqlStore]:
    """Open the store, bringing the database up to date; `owner` and `gather` as for `open_store`."""
    store = await asyncio.to_thread(open_store, config.database, owner, gather)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def open_web(
    contact: str | None, clock: SystemClock, browser: str | None
) -> AsyncIterator[HttpFetcher]:
    """Open the fetcher.

    `contact` is whom a site may turn to, None when nobody is named; `browser` the program that draws pages,
    None for the first that is found, once one is needed.
    """
    settings = FetchSettings(version=version("news-monitor"), contact=contact or "")
    fetcher = open_fetcher(settings, clock, partial(open_browser, browser))
    try:
        yield fetcher
    finally:
        await fetcher.close()


def open_browser(program: str | None) -> Browser:
    """Return what draws pages.

    Raises:
        FetchFailed: the extra is not installed, or there is no such browser.
    """
    try:
        from monitor.fetch.browser import PlaywrightBrowser
    except ModuleNotFoundError as exc:
        raise FetchFailed("render: true needs the extra: pip install 'news-monitor[browser]'") from exc
    return PlaywrightBrowser(find_browser(program))


async def check_rules(config: Config) -> tuple[Doubt, ...]:
    """Return the rules that the archive casts doubt on; none while there is no archive.

    Raises:
        StoreError: there is one, and it cannot be asked.
    """
    if not config.rules or not has_database(config.database):
        return ()
    async with open_archive(config, f"check-{os.getpid()}") as store:
        return await doubt_rules(store, config.rules, SystemClock().now())


def check_browser(config: Config) -> None:
    """Raise `ConfigError` when a source is to be rendered and there is nothing to do it with."""
    rendered = next((source for source in config.sources if source.render), None)
    if rendered is None:
        return
    try:
        open_browser(config.browser)
    except FetchFailed as exc:
        raise blame_source(config, rendered.name, "render", str(exc)) from exc


@contextmanager
def open_workers(config: Config) -> Iterator[ProcessWorkers]:
    """Open the worker processes."""
    workers = ProcessWorkers(config.workers or os.cpu_count() or 1)
    try:
        yield workers
    finally:
        workers.close()


@asynccontextmanager
async def open_webhook_clients() -> AsyncIterator[ClientFor]:
    """Open the HTTP clients of webhooks: one that may reach private addresses, and one that may not."""
    async with AsyncExitStack() as stack:
        clients = {allowed: open_guarded_client(allowed) for allowed in (False, True)}
        for client in clients.values():
            await stack.enter_async_context(client)
        yield clients.__getitem__
