"""When a channel sends: quiet hours, and the times of digests, also on the days when clocks change."""

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import QuietHours
from monitor.timetable import DigestTimes, Timetable

VIENNA = ZoneInfo("Europe/Vienna")
ZONES = ["Europe/Vienna", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]

moments = st.integers(1_262_304_000, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))
digests = st.builds(
    DigestTimes,
    timezone=st.sampled_from(ZONES).map(ZoneInfo),
    at=st.none() | st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
    weekday=st.none() | st.integers(0, 6),
)


@pytest.mark.parametrize(
    ("begin", "end", "hour", "quiet"),
    [
        (22, 7, 23, True),
        (22, 7, 6, True),
        (22, 7, 7, False),
        (22, 7, 21, False),
        (13, 15, 14, True),
        (13, 15, 15, False),
    ],
)
def test_quiet_hours_may_go_over_midnight_and_end_on_the_hour(
    begin: int, end: int, hour: int, quiet: bool
) -> None:
    yerevan = timezone(timedelta(hours=4))
    hours = QuietHours(begin=time(begin), end=time(end), timezone=yerevan)
    moment = datetime(2026, 3, 2, hour, tzinfo=yerevan).astimezone(UTC)
    assert hours.contain(moment) is quiet
    assert Timetable(quiet=hours).is_quiet(moment) is quiet
    assert not Timetable().is_quiet(moment)


def test_a_daily_digest_comes_at_its_time_where_the_readers_are() -> None:
    daily = DigestTimes(timezone=VIENNA, at=time(8))
    assert daily.latest(datetime(2026, 1, 10, 6, 59, tzinfo=UTC)) == datetime(2026, 1, 9, 7, tzinfo=UTC)
    assert daily.latest(datetime(2026, 1, 10, 7, tzinfo=UTC)) == datetime(2026, 1, 10, 7, tzinfo=UTC)
    assert daily.next_after(datetime(2026, 7, 10, 6, tzinfo=UTC)) == datetime(2026, 7, 11, 6, tzinfo=UTC)


def test_a_weekly_digest_comes_on_its_day() -> None:
    weekly = DigestTimes(timezone=VIENNA, at=time(8), weekday=0)
    assert weekly.latest(datetime(2026, 3, 5, tzinfo=UTC)) == datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert weekly.next_after(datetime(2026, 3, 2, 7, tzinfo=UTC)) == datetime(2026, 3, 9, 7, tzinfo=UTC)


def test_an_hourly_digest_comes_on_the_hour_of_the_readers_clock() -> None:
    hourly = DigestTimes(timezone=ZoneInfo("Asia/Kathmandu"))  # 5 h 45 min ahead
    assert hourly.latest(datetime(2026, 3, 2, 9, 20, 3, 7, tzinfo=UTC)) == datetime(
        2026, 3, 2, 9, 15, tzinfo=UTC
    )


def test_a_time_that_the_clocks_leave_out_comes_later_on_that_day_and_once() -> None:
    daily = DigestTimes(timezone=VIENNA, at=time(2, 30))
    evening = datetime(2026, 3, 28, 20, tzinfo=UTC)
    first = daily.next_after(evening)
    assert first == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 in Vienna
    assert daily.next_after(first) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_counts_once() -> None:
    daily = DigestTimes(timezone=VIENNA, at=time(2, 30))
    first = daily.next_after(datetime(2026, 10, 24, 20, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert daily.next_after(first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@given(digests, moments)
def test_the_latest_time_is_past_the_next_is_to_come_and_there_is_none_between(
    digest: DigestTimes, now: datetime
) -> None:
    latest, following = digest.latest(now), digest.next_after(now)
    assert latest <= now < following
    if digest.at is not None:
        assert digest.latest(following - timedelta(seconds=1)) == latest
        assert digest.next_after(latest) == following


def test_an_alert_goes_when_it_is_due_with_the_first_digest_after_it_and_not_in_quiet_hours() -> None:
    fired, hour = datetime(2026, 3, 2, 21, 30, tzinfo=UTC), timedelta(hours=1)
    due, later = fired + hour / 60, fired + 2 * hour
    quiet = QuietHours(begin=time(22), end=time(7), timezone=UTC)
    daily = DigestTimes(timezone=UTC, at=time(8))
    seven = datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert Timetable().expect(fired, due, later) == due
    assert Timetable(digest=daily).expect(fired, due, later) == seven + hour
    assert Timetable(digest=daily, quiet=quiet).expect(fired, due, later) == seven + hour
    assert Timetable(quiet=quiet).expect(fired, due, fired) == due
    assert Timetable(quiet=quiet).expect(fired, due, later) == seven, "it is quiet now"
    assert Timetable(quiet=quiet).expect(fired, later, fired) == seven, "it will be quiet then"
