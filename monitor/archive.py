"""What people ask of the archive: which articles, what a rule would have found, how the daemon fares.

Position: beside `pipeline`, which fills the archive; `cli` asks. It sees the store as a port.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.compose import NO_WAIT, AlertCount, Pace, Sighting, count_alerts
from monitor.errors import StoreError
from monitor.health import MEMORY, Ailment, diagnose_all
from monitor.match import (
    Query,
    RuleSet,
    clauses_of,
    leave_out,
    matches_query,
    missing_clause,
    parse_query,
    read_rule,
    required_terms,
    terms_of,
)
from monitor.model import Article, Delivery, DeliveryState, Match, Occasion, Outgoing, Rule
from monitor.ports import ArticleQuery, ChannelState, Heartbeat, SourceState, Store, StoredArticle
from monitor.text.readings import strip_diacritics
from monitor.text.tokens import split_terms

HEARTBEAT_LATE = timedelta(seconds=60)
"""The daemon beats every 10 s; six missed beats are no hiccup."""

SEARCH_PAGE = 500
"""How many of the search index's candidates are matched in one go."""

NEWEST_SHOWN = 5
"""Matches that a rehearsal shows."""

NEAR_MISSES = 3
"""Near misses that a rehearsal shows for each clause."""

SILENCE = timedelta(days=30)
LOUD = 50
"""A rule that finds nothing for so long, or more articles than this a day, is doubtful."""

MAX_SEARCHED = 500
"""Rules of which the daemon has kept nothing and that are searched for: some milliseconds each."""

SAMPLE = 500
"""Articles whose words are counted for the rule index, the newest: a fifth of a second's work."""

NEAR_MISS_LOOKS = 200
"""Articles that are looked at for the near misses of one clause, the newest."""


async def find_articles(store: Store, query: ArticleQuery, match: str | None) -> tuple[StoredArticle, ...]:
    """Return stored articles, newest first; with `match`, those that a rule with this query would find.

    The search index proposes, the matcher decides. Raises `RuleError` for a query that cannot be read.
    """
    if match is None:
        return await store.articles(query)
    found: list[StoredArticle] = []
    async for stored in search(store, parse_query(match), query):
        found.append(stored)
        if len(found) == query.limit:
            break
    return tuple(found)


