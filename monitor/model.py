"""The nouns, frozen, in the order in which they appear on the walk (docs/architecture.md).

Every datetime is aware. Times the program makes are UTC; times a page claims keep the page's own
offset. Durations are `timedelta`. Nothing here does I/O or knows a library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from hashlib import blake2b

ID_BYTES = 10
"""80 bits: a collision among a billion names has a chance of one in a million."""


def name_id(*names: str) -> str:
    """Return the id, 20 hexadecimal digits, of the thing that `names` name together.

    Ids that leave the database are hashes of names, never row numbers, so that they survive a
    restore: the same names give the same id on every machine and in every release.
    """
    return blake2b("\x1f".join(names).encode("utf-8", "surrogatepass"), digest_size=ID_BYTES).hexdigest()


# --- where we look -------------------------------------------------------------------------------


class SeedKind(StrEnum):
    """What a seed is: a document that lists links to articles."""

    FEED = "feed"
    SITEMAP = "sitemap"
    FRONT = "front"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """The one document of a source that is looked at on every visit.

    `reason` says in words why it is this one, "" when nobody knows. `chosen_at` is when the program chose
    it, None when it was not the program. Seeds are equal when they are the same document.
    """

    url: str
    kind: SeedKind
    reason: str = field(default="", compare=False)
    chosen_at: datetime | None = field(default=None, compare=False)


RECHECK = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""Most edits come in the first hours: at these ages an article is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What a person says of a stubborn source's pages, by CSS selectors; empty where nothing is said.

    `body` is where the story stands, `remove` what is not the story's, `title` where its title is. One that
    matches nothing on a page changes nothing there.
    """

    body: str = ""
    remove: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """The part of each day in which nothing is done: from `begin` until `end`, over midnight too."""

    begin: time
    end: time
    timezone: tzinfo

    def contain(self, now: datetime) -> bool:
        """Return whether it is quiet now."""
        local = now.astimezone(self.timezone).time()
        if self.begin < self.end:
            return self.begin <= local < self.end
        return local >= self.begin or local < self.end

    def end_after(self, now: datetime) -> datetime:
        """Return when it is next over, in UTC.

        With daylight saving `end` may come twice on a day, or not at all.
        """
        day = now.astimezone(self.timezone).date()
        ends = [
            datetime.combine(day + timedelta(days=days), self.end, self.timezone)
            .replace(fold=fold)
            .astimezone(UTC)
            for days in range(3)
            for fold in (0, 1)
        ]
        return min(end for end in ends if end > now and not self.contain(end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A site as the configuration names it. Its identity is `name`; editing `url` loses no history.

    `every` is the time between two visits; of a source that `adapts`, only until it is known how often it
    publishes. `seed` is None when the configuration names none: then the first visit finds it. `pause` is the
    least time between two requests to one host. `first_visit` is how many articles the first visit
    keeps at most. `backfill` is how far back a new source's articles may alert; zero means only what
    is published after the source was added.

    `recheck` is at which ages an article is looked at again for edits; empty: never. In its `quiet` hours
    no visit begins; None: it has none. `overrides` are for extraction.

    `former_names` are the names this URL has by itself (host, host-path) when the configuration gives
    it none. A stored source that bears one of them and has this very `url` is this source, so that
    naming a source, or adding a section of the same site above it, loses no history.

    `headers` and `cookies` go to the origins of `url` and `seed` only. `proxy` is the URL of an HTTP
    proxy of the operator's that all requests go through. `verify` False takes any TLS certificate. With
    `render` the scripts of its pages draw them, in a browser, before they are read.
    """

    name: str
    url: str = field(repr=False)  # as the seed's and the headers, it may carry a token
    every: timedelta = timedelta(minutes=15)
    adapts: bool = False
    seed: Seed | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookies: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    user_agent: str | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    verify: bool = True
    render: bool = False
    timeout: timedelta = timedelta(seconds=30)
    pause: timedelta = timedelta(seconds=2)
    allow_private: bool = False
    first_visit: int = 20
    backfill: timedelta = timedelta()
    recheck: tuple[timedelta, ...] = RECHECK
    quiet: QuietHours | None = None
    overrides: Overrides = Overrides()
    former_names: tuple[str, ...] = ()


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
    server says that this answer will do (RFC 9111, 4.2), zero when it says nothing.
    """

    url: str
    fetched_at: datetime
    body: bytes = b""
    content_type: str = ""
    validators: Validators = Validators()
    not_modified: bool = False
    sitemaps: tuple[str, ...] = ()
    fresh_for: timedelta = timedelta()


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


# --- what a page holds ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a source's recent pages taught us: which blocks are the site's own.

    `pages` holds, newest first, the block hashes of up to `extract.template.WINDOW` recent pages. A
    redesign is forgotten by itself as its last pages leave the window.
    """

    pages: tuple[frozenset[int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A story with the page chrome taken off.

    `text` is plain paragraphs parted by one blank line: no markup, NFC, never empty.
    `published_at` is what the page claims, with its timezone; None when it claims nothing we
    trust. The time of fetching never stands in for it. `language` is ISO 639-1, None when unknown.
    `url` is the page's canonical URL, normalised. `key` recognises it (`text.urls.url_key`): two pages
    with one key are one article. It is the URL itself when none is given.
    `extractor_version` says which extractor made it, so that an upgrade never looks like an edit.
    """

    url: str
    source: str
    title: str
    text: str
    fetched_at: datetime
    extractor_version: int
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    site_name: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    summary: str | None = None
    paywalled: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.url)

    @property
    def id(self) -> str:
        """The article's name to the outside: a hash of its key."""
        return name_id("article", self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading one page gave: the article, the page's block hashes, and what was stripped.

    `blocks` teaches the source's template. `stripped` counts the chrome blocks by the reason they
    were stripped for ("ticker", "weather", "poll", "template" ...).
    """

    article: Article
    blocks: frozenset[int]
    stripped: Mapping[str, int]


# --- copy or story? ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is compared instead of the text (`dedupe.fingerprint`).

    `content` is the 64-bit hash of the normalised token stream; `sketch` the sorted 64-bit shingle
    hashes that were kept, and `places` in which 256th of the text each of them stands first, a byte
    each; `facts` the article's numbers and names, folded; `algorithm` the version of the hashing:
    fingerprints of two versions are never compared. All hashes are unsigned.
    """

    algorithm: int
    content: int
    sketch: tuple[int, ...]
    facts: frozenset[str]
    places: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A stored article that shares rare shingles with a new one, or its URL or content hash.

    `original` is the id of the first article of its cluster: of those that are copies of each other.
    """

    article_id: str
    url: str
    source: str
    story_id: str
    original: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What an article's story is recognised by (`dedupe.stories`): its headline and its beginning.

    All are 32-bit hashes of stems in the article's language; `language` is that of the language alone. The
    `terms` have `weights`, one each; the `mentions` are further terms without. `facts` are the names and
    numbers of the headline. Once weighed, the terms stand heaviest first, and the weights have unit length.
    """

    language: int
    terms: tuple[int, ...]
    weights: tuple[float, ...]
    mentions: tuple[int, ...] = ()
    facts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """A stored article, no copy, of a story that a new one may tell too. `told_at`: when it came out."""

    article_id: str
    source: str
    story_id: str
    told_at: datetime
    outline: Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCandidates:
    """A new article's outline, weighed, and the stored articles that may tell its story.

    `as_of` marks how far the store had been read: a later article may tell it as well. It means nothing
    outside the store, and nothing after a restart.
    """

    outline: Outline
    tellers: tuple[Teller, ...] = ()
    as_of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The stored articles that a new one must be judged against.

    `common` are those shingles of the new article that too many clusters have, so that they
    tell nothing (`dedupe.judge.MAX_DOCUMENT_FREQUENCY`). `seen` is for the store: how far its own count had
    come when it looked; 0 when it does not know.
    """

    articles: tuple[Candidate, ...] = ()
    common: frozenset[int] = frozenset()
    seen: int = field(default=0, compare=False)


class Relation(StrEnum):
    """How a new article stands to the archive. An article is grouped, never deleted."""

    NEW = "new"
    SAME_PAGE = "same page"
    """The canonical URL is known: nothing is stored twice."""
    EXACT = "exact copy"
    COPY = "copy"
    CONTAINS = "contains"
    """One of both holds a part of the other, and is another article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an article is to the archive.

    `of` is the id of the article it repeats, None when it is new. `story_id` names the story it
    belongs to: that of its first article. `similarity` is the containment that decided, 0 to 1.
    `story_score` is how surely an article that repeats none tells a story that others began, 0 to 1.
    """

    relation: Relation
    story_id: str
    of: str | None = None
    similarity: float = 0.0
    story_score: float = 0.0


# --- what became of it -----------------------------------------------------------------------------


class ChangeKind(StrEnum):
    """What an edit changed. `WORDING` is said when it is none of the others."""

    HEADLINE = "headline"
    NUMBER = "number"
    QUOTATION = "quotation"
    NAME = "name"
    ADDED = "paragraph added"
    REMOVED = "paragraph removed"
    WORDING = "wording"


class DiffSide(StrEnum):
    """Which version of a line holds a piece of it: both, the later, or the earlier."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A stretch of a line. Kept and removed ones make the earlier line, but for spaces; others the later."""

    text: str
    side: DiffSide


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an edit changed: in kinds, and line by line; a changed headline is the first line."""

    kinds: tuple[ChangeKind, ...]
    lines: tuple[tuple[DiffPiece, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A later version of an article, as it was found at `found_at`; `changes` against the one before."""

    found_at: datetime
    title: str
    text: str
    changes: Changes


# --- whom it concerns ----------------------------------------------------------------------------


class Occasion(StrEnum):
    """What an alert tells of. An edit that makes a rule match for the first time is `NEW`."""

    NEW = "new"
    UPDATE = "update"
    """Another article, no copy, of a story that was told before: who asks for new articles gets it."""
    EDIT = "edit"
    REMOVAL = "removal"


ASKABLE = (Occasion.NEW, Occasion.EDIT, Occasion.REMOVAL)
"""What a rule may ask to be told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What to look for, which channels to tell, and on which occasions.

    `query` is in the language of docs/rules.md. One in the `shadow` is only counted and shown.
    `query` is in the language of docs/rules.md. `stem`: its words are looked for by all their forms.
    `fold_diacritics`: letters are the same with and without their marks.
    """

    name: str
    query: str
    notify: tuple[str, ...]
    on: tuple[Occasion, ...] = (Occasion.NEW,)
    shadow: bool = False
    stem: bool = False
    fold_diacritics: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A sentence of the article (or its title) that matched.

    `marks` are (start, end) character offsets into `text`, ascending, not overlapping.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    in_title: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article that a rule found, with the sentences to show for it (at most a few, in order)."""

    rule: Rule
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One rule has news for one channel. Its id is the same whenever it is composed again.

    `changes` says what an edit changed, None on other occasions. It is not sent before `wait` has passed,
    so that copies of the story that come in meanwhile can be named in it. One of a rule in the `shadow` is
    never sent.

    When its id is known because an article that is no copy told the story first, it goes out as an update
    called `update_id`, `pause` after the story's last alert at the earliest; None: it is told once.
    """

    id: str
    rule: str
    query: str
    channel: str
    story_id: str
    article_id: str
    excerpts: tuple[Excerpt, ...]
    created_at: datetime
    occasion: Occasion = Occasion.NEW
    changes: Changes | None = None
    wait: timedelta = field(default=timedelta(), compare=False)
    update_id: str | None = field(default=None, compare=False)
    pause: timedelta = field(default=timedelta(), compare=False)
    shadow: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Another article that tells the same story: where it stands, and under which headline."""

    source: str
    site_name: str | None
    title: str
    url: str


# --- who is told ---------------------------------------------------------------------------------


class TlsMode(StrEnum):
    """How a mail server is spoken to. There is never a silent fall to plain text."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The mail server, and who the mail is from (`Name <address>`)."""

    host: str
    port: int
    tls: TlsMode
    sender: str
    username: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """A person's own templates of an alert's and a digest's email, as text; None where ours are used."""

    subject: str | None = None
    text: str | None = None
    html: str | None = None
    digest_subject: str | None = None
    digest_text: str | None = None
    digest_html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChannel:
    """A mailbox, or several."""

    name: str
    to: tuple[str, ...]
    templates: Templates = Templates()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """An HTTP endpoint. `secrets` are Standard Webhooks ones (`whsec_...`); none sends unsigned.

    There are two while one takes the place of the other: each alert is signed with both.
    """

    name: str
    url: str = field(repr=False)  # many services put a token into it
    secrets: tuple[str, ...] = field(default=(), repr=False)
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleChannel:
    """The standard output of the daemon."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChannel:
    """A file that grows by one line of JSON for each alert."""

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseChannel:
    """Another service, by its Apprise URL (`ntfy://...`), which may hold a password."""

    name: str
    url: str = field(repr=False)


ChannelSettings = EmailChannel | WebhookChannel | ConsoleChannel | FileChannel | AppriseChannel


class DeliveryState(StrEnum):
    """Where an alert, or another message, stands on its way to its channel."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    RETRYING = "retrying"
    DEAD = "dead"
    SHADOWED = "shadowed"
    """The rule is only rehearsed: it is counted and shown, and never sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """How far something has come on its way to its channel.

    `attempts` counts the finished attempts. `last_error` is None before the first failure.
    `receipt` is what the receiver answered, None until it was taken. `progress` is what the channel
    itself noted of earlier attempts, for its eyes only; None when it noted nothing.
    """

    state: DeliveryState
    attempts: int
    next_attempt_at: datetime
    last_error: str | None = None
    sent_at: datetime | None = None
    receipt: str | None = None
    progress: str | None = None


class MessageKind(StrEnum):
    """What a message is about."""

    ALERT = "alert"
    DIGEST = "digest"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class MessageName:
    """What was sent: an id, and of what."""

    kind: MessageKind
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Dispatch):
    """An alert on its way, with the article it is about.

    `digest` is the id of the digest that carries it, None for one that goes by itself. `also_in` are the
    other outlets that have it, `further` the articles of the story that the same message tells of.
    `reply_to` names the message that told of the story first, None when none was sent.
    """

    alert: Alert
    article: Article
    also_in: tuple[Outlet, ...] = ()
    further: tuple[Outlet, ...] = ()
    reply_to: MessageName | None = None
    digest: str | None = None

    @property
    def id(self) -> str:
        """The name of what is sent, the same on every attempt."""
        return self.alert.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A source that is not being read, why, and since when (None: it never was)."""

    source: str
    reason: str
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was watched: so many sources, all of them read but for the `gaps`."""

    sources: int
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest(Dispatch):
    """Several alerts of a channel on their way in one message; none, when one was asked for all the same.

    What it holds is settled for good when it is made, before the first attempt. `deliveries` are in the
    order of their stories. `since` is when the channel's digest before was made, None for the first.
    `limit` is the limit of messages an hour that was reached, None when it was simply time. `coverage` is
    None until somebody has looked.
    """

    id: str
    channel: str
    created_at: datetime
    deliveries: tuple[Delivery, ...]
    since: datetime | None = None
    limit: int | None = None
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A source that has become unwell, for a reason and since a time, or is `well` again."""

    source: str
    well: bool
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNotice(Dispatch):
    """What a channel is told of the sources, on its way."""

    id: str
    channel: str
    created_at: datetime
    turns: tuple[Turn, ...]


Outgoing = Delivery | Digest | HealthNotice
"""What a channel is given to send. Each has an `id`, the same on every attempt."""
