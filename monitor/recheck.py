"""A known page -> Recheck: what has become of an article since it was last looked at.

Position: the last step of a visit, in the hands of `pipeline`, which stores what it finds. It sees
ports, never adapters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from monitor.compose import Aftermath, Pace, compose, compose_later
from monitor.dedupe import find_changes, next_look
from monitor.errors import FetchError, FetchGone, NotAnArticle, WorkerKilled
from monitor.extract import read_article
from monitor.match import RuleSet
from monitor.model import (
    Alert,
    Article,
    Changes,
    Link,
    Match,
    Reading,
    Relation,
    Request,
    Response,
    Revision,
    Source,
    Template,
    Verdict,
)
from monitor.ports import Clock, Fetcher, KnownPage, Recheck, Workers

GONE_APART = timedelta(hours=3)
"""A page that is gone twice, so far apart, is gone for good."""


@dataclass(frozen=True, slots=True)
class EditWatch:
    """Looks at articles again: what was edited, what is gone, and whom it concerns."""

    clock: Clock
    fetcher: Fetcher
    workers: Workers
    rules: RuleSet
    pace: Pace

    async def revisit(self, source: Source, known: KnownPage, template: Template) -> Recheck:
        """Return what came of looking at an article again. One that cannot be had waits for its next age."""
        article, now = known.article, self.clock.now()
        same = Recheck(
            article_id=article.id,
            looked_at=now,
            next_at=next_look(article, now, source.recheck),
            validators=known.validators,
        )
        request = Request(url=article.url, source=source, validators=known.validators)
        try:
            response = await self.fetcher.get(request)
            if response.not_modified:
                return same
            same = replace(same, validators=response.validators)
            if response.body == known.page:
                return same
            read = partial(read_article, template=template, overrides=source.overrides)
            return await self.read_again(known, response, read, same)
        except FetchGone:
            return self.note_gone(known, same)
        except (FetchError, NotAnArticle, WorkerKilled):
            return same

    async def read_again(
        self, known: KnownPage, response: Response, read: Callable[[Response, Link], Reading], same: Recheck
    ) -> Recheck:
        """Return what was edited. The earlier page is read anew, by the extractor and the template of today.

        Raises:
            NotAnArticle, WorkerKilled: the page cannot be read as it is now.
        """
        article = known.article
        link = Link(url=article.url, source=article.source, title=article.title)
        reading = await self.workers.run_isolated(read, response, link)
        before, after = article, reading.article
        if known.page:
            earlier = replace(response, fetched_at=article.fetched_at, body=known.page)
            before = (await self.workers.run_isolated(read, earlier, link)).article
        if after.id != article.id or before.extractor_version != after.extractor_version:
            return same
        changes = await self.workers.run_threaded(find_changes, before, after)
        look = replace(same, page=response.body, extractor_version=after.extractor_version)
        if changes is None:
            return look
        revision = Revision(found_at=same.looked_at, title=after.title, text=after.text, changes=changes)
        matches, alerts = await self.workers.run_threaded(self.judge_edit, known, after, changes)
        return replace(look, revision=revision, matches=matches, alerts=alerts)

    def judge_edit(
        self, known: KnownPage, after: Article, changes: Changes
    ) -> tuple[tuple[Match, ...], tuple[Alert, ...]]:
        """Return the rules that an edited article matches, and the alerts that follow.

        A rule that it matches for the first time is told of news; the others of an edit, when they asked
        for edits, those too that had found a version before the last. One that it matches no more is shown
        what it had found.
        """
        now = self.clock.now()
        before = {match.rule.name: match for match in self.rules.match(known.article)}
        told = known.found_by | before.keys()
        matches = self.rules.match(after)
        first = [match for match in matches if match.rule.name not in told]
        later = [match for match in matches if match.rule.name in told]
        lost = [match for name, match in before.items() if name not in {each.rule.name for each in matches}]
        verdict = Verdict(relation=Relation.SAME_PAGE, story_id=known.story_id, of=after.id)
        aftermath = Aftermath(article=after, story_id=known.story_id, changes=changes, edits=known.edits)
        return matches, (
            *compose(after, first, verdict, now, self.pace),
            *compose_later(aftermath, [*later, *lost], now),
        )

    def note_gone(self, known: KnownPage, same: Recheck) -> Recheck:
        """Return that a page is gone, once it was gone twice, hours apart: a server has bad moments."""
        now = same.looked_at
        if known.gone_since is None or now - known.gone_since < GONE_APART:
            since = known.gone_since or now
            return replace(same, gone_since=since, next_at=since + GONE_APART)
        aftermath = Aftermath(article=known.article, story_id=known.story_id, changes=None, edits=known.edits)
        alerts = compose_later(aftermath, self.rules.match(known.article), now)
        return replace(same, gone_since=known.gone_since, next_at=None, gone=True, alerts=alerts)