async def search(store: Store, query: Query, narrowed: ArticleQuery) -> AsyncIterator[StoredArticle]:
    """Yield the stored articles that match `query`, newest first, of the source and time asked for."""
    asked = replace(narrowed, terms=required_terms(query), limit=SEARCH_PAGE, offset=0)
    while True:
        page = await store.articles(asked)
        for stored in page:
            if matches_query(query, stored.article):
                yield stored
        if len(page) < SEARCH_PAGE:
            return
        asked = replace(asked, offset=asked.offset + SEARCH_PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """An article that a rule failed to find by one clause alone."""

    clause: str
    stored: StoredArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a rule would have done on the archive, from `since` on: what was asked for, or when it begins.

    `days` counts the articles it would have found by the day they were fetched, oldest first, with the
    days of none between. `alerts` is how many alerts these are to a channel. `newest` are a few of them
    with their sentences; `silent_terms` the words and phrases that no article of the time holds.
    """

    since: datetime
    until: datetime
    matches: int
    alerts: AlertCount
    days: tuple[tuple[date, int], ...]
    newest: tuple[tuple[StoredArticle, Match], ...]
    silent_terms: tuple[str, ...]
    near_misses: tuple[NearMiss, ...]


async def rehearse(
    store: Store, rule: Rule, since: datetime, now: datetime, pace: Pace = NO_WAIT
) -> Rehearsal:
    """Return what a rule would have done from `since` to `now`, its alerts waiting as `pace` says.

    Raises:
        RuleError: its query cannot be read.
    """
    query, asked = read_rule(rule), ArticleQuery(since=since)
    first_at = (await store.count_matches(now)).first_at
    since = max(since, first_at or now)
    rules = RuleSet.compile([rule])
    counted: Counter[date] = Counter()
    found: list[Sighting] = []
    newest: list[tuple[StoredArticle, Match]] = []
    async for stored in search(store, query, asked):
        article = stored.article
        counted[article.fetched_at.date()] += 1
        found.append(Sighting(article.fetched_at, stored.story_id, article.id, stored.copy_of))
        if len(newest) < NEWEST_SHOWN:
            newest += [(stored, match) for match in rules.match(article)]
    length = (now.date() - since.date()).days
    days = [since.date() + timedelta(days=day) for day in range(length + 1)]
    tells = reversed(found) if Occasion.NEW in rule.on else ()
    return Rehearsal(
        since=since,
        until=now,
        matches=counted.total(),
        alerts=count_alerts(tells, await find_originals(store, found), pace),
        days=tuple((day, counted[day]) for day in days),
        newest=tuple(newest),
        silent_terms=await find_silent_terms(store, query, asked),
        near_misses=await find_near_misses(store, query, asked),
    )


async def find_originals(store: Store, found: Sequence[Sighting]) -> Mapping[str, str]:
    """Return what articles repeat that are no sightings themselves, but are repeated by some.

    Only those of stories that were found more than once: nothing hangs on the others.
    """
    often = Counter(sighting.story_id for sighting in found)
    known = {sighting.article_id for sighting in found}
    asked = {each.copy_of for each in found if each.copy_of and often[each.story_id] > 1} - known
    originals: dict[str, str] = {}
    while asked:
        article_id = asked.pop()
        stored = await store.article(article_id)
        if stored is not None and stored.copy_of is not None:
            originals[article_id] = stored.copy_of
            asked |= {stored.copy_of} - known - originals.keys()
    return originals


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A rule that finds next to nothing or far too much, and what to do about it."""

    rule: str
    message: str


async def doubt_rules(store: Store, rules: Sequence[Rule], now: datetime) -> tuple[Doubt, ...]:
    """Return the rules that found nothing for `SILENCE`, or more than `LOUD` articles a day.

    What the daemon has kept is counted; a rule of which it has kept nothing is searched for, since it may
    be new. An archive younger than `SILENCE` calls no rule silent.
    """
    counts = await store.count_matches(now - SILENCE)
    if counts.first_at is None:
        return ()
    age = min(SILENCE, now - counts.first_at)
    days, doubts, searched = max(1, age.days), [], 0
    for rule in rules:
        found = counts.by_rule.get((rule.name, rule.query), 0)
        if not found and searched < MAX_SEARCHED:
            searched += 1
            found = await _count_found(store, rule, now - SILENCE, LOUD * days + 1)
        elif not found:
            continue
        if found > LOUD * days:
            doubts.append(Doubt(rule=rule.name, message=f"finds more than {LOUD} articles a day; narrow it"))
        elif not found and age >= SILENCE:
            cure = "`monitor rules test` shows what it just missed"
            doubts.append(Doubt(rule=rule.name, message=f"has found nothing for {SILENCE.days} days; {cure}"))
    return tuple(doubts)


async def _count_found(store: Store, rule: Rule, since: datetime, enough: int) -> int:
    """Return how many articles a rule would have found; it stops counting at `enough`."""
    found = 0
    async for _ in search(store, read_rule(rule), ArticleQuery(since=since)):
        found += 1
        if found == enough:
            break
    return found


async def count_shares(store: Store) -> dict[str, float]:
    """Return which share of the newest articles holds a term: those that more than one of them holds.

    Terms are as the search index has them (`text.readings`).
    """
    articles = await store.articles(ArticleQuery(limit=SAMPLE))
    return await asyncio.to_thread(_count_terms, [stored.article for stored in articles])


def _count_terms(articles: Sequence[Article]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for article in articles:
        terms = {*split_terms(article.title), *split_terms(article.text)}
        counts.update(set(map(strip_diacritics, terms)))
    return {term: count / len(articles) for term, count in counts.items() if count > 1}


async def find_silent_terms(store: Store, query: Query, asked: ArticleQuery) -> tuple[str, ...]:
    """Return what the query looks for and no article of the time holds, as it is written."""
    silent = []
    for term in terms_of(query):
        async for _ in search(store, term, asked):
            break
        else:
            silent.append(term.text)
    return tuple(silent)


async def find_near_misses(store: Store, query: Query, asked: ArticleQuery) -> tuple[NearMiss, ...]:
    """Return articles that fail by exactly one of the clauses that AND joins, a few for each clause."""
    found: list[NearMiss] = []
    for clause in clauses_of(query):
        without = leave_out(query, clause)
        if without is None:
            continue
        terms = required_terms(without)
        page = await store.articles(replace(asked, terms=terms, limit=NEAR_MISS_LOOKS))
        near = [stored for stored in page if missing_clause(query, stored.article) == clause.text]
        found += [NearMiss(clause=clause.text, stored=stored) for stored in near[:NEAR_MISSES]]
    return tuple(found)


async def find_outgoing(
    store: Store, state: DeliveryState | None, since: datetime | None, limit: int
) -> tuple[Outgoing, ...]:
    """Return what is, or was, on its way to a channel, newest first: alerts, and what is told beside them."""
    alerts = await store.deliveries(state=state, since=since, limit=limit)
    beside = await store.bulletins(state=state, since=since, limit=limit)
    return tuple(sorted([*alerts, *beside], key=made_at, reverse=True))[:limit]


def made_at(message: Outgoing) -> datetime:
    """Return when a message was put into the outbox."""
    return message.alert.created_at if isinstance(message, Delivery) else message.created_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the daemon is alive, and what else a person should look at.

    `dead_deliveries` counts what was given up, `retrying_deliveries` what was not taken and is tried again,
    by channel; `stopped_channels` holds the words of those receivers that want no more, by channel.
    """

    well: bool
    reason: str
    heartbeat: Heartbeat | None
    failing_sources: tuple[str, ...]
    dead_deliveries: Mapping[str, int]
    retrying_deliveries: Mapping[str, int]
    stopped_channels: Mapping[str, str]


async def diagnose_sources(store: Store, states: Iterable[SourceState], now: datetime) -> dict[str, Ailment]:
    """Return what ails the sources that are unwell, by name."""
    return diagnose_all(states, await store.source_yields(now - MEMORY), now)


async def check_health(store: Store, now: datetime) -> Health:
    """Return how the daemon is: unwell when it has given no sign of life for `HEARTBEAT_LATE`."""
    heartbeat = await store.heartbeat()
    silent = None if heartbeat is None else now - heartbeat.at
    well = silent is not None and silent <= HEARTBEAT_LATE
    states = await store.source_states()
    channels = await store.channel_states()
    if silent is None:
        reason = "no daemon has run on this database yet; start one with `monitor run`"
    elif well:
        reason = f"the daemon gave a sign of life {max(0, round(silent.total_seconds()))} s ago"
    else:
        reason = (
            f"the daemon has been silent for {round(silent.total_seconds())} s; {await find_cause(store)}"
        )
    return Health(
        well=well,
        reason=reason,
        heartbeat=heartbeat,
        failing_sources=tuple(s.name for s in states if s.active and s.failures),
        dead_deliveries=count_in(channels, DeliveryState.DEAD),
        retrying_deliveries=count_in(channels, DeliveryState.RETRYING),
        stopped_channels={each.name: each.stopped_because for each in channels if each.stopped_because},
    )


def count_in(channels: Sequence[ChannelState], state: DeliveryState) -> dict[str, int]:
    """Return how many alerts of each channel stand there, without those that have none."""
    return {each.name: each.counts[state] for each in channels if each.counts.get(state)}


async def find_cause(store: Store) -> str:
    """Return why a daemon may be silent: whether the database takes a write, or what is wrong with it."""
    heartbeat = await store.heartbeat()
    try:
        if heartbeat is not None:
            await store.beat(heartbeat)  # the sign it left, once more: it says nothing new
    except StoreError as exc:
        return str(exc)
    return "is it running?"
