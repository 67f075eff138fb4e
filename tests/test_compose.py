"""Who is told, and when an article is news: the promises of `monitor.compose`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.compose import LATE_ARRIVAL, compose, is_news, repeats_itself
from monitor.model import (
    Article,
    Candidate,
    Candidates,
    Excerpt,
    Fingerprint,
    Link,
    Match,
    Relation,
    Rule,
    Source,
    Verdict,
)

ADDED = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
NOW = datetime(2024, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)

STRANGER = Excerpt(text="A drone.", marks=((2, 7),))


def article(published: datetime | None = None, page: str = "a") -> Article:
    return Article(
        url=f"https://gazette.example/{page}",
        source="gazette",
        title="A title",
        text="A drone.",
        fetched_at=NOW,
        extractor_version=1,
        published_at=published,
    )


def link(*, backlog: bool = False) -> Link:
    return Link(url="https://gazette.example/a", source="gazette", backlog=backlog)


def source(backfill: timedelta = timedelta()) -> Source:
    return Source(name="gazette", url="https://gazette.example", backfill=backfill)


def verdict(story: str = "story") -> Verdict:
    return Verdict(relation=Relation.NEW, story_id=story)


def match(name: str, *channels: str) -> Match:
    return Match(rule=Rule(name=name, query="drone", notify=channels), excerpts=(STRANGER,))


names = st.text(min_size=1, max_size=5)
matches = st.lists(
    st.builds(lambda name, some: match(name, *some), names, st.lists(names, max_size=4)), max_size=4
)


def test_each_channel_of_each_rule_is_told_in_the_order_of_the_rules() -> None:
    alerts = compose(article(), [match("b", "desk", "ops"), match("a", "desk")], verdict(), NOW)
    assert [(alert.rule, alert.channel) for alert in alerts] == [("b", "desk"), ("b", "ops"), ("a", "desk")]


def test_an_alert_carries_what_its_receiver_needs() -> None:
    (alert,) = compose(article(), [match("a", "desk")], verdict("s"), NOW)
    assert (alert.query, alert.story_id, alert.article_id) == ("drone", "s", article().id)
    assert (alert.excerpts, alert.created_at) == ((STRANGER,), NOW)


def test_a_channel_named_twice_is_told_once() -> None:
    assert len(compose(article(), [match("a", "desk", "desk")], verdict(), NOW)) == 1


def test_nothing_that_matched_tells_nobody() -> None:
    assert compose(article(), [], verdict(), NOW) == ()


def test_a_copy_composes_the_alert_that_its_story_has() -> None:
    (first,) = compose(article(), [match("a", "desk")], verdict(), NOW)
    (again,) = compose(article(page="b"), [match("a", "desk")], verdict(), NOW + DAY)
    assert first.id == again.id


@given(matches, matches)
def test_two_alerts_have_one_id_only_for_one_rule_story_and_channel(
    one: list[Match], other: list[Match]
) -> None:
    alerts = [*compose(article(), one, verdict(), NOW), *compose(article(), other, verdict(), NOW)]
    alerts += compose(article(), one, verdict("other"), NOW)
    whom = {(alert.rule, alert.story_id, alert.channel) for alert in alerts}
    assert len({alert.id for alert in alerts}) == len(whom)


@pytest.mark.parametrize(
    ("published", "backlog", "news"),
    [
        (None, False, True),
        (None, True, False),
        (ADDED + timedelta(minutes=1), True, True),
        (ADDED - timedelta(minutes=1), True, False),
        (ADDED - LATE_ARRIVAL, False, True),
        (ADDED - LATE_ARRIVAL - timedelta(minutes=1), False, False),
        (datetime(2024, 3, 1, tzinfo=UTC), True, True),
        (datetime(2024, 2, 29, tzinfo=UTC), True, False),
        (datetime(2024, 3, 1, tzinfo=timezone(timedelta(hours=4))), True, True),
    ],
    ids=[
        "undated, found later",
        "undated, found at first",
        "a minute after the source was added",
        "a minute before",
        "found later, a day before",
        "found later, more than a day before",
        "on the day, no time given",
        "on the day before, no time given",
        "on the day, in the page's own offset",
    ],
)
def test_only_what_came_out_after_its_source_was_added_is_news(
    published: datetime | None, *, backlog: bool, news: bool
) -> None:
    assert is_news(article(published), link(backlog=backlog), source(), ADDED) is news


def test_an_article_of_the_very_minute_in_which_its_source_was_added_is_news() -> None:
    added = ADDED.replace(second=40, microsecond=900)
    assert is_news(article(ADDED.replace(second=0)), link(backlog=True), source(), added)


def test_backfill_makes_news_of_what_is_older() -> None:
    published = ADDED - 3 * DAY
    assert is_news(article(published), link(backlog=True), source(backfill=3 * DAY), ADDED)
    assert not is_news(article(published), link(backlog=True), source(backfill=2 * DAY), ADDED)


@given(
    st.timedeltas(timedelta(days=-60), timedelta(days=60)).map(ADDED.__add__),
    st.timedeltas(timedelta(), timedelta(days=60)),
    st.booleans(),
)
def test_what_is_newer_or_allowed_to_be_older_is_never_less_news(
    published: datetime, more: timedelta, first_visit: bool
) -> None:
    found = link(backlog=first_visit)
    if is_news(article(published), found, source(), ADDED):
        later = published + more + DAY
        assert is_news(article(later), found, source(), ADDED)
        assert is_news(article(published), found, source(backfill=more), ADDED)
        assert is_news(article(published), link(), source(), ADDED)


@pytest.mark.parametrize(
    ("relation", "of", "source", "repeats"),
    [
        (Relation.EXACT, "first", "gazette", True),
        (Relation.EXACT, "first", "courier", False),
        (Relation.EXACT, "other", "gazette", False),
        (Relation.COPY, "first", "gazette", False),
        (Relation.NEW, None, "gazette", False),
    ],
)
def test_a_source_repeats_itself_word_for_word_or_not_at_all(
    relation: Relation, of: str | None, source: str, *, repeats: bool
) -> None:
    known = Candidate(
        article_id="first",
        url="https://gazette.example/b",
        source=source,
        story_id="story",
        original="first",
        fingerprint=Fingerprint(algorithm=1, content=1, sketch=(), facts=frozenset()),
    )
    judged = Verdict(relation=relation, story_id="story", of=of)
    assert repeats_itself(article(), judged, Candidates(articles=(known,))) is repeats
