"""Small values to store, each with a name of its own, and the few steps that most tests begin with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.compose import compose
from monitor.model import (
    Alert,
    Article,
    Candidate,
    Candidates,
    Excerpt,
    Fingerprint,
    Link,
    Match,
    Relation,
    Rule,
    Seed,
    SeedKind,
    Source,
    Validators,
    Verdict,
    Visit,
    VisitOutcome,
    name_id,
)
from monitor.ports import Filing
from monitor.store import SqlStore

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=30)

GAZETTE = Source(name="gazette", url="https://gazette.example/")
COURIER = Source(name="courier", url="https://courier.example/")
FEED = Seed(url="https://gazette.example/feed.xml", kind=SeedKind.FEED)
VALIDATORS = Validators(etag='"7"', last_modified="Mon, 02 Mar 2026 08:00:00 GMT")
DAM = Rule(name="dam", query='dam AND "talks"', notify=("desk",))


def make_link(name: str, source: Source = GAZETTE) -> Link:
    return Link(url=f"{source.url}{name}", source=source.name)


def make_article(name: str, source: Source = GAZETTE, *, minute: int = 0) -> Article:
    return Article(
        url=f"{source.url}{name}",
        source=source.name,
        title=f"Talks about {name}",
        text=f"The mayor spoke of {name}.\n\nNobody disagreed.",
        fetched_at=NOW + minute * MINUTE,
        extractor_version=1,
    )


def shingles(name: str, count: int = 20) -> tuple[int, ...]:
    """Return `count` unsigned 64-bit hashes that nothing of another name has; half have the highest bit."""
    return tuple(sorted(int(name_id("shingle", name, str(number))[:16], 16) for number in range(count)))


def make_fingerprint(name: str) -> Fingerprint:
    return Fingerprint(
        algorithm=1,
        content=int(name_id("content", name)[:16], 16),
        sketch=shingles(name),
        facts=frozenset({name, "42"}),
    )


@dataclass(frozen=True, kw_only=True)
class Story:
    """An article with what the rooms before the store have made of it."""

    article: Article
    fingerprint: Fingerprint
    verdict: Verdict
    candidates: Candidates = field(default_factory=Candidates)
    matches: tuple[Match, ...] = ()
    link: Link | None = None
    page: bytes = b"<html>the page</html>"
    blocks: frozenset[int] = field(default_factory=lambda: frozenset({1, 2**64 - 1}))

    def filing(self) -> Filing:
        article = self.article
        return Filing(
            article=article,
            link=self.link or Link(url=article.url, source=article.source),
            page=self.page,
            blocks=self.blocks,
            fingerprint=self.fingerprint,
            candidates=self.candidates,
            verdict=self.verdict,
            matches=self.matches,
            alerts=self.alerts(),
        )

    def alerts(self) -> tuple[Alert, ...]:
        return compose(self.article, self.matches, self.verdict, self.article.fetched_at)


def make_match(rule: Rule = DAM) -> Match:
    return Match(rule=rule, excerpts=(Excerpt(text="Talks about the dam.", marks=((0, 5), (16, 19))),))


def make_story(
    name: str, source: Source = GAZETTE, *, minute: int = 0, rules: tuple[Rule, ...] = ()
) -> Story:
    """Return a new story, judged in an archive that held nothing like it."""
    article = make_article(name, source, minute=minute)
    return Story(
        article=article,
        fingerprint=make_fingerprint(name),
        verdict=Verdict(relation=Relation.NEW, story_id=name_id("story", article.key)),
        matches=tuple(make_match(rule) for rule in rules),
    )


def repeat_story(original: Story, relation: Relation, story: Story) -> Story:
    """Return `story` with the verdict that it repeats `original`."""
    of = original.article.id
    verdict = replace(original.verdict, relation=relation, of=of, similarity=0.9)
    return replace(story, verdict=verdict, candidates=Candidates(articles=(as_candidate(original),)))


def as_candidate(story: Story) -> Candidate:
    """Return a story that begins its own cluster, as another is compared with it."""
    return Candidate(
        article_id=story.article.id,
        url=story.article.url,
        source=story.article.source,
        story_id=story.verdict.story_id,
        original=story.article.id,
        fingerprint=story.fingerprint,
    )


async def keep_after_a_look(store: SqlStore, story: Story) -> None:
    """Keep a story with the verdict it has, judged among all there is by now."""
    await keep(store, replace(story, candidates=await store.candidates(story.article.url, story.fingerprint)))


async def keep(store: SqlStore, *stories: Story) -> None:
    """Keep stories, in order; each must be taken."""
    for story in stories:
        assert await store.keep(story.filing()) is not None


def make_visit(outcome: VisitOutcome = VisitOutcome.OK, *, minute: int = 0) -> Visit:
    began = NOW + minute * MINUTE
    failed = outcome is VisitOutcome.FAILED
    return Visit(
        source=GAZETTE.name,
        started_at=began,
        finished_at=began + timedelta(seconds=3),
        outcome=outcome,
        reason="gazette.example does not resolve" if failed else None,
        seed=None if failed else FEED,
        validators=Validators() if failed else VALIDATORS,
        found=5,
        new=2,
    )
