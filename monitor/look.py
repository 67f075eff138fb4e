"""Source -> Look: the links that a source's seed names today, and which document is its seed.

Position: the first step of a visit, in the hands of `pipeline`, which stores what it finds. It sees
ports, never adapters.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.discover import (
    Trial,
    find_children,
    find_links,
    find_refresh,
    find_seeds,
    find_ttl,
    has_dried_up,
    is_podcast,
    join_links,
    pick_seed,
    pick_stale_seed,
    tell_problems,
)
from monitor.errors import (
    FetchError,
    FetchFailed,
    FetchGone,
    FetchRefused,
    MonitorError,
    NotAnArticle,
    NotASeed,
    WorkerKilled,
)
from monitor.extract import SHELL, read_article
from monitor.model import (
    Child,
    Link,
    Overrides,
    PastLinks,
    Request,
    Response,
    Seed,
    SeedKind,
    Source,
    Template,
    Validators,
    VisitOutcome,
)
from monitor.ports import Clock, Fetcher, SourceMemory, Workers

log = logging.getLogger("monitor")

NAME_IT = "name what lists its articles in the configuration, with feed:, sitemap: or section:"
ASK_THEM = ", or ask the site to let our User-Agent in"
RENDER_IT = ", or have a browser draw pages that are made of JavaScript, with render: true"

MAX_REFRESHES = 2
"""A root page sends its readers on to that of a language, hardly ever further."""

Remembered = tuple[Child, bool]
"""A sitemap of an index, and whether the index says that it has not changed since it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of looking at a source: its seed and the links it names, newest first, or why not.

    `fresh_for` and `ttl` are how long the seed will do, by its server and by its own words.
    """

    outcome: VisitOutcome = VisitOutcome.OK
    seed: Seed | None = None
    validators: Validators = Validators()
    links: tuple[Link, ...] = ()
    reason: str | None = None
    retry_after: timedelta = timedelta()
    fresh_for: timedelta = timedelta()
    ttl: timedelta = timedelta()
    children: tuple[Child, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookout:
    """Looks at sources: finds the seed of each, and reads it."""

    clock: Clock
    fetcher: Fetcher
    workers: Workers

    async def look(self, source: Source, memory: SourceMemory) -> Look:
        """Fetch the source's seed and find its links.

        A seed that was chosen and is gone, or has dried up, is chosen anew.

        Raises:
            FetchError, NotASeed, WorkerKilled: there is nothing to read this time.
        """
        known = source.seed or memory.seed
        if known is None:
            return await self.choose_seed(source)
        now = self.clock.now()
        if source.seed is None and has_dried_up(known, memory.last_new_at, now):
            try:
                return await self.choose_seed(source, dry=known)
            except (FetchError, NotASeed, WorkerKilled) as exc:
                log_no_seed(source, source.url, exc)
                known = replace(known, chosen_at=now)  # the page offers nothing better for now
        request = Request(url=known.url, source=source, validators=memory.validators)
        try:
            return await self.read_seed(source, known, await self.fetcher.get(request), memory)
        except (FetchRefused, NotASeed) as exc:
            if source.seed is None:
                return await self.choose_seed(source)
            if isinstance(exc, FetchGone | NotASeed):
                raise type(exc)(blame_configuration(source.seed, exc)) from exc
            raise

    async def choose_seed(self, source: Source, dry: Seed | None = None) -> Look:
        """Return a look at the best seed that the source's page offers; `dry` is the one that dried up."""
        front = await self.fetch_front(source)
        looks: dict[Seed, Look] = {}
        trials: list[Trial] = []
        for seed in await self.workers.run_isolated(find_seeds, front):
            try:
                here = seed.url in (front.url, source.url)
                response = front if here else await self.fetcher.get(Request(url=seed.url, source=source))
                looks[seed] = await self.read_seed(source, seed, response)
            except (FetchError, NotASeed, WorkerKilled) as exc:
                log_no_seed(source, seed.url, exc)
                trials.append(Trial(seed=seed, problem=str(exc)))
                continue
            trials.append(Trial(seed=seed, links=looks[seed].links, is_podcast=is_podcast(response)))
            if (picked := pick_seed(trials, self.clock.now(), dry)) is not None:
                return replace(looks[picked], seed=picked)
        if (picked := pick_stale_seed(trials, self.clock.now())) is not None:
            return replace(looks[picked], seed=picked)
        raise NotASeed(await self.explain_nothing(source, front, trials))

    async def explain_nothing(self, source: Source, front: Response, trials: Sequence[Trial]) -> str:
        """Return why a source's page offers no seed, and what its owner can do."""
        render_it = "" if source.render else RENDER_IT
        obstacle = await self.find_obstacle(front)
        if obstacle is not None:
            return f"{front.url}: {obstacle}; {NAME_IT}{render_it if obstacle == SHELL else ASK_THEM}"
        problems = tell_problems(trial for trial in trials if trial.seed.kind is not SeedKind.FRONT)
        names = f"what it names is of no use: {problems}" if problems else "names no feed"
        return f"{front.url} has no links that look like articles, and {names}; {NAME_IT}{render_it}"

    async def find_obstacle(self, front: Response) -> str | None:
        """Return what stands before a page (a wall, a captcha, scripts that draw it), None for nothing."""
        link = Link(url=front.url, source="")
        try:
            await self.workers.run_isolated(read_article, front, link, Template(), Overrides())
        except NotAnArticle as exc:
            return exc.reason if exc.transient else None
        except WorkerKilled as exc:
            return str(exc)
        return None

    async def fetch_front(self, source: Source) -> Response:
        """Return the page at the source's URL, or the one that it sends its readers on to."""
        front = await self.fetcher.get(Request(url=source.url, source=source))
        for _ in range(MAX_REFRESHES):
            target = await self.workers.run_isolated(find_refresh, front)
            if target is None:
                break
            front = await self.fetcher.get(Request(url=target, source=source))
        return front

    async def read_seed(
        self, source: Source, seed: Seed, response: Response, memory: SourceMemory | None = None
    ) -> Look:
        """Return the links that a seed names; none when it has not changed.

        `memory` tells what it was when it was last read, None when it never was.
        """
        known = () if memory is None else memory.children
        if seed.kind is SeedKind.SITEMAP:
            named = known
            if not response.not_modified:
                named = await self.workers.run_isolated(find_children, response)
            if named:
                return await self.read_children(source, seed, response, merge_children(named, known))
        if response.not_modified:
            return Look(
                outcome=VisitOutcome.NOT_MODIFIED,
                seed=seed,
                validators=response.validators,
                fresh_for=response.fresh_for,
            )
        past = PastLinks() if memory is None else memory.past
        links = await self.workers.run_isolated(find_links, response, seed, source.name, past)
        return Look(
            seed=seed,
            validators=response.validators,
            links=links,
            fresh_for=response.fresh_for,
            ttl=find_ttl(response),
        )

    async def read_children(
        self, source: Source, seed: Seed, index: Response, children: Sequence[Remembered]
    ) -> Look:
        """Return the links of an index's sitemaps as of one document.

        One that has not changed names nothing new. One that gives none is passed over.

        Raises:
            FetchError, NotASeed, WorkerKilled: none could be had; one that may be next time, if there is.
        """
        lists: list[tuple[Link, ...]] = []
        read: list[Child] = []
        errors: list[MonitorError] = []
        for child, is_same in children:
            if is_same:
                read.append(child)
                continue
            request = Request(url=child.url, source=source, validators=child.validators)
            try:
                response = await self.fetcher.get(request)
                if not response.not_modified:
                    lists.append(
                        await self.workers.run_isolated(find_links, response, sitemap(child), source.name)
                    )
                read.append(replace(child, validators=response.validators))
            except (FetchError, NotASeed, WorkerKilled) as exc:
                errors.append(exc)
                read.append(Child(url=child.url))  # to be read as if for the first time
        if len(errors) == len(children):
            raise next((error for error in errors if error.transient), errors[0])
        return Look(
            outcome=VisitOutcome.OK if lists else VisitOutcome.NOT_MODIFIED,
            seed=seed,
            validators=index.validators,
            links=join_links(lists),
            fresh_for=index.fresh_for,
            children=tuple(read),
        )


