# ruff: noqa: E501  (tables and patterns read best unbroken)
"""When a page says it was published.

Position: asked by `metadata`. Pure: the time of fetching comes in, and only to refuse later dates.

A date that names no zone is read as UTC; one that names no time is midnight, which stands for the whole
day.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from monitor.extract.months import MONTHS, WEEKDAYS

FIRST_YEAR = 1990
"""Older dates on a news page are errors, or history."""

MAX_DATE_CHARS = 200
"""Text beyond this is not searched for a date."""

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]{1,2}(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s{0,2}(Z|UTC|GMT|[+\-−]\d{1,2}:?\d{2}|[+\-−]\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?")
_YEAR = re.compile(r"\d\d")
"""The last digits of a year are in every date."""

_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_EAST_ASIAN = re.compile(r"((?:19|20)\d{2})\s?[年년.]\s?(\d{1,2})\s?[月월.]\s?(\d{1,2})\s?[日일]?")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d{2})[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?([/.\-])\s?(\d{1,2})\s?[/.\-]\s?((?:19|20)\d{2}|\d{2})(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|ª|º|-го)?(?:,?\s{1,3}|(?<=\.))(?:de |of |d[’'])?([^\W\d_]{3,14})\.?,?\s{0,3}(?:de |del |от )?((?:19|20)\d{2})(?!\d)"
)
_MONTH_DAY = re.compile(
    r"(?<!\w)([^\W\d_]{3,14})\.?\s{1,3}(\d{1,2}(?=\D)|\d{2}(?=\d{4}))(?:st|nd|rd|th)?,?\s{0,3}(?:\d{1,2}:\d{2}\s)?((?:19|20)\d{2})(?!\d)"
)
_YEAR_MONTH_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:\.|,)?\s{1,3}([^\W\d_]{3,14})\.?\s{1,3}(\d{1,2})(?!\d)"
)
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})[:.h](\d{2})(?::\d{2})?(?!\d)\s{0,2}([ap]\.?m\.?)?(?![.\d])", re.IGNORECASE
)
_ZONE = re.compile(
    r"(?<!\w)(?:(?:UTC|GMT)\s?([+\-−]\d{1,2})(?::?(\d{2}))?|([+\-−]\d{2}):?(\d{2})(?!\d)|([A-Z]{2,5}))(?!\w)"
)
_URL_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d{2})([/\-_.]?)(0?[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01]|[1-9](?!\d))(?!\d)"
)

ZONES: dict[str, int] = {
    **dict.fromkeys(("UTC", "GMT", "Z", "WET"), 0),
    **dict.fromkeys(("CET", "BST", "WEST", "MEZ", "WAT"), 60),
    **dict.fromkeys(("CEST", "EET", "MESZ", "SAST", "CAT"), 120),
    **dict.fromkeys(("EEST", "MSK", "TRT", "EAT"), 180),
    **dict.fromkeys(("AMT", "GET", "AZT"), 240),
    "IST": 330, "WIB": 420, "HKT": 480, "SGT": 480, "JST": 540, "KST": 540, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
    "EDT": -240, "EST": -300, "ET": -300, "CDT": -300, "CST": -360, "MDT": -360, "MST": -420, "PDT": -420, "PST": -480, "PT": -480,
}  # fmt: skip
"""Minutes east of Greenwich of the zones that news pages name."""


def parse_stamp(text: str) -> datetime | None:
    """Return the time that a machine-readable field gives: ISO 8601, RFC 2822 or an epoch; None if none."""
    text = text[:MAX_DATE_CHARS].strip()
    match = _ISO.match(text) or _COMPACT.fullmatch(text)
    if match:
        year, month, day, hour, minute, second, zone = match.groups()
        return _moment(int(year), int(month), int(day), _clock(hour, minute, second), _offset(zone))
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    return parse_visible(text)


def parse_visible(text: str, *, month_first: bool = False) -> datetime | None:
    """Return the first full date in a line written for people, with its time of day if it has one.

    `month_first` says how 03/04/2025 is to be read.
    """
    text = text[:MAX_DATE_CHARS]
    if not _YEAR.search(text):
        return None
    found = _find_day(text, month_first=month_first)
    if found is None:
        return None
    (year, month, day), start, end = found
    after, before = text[end:], text[:start]
    clock = _CLOCK.search(after) or _CLOCK.search(before)
    if clock is None:
        return _moment(year, month, day, (0, 0, 0), UTC)
    hour = int(clock[1])
    if clock[3]:
        hour = hour % 12 + (12 if clock[3][0] in "pP" else 0)
    rest = after[clock.end() :] if clock.string is after else before[clock.end() :]
    return _moment(year, month, day, (hour, int(clock[2]), 0), _zone(rest[:20]))


def is_date_line(text: str) -> bool:
    """Return whether a line is a date with next to nothing beside it: "Monday, 29 December 2031, 14:05 h"."""
    if len(text) > MAX_DATE_LINE_CHARS or parse_visible(text) is None:
        return False
    words = [word.casefold() for word in _WORD.findall(text)]
    return sum(word not in _DATE_WORDS for word in words) <= MAX_STRANGE_WORDS


MAX_DATE_LINE_CHARS = 60
MAX_STRANGE_WORDS = 2
"""Words in a line with a date that are neither month nor day: "year", "at", a zone, a preposition."""

_DATE_WORDS = WEEKDAYS.union(MONTHS, "年月日년월일")
_WORD = re.compile(r"[^\W\d_]+(?:['’‌-][^\W\d_]+)*")


def has_clock(text: str) -> bool:
    """Return whether a date comes with a time of day."""
    return bool(_CLOCK.search(text[:MAX_DATE_CHARS]))


def parse_url_date(url: str) -> datetime | None:
    """Return the day that a URL's path carries, None when it carries none."""
    match = _URL_DATE.search(url)
    return _moment(int(match[1]), int(match[3]), int(match[4]), (0, 0, 0), UTC) if match else None


