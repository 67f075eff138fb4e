"""When a source is visited again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.jobs.schedule import (
    JITTER,
    LONGEST_PACE,
    LONGEST_SPREAD,
    MAX_BACKOFF,
    MAX_RETRY_AFTER,
    SHORTEST_PACE,
    ZERO,
    learn_pace,
    next_visit,
)
from monitor.model import QuietHours, Source

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def source(every: timedelta = timedelta(minutes=15)) -> Source:
    return Source(name="gazette", url="https://gazette.example/", every=every)


def test_a_healthy_source_is_visited_at_its_own_pace() -> None:
    assert next_visit(source(), NOW) == NOW + timedelta(minutes=15)


def test_each_failure_doubles_the_wait() -> None:
    waits = [next_visit(source(), NOW, failures=count) - NOW for count in range(4)]
    assert waits == [timedelta(minutes=minutes) for minutes in (15, 30, 60, 120)]


def test_a_source_broken_for_months_is_still_visited_daily() -> None:
    assert next_visit(source(), NOW, failures=10_000) == NOW + MAX_BACKOFF
    assert next_visit(source(timedelta(seconds=1)), NOW, failures=10_000) == NOW + MAX_BACKOFF


def test_a_weekly_source_that_fails_is_not_visited_more_often_than_a_healthy_one() -> None:
    weekly = source(timedelta(days=7))
    assert next_visit(weekly, NOW, failures=3) == NOW + timedelta(days=7)


def test_a_server_that_names_its_wait_is_obeyed() -> None:
    assert next_visit(source(), NOW, retry_after=timedelta(hours=2)) == NOW + timedelta(hours=2)
    assert next_visit(source(), NOW, retry_after=timedelta(seconds=5)) == NOW + timedelta(minutes=15)


def test_no_answer_can_silence_a_source_for_good() -> None:
    assert next_visit(source(), NOW, retry_after=timedelta(days=3650)) == NOW + MAX_RETRY_AFTER


@given(
    every=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=30)),
    failures=st.integers(min_value=-1, max_value=10**9),
    retry_after=st.timedeltas(min_value=ZERO),
)
def test_the_next_visit_is_never_sooner_than_the_pace_nor_later_than_the_longest_wait(
    every: timedelta, failures: int, retry_after: timedelta
) -> None:
    wait = next_visit(source(every), NOW, failures=failures, retry_after=retry_after) - NOW
    assert every <= wait <= max(every, MAX_BACKOFF, MAX_RETRY_AFTER)


HOUR = timedelta(hours=1)


def published(gap: timedelta, count: int = 12, *, silent: timedelta = ZERO) -> list[datetime]:
    return [NOW - silent - gap * number for number in range(count)]


def expect(wait: timedelta, least: timedelta) -> None:
    assert least * (1 - JITTER) <= wait <= least


def test_a_source_that_publishes_each_hour_is_visited_twice_an_hour() -> None:
    expect(learn_pace(source(), published(HOUR), NOW), HOUR / 2)


def test_the_busiest_source_is_left_in_peace_for_five_minutes() -> None:
    assert learn_pace(source(), published(timedelta(seconds=20), 400), NOW) == SHORTEST_PACE


def test_a_source_that_has_died_is_still_visited_daily() -> None:
    expect(learn_pace(source(), published(HOUR, silent=timedelta(days=300)), NOW), LONGEST_PACE)


def test_a_silent_night_stretches_the_wait() -> None:
    expect(learn_pace(source(), published(timedelta(minutes=20), silent=8 * HOUR), NOW), HOUR)


def test_one_late_night_does_not_slow_a_busy_source_down() -> None:
    times = published(timedelta(minutes=20), 8) + published(timedelta(minutes=20), 8, silent=12 * HOUR)
    expect(learn_pace(source(), times, NOW), timedelta(minutes=10))


def test_a_new_source_goes_by_the_first_pace_until_its_rhythm_is_known() -> None:
    expect(learn_pace(source(), [], NOW), timedelta(minutes=15))
    undated_first_visit = published(timedelta(seconds=1), 20)
    expect(learn_pace(source(), undated_first_visit, NOW), timedelta(minutes=15))


def test_articles_from_the_future_tell_nothing() -> None:
    expect(learn_pace(source(), [NOW + HOUR * n for n in range(1, 9)], NOW), timedelta(minutes=15))


def test_sources_added_together_part_ways() -> None:
    sources = [Source(name=f"s{n}", url="https://gazette.example/") for n in range(50)]
    assert len({learn_pace(source, published(HOUR), NOW) for source in sources}) == 50


def test_a_learned_pace_doubles_with_failures_and_stops_at_a_day() -> None:
    waits = [next_visit(source(), NOW, failures=n, pace=4 * HOUR) - NOW for n in (0, 1, 2, 9)]
    assert waits == [4 * HOUR, 8 * HOUR, 16 * HOUR, MAX_BACKOFF]


@given(times=st.lists(st.datetimes(timezones=st.just(UTC)), max_size=40))
def test_a_learned_pace_stays_between_five_minutes_and_a_day(times: list[datetime]) -> None:
    assert SHORTEST_PACE <= learn_pace(source(), times, NOW) <= LONGEST_PACE


def test_a_wait_that_the_seed_asks_for_is_kept() -> None:
    expect_at_least(learn_pace(source(), published(HOUR), NOW, heard=HOUR), HOUR)
    assert learn_pace(source(), published(HOUR), NOW, heard=timedelta(minutes=1)) <= HOUR / 2


def test_a_seed_that_says_a_year_is_judged_by_what_its_source_publishes() -> None:
    year = timedelta(days=365)
    expect_at_least(learn_pace(source(), published(timedelta(minutes=20)), NOW, heard=year), HOUR / 3)
    assert learn_pace(source(), [], NOW, heard=year) == LONGEST_PACE, "nothing speaks against it yet"


def test_undated_articles_that_came_many_at_a_time_refute_a_long_wait() -> None:
    daily_heaps = [NOW - timedelta(days=day) for day in range(3) for _ in range(20)]
    assert learn_pace(source(), daily_heaps, NOW, heard=24 * HOUR) < 13 * HOUR


def test_sources_that_ask_for_the_same_wait_part_ways() -> None:
    sources = [Source(name=f"s{n}", url="https://gazette.example/") for n in range(50)]
    waits = [learn_pace(source, published(2 * HOUR), NOW, heard=2 * HOUR) for source in sources]
    assert len(set(waits)) == 50
    assert all(2 * HOUR <= wait <= 2 * HOUR * (1 + JITTER) for wait in waits)


def expect_at_least(wait: timedelta, least: timedelta) -> None:
    assert least <= wait <= least * (1 + JITTER)


@given(
    times=st.lists(st.datetimes(timezones=st.just(UTC)), max_size=40),
    heard=st.timedeltas(min_value=ZERO),
)
def test_whatever_a_seed_asks_for_a_pace_stays_between_five_minutes_and_a_day(
    times: list[datetime], heard: timedelta
) -> None:
    unasked, asked = (learn_pace(source(), times, NOW, heard=wait) for wait in (ZERO, heard))
    assert SHORTEST_PACE <= unasked <= asked <= LONGEST_PACE


# --- quiet hours ---------------------------------------------------------------------------------

NIGHT = QuietHours(begin=time(0), end=time(6), timezone=UTC)


def test_a_visit_that_falls_into_quiet_hours_comes_soon_after_they_end() -> None:
    nightly = replace(source(), quiet=NIGHT)
    end = NOW.replace(hour=6, minute=0)
    assert end <= next_visit(nightly, NOW) <= end + LONGEST_SPREAD
    noon = NOW.replace(hour=12)
    assert next_visit(nightly, noon) == noon + nightly.every


def test_visits_that_waited_for_the_morning_do_not_all_begin_with_it() -> None:
    sources = [Source(name=f"s{n}", url="https://gazette.example/", quiet=NIGHT) for n in range(50)]
    assert len({next_visit(source, NOW) for source in sources}) == 50


def test_quiet_hours_that_leave_a_minute_of_the_day_leave_that_minute() -> None:
    hours = QuietHours(begin=time(6), end=time(5, 59), timezone=UTC)
    due = next_visit(replace(source(), quiet=hours), NOW)
    assert (due.hour, due.minute) == (5, 59)


DAYLIGHT_ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Yerevan",
)


@given(
    after=st.timedeltas(min_value=ZERO, max_value=timedelta(days=366)),
    begin=st.integers(0, 1439),
    length=st.integers(1, 1439),
    zone=st.sampled_from(DAYLIGHT_ZONES),
)
def test_no_visit_is_due_in_quiet_hours_and_none_waits_for_longer_than_they_last(
    after: timedelta, begin: int, length: int, zone: str
) -> None:
    now = NOW + after
    begins, ends = (time(*divmod(minutes % 1440, 60)) for minutes in (begin, begin + length))
    hours = QuietHours(begin=begins, end=ends, timezone=ZoneInfo(zone))
    due = next_visit(replace(source(), quiet=hours), now)
    unhindered = next_visit(source(), now)
    assert not hours.contain(due)
    assert unhindered <= due <= unhindered + timedelta(minutes=length) + HOUR + LONGEST_SPREAD


@pytest.mark.parametrize(
    "now", [datetime(2026, 10, 25, 0, 10, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC)]
)
def test_the_hour_that_comes_twice_ends_quiet_hours_twice(now: datetime) -> None:
    hours = QuietHours(begin=time(1), end=time(2, 30), timezone=ZoneInfo("Europe/Berlin"))
    assert hours.contain(now)
    assert hours.end_after(now) - now == timedelta(minutes=20)
