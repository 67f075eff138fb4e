from datetime import UTC, datetime, timedelta

from monitor.jobs.clock import ClockWatch, SystemClock
from tests.fakes import FakeClock


class TwoClocks:
    def __init__(self) -> None:
        self.wall = FakeClock()
        self.monotonic_s = 50.0

    def advance(self, *, wall_s: float, monotonic_s: float) -> None:
        self.wall.advance(timedelta(seconds=wall_s))
        self.monotonic_s += monotonic_s

    def watch(self) -> ClockWatch:
        return ClockWatch(self.wall, lambda: self.monotonic_s)


def test_the_system_clock_is_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_clocks_that_run_together_show_no_jump() -> None:
    clocks = TwoClocks()
    watch = clocks.watch()
    clocks.advance(wall_s=1.0, monotonic_s=1.0)
    assert watch.jump() == timedelta()


def test_slewing_by_ntp_is_no_jump() -> None:
    clocks = TwoClocks()
    watch = clocks.watch()
    clocks.advance(wall_s=1.5, monotonic_s=1.0)
    assert watch.jump() == timedelta()


def test_a_clock_set_back_by_an_hour_is_noticed_once() -> None:
    clocks = TwoClocks()
    watch = clocks.watch()
    clocks.advance(wall_s=-3599.0, monotonic_s=1.0)
    assert watch.jump() == timedelta(hours=-1)
    clocks.advance(wall_s=1.0, monotonic_s=1.0)
    assert watch.jump() == timedelta()


def test_waking_from_a_sleep_of_an_hour_is_noticed() -> None:
    clocks = TwoClocks()
    watch = clocks.watch()
    clocks.advance(wall_s=3601.0, monotonic_s=1.0)
    assert watch.jump() == timedelta(hours=1)
