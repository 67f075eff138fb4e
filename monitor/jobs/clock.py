"""The time, and a watch over it.

Position: beside `local`, which asks the watch once a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from monitor.ports import Clock

CLOCK_JUMP = timedelta(seconds=2)
"""From this much on, wall clock and monotonic clock have parted: a step, not the slewing of NTP."""


class SystemClock:
    """The machine's wall clock, in UTC."""

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC)


class ClockWatch:
    """Notices that the wall clock was set: that it parted from the monotonic clock.

    A suspended machine counts as well: the monotonic clock of Linux stands still while it sleeps.
    """

    def __init__(self, clock: Clock, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._monotonic_s = clock, monotonic_s
        self._offset_s = self._read_offset_s()

    def _read_offset_s(self) -> float:
        return self._clock.now().timestamp() - self._monotonic_s()

    def jump(self) -> timedelta:
        """Return how far the wall clock has jumped since the last call; zero when it only drifted."""
        offset_s = self._read_offset_s()
        jumped = timedelta(seconds=offset_s - self._offset_s)
        self._offset_s = offset_s
        return jumped if abs(jumped) >= CLOCK_JUMP else timedelta()
