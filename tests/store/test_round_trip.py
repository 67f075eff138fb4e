"""What goes in comes out: any text, any time, any number. Pages are hostile, and the store must not mind."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.model import Article, Excerpt, Fingerprint, Match, Relation, Rule, Verdict
from monitor.ports import ArticleQuery
from monitor.store import SqlStore
from monitor.store.columns import (
    local_time,
    microseconds,
    offset_seconds,
    pack_hashes,
    signed,
    unpack_hashes,
    unsigned,
)
from tests.store.samples import GAZETTE, NOW, Story, keep, make_article, make_link, make_story

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
"""Every code point: NUL, control characters, lone surrogates."""

OFFSETS = st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(
    lambda offset: timedelta(seconds=offset // timedelta(seconds=1))
)
ANY_TIME = st.datetimes(timezones=OFFSETS.map(timezone))
ANY_TEXTS = st.lists(ANY_TEXT, max_size=3).map(tuple)
HASH = st.integers(0, 2**64 - 1)
HASHES = st.frozensets(HASH, max_size=5)

NUMBERS = count()


def stored(words: str) -> str:
    """Return what the store makes of text: what no database holds becomes U+FFFD, one for one."""
    return re.sub("[\0\ud800-\udfff]", "\ufffd", words)


def stored_article(article: Article) -> Article:
    def maybe(words: str | None) -> str | None:
        return None if words is None else stored(words)

    return replace(
        article,
        title=stored(article.title),
        text=stored(article.text),
        authors=tuple(map(stored, article.authors)),
        tags=tuple(map(stored, article.tags)),
        language=maybe(article.language),
        site_name=maybe(article.site_name),
        section=maybe(article.section),
        image=maybe(article.image),
        summary=maybe(article.summary),
    )


@st.composite
def articles(draw: st.DrawFn) -> Article:
    return replace(
        make_article(f"story-{next(NUMBERS)}"),
        title=draw(ANY_TEXT),
        text=draw(ANY_TEXT),
        authors=draw(ANY_TEXTS),
        tags=draw(ANY_TEXTS),
        published_at=draw(st.none() | ANY_TIME),
        modified_at=draw(st.none() | ANY_TIME),
        language=draw(st.none() | ANY_TEXT),
        site_name=draw(st.none() | ANY_TEXT),
        section=draw(st.none() | ANY_TEXT),
        image=draw(st.none() | ANY_TEXT),
        summary=draw(st.none() | ANY_TEXT),
        paywalled=draw(st.booleans()),
        extractor_version=draw(st.integers(0, 2**31 - 1)),
        fetched_at=draw(st.datetimes(timezones=st.just(UTC))),
    )


def offset_of(time: datetime | None) -> timedelta | None:
    return None if time is None else time.utcoffset()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(article=articles(), words=ANY_TEXT, blocks=HASHES, sketch=HASHES)
async def test_an_article_and_its_alert_come_out_as_they_went_in(
    store: SqlStore, article: Article, words: str, blocks: frozenset[int], sketch: frozenset[int]
) -> None:
    await store.register([GAZETTE], NOW)
    rule = Rule(name="rule", query=words, notify=("desk",))
    excerpt = Excerpt(text=words, marks=((0, len(words)),), in_title=True)
    fingerprint = Fingerprint(
        algorithm=next(NUMBERS),
        content=2**63,
        sketch=tuple(sorted(sketch)),
        facts=frozenset({words}),
        places=bytes(range(len(sketch))),
    )
    story = Story(
        article=article,
        fingerprint=fingerprint,
        verdict=Verdict(relation=Relation.NEW, story_id=article.id, similarity=1 / 3),
        matches=(Match(rule=rule, excerpts=(excerpt,)),),
        blocks=blocks,
    )
    await keep(store, story)

    wanted, alert = stored_article(article), story.alerts()[0]
    [delivery] = [found for found in await store.deliveries(limit=1000) if found.alert.id == alert.id]
    assert delivery.article == wanted
    assert offset_of(delivery.article.published_at) == offset_of(article.published_at)
    assert offset_of(delivery.article.modified_at) == offset_of(article.modified_at)
    assert delivery.alert == replace(
        alert, query=stored(words), excerpts=(replace(excerpt, text=stored(words)),)
    )
    [candidate] = (await store.candidates(article.url, fingerprint)).articles
    assert candidate.fingerprint == replace(fingerprint, facts=frozenset({stored(words)}))
    assert (await store.recall("gazette")).template.pages[0] == blocks


async def test_every_word_of_a_strange_text_can_be_searched(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    story = make_story("dam")
    await keep(store, replace(story, article=replace(story.article, text="Before\0 \ud800after \x1bend")))
    for term in ("before", "after", "end"):
        assert len(await store.articles(ArticleQuery(terms=((term,),)))) == 1


async def test_reasons_and_receipts_of_any_text_are_stored(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.remember("gazette", [make_link("dam")], [], NOW)
    await store.dismiss(make_link("dam"), "odd \0\ud83d reason", None, NOW)
    [state] = await store.link_states("gazette", 1)
    assert state.reason == "odd \ufffd\ufffd reason"


# --- values --------------------------------------------------------------------------------------


@given(ANY_TIME)
@example(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))))
@example(datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-12))))
def test_a_time_keeps_its_offset_to_the_second_and_sorts_as_a_number(time: datetime) -> None:
    back = local_time(microseconds(time), offset_seconds(time))
    assert back == time
    assert back is not None
    assert back.utcoffset() == time.utcoffset()


@given(ANY_TIME, ANY_TIME)
def test_times_sort_as_numbers(one: datetime, other: datetime) -> None:
    assert (one < other) == (microseconds(one) < microseconds(other))


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_kept_apart(fold: int) -> None:
    time = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)
    back = local_time(microseconds(time), offset_seconds(time))
    assert back is not None
    assert (back.timestamp(), back.utcoffset()) == (time.timestamp(), time.utcoffset())


@given(st.lists(HASH))
def test_hashes_survive_packing_and_signing(hashes: list[int]) -> None:
    assert unpack_hashes(pack_hashes(hashes)) == tuple(hashes)
    assert [unsigned(signed(number)) for number in hashes] == hashes
    assert all(-(2**63) <= signed(number) < 2**63 for number in hashes)
