"""Source -> what its live pages would give, nothing stored: `monitor visit NAME --dry-run`.

Position: beside `pipeline`, whose visit it rehearses; `cli` asks. It sees ports, never adapters.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from monitor.errors import FetchError, NotAnArticle, WorkerKilled
from monitor.extract import Explanation, OverrideMatch, explain_page
from monitor.look import Lookout
from monitor.model import Link, Request, Seed, Source, Template
from monitor.ports import Clock, Fetcher, SourceMemory, Workers

PAGES = 5
"""Pages that are fetched: enough to see whether a selector holds, few enough for any site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page of a source: what is decided on its blocks, or the problem with it; the other is None."""

    link: Link
    explanation: Explanation | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a visit would see: the seed, how many links it names, and the newest of their pages."""

    source: Source
    seed: Seed | None
    found: int
    samples: tuple[Sample, ...]

    def matches(self) -> tuple[OverrideMatch, ...]:
        """Return for each override of the source on how many elements it matched in all, in their order."""
        totals: Counter[tuple[str, str]] = Counter()
        for sample in self.samples:
            for match in sample.explanation.overrides if sample.explanation else ():
                totals[match.setting, match.selector] += match.elements
        return tuple(OverrideMatch(setting, selector, n) for (setting, selector), n in totals.items())


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Looks at sources as a first visit does, without a memory."""

    clock: Clock
    fetcher: Fetcher
    workers: Workers

    async def preview(self, source: Source, template: Template) -> Preview:
        """Fetch a source's newest pages and say what would be kept of each.

        Raises:
            FetchError, NotASeed, WorkerKilled: there is nothing to read.
        """
        memory = SourceMemory(added_at=self.clock.now())
        look = await Lookout(self.clock, self.fetcher, self.workers).look(source, memory)
        samples = [await self.sample(source, link, template) for link in look.links[:PAGES]]
        return Preview(source=source, seed=look.seed, found=len(look.links), samples=tuple(samples))

    async def sample(self, source: Source, link: Link, template: Template) -> Sample:
        """Fetch one page and say what would be kept of it."""
        try:
            response = await self.fetcher.get(Request(url=link.url, source=source))
            explanation = await self.workers.run_isolated(
                explain_page, response, link, template, source.overrides
            )
        except (FetchError, NotAnArticle, WorkerKilled) as exc:
            return Sample(link=link, problem=str(exc))
        return Sample(link=link, explanation=explanation)
