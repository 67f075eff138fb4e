"""The text of one setting -> a duration, a time of day or a timezone, or what is wrong with it.

Position: beside `values`, before `kinds`; as there, a `ValueError` says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from monitor.config.references import Text
from monitor.config.suggestions import did_you_mean, quoted
from monitor.config.values import NONE

UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
ZERO = timedelta()

QUIET_HOURS = "((?:[01][0-9]|2[0-3]):[0-5][0-9]) *- *((?:[01][0-9]|2[0-3]):[0-5][0-9])"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DIGEST = f"hourly|(?:daily|weekly +({'|'.join(WEEKDAYS)})) +((?:[01][0-9]|2[0-3]):[0-5][0-9])"

DURATION = "(?=.)" + "".join(f"(?:[0-9]{{1,6}}(?:[.][0-9]{{1,3}})?{unit}(?![a-z]))?" for unit in UNITS)
"""A pattern that JavaScript's engines read as well, for the JSON Schema; each unit at most once."""

AUTO: Final = "auto"
"""A source is visited as often as it publishes."""

_DURATION = re.compile(DURATION)
_AMOUNT = re.compile(r"([0-9.]+)([a-z]+)")
_WORDY_DURATION = re.compile(
    r"(\d+)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)", re.IGNORECASE
)


def parse_duration(text: str) -> timedelta:
    """Return the duration that `15m`, `2h`, `7d`, `90s` or `1h30m` names; `0` needs no unit.

    Raises:
        ValueError: it names none.
    """
    if text == "0":
        return ZERO
    if _DURATION.fullmatch(text):
        return sum((float(number) * UNITS[unit] for number, unit in _AMOUNT.findall(text)), ZERO)
    raise ValueError(f"{quoted(text)} is not a duration{_suggest_duration(text)}")


def _suggest_duration(text: str) -> str:
    if isinstance(text, Text) and text.has_references:
        return "; write one like 90s, 15m, 2h, 7d or 1h30m"
    if re.fullmatch(r"[0-9]{1,6}", text):
        return f", as it has no unit; did you mean {text}m?"
    if match := _WORDY_DURATION.fullmatch(text.strip()):
        return f"; did you mean {match[1]}{match[2][0].lower()}?"
    return "; write one like 90s, 15m, 2h, 7d or 1h30m"


def format_duration(duration: timedelta) -> str:
    """Return a spelling that `parse_duration` reads back, to the millisecond."""
    rest, parts = duration, []
    for unit in ("d", "h", "m", "s", "ms"):
        number, rest = divmod(rest, UNITS[unit])
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"


def duration_between(least: timedelta, most: timedelta) -> Callable[[Text], timedelta]:
    """Return a reader of durations of a certain length."""

    def read_duration(text: Text) -> timedelta:
        duration = parse_duration(text)
        if duration < least:
            raise ValueError(f"{quoted(text)} is too short; at least {format_duration(least)}")
        if duration > most:
            raise ValueError(f"{quoted(text)} is too long; at most {format_duration(most)}")
        return duration

    return read_duration


def pace_between(least: timedelta, most: timedelta) -> Callable[[Text], timedelta | Literal["auto"]]:
    """Return a reader of the time between two visits: a duration of a certain length, or `auto`."""
    read_duration = duration_between(least, most)

    def read_pace(text: Text) -> timedelta | Literal["auto"]:
        return AUTO if text.strip().lower() == AUTO else read_duration(text)

    return read_pace


def read_timezone(text: Text) -> ZoneInfo:
    """Return a timezone by its name in the IANA database, such as `Asia/Yerevan`."""
    try:
        return ZoneInfo(str(text))
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        hint = did_you_mean(text.raw, available_timezones()) or "; write one like Asia/Yerevan"
        raise ValueError(f"{quoted(text)} is not a timezone{hint}") from exc


def read_quiet_hours(text: Text) -> tuple[time, time]:
    """Return when the quiet hours of a day begin and end."""
    found = re.fullmatch(QUIET_HOURS, str(text).strip())
    if found is None:
        raise ValueError(f'{quoted(text)} is no part of a day; write it as "22:00-07:00"')
    begin, end = time.fromisoformat(found[1]), time.fromisoformat(found[2])
    if begin == end:
        raise ValueError(f"{quoted(text)} begins when it ends; take the channel out to send nothing at all")
    return begin, end


def read_visit_hours(text: Text) -> tuple[time, time] | None:
    """Return the quiet hours of a source, None for `none`."""
    return None if text.strip() == NONE else read_quiet_hours(text)


def read_digest(text: Text) -> tuple[time | None, int | None]:
    """Return when digests are due: the time of day (None: hourly) and the weekday (None: every day)."""
    found = re.fullmatch(DIGEST, str(text).strip().lower())
    if found is None:
        raise ValueError(
            f'{quoted(text)} names no times of a digest; write "hourly", "daily 08:00" or "weekly mon 08:00"'
        )
    return (
        None if found[2] is None else time.fromisoformat(found[2]),
        None if found[1] is None else WEEKDAYS.index(found[1]),
    )
