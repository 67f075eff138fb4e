"""Matches + verdict -> Alerts: who is told, and the alert's id.

Position: after `match`, before `keep`. Pure.

One alert a story: the id is a hash of rule, story and channel, so a copy of a story that a rule has
fired on composes an alert that is already in the outbox, and the store leaves it at that. A copy
that is the first of its story to match (the original was cut short, say) does send one.

An independent article of the story composes that alert too, and brings the id of an update: the store, which
alone knows what was told already, puts it into the outbox as one, or into one that waits there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from monitor.model import (
    Alert,
    Article,
    Candidates,
    Changes,
    Link,
    Match,
    Occasion,
    Relation,
    Source,
    Verdict,
    name_id,
)

LATE_ARRIVAL = timedelta(days=1)
"""How much older than its source an article may claim to be when it was found after the first
visit: pages that claim local time as UTC are up to 14 hours off, and some only name the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long alerts of one story wait: each for its copies, and an update after the alert before."""

    group_wait: timedelta = timedelta()
    story_update: timedelta = timedelta(hours=6)


NO_WAIT = Pace()


def is_news(article: Article, link: Link, source: Source, added_at: datetime) -> bool:
    """Return whether `article` may alert: whether it came out after its source was added.

    An undated article counts as old when it was found on the first visit, as news otherwise. A date
    without a time stands for the whole of its day, one without seconds for its minute.
    """
    if article.published_at is None:
        return not link.backlog
    newest = article.published_at
    if newest.timetz().replace(tzinfo=None) == time():
        newest += timedelta(days=1)
    slack = timedelta() if link.backlog else LATE_ARRIVAL
    return newest >= added_at.replace(second=0, microsecond=0) - source.backfill - slack


def repeats_itself(article: Article, verdict: Verdict, candidates: Candidates) -> bool:
    """Return whether a source gives, word for word, what it gave before under another URL.

    Pages move, and URLs carry session ids: what was too old to alert when its source was new must not become
    news by that.
    """
    return verdict.relation is Relation.EXACT and any(
        known.article_id == verdict.of and known.source == article.source for known in candidates.articles
    )


def compose(
    article: Article,
    matches: Iterable[Match],
    verdict: Verdict,
    now: datetime,
    pace: Pace = NO_WAIT,
) -> tuple[Alert, ...]:
    """Return one alert for each channel of each rule that matched and asks for news, in the rules' order.

    Each waits for copies of the story, which it then names.
    """
    return tuple(
        Alert(
            id=name_first_alert(match.rule.name, verdict.story_id, channel),
            rule=match.rule.name,
            query=match.rule.query,
            channel=channel,
            story_id=verdict.story_id,
            article_id=article.id,
            excerpts=match.excerpts,
            created_at=now,
            wait=pace.group_wait,
            update_id=name_id(Occasion.UPDATE, match.rule.name, article.id, channel),
            pause=pace.story_update,
            shadow=match.rule.shadow,
        )
        for match in matches
        if Occasion.NEW in match.rule.on
        for channel in dict.fromkeys(match.rule.notify)
    )


def name_first_alert(rule: str, story_id: str, channel: str) -> str:
    """Return the id of the alert that tells a channel of a story; later ones about it refer to this."""
    return name_id("alert", rule, story_id, channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What became of an article later: `article` as it is now, and what an edit changed; None: it is gone.

    `edits` is how often it was edited before.
    """

    article: Article
    story_id: str
    changes: Changes | None
    edits: int = 0

    @property
    def occasion(self) -> Occasion:
        """What it is to a rule."""
        return Occasion.REMOVAL if self.changes is None else Occasion.EDIT


def compose_later(aftermath: Aftermath, matches: Iterable[Match], now: datetime) -> tuple[Alert, ...]:
    """Return one alert for each channel of each rule that matched and asks for such an occasion.

    The id is made of the version and its number, so that the same edit, found twice, is told once, and one
    that is taken back and made again is told each time.
    """
    article, occasion = aftermath.article, aftermath.occasion
    version = name_id("version", str(aftermath.edits), article.title, article.text)
    return tuple(
        Alert(
            id=name_id(occasion, match.rule.name, article.id, version, channel),
            rule=match.rule.name,
            query=match.rule.query,
            channel=channel,
            story_id=aftermath.story_id,
            article_id=article.id,
            excerpts=match.excerpts,
            created_at=now,
            occasion=occasion,
            changes=aftermath.changes,
            shadow=match.rule.shadow,
        )
        for match in matches
        if occasion in match.rule.on
        for channel in dict.fromkeys(match.rule.notify)
    )


class Sighting(NamedTuple):
    """An article that a rule found: when, of which story, its id, and that of the article it repeats."""

    at: datetime
    story_id: str
    article_id: str
    copy_of: str | None = None


class AlertCount(NamedTuple):
    """How many alerts tell a channel of what a rule found: the first one of each story, and updates."""

    stories: int
    updates: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.stories + self.updates


@dataclass(slots=True)
class _Told:
    """What a channel was told of a story, and when the last alert of it stops waiting for more."""

    clusters: set[str]
    opens_at: datetime


def count_alerts(sightings: Iterable[Sighting], originals: Mapping[str, str], pace: Pace) -> AlertCount:
    """Return how many alerts `sightings`, oldest first, make for one channel that takes each when it is due.

    It counts as the store puts alerts into its outbox, where what was told is known: a copy of what was told
    is silent, what comes while an alert waits joins it, and the next one waits until `pace.story_update` has
    passed. `originals` says what articles repeat that the rule did not find.
    """
    repeated, stories, updates = dict(originals), dict[str, _Told](), 0
    for at, story_id, article_id, copy_of in sightings:
        if copy_of is not None:
            repeated[article_id] = copy_of
        first = article_id
        while first in repeated:
            first = repeated[first]
        told = stories.get(story_id)
        if told is None:
            stories[story_id] = _Told({first}, at + pace.group_wait)
        elif first not in told.clusters:
            told.clusters.add(first)
            if at >= told.opens_at:
                told.opens_at = max(at + pace.group_wait, told.opens_at + pace.story_update)
                updates += 1
    return AlertCount(len(stories), updates)
