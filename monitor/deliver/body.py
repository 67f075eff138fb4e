"""Alert -> JSON for programs: the body of a webhook, and the schema that describes it.

Position: after `compose`, before a sender. Pure. docs/webhook.md shows it to people.

The promise of a version: fields may be added, none is taken away or changes its meaning.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from monitor.deliver.clean import replace_surrogates
from monitor.model import Article, ChangeKind, Changes, Delivery, DiffSide, Excerpt, Occasion

BODY_VERSION = 1

MAX_TEXT_CHARS = 100_000
"""Characters of the article that a body carries: the longest reports whole, and never a megabyte."""


def write_body(delivery: Delivery) -> bytes:
    """Return the body about an alert, UTF-8: the same on every attempt, but for outlets come since."""
    alert = delivery.alert
    body = {
        "type": "alert",
        "version": BODY_VERSION,
        "timestamp": write_time(alert.created_at.astimezone(UTC)),
        "data": {
            "id": alert.id,
            "rule": {"name": alert.rule, "query": alert.query},
            "channel": alert.channel,
            "story_id": alert.story_id,
            "occasion": alert.occasion.value,
            "changes": None if alert.changes is None else describe_changes(alert.changes),
            "also_in": [
                {"source": each.source, "site_name": each.site_name, "title": each.title, "url": each.url}
                for each in delivery.also_in
            ],
            "excerpts": [describe_excerpt(excerpt) for excerpt in alert.excerpts],
            "article": describe_article(delivery.article),
        },
    }
    return replace_surrogates(json.dumps(body, ensure_ascii=False, separators=(",", ":"))).encode()


def describe_excerpt(excerpt: Excerpt) -> dict[str, object]:
    """Return a sentence in parts: joined they are `text`; no offsets, which languages count differently."""
    parts = []
    position = 0
    for start, end in (*excerpt.marks, (len(excerpt.text), len(excerpt.text))):
        if position < start:
            parts.append({"text": excerpt.text[position:start], "match": False})
        if start < end:
            parts.append({"text": excerpt.text[start:end], "match": True})
        position = end
    return {"text": excerpt.text, "parts": parts, "in_title": excerpt.in_title}


def describe_changes(changes: Changes) -> dict[str, object]:
    """Return an edit in kinds, and line by line: the kept and the removed pieces make the earlier line."""
    return {
        "kinds": list(changes.kinds),
        "lines": [
            [{"text": piece.text, "side": piece.side.value} for piece in line] for line in changes.lines
        ],
    }


def describe_article(article: Article) -> dict[str, object]:
    """Return the article's fields; null where the page says nothing."""
    return {
        "id": article.id,
        "url": article.url,
        "source": article.source,
        "site_name": article.site_name,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": write_time(article.published_at),
        "modified_at": write_time(article.modified_at),
        "fetched_at": write_time(article.fetched_at),
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "image": article.image,
        "summary": article.summary,
        "paywalled": article.paywalled,
        "text": article.text[:MAX_TEXT_CHARS],
        "text_complete": len(article.text) <= MAX_TEXT_CHARS,
    }


def write_time(moment: datetime | None) -> str | None:
    """Return a time after RFC 3339, with its own offset."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


# --- the schema ----------------------------------------------------------------------------------

TEXT: dict[str, object] = {"type": "string"}
TEXT_OR_NULL: dict[str, object] = {"type": ["string", "null"]}
TEXTS: dict[str, object] = {"type": "array", "items": {"type": "string"}}
FLAG: dict[str, object] = {"type": "boolean"}
ID: dict[str, object] = {"type": "string", "pattern": "^[0-9a-f]{20}$"}
TIME: dict[str, object] = {"type": "string", "format": "date-time"}
TIME_OR_NULL: dict[str, object] = {"type": ["string", "null"], "format": "date-time"}


def webhook_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of a body. Receivers ignore fields they do not know."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:news-monitor:webhook:{BODY_VERSION}",
        "title": "An alert of news-monitor",
        **shape(
            type=described({"const": "alert"}, "What the body is about."),
            version=described({"const": BODY_VERSION}, "Fields may be added within a version."),
            timestamp=described(TIME, "When the rule fired, in UTC."),
            data=shape(
                id=described(ID, "The alert's name, the same in every attempt: also the header webhook-id."),
                rule=shape(name=TEXT, query=TEXT),
                channel=described(TEXT, "The channel's name in the configuration."),
                story_id=described(ID, "Articles of one story share it."),
                occasion=described(
                    {"enum": [each.value for each in Occasion]},
                    "new: the first of the story for this rule; edit: it was changed; removal: it is gone.",
                ),
                changes={"anyOf": [changes_schema(), {"type": "null"}]},
                also_in=described(
                    {
                        "type": "array",
                        "items": shape(source=TEXT, site_name=TEXT_OR_NULL, title=TEXT, url=TEXT),
                    },
                    "Other outlets that had the story when this was sent.",
                ),
                excerpts={"type": "array", "items": excerpt_schema()},
                article=article_schema(),
            ),
        ),
    }


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
        text_complete=described(FLAG, f"False when the text was cut at {MAX_TEXT_CHARS:,} characters."),
    )


def shape(**properties: dict[str, object]) -> dict[str, object]:
    """Return the schema of an object that always has these properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


def described(schema: dict[str, object], description: str) -> dict[str, object]:
    """Return `schema` with words for people."""
    return {**schema, "description": description}
