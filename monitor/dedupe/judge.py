"""Article x Candidates -> Verdict: new, the page we have, an exact copy, or a copy.

Position: last in `dedupe`, before `match`. Pure.

Jaccard similarity misses the copies of news, which are cut short or have other text around them. So the
measure is containment: which share of the smaller sketch is in the larger, over rare shingles. And since
the daily reports of one template share their words too, the numbers and names must agree as well.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from monitor.dedupe.fingerprint import find_sketch_end
from monitor.model import Article, Candidate, Candidates, Fingerprint, Relation, Verdict, name_id

MAX_DOCUMENT_FREQUENCY = 64
"""A shingle that more stories than this have tells nothing: boilerplate, idioms."""

MIN_SHARED = 2
"""Rare shingles that an article must share to be a candidate."""

MAX_CANDIDATES = 8
"""Candidates that are compared, those first that share the most."""

MIN_SIMILARITY = 0.4
MIN_FACTS = 0.3
"""What a copy from another outlet must share, of the smaller of both: rare shingles, and facts."""

MIN_SIMILARITY_AT_HOME = 0.85
MIN_FACTS_AT_HOME = 0.8
"""The same for two articles of one outlet, whose reports share their template and are different news."""

MIN_PART = 0.15
MIN_PART_OF_COPY = 0.4
"""Which part of the larger of both must be shared. More of it when the other is itself a copy: what a
copy has added to its story is often from elsewhere, and one that shares that tells another story.

Measured on the 2,139 articles of the development set, streamed in order: B-cubed F1 .973; of 240 reports
of four templates none was merged wrongly, of 179 short articles of one site 21; 95 % of the cut copies found.
"""


class _Likeness(NamedTuple):
    """How much two articles have in common; the larger of two is the closer."""

    rank: int
    shared: int
    similarity: float


_NEW = _Likeness(0, 0, 0.0)
_RANKS = (Relation.NEW, Relation.COPY, Relation.EXACT, Relation.SAME_PAGE)


def judge(article: Article, fingerprint: Fingerprint, candidates: Candidates) -> Verdict:
    """Return what an article is to the archive: its relation to the closest of the candidates.

    Among equals, the one with the smallest id decides.
    """
    judged = frozenset(candidate.article_id for candidate in candidates.articles)
    closest, original = _NEW, None
    for candidate in sorted(candidates.articles, key=lambda candidate: candidate.article_id):
        likeness = _compare(article, fingerprint, candidate, candidates.common)
        if likeness > closest:
            closest, original = likeness, candidate
    return Verdict(
        relation=_RANKS[closest.rank],
        story_id=original.story_id if original else name_story(article.id),
        of=original.article_id if original else None,
        similarity=closest.similarity,
        judged=judged,
    )


def name_story(article_id: str) -> str:
    """Return the id of the story whose first article has this id."""
    return name_id("story", article_id)


def _compare(
    article: Article, fingerprint: Fingerprint, candidate: Candidate, common: frozenset[int]
) -> _Likeness:
    if article.id == candidate.article_id or article.url == candidate.url:
        return _Likeness(_RANKS.index(Relation.SAME_PAGE), 0, 1.0)
    other = candidate.fingerprint
    if fingerprint.algorithm != other.algorithm:
        return _NEW
    if fingerprint.content == other.content:
        return _Likeness(_RANKS.index(Relation.EXACT), 0, 1.0)
    overlap = measure_overlap(fingerprint.sketch, other.sketch, common)
    at_home = article.source == candidate.source
    is_copy = candidate.story_id != name_story(candidate.article_id)
    if (
        overlap.shared < MIN_SHARED
        or overlap.of_smaller < (MIN_SIMILARITY_AT_HOME if at_home else MIN_SIMILARITY)
        or overlap.of_larger < (MIN_PART_OF_COPY if is_copy else MIN_PART)
        or compare_facts(fingerprint.facts, other.facts) < (MIN_FACTS_AT_HOME if at_home else MIN_FACTS)
    ):
        return _NEW
    return _Likeness(_RANKS.index(Relation.COPY), overlap.shared, overlap.of_smaller)


class Overlap(NamedTuple):
    """How many shingles two sketches share, and which part that is of the smaller and of the larger."""

    shared: int
    of_smaller: float
    of_larger: float


def measure_overlap(one: Sequence[int], other: Sequence[int], common: frozenset[int]) -> Overlap:
    """Compare two sketches, the `common` shingles left out.

    Both are cut where the one that ends first ends, so that they are samples of one part of the hash space.
    """
    end = min(find_sketch_end(one), find_sketch_end(other))
    here, there = (set(sketch[: bisect_left(sketch, end)]) - common for sketch in (one, other))
    shared = len(here & there)
    if not shared:
        return Overlap(0, 0.0, 0.0)
    smaller, larger = sorted((len(here), len(there)))
    return Overlap(shared, shared / smaller, shared / larger)


def compare_facts(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which share of the fewer facts is among the others, 0 to 1; 1 when there are none to compare."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 1.0
