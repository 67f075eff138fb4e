"""What is remembered of articles: the part of the store that ingesting and looking again write to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.model import (
    Alert,
    Article,
    Candidates,
    Fingerprint,
    Link,
    Match,
    Outline,
    Revision,
    StoryCandidates,
    Validators,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """All that one article brings into the store, written in one transaction.

    `page` is the body as fetched, uncompressed, `packed` the same as one stream of gzip if it came as that,
    else empty, `validators` what came with it; `next_look_at` is when to look for edits, None: never.
    `candidates` are those that the verdict is about, `stories` those that it chose from, None when nobody
    looked. `agency` is the one that the page credits with the text, if any. No
    article is stored without its alerts, and no alert without its article: the alerts are the outbox.
    """

    article: Article
    link: Link
    page: bytes
    blocks: frozenset[int]
    fingerprint: Fingerprint
    candidates: Candidates
    verdict: Verdict
    matches: tuple[Match, ...]
    alerts: tuple[Alert, ...]
    agency: str | None = None
    stories: StoryCandidates | None = None
    next_look_at: datetime | None = None
    validators: Validators = Validators()
    packed: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """An article to look at again, in its latest version.

    `page` is the body that this version was read from, empty when it was forgotten. `gone_since` is when
    the server first said that it is gone, None while it is there. `edits` is how often it was edited,
    `found_by` which rules have found any of its versions.
    """

    article: Article
    story_id: str
    page: bytes = b""
    validators: Validators = Validators()
    gone_since: datetime | None = None
    edits: int = 0
    found_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What came of looking at an article again, written in one transaction.

    `next_at` is when to look once more, None: never. `page` is the body that was read, None when there was
    none, or it was the same. `revision` is None when it was not edited; `gone` that it is gone for good.
    """

    article_id: str
    looked_at: datetime
    next_at: datetime | None
    validators: Validators = Validators()
    gone_since: datetime | None = None
    page: bytes | None = None
    revision: Revision | None = None
    extractor_version: int = 0
    gone: bool = False
    matches: tuple[Match, ...] = ()
    alerts: tuple[Alert, ...] = ()


class Lookup(Protocol):
    """What is stored, as the one who judges sees it, in the thread that looks up: at once, without a loop."""

    def candidates(self, url: str, fingerprint: Fingerprint) -> Candidates:
        """Return the stored articles that one with this URL and fingerprint must be judged against."""
        ...

    def story_candidates(self, outline: Outline) -> StoryCandidates:
        """Return an outline, weighed, with the stored articles that may tell the same story."""
        ...


class ArticleStore(Protocol):
    """Articles with all that belongs to them, each written in one transaction."""

    # --- keeping

    async def candidates(self, url: str, fingerprint: Fingerprint) -> Candidates:
        """Return what `Lookup.candidates` does."""
        ...

    async def story_candidates(self, outline: Outline) -> StoryCandidates:
        """Return what `Lookup.story_candidates` does."""
        ...

    async def keep_judged(self, judge: Callable[[Lookup], Filing]) -> tuple[Filing, int | None]:
        """Judge an article and store it; return what was judged, and what `keep` returns of it.

        `judge` may compute for some milliseconds, and is run in a thread. What it raises is raised here.
        """
        ...

    async def keep(self, filing: Filing) -> int | None:
        """Store an article with everything that belongs to it; None when the verdict is stale.

        Returns how many of its alerts are new.

        Inside the transaction the candidates are looked up again; when there are others than
        `filing.candidates`, or one that has come since tells the same story more surely, nothing is written
        and the caller judges again. For `Relation.SAME_PAGE`
        only the link is settled, and alerts that are new. An alert whose id is known is not written again.
        """
        ...

    # --- looking again

    async def due_looks(self, source: str, now: datetime, limit: int) -> tuple[KnownPage, ...]:
        """Return the articles of a source to look at again now, longest overdue first."""
        ...

    async def finish_look(self, look: Recheck) -> int:
        """Record what came of looking at an article again; return how many of its alerts are new."""
        ...

    async def revisions(self, article_id: str) -> tuple[Revision, ...]:
        """List the later versions of an article, the earliest first."""
        ...
