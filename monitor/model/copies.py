"""Copy or not: what is compared instead of an article's text, and what came of it.

Position: after `articles`, beside `stories`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


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
