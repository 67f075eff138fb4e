"""One look at a source: what is asked for, what a server answers, and the links in it.

Position: after `sources`, before `articles`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.model.sources import Seed, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask "has it changed?" with (RFC 9110, 8.8). None: it gave none."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that an index of sitemaps names.

    `modified` is when it last changed, as the index writes it, "" when it does not say. `validators` are
    those of its last reading.
    """

    url: str
    modified: str = ""
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One page to be had on behalf of a source."""

    url: str
    source: Source
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a server answered: status 200 with a body, or `not_modified` with none.

    `url` is where the redirects ended. `content_type` is the whole header, "" when absent. `body`
    is decoded from its Content-Encoding, but still bytes: the charset is `extract`'s business.
    `sitemaps` are those that the site's robots.txt names, as it spells them. `fresh_for` is how long the
    server says that this answer will do (RFC 9111, 4.2), zero when it says nothing. `packed` is the body
    as it came, when that was one whole stream of gzip, else empty.
    """

    url: str
    fetched_at: datetime
    body: bytes = b""
    content_type: str = ""
    validators: Validators = Validators()
    not_modified: bool = False
    sitemaps: tuple[str, ...] = ()
    fresh_for: timedelta = timedelta()
    packed: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A URL that looks like an article, normalised (`text.urls`), as a seed of `source` named it.

    `key` recognises it (`text.urls.url_key`): two links with one key are one link. It is the URL
    itself when none is given.
    `title` and `published_at` are the seed's own claims, None when it makes none. `attempts` counts
    the times it was fetched or read in vain. `backlog` says that it was found on the first visit to the
    source or to a new seed of it, so that it may be older than the source is to us.
    """

    url: str
    source: str
    title: str | None = None
    published_at: datetime | None = None
    attempts: int = 0
    backlog: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLinks:
    """What the links of a source have turned out to be, the newest first: URLs of articles and of others."""

    articles: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class VisitOutcome(StrEnum):
    """How a visit ended."""

    OK = "ok"
    NOT_MODIFIED = "not modified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One look at a source, finished.

    `reason` says why it failed, None when it did not. `found` counts the links that the seed named,
    `new` those never seen before, `kept` the articles stored (copies among them), `copies` those that
    repeat a story, `dismissed` the pages refused for good, `postponed` those to be tried again,
    `alerts` the alerts put into the outbox. `retry_after` is the wait that the server asked for.
    `published` tells when the source's recent articles appeared, in no order. `fresh_for` and `ttl` are
    how long the seed will do, by its server and by its own words; zero when they do not say. `children` are
    the sitemaps that a seed which is an index of them names, as they were read.
    """

    source: str
    started_at: datetime
    finished_at: datetime
    outcome: VisitOutcome
    reason: str | None = None
    seed: Seed | None = None
    validators: Validators = Validators()
    retry_after: timedelta = timedelta()
    found: int = 0
    new: int = 0
    kept: int = 0
    copies: int = 0
    dismissed: int = 0
    postponed: int = 0
    alerts: int = 0
    published: tuple[datetime, ...] = ()
    fresh_for: timedelta = timedelta()
    ttl: timedelta = timedelta()
    children: tuple[Child, ...] = ()
