"""The text of one setting -> the value it stands for, or what is wrong with it.

Position: after `references`, before `forms`, which says which setting is read by which of these.

Each function raises `ValueError` with a sentence that quotes the text as it was written, never what a
reference in it stands for; `BadValue` adds where in the text the mistake lies.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable
from datetime import time, timedelta
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from monitor.config.references import Text
from monitor.config.suggestions import did_you_mean, quoted
from monitor.errors import RuleError
from monitor.match import parse_query
from monitor.model import ASKABLE, Occasion
from monitor.text.selectors import check_selector
from monitor.text.urls import host_of, normalise_url

ZERO = timedelta()

_SERVICE_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[!-\U0010ffff]+")

MAX_NAME_CHARS = 200

UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}

QUIET_HOURS = "((?:[01][0-9]|2[0-3]):[0-5][0-9]) *- *((?:[01][0-9]|2[0-3]):[0-5][0-9])"

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DIGEST = f"hourly|(?:daily|weekly +({'|'.join(WEEKDAYS)})) +((?:[01][0-9]|2[0-3]):[0-5][0-9])"

LIMIT = "([1-9][0-9]{0,3}) */ *h"

DURATION = "(?=.)" + "".join(f"(?:[0-9]{{1,6}}(?:[.][0-9]{{1,3}})?{unit}(?![a-z]))?" for unit in UNITS)
"""A pattern that JavaScript's engines read as well, for the JSON Schema; each unit at most once."""

MIN_SECRET_BYTES, MAX_SECRET_BYTES = 24, 64
"""Standard Webhooks 1.0, "Signature scheme": between 24 and 64 random bytes, base64, behind `whsec_`."""

SECRET_PREFIX = "whsec_"  # noqa: S105 (the prefix is public)

NONE = "none"

OUR_HEADERS = frozenset(
    {
        *("accept-encoding", "connection", "content-length", "content-type", "expect", "host"),
        *("if-modified-since", "if-none-match", "keep-alive", "proxy-authorization", "range", "te"),
        *("trailer", "transfer-encoding", "upgrade"),
    }
)
"""What the program sets itself: framing, conditional requests, and the host that the guard has checked."""

