"""How long a feed says that it will do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discover import find_ttl
from monitor.model import Response

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SYNDICATION = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


def ttl_of(body: str | bytes) -> timedelta:
    content = body if isinstance(body, bytes) else body.encode()
    return find_ttl(Response(url="https://gazette.example/rss", fetched_at=NOW, body=content))


@pytest.mark.parametrize(
    ("settings", "ttl"),
    [
        ("<ttl>60</ttl>", HOUR),
        ("<TTL> 15 </TTL>", HOUR / 4),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        (
            "<sy:updatePeriod>\n daily </sy:updatePeriod><sy:updateFrequency> 4 </sy:updateFrequency>",
            6 * HOUR,
        ),
        ("<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 168 * HOUR),
        ("<ttl>5</ttl><sy:updatePeriod>yearly</sy:updatePeriod>", HOUR / 12),
        ("<ttl>soon</ttl>", timedelta()),
        ("<ttl>-5</ttl>", timedelta()),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", timedelta()),
        ("", timedelta()),
    ],
)
def test_a_feed_says_in_two_ways_how_long_it_will_do(settings: str, ttl: timedelta) -> None:
    feed = f"<rss {SYNDICATION}><channel><title>News</title>{settings}<item></item></channel></rss>"
    assert ttl_of(feed) == ttl
    assert ttl_of(feed.encode("utf-16")) == ttl


def test_what_stands_in_an_item_is_not_the_feeds() -> None:
    assert ttl_of("<rss><channel><item><ttl>60</ttl></item></channel></rss>") == timedelta()


@pytest.mark.parametrize(
    ("feed", "too_wide"),
    [
        ("<!--{}--><ttl>60</ttl>", 65_536),
        ("<ttl{}>60</ttl>", 101),
        ("<ttl>{}60</ttl>", 101),
        ("<ttl>60{}</ttl>", 101),
    ],
)
def test_only_the_head_of_a_feed_is_looked_at_and_no_setting_is_wide(feed: str, too_wide: int) -> None:
    assert ttl_of(feed.format(" ")) == HOUR
    assert ttl_of(feed.format(" " * too_wide)) == timedelta()


def test_a_feed_of_nothing_but_beginnings_says_nothing() -> None:
    assert ttl_of(b"<ttl " * 4_000_000) == timedelta()


@given(body=st.binary(max_size=200))
def test_no_bytes_break_it(body: bytes) -> None:
    assert ttl_of(b"<ttl>" + body) >= timedelta()
