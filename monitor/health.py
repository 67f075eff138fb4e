"""Is a source well? By what it gives, not only by what it answers.

Position: asked by `courier` for digests, by `jobs` for who is to be told, and by `app` for people to read.
Pure: what the source has given, and the time, are arguments.

A site that was redesigned, or that answers robots with an empty page, fails no visit and gives nothing.
So each source is held against its own last weeks (`SourceYield`).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

from monitor.model import Coverage, Gap, Turn
from monitor.ports import ArticleYield, SourceState, SourceYield, Told

DAY = timedelta(days=1)

MEMORY = 28 * DAY
"""How far back a source is held against itself: four weekends."""

MIN_FAILURES = 3
MIN_FAILING = timedelta(hours=2)
"""A source is failing when it has failed so often and for so long: a restart of its server is no news."""

OCCASION = timedelta(hours=1)
MIN_OCCASIONS = 5
"""So many times, an hour apart at least, a source must have given something before silence tells anything."""

SILENCE_FACTOR = 3
MIN_SILENCE = DAY
"""A silence is unusual from a day on, and when it is three times as long as any in the source's memory."""

LONG_SILENCE = 12 * DAY
"""From then on silence is unusual for a source that gave an article every four days on average."""

RECENT = 10
"""So many articles, or dismissed pages, in a row tell of a change; one or two are chance."""

WEEK = timedelta(weeks=1)
MIN_WEEKS = 2
MIN_WEEKLY = 10
DWINDLED_SHARE = 0.2
"""A week with fewer than a fifth of the usual articles, of which there are ten at least, tells of a change.
By convention, not by measurement: a week of holidays should cost an outlet less."""

MIN_EARLIER = 20
SHORT_SHARE = 1 / 3
"""Articles whose median length falls to this share are teasers, or a wall has gone up."""

DATED_SHARE = 0.9

MAX_LATE = timedelta(hours=1)
"""A visit that is later than this has been missed."""


STEADY = timedelta(hours=1)
CALM = DAY
"""So long a source has to be well before it counts as well again; longer when it comes and goes."""


@dataclass(frozen=True, slots=True)
class Following:
    """What is remembered of a source for a channel (None: nothing), and what the channel is told of it."""

    told: Told | None
    turn: Turn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """Why a source is unwell, in a sentence for people, and since when."""

    reason: str
    since: datetime


class Standing(StrEnum):
    """How a source fares, in a word. `FAILING`: its last visit failed; `UNWELL`: it answers, and ails."""

    WELL = "well"
    FAILING = "failing"
    UNWELL = "unwell"
    UNVISITED = "not visited yet"
    TAKEN_OUT = "taken out"


def stand(state: SourceState, ailment: Ailment | None) -> Standing:
    """Return how a source fares, of which `ailment` was found (None: nothing ails it)."""
    if not state.active:
        return Standing.TAKEN_OUT
    if state.failures:
        return Standing.FAILING
    if state.last_visit_at is None:
        return Standing.UNVISITED
    return Standing.WELL if ailment is None else Standing.UNWELL


def diagnose_all(
    states: Iterable[SourceState], given: Iterable[SourceYield], now: datetime
) -> dict[str, Ailment]:
    """Return what ails the sources that are unwell, by name."""
    by_source = {each.source: each for each in given}
    ailments = {state.name: diagnose(state, by_source.get(state.name), now) for state in states}
    return {name: ailment for name, ailment in ailments.items() if ailment is not None}


def diagnose(state: SourceState, given: SourceYield | None, now: datetime) -> Ailment | None:
    """Return what ails a source; None when it is well, or too little is known.

    `given` is None for a source that has given nothing in its memory; then what is counted of it since it was
    added must do.
    """
    if not state.active or state.last_visit_at is None:
        return None
    if state.failures:
        return _failing(state, now)
    if given is None or not given.articles:
        return _fruitless(state) or _muted(state, state.last_visit_at)
    return (
        _unreadable(given, state)
        or _silent(given.articles, state.last_visit_at)
        or _muted(state, state.last_visit_at)
        or _dwindled(given, state, now)
        or _shortened(given.articles)
        or _undated(given.articles)
    )


