"""The one set of fakes: a clock that is told the time, a web of prepared answers, a channel that remembers.

The store has no fake: tests use the real one on a file of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import ParamSpec, TypeVar

from monitor.errors import DeliveryFailed, FetchError, FetchRefused
from monitor.model import Delivery, Request, Response, Validators

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
    failures: list[DeliveryFailed] = field(default_factory=list)
    closed: bool = False

    async def send(self, delivery: Delivery) -> str:
        """Take the alert."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(delivery)
        return "taken"

    def retry_wait(self, attempts: int) -> timedelta | None:
        """Give up after the third failed attempt."""
        return timedelta(minutes=attempts) if attempts < 3 else None

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
