"""A channel's name -> an alert that is none, to try the channel with.

Position: `monitor channels test` sends it through the channel's own sender. Pure.
"""

from __future__ import annotations

from datetime import datetime

from monitor.model import Alert, Article, Coverage, Delivery, DeliveryState, Digest, Excerpt, name_id

RULE = "test"
QUERY = "sample"
URL = "https://news-monitor.invalid/sample"
TITLE = "A sample alert: this channel works"
SENTENCE = "This is a sample, sent by hand to see whether alerts arrive here."
TEXT = f"{SENTENCE}\n\nNo news site was read for it. What you see is how an alert looks on this channel."


def write_sample(channel: str, now: datetime) -> Delivery:
    """Return an alert for `channel` that was never in the outbox. Its id is new at every `now`."""
    start = SENTENCE.index(QUERY)
    article = Article(
        url=URL,
        source="monitor",
        title=TITLE,
        text=TEXT,
        fetched_at=now,
        extractor_version=0,
        language="en",
    )
    alert = Alert(
        id=name_id("sample", channel, now.isoformat()),
        rule=RULE,
        query=QUERY,
        channel=channel,
        story_id=name_id("sample", now.isoformat()),
        article_id=article.id,
        excerpts=(Excerpt(text=SENTENCE, marks=((start, start + len(QUERY)),)),),
        created_at=now,
    )
    return Delivery(
        alert=alert, article=article, state=DeliveryState.SENDING, attempts=0, next_attempt_at=now
    )


def write_sample_digest(channel: str, now: datetime) -> Digest:
    """Return a digest of one sample."""
    return Digest(
        id=name_id("sample digest", channel, now.isoformat()),
        channel=channel,
        created_at=now,
        deliveries=(write_sample(channel, now),),
        coverage=Coverage(sources=1),
        state=DeliveryState.SENDING,
        attempts=0,
        next_attempt_at=now,
    )
