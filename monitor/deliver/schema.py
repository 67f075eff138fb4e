"""The JSON Schema of what a webhook is sent (`body`), for those who write a receiver.

Position: beside `body`; `monitor config schema --webhook` prints it. Pure.
"""

from __future__ import annotations

from monitor.deliver.body import BODY_VERSION, MAX_GATHERED_TEXT_CHARS, MAX_TEXT_CHARS
from monitor.model import ChangeKind, DiffSide, MessageKind, Occasion

TEXT: dict[str, object] = {"type": "string"}
TEXT_OR_NULL: dict[str, object] = {"type": ["string", "null"]}
TEXTS: dict[str, object] = {"type": "array", "items": {"type": "string"}}
FLAG: dict[str, object] = {"type": "boolean"}
ID: dict[str, object] = {"type": "string", "pattern": "^[0-9a-f]{20}$"}
TIME: dict[str, object] = {"type": "string", "format": "date-time"}
TIME_OR_NULL: dict[str, object] = {"type": ["string", "null"], "format": "date-time"}


def webhook_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a body. Receivers ignore what they do not know."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:news-monitor:webhook:{BODY_VERSION}",
        "title": "What news-monitor posts",
        "oneOf": [
            body_schema(MessageKind.ALERT, "When the rule fired, in UTC.", {"$ref": "#/$defs/alert"}),
            body_schema(MessageKind.DIGEST, "When its alerts were gathered, in UTC.", digest_schema()),
            body_schema(MessageKind.HEALTH, "When it was noticed, in UTC.", notice_schema()),
        ],
        "$defs": {"alert": alert_schema()},
    }


def body_schema(kind: MessageKind, when: str, told: dict[str, object]) -> dict[str, object]:
    """Return the schema of a body of one type."""
    return shape(
        type=described({"const": kind.value}, "What the body is about."),
        version=described({"const": BODY_VERSION}, "Fields and types may be added within a version."),
        timestamp=described(TIME, when),
        data=told,
    )


def alert_schema() -> dict[str, object]:
    """Return the schema of `describe_alert`."""
    outlet = shape(source=TEXT, site_name=TEXT_OR_NULL, title=TEXT, url=TEXT, agency=TEXT_OR_NULL)
    return shape(
        id=described(ID, "The alert's name, the same in every attempt; sent alone, also the webhook-id."),
        rule=shape(name=TEXT, query=TEXT),
        channel=described(TEXT, "The channel's name in the configuration."),
        story_id=described(ID, "Articles of one story share it."),
        occasion=described(
            {"enum": [each.value for each in Occasion]},
            "new: the first of the story for this rule; update: another article of a story that was told; "
            "edit: it was changed; removal: it is gone.",
        ),
        changes={"anyOf": [changes_schema(), {"type": "null"}]},
        also_in=described(list_of(outlet), "Other outlets that had the story when this was sent."),
        further=described(
            list_of(outlet), "Articles of the story in other words that this tells of as well."
        ),
        excerpts={"type": "array", "items": excerpt_schema()},
        article=article_schema(),
    )


def digest_schema() -> dict[str, object]:
    """Return the schema of `describe_digest`."""
    gap = shape(source=TEXT, since=described(TIME_OR_NULL, "null: it was never read."), reason=TEXT)
    number: dict[str, object] = {"type": "integer", "minimum": 0}
    return shape(
        id=described(ID, "The digest's name, the same in every attempt: also the header webhook-id."),
        channel=TEXT,
        since=described(TIME_OR_NULL, "When the channel's digest before was made."),
        limit=described(
            {"type": ["integer", "null"]},
            "The limit of messages an hour that was reached, if it was.",
        ),
        alerts=described(list_of({"$ref": "#/$defs/alert"}), "In the order of their stories; may be empty."),
        coverage={"anyOf": [shape(sources=number, read=number, gaps=list_of(gap)), {"type": "null"}]},
    )


def notice_schema() -> dict[str, object]:
    """Return the schema of `describe_notice`."""
    turn = shape(
        source=TEXT,
        state={"enum": ["unwell", "well"]},
        since=described(TIME, "Since when it is, or was, unwell."),
        reason=TEXT,
    )
    return shape(id=ID, channel=TEXT, sources=list_of(turn))


def excerpt_schema() -> dict[str, object]:
    """Return the schema of `describe_excerpt`."""
    part = shape(text=TEXT, match=described(FLAG, "True for a matched word."))
    return shape(
        text=described(TEXT, "A sentence that matched, or the title."),
        parts=described({"type": "array", "items": part}, "The sentence, cut at its matched words."),
        in_title=FLAG,
    )


def changes_schema() -> dict[str, object]:
    """Return the schema of `describe_changes`."""
    piece = shape(text=TEXT, side={"enum": [side.value for side in DiffSide]})
    line = {"type": "array", "items": piece}
    return shape(
        kinds={"type": "array", "items": {"enum": [kind.value for kind in ChangeKind]}},
        lines=described({"type": "array", "items": line}, "Only lines that were changed."),
    )


def article_schema() -> dict[str, object]:
    """Return the schema of `describe_article`."""
    return shape(
        id=ID,
        url=TEXT,
        source=described(TEXT, "The source's name in the configuration."),
        site_name=TEXT_OR_NULL,
        title=TEXT,
        authors=TEXTS,
        published_at=described(TIME_OR_NULL, "What the page claims, with its offset."),
        modified_at=TIME_OR_NULL,
        fetched_at=TIME,
        language=described(TEXT_OR_NULL, "ISO 639-1."),
        section=TEXT_OR_NULL,
        tags=TEXTS,
        image=TEXT_OR_NULL,
        summary=TEXT_OR_NULL,
        paywalled=FLAG,
        text=described(TEXT, "Plain paragraphs parted by one blank line."),
        text_complete=described(
            FLAG,
            f"False when the text was cut, at {MAX_TEXT_CHARS:,} characters; in a digest, at "
            f"{MAX_GATHERED_TEXT_CHARS:,}.",
        ),
    )


def shape(**properties: dict[str, object]) -> dict[str, object]:
    """Return the schema of an object that always has these properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


def list_of(items: dict[str, object]) -> dict[str, object]:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def described(schema: dict[str, object], description: str) -> dict[str, object]:
    """Return `schema` with words for people."""
    return {**schema, "description": description}
