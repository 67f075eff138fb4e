"""The composition root: which adapter stands behind which port. It opens them, and closes them.

Position: above every room, under `cli`, `web` and `demo`, which call what is here. It holds no logic
of the walk; that is `pipeline`.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from functools import partial
from importlib.metadata import version
from pathlib import Path

from monitor.archive import Doubt, count_shares, doubt_rules
from monitor.config import Config, blame_channel, blame_source, has_changed, read_config, render_mistakes
from monitor.deliver import ChannelTools, ClientFor, CustomWording, open_channel, write_sample
from monitor.errors import ConfigError, FetchFailed, StoreError
from monitor.extract import Explanation, explain_page, read_article
from monitor.fetch import (
    Browser,
    FetchSettings,
    HttpFetcher,
    find_browser,
    open_fetcher,
    open_guarded_client,
)
from monitor.health import MEMORY, Ailment, diagnose
from monitor.jobs.clock import SystemClock
from monitor.jobs.local import Assignment, LocalJobs, Windows, record_visit
from monitor.jobs.memory import keep_little_memory
from monitor.jobs.workers import PebbleWorkers
from monitor.match import RuleSet
from monitor.model import (
    AppriseChannel,
    ChannelSettings,
    EmailChannel,
    FileChannel,
    Link,
    Overrides,
    Reading,
    Request,
    Response,
    Source,
    Template,
    Visit,
    WebhookChannel,
    name_id,
)
from monitor.pipeline import Pipeline
from monitor.ports import ArticleQuery, Channel, SourceState, Store, StoredArticle
from monitor.preview import Preview, Rehearsal
from monitor.store import SqlStore, has_database, lock_database, open_store

log = logging.getLogger("monitor")

VISIT_LEASE = timedelta(hours=1)


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
    workers: PebbleWorkers
    http_client: ClientFor


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
        adapters = Adapters(
            clock=clock,
            store=await stack.enter_async_context(open_archive(config, "daemon")),
            fetcher=await stack.enter_async_context(open_web(config.contact, clock, config.browser)),
            workers=stack.enter_context(open_workers(config)),
            http_client=await stack.enter_async_context(open_webhook_clients()),
        )
        shares = await count_shares(adapters.store) if len(config.rules) >= MANY_RULES else {}
        daemon = Daemon(adapters, config, shares, lambda in_use: read_config(path, environ, in_use))
        stack.push_async_callback(daemon.close)
        yield daemon


class Daemon:
    """The whole program, running. `read` reads the configuration again, given the one in use.

    `shares` says how frequent words are in the archive, for the rule index.
    """

    def __init__(
        self,
        adapters: Adapters,
        config: Config,
        shares: Mapping[str, float],
        read: Callable[[Config], Config],
    ) -> None:
        self._shares = shares
        self._adapters = adapters
        self._config = config
        self._read = read
        self._last_read: Config | ConfigError = config
        self._reading = asyncio.Lock()
        self._channels: list[Channel] = []
        self._jobs = LocalJobs(
            self._assign(config), adapters.store, adapters.clock, reload_if_changed=self.reload_if_changed
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        await self._adapters.store.register_channels(targets_of(self._config), self._adapters.clock.now())
        log.info("start", extra={"outcome": "running", **count(self._config)})
        await self._jobs.run(stop)
        log.info("stop", extra={"outcome": "stopped"})

    async def close(self) -> None:
        """Let go of every channel that was ever opened: a reload leaves the old ones to what they send."""
        for channel in self._channels:
            await channel.close()

    async def reload_if_changed(self) -> None:
        """Reload when a file of the configuration has changed since it was last read."""
        if await asyncio.to_thread(has_changed, self._last_read):
            await self.reload()

    async def reload(self) -> None:
        """Read the configuration again and work after it; one with mistakes is told and changes nothing."""
        async with self._reading:
            try:
                config = await asyncio.to_thread(self._read, self._config)
                assignment = await asyncio.to_thread(self._assign, config)
            except ConfigError as exc:
                self._last_read = exc
                in_use = f"{len(self._config.sources)} sources, {len(self._config.rules)} rules"
                reason = f"{render_mistakes(exc)}\nThe running configuration ({in_use}) stays in use."
                log.error("reload", extra={"outcome": "refused", "reason": reason})
                return
            await self._adapters.store.register(config.sources, self._adapters.clock.now())
            await self._adapters.store.register_channels(targets_of(config), self._adapters.clock.now())
            self._jobs.assign(assignment)
            waits = changes_that_wait(self._config, config)
            self._config = self._last_read = config
            log.info("reload", extra={"outcome": "running", "after_restart": waits, **count(config)})

    def _assign(self, config: Config) -> Assignment:
        """Return what the jobs are to do: rules compiled, channels opened. CPU-bound."""
        adapters = self._adapters
        channels = open_channels(config, adapters.clock, adapters.http_client)
        self._channels += channels.values()
        return Assignment(
            pipeline=Pipeline(
                clock=adapters.clock,
                fetcher=adapters.fetcher,
                workers=adapters.workers,
                store=adapters.store,
                rules=RuleSet.compile(config.rules, self._shares),
                channels=channels,
                timetables=config.timetables,
                pace=config.pace,
            ),
            sources={source.name: source for source in config.sources},
            windows=Windows(pages=config.keep_pages, copies=config.copy_window, stories=config.story_window),
            health_channels=config.health,
        )


def count(config: Config) -> dict[str, int]:
    """Return how many sources, rules and channels there are, for the log."""
    return {"sources": len(config.sources), "rules": len(config.rules), "channels": len(config.channels)}


def targets_of(config: Config) -> dict[str, str]:
    """Return for each channel what tells whether it leads elsewhere than before; it gives no secret away."""
    return {settings.name: name_id("target", lead_of(settings)) for settings in config.channels}


def lead_of(settings: ChannelSettings) -> str:
    """Return where a channel leads."""
    match settings:
        case WebhookChannel() | AppriseChannel():
            return settings.url
        case EmailChannel():
            return " ".join(settings.to)
        case FileChannel():
            return settings.path
        case _:
            return "console"


def changes_that_wait(old: Config, new: Config) -> list[str]:
    """Return the settings that changed and take effect only when the daemon starts again."""
    names = ("database", "workers", "contact", "browser")
    return [name for name in names if getattr(old, name) != getattr(new, name)]


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


async def fetch_page(url: str, *, allow_private: bool) -> Response:
    """Fetch one page as a source without settings of its own would; raises `FetchError`."""
    async with open_web(None, SystemClock(), None) as fetcher:
        return await fetcher.get(
            Request(url=url, source=Source(name=url, url=url, allow_private=allow_private))
        )


def extract_page(response: Response) -> Reading:
    """Read an article from a page, without a learned template; raises `NotAnArticle`."""
    return read_article(response, Link(url=response.url, source=""), Template())


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
        DeliveryFailed: it was not taken.
    """
    clock = SystemClock()
    async with open_webhook_clients() as http_client:
        channels = open_channels(config, clock, http_client)
        try:
            return await channels[name].send(write_sample(name, clock.now()))
        finally:
            for channel in channels.values():
                await channel.close()


# --- health --------------------------------------------------------------------------------------


async def diagnose_sources(store: Store, states: Iterable[SourceState]) -> dict[str, Ailment]:
    """Return what ails the sources that are unwell, by name."""
    now = SystemClock().now()
    given = {each.source: each for each in await store.source_yields(now - MEMORY)}
    ailments = {state.name: diagnose(state, given.get(state.name), now) for state in states}
    return {name: ailment for name, ailment in ailments.items() if ailment is not None}


# --- adapters ------------------------------------------------------------------------------------


@asynccontextmanager
async def open_archive(config: Config, owner: str) -> AsyncIterator[SqlStore]:
    """Open the store, bringing the database up to date; `owner` names whose leases it takes."""
    store = await asyncio.to_thread(open_store, config.database, owner)
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
def open_workers(config: Config) -> Iterator[PebbleWorkers]:
    """Open the worker processes."""
    workers = PebbleWorkers(config.workers or os.cpu_count() or 1)
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
