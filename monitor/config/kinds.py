"""Which kinds of values settings take: how each is read, and how an editor checks it.

Position: after `values`, `times`, `addresses` and `servers`, before `forms`, which annotates its settings
with these. Values arrive as `references` left them: `Text`, lists, dicts, `NOTHING`, `UNREAD`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError

from monitor.config import addresses, servers, times, values
from monitor.config.references import Text
from monitor.model import ASKABLE, Occasion

NOT_ONE_VALUE = "not one value"
"""The error type of a list, a mapping or nothing where a single value is wanted."""

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

MAX_FIRST_VISIT = 1000
"""Articles. More is a download of the archive, which no site would call polite."""

MAX_AGES = 20
MAX_WORKERS = 256

MAX_SECRETS = 2
"""The old one and the new one. Each costs every request a signature."""


def _one_value(read: Callable[[Text], object]) -> BeforeValidator:
    """Return a validator that lets `read` have a single value, and refuses everything else."""

    def read_text(value: object) -> object:
        if not isinstance(value, Text):
            raise PydanticCustomError(NOT_ONE_VALUE, NOT_ONE_VALUE)
        return read(value)

    return BeforeValidator(read_text)


def _duration(least: timedelta, most: timedelta) -> BeforeValidator:
    return _one_value(times.duration_between(least, most))


def _text(pattern: str) -> WithJsonSchema:
    """Return the schema of a text that looks like `pattern`, or holds a reference."""
    return WithJsonSchema({"type": "string", "pattern": rf"{pattern}|\$\{{"})


def _or_reference(schema: JsonSchemaValue) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, {"type": "string", "pattern": r"\$\{"}]})


_ANY_TEXT = WithJsonSchema({"type": ["string", "number", "boolean"]})
"""What looks like a number or a boolean is read as it is written."""

_DURATION = WithJsonSchema(
    {"anyOf": [{"type": "string", "pattern": rf"^(?:{times.DURATION}|0)$|\$\{{"}, {"const": 0}]}
)
_WEB_URL = _text(r"^\s*[Hh][Tt][Tt][Pp][Ss]?://")

_PACE = WithJsonSchema(
    {"anyOf": [{"const": times.AUTO}, {"type": "string", "pattern": rf"^{times.DURATION}$|\$\{{"}]}
)
Every = Annotated[timedelta | Literal["auto"], _one_value(times.pace_between(SECOND, 366 * DAY)), _PACE]
Timeout = Annotated[timedelta, _duration(SECOND, 10 * MINUTE), _DURATION]
Pause = Annotated[timedelta, _duration(times.ZERO, HOUR), _DURATION]
Period = Annotated[timedelta, _duration(times.ZERO, 3660 * DAY), _DURATION]
FirstVisit = Annotated[
    int,
    _one_value(values.integer_between(1, MAX_FIRST_VISIT)),
    _or_reference({"type": "integer", "minimum": 1, "maximum": MAX_FIRST_VISIT}),
]
Workers = Annotated[
    int,
    _one_value(values.integer_between(1, MAX_WORKERS)),
    _or_reference({"type": "integer", "minimum": 1, "maximum": MAX_WORKERS}),
]
Flag = Annotated[bool, _one_value(values.read_boolean), _or_reference({"type": "boolean"})]
Yes = Annotated[bool, _one_value(values.read_true), _or_reference({"const": True})]
Name = Annotated[str, _one_value(values.read_name), _ANY_TEXT]
Query = Annotated[str, _one_value(values.read_query), _ANY_TEXT]
Pattern = Annotated[str, _one_value(values.read_pattern), _ANY_TEXT]
PageUrl = Annotated[str, _one_value(addresses.read_page_url), _WEB_URL]
WebhookUrl = Annotated[str, _one_value(addresses.read_webhook_url), _WEB_URL]
ServiceUrl = Annotated[str, _one_value(addresses.read_service_url), _text(r"^\s*[A-Za-z][A-Za-z0-9+.-]*://")]
FilePath = Annotated[str, _one_value(values.read_pattern), _ANY_TEXT]
WebhookSecret = Annotated[str, _one_value(values.read_webhook_secret), _text(r"^whsec_[A-Za-z0-9+/]+=*$")]
UserAgent = Annotated[str, _one_value(values.read_header_value), _ANY_TEXT]
HeaderName = Annotated[str, BeforeValidator(values.read_header_name)]
HeaderValue = Annotated[str, _one_value(values.read_header_value), _ANY_TEXT]
CookieName = Annotated[str, BeforeValidator(values.read_cookie_name)]
CookieValue = Annotated[str, _one_value(values.read_cookie_value), _ANY_TEXT]
ProxyUrl = Annotated[
    str | None, _one_value(addresses.read_proxy), _text(r"^\s*(?:[Hh][Tt][Tt][Pp][Ss]?://|none\s*$)")
]
Address = Annotated[str, _one_value(addresses.read_address), _text("@")]
Sender = Annotated[str, _one_value(addresses.read_sender), _text("@")]
Contact = Annotated[str, _one_value(addresses.read_contact), _text("@|://")]
Quiet = Annotated[
    tuple[time, time], _one_value(times.read_quiet_hours), _text(rf"^\s*{times.QUIET_HOURS}\s*$")
]
VisitHours = Annotated[
    tuple[time, time] | None,
    _one_value(times.read_visit_hours),
    _text(rf"^\s*(?:{times.QUIET_HOURS}|none)\s*$"),
]
Digest = Annotated[
    tuple[time | None, int | None], _one_value(times.read_digest), _text(rf"^\s*(?:{times.DIGEST})\s*$")
]
Limit = Annotated[int, _one_value(values.read_limit), _text(rf"^\s*{values.LIMIT}\s*$")]
Selector = Annotated[str, _one_value(values.read_selector), _ANY_TEXT]
Timezone = Annotated[ZoneInfo, _one_value(times.read_timezone), WithJsonSchema({"type": "string"})]
MailUrl = Annotated[servers.MailServer, _one_value(servers.read_mail_server), _text(r"^\s*[Ss][Mm][Tt][Pp]")]
DatabaseUrl = Annotated[
    str, _one_value(servers.read_database), _text(r"^\s*(?:sqlite:///|[Pp][Oo][Ss][Tt][Gg])")
]
GroupWait = Annotated[timedelta, _duration(times.ZERO, HOUR), _DURATION]
Age = Annotated[timedelta, _duration(SECOND, 366 * DAY), _DURATION]
OccasionName = Annotated[
    Occasion, _one_value(values.read_occasion), _or_reference({"enum": [str(each) for each in ASKABLE]})
]
ChannelName = Annotated[str, BeforeValidator(values.read_channel_name)]


def _enlist(value: object) -> object:
    return [value] if isinstance(value, Text) else value


_Names = Annotated[list[Name], Field(min_length=1)]
_Addresses = Annotated[list[Address], Field(min_length=1)]
_Secrets = Annotated[list[WebhookSecret], Field(min_length=1, max_length=MAX_SECRETS)]
_Patterns = Annotated[list[Pattern], Field(min_length=1)]
_Ages = Annotated[list[Age], Field(max_length=MAX_AGES)]
_Selectors = Annotated[list[Selector], Field(min_length=1)]
_Occasions = Annotated[list[OccasionName], Field(min_length=1)]

Names = Annotated[_Names, BeforeValidator(_enlist, json_schema_input_type=Name | _Names)]
Addresses = Annotated[_Addresses, BeforeValidator(_enlist, json_schema_input_type=Address | _Addresses)]
Secrets = Annotated[_Secrets, BeforeValidator(_enlist, json_schema_input_type=WebhookSecret | _Secrets)]
Patterns = Annotated[_Patterns, BeforeValidator(_enlist, json_schema_input_type=Pattern | _Patterns)]

Selectors = Annotated[_Selectors, BeforeValidator(_enlist, json_schema_input_type=Selector | _Selectors)]
Ages = Annotated[_Ages, BeforeValidator(_enlist, json_schema_input_type=Age | _Ages)]
Occasions = Annotated[_Occasions, BeforeValidator(_enlist, json_schema_input_type=OccasionName | _Occasions)]
