"""The text of one setting -> the value it stands for, or what is wrong with it.

Position: after `references`, before `kinds`, which says how an editor checks the same. Times are read in
`times`, addresses of the web and of mail in `addresses`.

Each function raises `ValueError` with a sentence that quotes the text as it was written, never what a
reference in it stands for; `BadValue` adds where in the text the mistake lies.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable

from monitor.config.references import Text
from monitor.config.suggestions import did_you_mean, quoted
from monitor.errors import RuleError
from monitor.match import parse_query
from monitor.model import ASKABLE, Occasion
from monitor.text.selectors import check_selector

MAX_NAME_CHARS = 200

LIMIT = "([1-9][0-9]{0,3}) */ *h"

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

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_OCTAL_OR_HEXADECIMAL = re.compile(r"0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OTHER_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_COOKIE_VALUE = re.compile(r"[\x21-\x3a\x3c-\x7e]*")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")


class BadValue(ValueError):
    """A mistake at one place of a text: `offset` counts its characters from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


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
