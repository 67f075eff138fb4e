"""When a source is visited again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.jobs.schedule import MAX_BACKOFF, MAX_RETRY_AFTER, ZERO, next_visit
from monitor.model import Source

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
