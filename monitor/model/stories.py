"""The same event in other words: what a story is recognised by.

Position: after `articles`, beside `copies`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
