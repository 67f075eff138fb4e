"""What pydantic found wrong -> a sentence for a person, at its place in the file.

Position: after `forms`, before `parsing`. No sentence is made from a value that was read, which may be a
secret: only from what was written, and from what `values` says.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.config.document import Document
from monitor.config.forms import (
    CHANNEL_KINDS,
    DefaultsForm,
    FileForm,
    Form,
    RuleForm,
    SmtpForm,
    SourceForm,
)
from monitor.config.kinds import NOT_ONE_VALUE
from monitor.config.references import Nothing, Text, Unread
from monitor.config.suggestions import did_you_mean_setting, quoted
from monitor.config.tree import Leaf, Span, Table
from monitor.config.values import BadValue
from monitor.errors import Mistake

Place = tuple[str | int, ...]

KEY = "[key]"
"""Pydantic's last step to a key that is wrong itself."""

_SETTINGS_WANTED = frozenset({"dict_type", "model_type", "model_attributes_type", "union_tag_not_found"})


def explain_errors(error: ValidationError, document: Document) -> Iterator[Mistake]:
    """Yield a mistake for each error of a file, without those that only follow from one told already."""
    for details in error.errors(include_url=False):
        if not _only_follows(details, document):
            yield document.mistake(_span(details, document), _say(details))


def settings_of(form: type[Form]) -> list[str]:
    """Return the settings of a form as they are written in the file."""
    return [field.alias or name for name, field in form.model_fields.items()]


def _only_follows(details: ErrorDetails, document: Document) -> bool:
    """Return whether an error comes from a reference or a break in the file, which is told already."""
    if details["type"] == "missing":
        table = document.find(details["loc"][:-1])[1]
        return isinstance(table, Table) and table.is_open
    return details["type"] != "extra_forbidden" and isinstance(details["input"], Unread)


def _say(details: ErrorDetails) -> str:
    """Return what is wrong, and what to do."""
    place, value, kind = details["loc"], details["input"], details["type"]
    form = _form_at(place)
    if kind == "value_error":
        return str(details["ctx"]["error"])
    if kind == "extra_forbidden":
        return _say_unknown(str(place[-1]), form)
    if kind == "missing":
        return f'{_this(form)} has no "{place[-1]}"'
    if isinstance(value, Nothing):
        return f"{_label(place)} is empty; write something behind it, or take it out"
    if kind == NOT_ONE_VALUE:
        return f"{_label(place)} takes a single value, not {_describe(value)}"
    if kind == "list_type":
        return f'{_label(place)} takes a list, each entry behind a "- ", not {_describe(value)}'
    if kind == "too_short":
        return f"{_label(place)} is an empty list; name at least one"
    if kind == "union_tag_not_found" and isinstance(value, dict):
        return f"{_label(place)} does not say where to send; {_suggest_channel(list(value))}"
    if kind in _SETTINGS_WANTED:
        hint = (
            "; write { email: ... } or { webhook: ... }" if place[0] == "channels" and len(place) > 1 else ""
        )
        return f'{_label(place)} takes settings ("key: value"), not {_describe(value)}{hint}'
    return f"{_label(place)} cannot be read"


def _say_unknown(key: str, form: type[Form]) -> str:
    return f"{quoted(key)} is not a setting of {form.noun}{did_you_mean_setting(key, settings_of(form))}"


def _suggest_channel(keys: list[str]) -> str:
    for key in keys:
        hint = did_you_mean_setting(key, CHANNEL_KINDS)
        if "did you mean" in hint:
            return f"{quoted(key)} is not known{hint}"
    return f"give it one of {', '.join(CHANNEL_KINDS)}"


def _form_at(place: Place) -> type[Form]:
    """Return the form that the setting at `place` belongs to; the last step is the setting itself."""
    section: dict[str, type[Form]] = {
        "sources": SourceForm,
        "rules": RuleForm,
        "smtp": SmtpForm,
        "defaults": DefaultsForm,
    }
    if len(place) > 1 and place[0] in section:
        return section[str(place[0])]
    for kind, form in CHANNEL_KINDS.items():
        if f"<{kind}>" in place:
            return form
    return FileForm


def _this(form: type[Form]) -> str:
    article, _, noun = form.noun.partition(" ")
    return f"this {noun}" if article in {"a", "an"} else form.noun


def _label(place: Place) -> str:
    """Return how to call the thing at `place`: by its key, or as an entry of a list."""
    steps = [step for step in place if not str(step).startswith("<")]
    if len(steps) > 1 and isinstance(steps[-1], int):
        return f'an entry of "{steps[-2]}"'
    return quoted(str(steps[-1])) if steps else "the configuration"


def _describe(value: object) -> str:
    if isinstance(value, Text):
        return "a single value"
    return "a list" if isinstance(value, list) else 'settings ("key: value")'


def _span(details: ErrorDetails, document: Document) -> Span:
    """Return what to underline: a key that is unknown or has no value, or else the value."""
    place = details["loc"]
    if place and place[-1] == KEY:
        place = place[:-1]
    key, node = document.find(place)
    if details["type"] == "missing":
        return document.span_of(place[:-1])
    if key is not None and (
        details["type"] == "extra_forbidden"
        or details["loc"][-1] == KEY
        or isinstance(details["input"], Nothing)
    ):
        return key.span
    error = details.get("ctx", {}).get("error")
    if isinstance(error, BadValue) and isinstance(node, Leaf):
        return document.span_within(node, error.offset, 1)
    return document.span_of(place)