def blame_configuration(seed: Seed, error: MonitorError) -> str:
    """Return what is wrong with a seed that the configuration names, and what its owner can do."""
    setting = "section" if seed.kind is SeedKind.FRONT else seed.kind
    problem = str(error) if str(error).startswith(seed.url) else f"{seed.url}: {error}"
    return (
        f"{problem}; it stands in the configuration as {setting}: mend it there, or take it "
        "out, and the program looks for the best that the site offers"
    )


def sitemap(child: Child) -> Seed:
    """Return a sitemap that an index names as a seed, to be read."""
    return Seed(url=child.url, kind=SeedKind.SITEMAP)


def merge_children(named: Sequence[Child], known: Sequence[Child]) -> list[Remembered]:
    """Return the sitemaps that an index names now, and which of them it says are as they were.

    Only a time of day is believed: whoever writes days writes the same one after another change.
    """
    before = {child.url: child for child in known}
    merged: list[Remembered] = []
    for child in named:
        earlier = before.get(child.url)
        if earlier is None:
            merged.append((child, False))
        else:
            is_same = child.modified == earlier.modified and ":" in child.modified
            merged.append((replace(child, validators=earlier.validators), is_same))
    return merged


def log_no_seed(source: Source, url: str, error: MonitorError) -> None:
    """Log that a document of a source is no seed."""
    log.info("look", extra={"source": source.name, "url": url, "outcome": "no seed", "reason": str(error)})


def failed_look(error: MonitorError) -> Look:
    """Return the look at a source that gave nothing but `error`."""
    retry_after = error.retry_after if isinstance(error, FetchFailed) else None
    return Look(outcome=VisitOutcome.FAILED, reason=str(error), retry_after=retry_after or timedelta())
