"""When the scheduler's jobs run: so long after they last began, whatever the wall clock did meanwhile.

Position: under `local`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from apscheduler.triggers.base import BaseTrigger


class Every(BaseTrigger):  # type: ignore[misc] # APScheduler leaves it without types
    """Fires each `interval`, reckoned from now.

    APScheduler's own interval trigger reckons from the time it last fired. Set forward by ten years, it
    counts 315 million missed seconds one by one before it fires; set back by an hour, it waits an hour.
    """

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    def get_next_fire_time(self, _previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return when it fires next."""
        return now + self._interval
