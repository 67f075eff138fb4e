"""The one set of fakes: a clock that is told the time, a web of prepared answers, a channel that remembers.

The store has no fake: tests use the real one on a file of their own.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import ParamSpec, TypeVar

from monitor.errors import FetchError, FetchRefused
from monitor.model import Delivery, Outgoing, Request, Response, Validators

P = ParamSpec("P")
T = TypeVar("T")

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    time: datetime = START

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.time

    def advance(self, by: timedelta) -> None:
        """Move it forward."""
        self.time += by


@dataclass
class FakeFetcher:
    """A web of prepared pages. What is not prepared is 404; `asked` remembers each request."""

    clock: FakeClock
    pages: dict[str, Response | FetchError] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    failed: asyncio.Event = field(default_factory=asyncio.Event)

    def serve(
        self, url: str, body: str, content_type: str = "text/html; charset=utf-8", etag: str | None = None
    ) -> None:
        """Put a page up."""
        self.pages[url] = Response(
            url=url,
            fetched_at=self.clock.now(),
            body=body.encode(),
            content_type=content_type,
            validators=Validators(etag=etag),
        )

    def fail(self, url: str, error: FetchError) -> None:
        """Make a page fail."""
        self.pages[url] = error

    async def get(self, request: Request) -> Response:
        """Answer as prepared; "not modified" when the request's etag is the page's."""
        self.asked.append(request)
        answer = self.pages.get(request.url, FetchRefused(f"{request.url}: 404, not found"))
        if isinstance(answer, FetchError):
            self.failed.set()
            raise answer
        if answer.validators.etag is not None and answer.validators.etag == request.validators.etag:
            return replace(answer, body=b"", not_modified=True)
        return replace(answer, fetched_at=self.clock.now())

    def urls_asked(self) -> list[str]:
        """Return the URLs asked for, in order."""
        return [request.url for request in self.asked]


class InlineWorkers:
    """Workers that compute where they stand. `failures` are raised once each by isolated calls."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []

    async def run_isolated(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the function, or fail as prepared."""
        if self.failures:
            raise self.failures.pop(0)
        return function(*args, **kwargs)

    async def run_threaded(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the function."""
        return function(*args, **kwargs)


@dataclass
class FakeChannel:
    """A channel that remembers what it was sent, and fails as prepared, once for each prepared error."""

    name: str = "desk"
    sent: list[Delivery] = field(default_factory=list)
    bulletins: list[Outgoing] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    on_send: Callable[[], None] = lambda: None
    closed: bool = False
    received: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Outgoing) -> str:
        """Take the message."""
        if self.failures:
            raise self.failures.pop(0)
        if isinstance(message, Delivery):
            self.sent.append(message)
        else:
            self.bulletins.append(message)
        self.on_send()
        self.received.set()
        return "taken"

    def retry_wait(self, attempts: int, alert_id: str) -> timedelta | None:
        """Give up after the third failed attempt."""
        assert alert_id
        return timedelta(minutes=attempts) if attempts < 3 else None

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def news_page(title: str, *paragraphs: str, published: datetime | None = None) -> str:
    """Return an article's page, with some chrome around it."""
    when = (
        ""
        if published is None
        else f'<meta property="article:published_time" content="{published.isoformat()}">'
    )
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{when}</head><body><nav>'
        f'<a href="/">Home</a><a href="/world">World</a></nav><article><h1>{title}</h1>{body}</article>'
        f'<footer><a href="/about">About us</a></footer></body></html>'
    )


def feed_page(*entries: tuple[str, str, datetime | None]) -> str:
    """Return an RSS feed of (url, title, published) entries."""
    rows = "".join(
        f"<item><title>{title}</title><link>{url}</link>"
        + ("" if published is None else f"<pubDate>{format_datetime(published)}</pubDate>")
        + "</item>"
        for url, title, published in entries
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{rows}</channel></rss>'


def story_about(topic: str, seed: int = 1) -> tuple[str, ...]:
    """Return paragraphs of plausible prose about `topic`; another `seed` shares few words with it."""
    words = random.Random(f"{topic}{seed}")
    stems = (
        "harbour",
        "council",
        "bridge",
        "river",
        "school",
        "budget",
        "ferry",
        "market",
        "forest",
        "clinic",
    )
    verbs = (
        "opened",
        "closed",
        "discussed",
        "repaired",
        "counted",
        "promised",
        "delayed",
        "measured",
        "planned",
    )
    places = ("Lower Quay", "North Field", "Old Mill", "Green Hill", "Salt Street", "Long Ford", "High Weir")

    def sentence() -> str:
        number = words.randrange(3, 980)
        return (
            f"The {words.choice(stems)} {topic} was {words.choice(verbs)} near {words.choice(places)} after "
            f"{number} people of the {words.choice(stems)} {words.choice(verbs)} the {words.choice(stems)} "
            f"and its {words.choice(stems)} on {words.choice(places)}."
        )

    return tuple(" ".join(sentence() for _ in range(4)) for _ in range(4))
