"""Alert -> JSON for programs: the body of a webhook; `schema` describes it.

Position: after `compose`, before a sender. Pure. docs/webhook.md shows it to people.

The promise of a version: fields may be added, none is taken away or changes its meaning.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import assert_never

from monitor.deliver.clean import replace_surrogates
from monitor.model import (
    Article,
    Changes,
    Coverage,
    Delivery,
    Digest,
    Excerpt,
    HealthNotice,
    MessageKind,
    Outgoing,
    Outlet,
)

BODY_VERSION = 1

MAX_TEXT_CHARS = 100_000
"""Characters of the article that a body carries: the longest reports whole, and never a megabyte."""

MAX_GATHERED_TEXT_CHARS = 1_000
"""Characters of each article in a digest, which holds up to 200: many servers take a megabyte at most."""


def write_body(message: Outgoing) -> bytes:
    """Return the body about a message, UTF-8: the same on every attempt, but for outlets come since."""
    match message:
        case Delivery():
            kind, moment = MessageKind.ALERT, message.alert.created_at
            told = describe_alert(message, MAX_TEXT_CHARS)
        case Digest():
            kind, moment, told = MessageKind.DIGEST, message.created_at, describe_digest(message)
        case HealthNotice():
            kind, moment, told = MessageKind.HEALTH, message.created_at, describe_notice(message)
        case _:
            assert_never(message)
    body = {
        "type": kind.value,
        "version": BODY_VERSION,
        "timestamp": write_time(moment.astimezone(UTC)),
        "data": told,
    }
    return replace_surrogates(json.dumps(body, ensure_ascii=False, separators=(",", ":"))).encode()


def describe_alert(delivery: Delivery, max_text_chars: int) -> dict[str, object]:
    """Return what a body says of an alert."""
    alert = delivery.alert
    return {
        "id": alert.id,
        "rule": {"name": alert.rule, "query": alert.query},
        "channel": alert.channel,
        "story_id": alert.story_id,
        "occasion": alert.occasion.value,
        "changes": None if alert.changes is None else describe_changes(alert.changes),
        "also_in": [describe_outlet(outlet) for outlet in delivery.also_in],
        "further": [describe_outlet(outlet) for outlet in delivery.further],
        "excerpts": [describe_excerpt(excerpt) for excerpt in alert.excerpts],
        "article": describe_article(delivery.article, max_text_chars),
    }


def describe_digest(digest: Digest) -> dict[str, object]:
    """Return what a body says of a digest: its alerts, those of one story together, and what was watched."""
    return {
        "id": digest.id,
        "channel": digest.channel,
        "since": write_time(digest.since),
        "limit": digest.limit,
        "alerts": [describe_alert(each, MAX_GATHERED_TEXT_CHARS) for each in digest.deliveries],
        "coverage": None if digest.coverage is None else describe_coverage(digest.coverage),
    }


def describe_coverage(coverage: Coverage) -> dict[str, object]:
    """Return how many sources were read, and which were not, why and since when."""
    return {
        "sources": coverage.sources,
        "read": coverage.sources - len(coverage.gaps),
        "gaps": [
            {"source": gap.source, "since": write_time(gap.since), "reason": gap.reason}
            for gap in coverage.gaps
        ],
    }


def describe_notice(notice: HealthNotice) -> dict[str, object]:
    """Return which sources have become unwell, or well again."""
    return {
        "id": notice.id,
        "channel": notice.channel,
        "sources": [
            {
                "source": turn.source,
                "state": "well" if turn.well else "unwell",
                "since": write_time(turn.since),
                "reason": turn.reason,
            }
            for turn in notice.turns
        ],
    }


def describe_outlet(outlet: Outlet) -> dict[str, object]:
    """Return another article of the story."""
    return {
        "source": outlet.source,
        "site_name": outlet.site_name,
        "title": outlet.title,
        "url": outlet.url,
        "agency": outlet.agency,
    }


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


def describe_article(article: Article, max_text_chars: int) -> dict[str, object]:
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
        "text": article.text[:max_text_chars],
        "text_complete": len(article.text) <= max_text_chars,
    }


def write_time(moment: datetime | None) -> str | None:
    """Return a time after RFC 3339, with its own offset."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
