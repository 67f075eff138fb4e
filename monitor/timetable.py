"""When a channel sends: at once, in digests at certain times, so many messages an hour, never in quiet hours.

Position: part of the configuration that `courier` goes by. Pure: the time comes in as an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from monitor.model import QuietHours

DAY = timedelta(days=1)

SLOT_SPAN_DAYS = 8
"""A weekly time comes at least once in so many days, also where a day was left out of the calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTimes:
    """When a channel's digests are due: every hour on the hour, or at a time of each day or of one weekday.

    `at` None: hourly. `weekday` counts from Monday, 0; None: every day. A time that a change of the clocks
    leaves out comes by so much later; one that comes twice counts the first time.
    """

    timezone: tzinfo
    at: time | None = None
    weekday: int | None = None

    def latest(self, now: datetime) -> datetime:
        """Return the last time that is not after `now`, in UTC."""
        if self.at is None:
            local = now.astimezone(self.timezone)
            past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
            return (now - past).astimezone(UTC)
        return max(slot for slot in self._slots(now) if slot <= now)

    def next_after(self, moment: datetime) -> datetime:
        """Return the first time after `moment`, in UTC."""
        if self.at is None:
            return self.latest(moment + timedelta(hours=1))
        return min(slot for slot in self._slots(moment) if slot > moment)

    def _slots(self, near: datetime) -> list[datetime]:
        """Return the times within a good week before and after a moment."""
        assert self.at is not None  # noqa: S101  (an hourly digest has no such times)
        today = near.astimezone(self.timezone).date()
        days = [today + n * DAY for n in range(-SLOT_SPAN_DAYS, SLOT_SPAN_DAYS + 1)]
        return [
            datetime.combine(day, self.at, tzinfo=self.timezone).astimezone(UTC)
            for day in days
            if self.weekday is None or day.weekday() == self.weekday
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When one channel sends. Without anything else: each alert by itself, as soon as it is due.

    `timezone` is its readers'. With `digest`, alerts are gathered until it is time; `empty` asks for a
    digest also when there is no news. `limit` is how many messages it sends within an hour at most; what is
    beyond is gathered as well.
    """

    timezone: tzinfo = UTC
    quiet: QuietHours | None = None
    digest: DigestTimes | None = None
    empty: bool = False
    limit: int | None = None

    def is_quiet(self, now: datetime) -> bool:
        """Return whether nothing may be sent now."""
        return self.quiet is not None and self.quiet.contain(now)

    def expect(self, fired_at: datetime, due_at: datetime, now: datetime) -> datetime:
        """Return when an alert goes: with the first digest after it has fired, and not in quiet hours.

        A moment that is past: as soon as the channel is free.
        """
        moment = due_at if self.digest is None else max(due_at, self.digest.next_after(fired_at))
        if self.quiet is None or not self.quiet.contain(max(moment, now)):
            return moment
        return self.quiet.end_after(max(moment, now))