def is_believable(moment: datetime, now: datetime) -> bool:
    """Return whether an article seen at `now` can have been published then."""
    return moment.year >= FIRST_YEAR and moment <= now


Day = tuple[int, int, int]


def _find_day(text: str, *, month_first: bool) -> tuple[Day, int, int] | None:
    """Return (year, month, day) with the place of the first date in `text`."""
    if match := _ISO.search(text):
        return (int(match[1]), int(match[2]), int(match[3])), match.start(), match.end(3)
    for pattern, order in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2)), (_YEAR_MONTH_DAY, (1, 2, 3))):
        for match in pattern.finditer(text):
            month = MONTHS.get(match[order[1]].casefold())
            if month:
                return (int(match[order[0]]), month, int(match[order[2]])), match.start(), match.end()
    if match := _EAST_ASIAN.search(text) or _YEAR_FIRST.search(text):
        return (int(match[1]), int(match[2]), int(match[3])), match.start(), match.end()
    if match := _YEAR_LAST.search(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        if (month_first and match[2] in "/-" and first <= MONTHS_A_YEAR) or second > MONTHS_A_YEAR:
            first, second = second, first
        return (year + CENTURY if year < SHORT_YEARS else year, second, first), match.start(), match.end()
    return None


MONTHS_A_YEAR = 12
CENTURY, SHORT_YEARS = 2000, 100
"""A year of two digits is of this century."""


def _moment(year: int, month: int, day: int, clock: tuple[int, int, int], zone: timezone) -> datetime | None:
    try:
        return datetime(year, month, day, *clock, tzinfo=zone)
    except ValueError:
        return None


def _clock(hour: str | None, minute: str | None, second: str | None) -> tuple[int, int, int]:
    return int(hour or 0), int(minute or 0), int(second or 0)


def _offset(zone: str | None) -> timezone:
    """Return the zone of an ISO stamp; UTC when it names none."""
    if not zone or zone[0] in "zZuUgG":
        return UTC
    digits = zone[1:].replace(":", "").ljust(4, "0") if len(zone) > len("+05") else zone[1:].zfill(2) + "00"
    if len(digits) == len("530"):
        digits = digits.zfill(4)
    return _minutes_east(int(digits[:2]) * 60 + int(digits[2:4]), zone[0])


def _zone(text: str) -> timezone:
    """Return the zone named right after a time of day; UTC when none is."""
    match = _ZONE.search(text)
    if match is None:
        return UTC
    if match[5]:
        minutes = ZONES.get(match[5], 0)
        return timezone(timedelta(minutes=minutes)) if minutes else UTC
    sign_hours, minutes_text = (match[1], match[2]) if match[1] else (match[3], match[4])
    return _minutes_east(int(sign_hours[1:]) * 60 + int(minutes_text or 0), sign_hours[0])


def _minutes_east(minutes: int, sign: str) -> timezone:
    if not minutes or minutes > MAX_OFFSET_MINUTES:
        return UTC
    return timezone(timedelta(minutes=minutes if sign == "+" else -minutes))


MAX_OFFSET_MINUTES = 14 * 60
"""No place is further from Greenwich; larger offsets are errors."""