def _failing(state: SourceState, now: datetime) -> Ailment | None:
    since = state.failing_since
    if since is None or state.failures < MIN_FAILURES or now - since < MIN_FAILING:
        return None
    return Ailment(reason=state.reason or "it fails", since=since)


def _fruitless(state: SourceState) -> Ailment | None:
    """Return whether a source has never given an article, though enough pages were tried."""
    if state.articles or not _is_enough(state.dismissed, state.postponed, state, state.added_at):
        return None
    return Ailment(
        reason=_tell_vain(f"{state.dismissed + state.postponed} pages so far", state), since=state.added_at
    )


def _is_enough(dismissed: int, postponed: int, state: SourceState, since: datetime) -> bool:
    """Return whether so many pages in vain `since` then tell of more than chance.

    What was dismissed was read. Pages that could not be had or read yet may be by the next visit: they count
    from `MIN_FAILING` on, and a few of them from a day on.
    """
    lasted = (state.last_visit_at or since) - since
    return (
        dismissed >= RECENT
        or (dismissed + postponed >= RECENT and lasted >= MIN_FAILING)
        or (postponed >= MIN_FAILURES and lasted >= DAY)
    )


def _tell_vain(pages: str, state: SourceState) -> str:
    why = f"`monitor sources {shlex.quote(state.name)}` says why"
    return f"it answers, but none of its {pages} could be read as an article; {why}"


def _muted(state: SourceState, last_visit_at: datetime) -> Ailment | None:
    """Return whether a source is silent for so long that its memory no longer tells how it was before."""
    last = state.last_article_at
    if last is None or state.articles < MIN_OCCASIONS:
        return None
    usual = (last - state.added_at) / state.articles
    if last_visit_at - last < max(LONG_SILENCE, SILENCE_FACTOR * usual):
        return None
    return Ailment(
        reason=f"it answers, but has given nothing new for {_hours(last_visit_at - last)}", since=last
    )


def _unreadable(given: SourceYield, state: SourceState) -> Ailment | None:
    """Return whether none of the pages found since the last article could be read as one."""
    since = given.articles[0].found_at
    if not _is_enough(given.dismissed, given.postponed, state, since):
        return None
    return Ailment(reason=_tell_vain(f"last {given.dismissed + given.postponed} pages", state), since=since)


def _silent(articles: Sequence[ArticleYield], last_visit_at: datetime) -> Ailment | None:
    occasions: list[datetime] = []
    for article in articles:
        if not occasions or occasions[-1] - article.found_at >= OCCASION:
            occasions.append(article.found_at)
    if len(occasions) < MIN_OCCASIONS:
        return None
    longest = max(later - earlier for later, earlier in pairwise(occasions))
    if last_visit_at - occasions[0] < max(MIN_SILENCE, longest * SILENCE_FACTOR):
        return None
    return Ailment(
        reason="it answers, but gives nothing new; "
        f"{_hours(longest)} was the longest that it was silent in the {MEMORY.days} days before",
        since=occasions[0],
    )


def _dwindled(given: SourceYield, state: SourceState, now: datetime) -> Ailment | None:
    """Return whether a source gave far less in the last week than in the weeks before.

    Whole weeks, because most outlets rest on the same days. What came with the first visit is old, and no
    measure.
    """
    if len(given.weekly) < MIN_WEEKS or state.added_at > now - MEMORY:
        return None
    *before, last = given.weekly
    usual = sum(before) / len(before)
    if usual < MIN_WEEKLY or last >= usual * DWINDLED_SHARE:
        return None
    return Ailment(
        reason=f"it gives ever less: {amount(last)} in the last week, where {usual:.0f} a week were usual",
        since=now - WEEK,
    )


def amount(articles: int) -> str:
    """Return a number of articles in words."""
    return "one article" if articles == 1 else f"{articles} articles"


