"""Which seed is settled on, and why: the promises of `monitor.discover.choice`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discover import Trial, has_dried_up, pick_seed, pick_stale_seed
from monitor.discover.choice import DRY_AFTER, GUESSED, STALE_AFTER, tell_problems
from monitor.model import Link, Seed, SeedKind

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
OLD = NOW - STALE_AFTER - timedelta(days=400)
SITE = "https://gazette.example"
FEED = Seed(url=f"{SITE}/feed", kind=SeedKind.FEED, reason="the page names it")
OTHER = Seed(url=f"{SITE}/rss", kind=SeedKind.FEED)
FRONT = Seed(url=f"{SITE}/", kind=SeedKind.FRONT, reason="its links look like articles")


def trial(seed: Seed, *links: tuple[str, datetime | None]) -> Trial:
    return Trial(
        seed=seed,
        links=tuple(
            Link(url=f"{SITE}/{name}", source="gazette", published_at=published) for name, published in links
        ),
    )


def test_the_first_seed_with_a_recent_article_is_taken_and_says_why() -> None:
    picked = pick_seed([trial(FEED, ("a", NOW - timedelta(days=2)), ("b", OLD))], NOW)
    assert picked == FEED
    assert picked is not None
    assert (picked.reason, picked.chosen_at) == (
        "the page names it, and its newest article is of 2026-05-02",
        NOW,
    )


def test_a_dead_feed_that_is_still_up_is_passed_over_for_a_page_with_other_articles() -> None:
    dead, front = trial(FEED, ("a", OLD)), trial(FRONT, ("x", None), ("y", None))
    assert pick_seed([dead], NOW) is None
    picked = pick_seed([dead, front], NOW)
    assert picked == FRONT
    assert picked is not None
    assert picked.reason == (
        "its links look like articles, and its articles bear no dates; "
        f"passed over: the feed {FEED.url} (its newest article is of 2025-02-28)"
    )


def test_a_slow_feed_whose_newest_article_the_page_still_shows_is_kept() -> None:
    slow, front = trial(FEED, ("a", OLD), ("b", OLD)), trial(FRONT, ("menu", None), ("a", None))
    assert pick_seed([slow, front], NOW) == FEED


def test_a_stale_seed_is_better_than_none_and_the_least_stale_is_the_best() -> None:
    staler, stale = trial(FEED, ("a", OLD)), trial(OTHER, ("b", OLD + timedelta(days=1)))
    broken = Trial(seed=FRONT, problem=f"{FRONT.url} has no links that look like articles")
    assert all(pick_seed([staler, stale, broken][: n + 1], NOW) is None for n in range(3))
    picked = pick_stale_seed([staler, stale, broken], NOW)
    assert picked == OTHER
    assert picked is not None
    assert "the page https://gazette.example/ (has no links that look like articles)" in picked.reason
    assert pick_stale_seed([broken], NOW) is None


def test_an_undated_seed_is_taken_unless_it_is_the_one_that_dried_up() -> None:
    undated = trial(FEED, ("a", None))
    assert pick_seed([undated], NOW) == FEED
    assert pick_seed([undated], NOW, FEED) is None
    assert pick_seed([undated], NOW, OTHER) == FEED


@pytest.mark.parametrize(
    ("chosen_ago", "new_ago", "dry"),
    [
        (DRY_AFTER, None, False),
        (DRY_AFTER + timedelta(hours=1), None, True),
        (DRY_AFTER * 9, DRY_AFTER, False),
        (DRY_AFTER * 9, DRY_AFTER + timedelta(hours=1), True),
        (timedelta(), DRY_AFTER * 9, False),
        (None, DRY_AFTER * 9, False),
    ],
)
def test_a_seed_has_dried_up_when_neither_it_nor_its_choice_is_new(
    chosen_ago: timedelta | None, new_ago: timedelta | None, dry: bool
) -> None:
    seed = Seed(url=FEED.url, kind=FEED.kind, chosen_at=None if chosen_ago is None else NOW - chosen_ago)
    assert has_dried_up(seed, None if new_ago is None else NOW - new_ago, NOW) is dry


dates = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2026, 5, 5)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
trials = st.lists(
    st.builds(
        lambda seed, links: trial(seed, *links),
        st.sampled_from([FEED, OTHER, FRONT]),
        st.lists(st.tuples(st.sampled_from("abc"), dates), max_size=3),
    ),
    min_size=1,
    max_size=4,
)


@given(trials)
def test_whatever_is_picked_was_tried_and_has_links(tried: list[Trial]) -> None:
    useful = {one.seed for one in tried if one.links}
    picked = pick_seed(tried, NOW)
    assert picked is None or picked in useful
    assert (pick_stale_seed(tried, NOW) is not None) == bool(useful)


def test_a_guess_that_leads_nowhere_is_not_worth_a_word() -> None:
    guess = Seed(url="https://gazette.example/rss", kind=SeedKind.FEED, reason=f"feed{GUESSED}")
    named = Seed(url="https://gazette.example/f", kind=SeedKind.FEED, reason="the page names it")
    trials = [Trial(seed=guess, problem="404 Not Found"), Trial(seed=named, problem="404 Not Found")]
    assert tell_problems(trials) == "the feed https://gazette.example/f (404 Not Found)"


def test_a_podcast_is_kept_in_reserve_however_recent() -> None:
    spoken = replace(trial(FEED, ("episode", NOW)), is_podcast=True)
    assert pick_seed([spoken], NOW) is None
    chosen = pick_seed([spoken, trial(OTHER, ("a", NOW))], NOW)
    assert chosen == OTHER
    assert chosen is not None
    assert f"passed over: the feed {FEED.url} (it is a podcast's)" in chosen.reason
    assert pick_stale_seed([spoken], NOW) == FEED
