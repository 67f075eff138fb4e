"""Failed attempts -> how long to wait: the schedules of the channels.

Position: under the senders. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

EMAIL_LIFE = 5 * DAY
"""RFC 5321, 4.5.4.1: the give-up time generally needs to be at least 4 to 5 days."""


def email_waits() -> tuple[timedelta, ...]:
    """Return the waits between attempts at a mail server.

    RFC 5321, 4.5.4.1: at least 30 minutes, two attempts in the first hour, later every two or three
    hours. The first is shorter: greylisting asks for no more than five minutes.
    """
    waits = [5 * MINUTE, 30 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR]
    while sum(waits, timedelta()) < EMAIL_LIFE:
        waits.append(3 * HOUR)
    return tuple(waits)


EMAIL_WAITS = email_waits()

WEBHOOK_WAITS = (
    timedelta(seconds=5),
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
"""Standard Webhooks 1.0, "Deliverability and reliability": the schedule it proposes, after the first try."""

LOCAL_WAITS = (MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, DAY, DAY, DAY)
"""For the console and files: somebody makes room on the disk, or starts the daemon on a better terminal."""

MAX_JITTER = 0.1
"""Share of a wait that is added at most, so that alerts which failed together do not return together."""


def wait_after(waits: Sequence[timedelta], attempts: int) -> timedelta | None:
    """Return the wait after `attempts` failed ones (at least 1); None when the schedule is exhausted."""
    return waits[attempts - 1] if attempts <= len(waits) else None


def spread(wait: timedelta, alert_id: str, attempts: int) -> timedelta:
    """Return `wait` made up to a tenth longer, by an amount that the alert's id and the attempt decide.

    `alert_id` is hexadecimal, as `model.name_id` makes it; an empty one adds nothing.
    """
    share = (int(alert_id or "0", 16) * (2 * attempts + 1)) % 1000 / 1000
    return wait + wait * (MAX_JITTER * share)