def _shortened(articles: Sequence[ArticleYield]) -> Ailment | None:
    recent, earlier = articles[:RECENT], articles[RECENT:]
    if len(earlier) < MIN_EARLIER:
        return None
    now, before = (median(article.characters for article in some) for some in (recent, earlier))
    if now >= before * SHORT_SHARE:
        return None
    return Ailment(
        reason=f"its articles have become short: {now:.0f} characters, where they had {before:.0f}",
        since=recent[-1].found_at,
    )


def _undated(articles: Sequence[ArticleYield]) -> Ailment | None:
    recent, earlier = articles[:RECENT], articles[RECENT:]
    if len(earlier) < MIN_EARLIER or any(article.dated for article in recent):
        return None
    if sum(article.dated for article in earlier) < DATED_SHARE * len(earlier):
        return None
    return Ailment(reason="its articles have lost their dates", since=recent[-1].found_at)


def _hours(duration: timedelta) -> str:
    if duration >= 2 * DAY:
        return f"{round(duration / DAY)} days"
    hours = max(1, round(duration / timedelta(hours=1)))
    return "an hour" if hours == 1 else f"{hours} hours"


# --- what was watched ----------------------------------------------------------------------------


def survey(states: Sequence[SourceState], given: Sequence[SourceYield], now: datetime) -> Coverage:
    """Return which sources are being read and which are not, so that silence can be told from blindness.

    A single failed visit is a gap already: nobody knows what it missed.
    """
    by_source = {each.source: each for each in given}
    active = [state for state in states if state.active]
    gaps = (find_gap(state, by_source.get(state.name), now) for state in active)
    return Coverage(sources=len(active), gaps=tuple(gap for gap in gaps if gap is not None))


def find_gap(state: SourceState, given: SourceYield | None, now: datetime) -> Gap | None:
    """Return why a source is not being read; None when it is."""
    if state.last_visit_at is None:
        return Gap(source=state.name, reason="it has not been visited yet", since=None)
    if state.failures:
        return Gap(source=state.name, reason=state.reason or "it fails", since=state.failing_since)
    if now - state.next_visit_at > MAX_LATE:
        reason = "it was due and nobody came: the daemon did not run, or had too much to do"
        return Gap(source=state.name, reason=reason, since=state.last_visit_at)
    ailment = diagnose(state, given, now)
    return None if ailment is None else Gap(source=state.name, reason=ailment.reason, since=ailment.since)


# --- who is told ---------------------------------------------------------------------------------


def follow(channel: str, told: Told | None, source: str, ailment: Ailment | None, now: datetime) -> Following:
    """Return what is remembered of a source from now on, and what a channel is to be told of it, if anything.

    `told` is what was remembered before. A source is unwell as soon as it is; it is well again when it has
    been for `STEADY`, or for `CALM` when it fell ill within as much of its last recovery: one that comes
    and goes is told of once a day, not each time.
    """
    if told is None or not told.unwell:
        if ailment is None:
            return Following(told, None)
        turn = Turn(source=source, well=False, reason=ailment.reason, since=ailment.since)
        recovered_at = None if told is None else told.recovered_at
        return Following(
            Told(
                channel=channel,
                source=source,
                unwell=True,
                reason=ailment.reason,
                since=ailment.since,
                told_at=now,
                recovered_at=recovered_at,
            ),
            turn,
        )
    if ailment is not None:
        return Following(replace(told, well_since=None), None)
    well_since = told.well_since or now
    if now - well_since < (CALM if comes_and_goes(told) else STEADY):
        return Following(replace(told, well_since=well_since), None)
    turn = Turn(source=source, well=True, reason=told.reason, since=told.since)
    return Following(replace(told, unwell=False, well_since=None, recovered_at=now), turn)


def comes_and_goes(told: Told) -> bool:
    """Return whether a source fell ill soon after it had recovered."""
    return told.recovered_at is not None and told.told_at - told.recovered_at < CALM