_DURATION = re.compile(DURATION)
_AMOUNT = re.compile(r"([0-9.]+)([a-z]+)")
_WORDY_DURATION = re.compile(
    r"(\d+)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)", re.IGNORECASE
)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_OCTAL_OR_HEXADECIMAL = re.compile(r"0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OTHER_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MAILBOX = re.compile(r"""(?P<name>[^<>]*?)\s*<(?P<address>[^<>\s]+)>""")
_PLAIN_PHRASE = re.compile(r"[^\x00-\x1f\x7f()<>\[\]:;@\\,.\"]+")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PRINTED = re.compile(r"[!-~]+")
_COOKIE_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e]*")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")


class BadValue(ValueError):
    """A mistake at one place of a text: `offset` counts its characters from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


# --- numbers, booleans, durations ------------------------------------------------------------------


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


AUTO: Final = "auto"
"""A source is visited as often as it publishes."""


def pace_between(least: timedelta, most: timedelta) -> Callable[[Text], timedelta | Literal["auto"]]:
    """Return a reader of the time between two visits: a duration of a certain length, or `auto`."""
    read_duration = duration_between(least, most)

    def read_pace(text: Text) -> timedelta | Literal["auto"]:
        return AUTO if text.strip().lower() == AUTO else read_duration(text)

    return read_pace


def integer_between(least: int, most: int) -> Callable[[Text], int]:
    """Return a reader of whole numbers (YAML 1.2, core schema: `010` is ten, `0o10` is eight)."""

    def read_integer(text: Text) -> int:
        if not text.is_bare:
            raise ValueError(f"{quoted(text)} stands in quotes, which makes it text; a number has none")
        if _INTEGER.fullmatch(text):
            number = int(text)
        elif _OCTAL_OR_HEXADECIMAL.fullmatch(text):
            number = int(text, 0)
        else:
            raise ValueError(f"{quoted(text)} is not a whole number")
        if not least <= number <= most:
            raise ValueError(f"{quoted(text)} is not between {least} and {most}")
        return number

    return read_integer


def read_boolean(text: Text) -> bool:
    """Return true or false. YAML 1.1's `yes`, `on` and `no` are told what they mean today."""
    if text.is_bare and text in _BOOLEANS:
        return _BOOLEANS[text]
    meant = _OTHER_BOOLEANS.get(text.lower(), text.lower())
    hint = f"; did you mean {meant}?" if meant in _BOOLEANS else ""
    quotes = " without quotes" if text in _BOOLEANS else ""
    raise ValueError(f"{quoted(text)} is neither true nor false{hint.replace('?', quotes + '?')}")


def read_true(text: Text) -> bool:
    """Return true, the one thing that can be said of a console."""
    if text.is_bare and _BOOLEANS.get(text):
        return True
    raise ValueError(f"{quoted(text)} cannot be said of a console; write true, or take the channel out")


def _suggest_duration(text: str) -> str:
    if isinstance(text, Text) and text.has_references:
        return "; write one like 90s, 15m, 2h, 7d or 1h30m"
    if re.fullmatch(r"[0-9]{1,6}", text):
        return f", as it has no unit; did you mean {text}m?"
    if match := _WORDY_DURATION.fullmatch(text.strip()):
        return f"; did you mean {match[1]}{match[2][0].lower()}?"
    return "; write one like 90s, 15m, 2h, 7d or 1h30m"


def read_timezone(text: Text) -> ZoneInfo:
    """Return a timezone by its name in the IANA database, such as `Asia/Yerevan`."""
    try:
        return ZoneInfo(str(text))
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        hint = did_you_mean(text.raw, available_timezones()) or "; write one like Asia/Yerevan"
        raise ValueError(f"{quoted(text)} is not a timezone{hint}") from exc


# --- names and queries -----------------------------------------------------------------------------


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


def read_limit(text: Text) -> int:
    """Return how many messages an hour a limit allows."""
    found = re.fullmatch(LIMIT, str(text).strip())
    if found is None:
        raise ValueError(f'{quoted(text)} is no limit; write how many messages an hour, such as "12/h"')
    return int(found[1])


def read_name(text: Text) -> str:
    """Return a name. It is shown to everybody, so no secret can be part of it."""
    name = text.strip()
    if text.has_references:
        raise ValueError(f"{quoted(text)} holds a reference; a name is shown to readers, so it is no secret")
    if not name:
        raise ValueError("a name needs at least one letter")
    if len(name) > MAX_NAME_CHARS:
        raise ValueError(f"{quoted(text)} is too long; a name has at most {MAX_NAME_CHARS} characters")
    if not name.isprintable():
        raise ValueError(f"{quoted(text)} holds a line break or a control character")
    return name


def read_channel_name(key: str) -> str:
    """Return the name of a channel, which stands as a key."""
    if key != key.strip():
        raise ValueError(f"{quoted(key)} begins or ends with a space, which nobody sees")
    return read_name(Text(key, raw=key, is_bare=True))


def read_selector(text: Text) -> str:
    """Return a CSS selector."""
    try:
        check_selector(str(text))
    except ValueError as exc:
        raise ValueError(
            f"{quoted(text)} is no CSS selector; write one such as div.story, #content or article > p"
        ) from exc
    return str(text)


def read_query(text: Text) -> str:
    """Return a query that can be read; a `BadValue` says where one cannot."""
    if text.has_references:
        raise ValueError(
            f"{quoted(text)} holds a reference; a query is shown in every alert, so it is no secret"
        )
    try:
        parse_query(str(text))
    except RuleError as exc:
        raise BadValue(exc.message, max(0, exc.column - 1)) from exc
    return str(text)


def read_occasion(text: Text) -> Occasion:
    """Return what a rule may ask to be told of."""
    found = next((each for each in ASKABLE if each == str(text).strip()), None)
    if found is None:
        hint = did_you_mean(text.raw, list(ASKABLE)) or f"; there are {', '.join(ASKABLE)}"
        raise ValueError(f"{quoted(text)} is not what a rule can be told of{hint}")
    return found


def read_pattern(text: Text) -> str:
    """Return a file name or a glob pattern."""
    if not text.strip() or not text.isprintable():
        raise ValueError(f"{quoted(text)} is not the name of a file")
    return str(text)


# --- the web -----------------------------------------------------------------------------------------


def read_page_url(text: Text) -> str:
    """Return the spelling under which a page is fetched and stored (`text.urls.normalise_url`)."""
    if "@" in _check_url(text).netloc:
        raise ValueError(
            f"{quoted(text)} holds a user name or a password; URLs are shown to readers, "
            'so write it as a header: headers: { Authorization: "${NAME}" }'
        )
    return normalise_url(str(text).strip())


def read_webhook_url(text: Text) -> str:
    """Return the URL of a webhook, to the letter: it may carry a token."""
    if "@" in _check_url(text).netloc:
        raise ValueError(f"{quoted(text)} holds a user name or a password; a webhook is signed by its secret")
    return str(text).strip()


def read_service_url(text: Text) -> str:
    """Return an Apprise URL, to the letter. No message quotes it: it is made of keys and passwords."""
    url = str(text).strip()
    if not _SERVICE_URL.fullmatch(url):
        raise ValueError("this is not the URL of a service, such as ntfy://TOPIC; see https://appriseit.com")
    return url


def read_webhook_secret(text: Text) -> str:
    """Return a Standard Webhooks secret; one that is none is answered with a fresh one."""
    secret = str(text)
    try:
        size = len(base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if secret.startswith(SECRET_PREFIX) and MIN_SECRET_BYTES <= size <= MAX_SECRET_BYTES:
        return secret
    fresh = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    what = quoted(text) if text.has_references else "this"
    raise ValueError(
        f"{what} is not a Standard Webhooks secret ({SECRET_PREFIX} and the base64 of "
        f"{MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} random bytes); here is a fresh one: {fresh}"
    )


def read_proxy(text: Text) -> str | None:
    """Return the URL of an HTTP proxy, None for `none`. No message quotes it: it may hold a password."""
    url = str(text).strip()
    if url == NONE:
        return None
    try:
        parts = urlsplit(url)
        is_whole_host = bool(host_of(url)) and parts.port != 0 and parts.path in {"", "/"} and not parts.query
        if parts.scheme.lower() in {"http", "https"} and is_whole_host and _PRINTED.fullmatch(url):
            return url
    except ValueError:
        pass  # it is told like all that is no URL
    raise ValueError(
        "this is not the URL of an HTTP proxy, such as http://user:password@proxy.example.org:3128; "
        f"{NONE} stands for no proxy"
    )


def read_cookie_name(text: str) -> str:
    """Return the name of a cookie (RFC 6265, 4.1.1)."""
    if not _HEADER_NAME.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not the name of a cookie")
    return text


def read_cookie_value(text: Text) -> str:
    """Return the value of a cookie; no message quotes it, as it mostly is a secret."""
    if not _COOKIE_VALUE.fullmatch(text):
        raise ValueError("a cookie is ASCII letters, digits and signs, without spaces and semicolons")
    return str(text)


def read_header_name(text: str) -> str:
    """Return the name of a header that a person may set."""
    if not _HEADER_NAME.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not the name of a header")
    if text.lower() == "user-agent":
        raise ValueError(f"{quoted(text)} has a setting of its own: user_agent")
    if text.lower() in OUR_HEADERS:
        raise ValueError(f"{quoted(text)} is set by the program itself")
    return text


def read_header_value(text: Text) -> str:
    """Return the value of a header; no message quotes it, as it may be a secret."""
    if not _HEADER_VALUE.fullmatch(text):
        raise ValueError("a header is one line of ASCII letters, digits and signs")
    return str(text)


def _check_url(text: Text) -> SplitResult:
    """Raise unless this is an http or https URL with a host that can be asked for."""
    url = str(text).strip()
    if not url.isprintable() or " " in url:
        raise ValueError(f"{quoted(text)} holds a space or a control character; in a URL a space is %20")
    try:
        parts = urlsplit(url)
        if parts.scheme.lower() in {"http", "https"} and host_of(url) and parts.port != 0:
            return parts
    except ValueError as exc:
        raise ValueError(f"{quoted(text)} is not a URL that can be visited") from exc
    raise ValueError(f"{quoted(text)} is not a URL of the web{_suggest_url(text)}")


def _suggest_url(text: Text) -> str:
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+(:[0-9]+)?(/\S*)?", text.raw) and not text.has_references:
        return f'; did you mean "https://{text}"?'
    return "; it begins with https:// or http://"


# --- email -------------------------------------------------------------------------------------------


def read_address(text: Text) -> str:
    """Return an email address, its domain in ASCII."""
    return _address(str(text).strip(), text)


def read_sender(text: Text) -> str:
    """Return `Name <address>`, or an address alone; a name with signs in it comes back in quotes."""
    match = _MAILBOX.fullmatch(text.strip())
    if match is None:
        return read_address(text)
    address, name = _address(match["address"], text), match["name"].strip().strip('"')
    if not name.isprintable():
        raise ValueError(f"{quoted(text)} holds a line break or a control character")
    if not name:
        return address
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f"{name} <{address}>" if _PLAIN_PHRASE.fullmatch(name) else f'"{escaped}" <{address}>'


def read_contact(text: Text) -> str:
    """Return whom a site can turn to: an email address or a URL. It is sent in the User-Agent."""
    contact = str(text).strip()
    if "://" in contact:
        _check_url(text)
        return normalise_url(contact)
    if "@" in contact:
        return _address(contact, text)
    raise ValueError(f"{quoted(text)} is neither an email address nor the URL of a page")


def _address(address: str, text: Text) -> str:
    local, at, domain = address.rpartition("@")
    try:
        host = host_of(f"http://{domain}/") if re.fullmatch(r"[\w.-]+", domain) else ""
    except ValueError:
        host = ""
    is_reachable = "." in host.strip(".") or host == "localhost"
    if at and _LOCAL_PART.fullmatch(local) and len(local) <= 64 and is_reachable:  # noqa: PLR2004 (RFC 5321)
        return f"{local}@{host}"
    raise ValueError(f"{quoted(text)} is not an email address")
