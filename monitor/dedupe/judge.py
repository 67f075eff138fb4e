"""Article x Candidates -> Verdict: new, the page we have, an exact copy, a copy, or partly another.

Position: last in `dedupe`, before `match`. Pure.

Jaccard similarity misses the copies of news, which are cut short or have other text around them. So the
measure is containment: which share of the smaller sketch is in the larger, over rare shingles. Containment
alone takes two kinds of news for copies, and each has its cure:

* the daily reports of one template share their words: the numbers and names must agree as well;
* a copy is often followed by somebody else's text, and so may be taken for a copy of that: what is shared
  must stand in the first half of both (news puts first what matters), or be most of the larger. And when an
  article's cluster has several, what is shared must be, in part, what those have in common: their core.

An article is compared with the representatives of a cluster (its first few articles), never with the last
link of a chain.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, compress
from typing import NamedTuple

from monitor.dedupe.fingerprint import KEPT_BELOW, MAX_SKETCH, MIN_SKETCH, PLACES, find_sketch_end
from monitor.model import Article, Candidate, Candidates, Fingerprint, Relation, Verdict, name_id

MAX_DOCUMENT_FREQUENCY = 64
"""A shingle that more clusters than this have tells nothing: boilerplate, idioms."""

MIN_SHARED = 2
"""Rare shingles that an article must share with a cluster to be compared with it."""

MAX_CLUSTERS = 8
"""Clusters that an article is compared with, those first that share the most."""

MAX_REPRESENTATIVES = 3
"""Articles of a cluster that others are compared with: its first ones that are no exact copies."""

COPY_WINDOW = timedelta(days=14)
"""How long after its first article a cluster is compared with new ones."""

MIN_SIMILARITY = 0.3
MIN_FACTS = 0.3
"""What a copy from another outlet must share, of the smaller of both: rare shingles, and facts."""

MIN_SIMILARITY_AT_HOME = 0.85
MIN_FACTS_AT_HOME = 0.8
"""The same for two articles of one outlet, whose reports share their template and are different news."""

MIN_PART = 0.12
"""Which part of the larger of both must be shared. A third of a story, with as much behind it, is more."""

MIN_LEAD = 0.05
"""Which part of the first half of each must be shared: some of it."""

MOST = 0.6
"""Who shares so much of the larger of both is a copy wherever it stands: paragraphs were moved."""

MIN_CORE = 0.15
"""Which part of what is shared must be the core of a cluster of several.

All measured by `benchmarks.dedupe` on 2,139 articles streamed in order of arrival: B-cubed F1 .993, adjusted
Rand index .990, 98 % of the cut copies found; of 240 reports of four templates and 179 short articles of one
site, 3 merged. They were chosen on these very articles, so expect a little less of others.
"""

MIN_REUSE = 0.5
"""Which share of the smaller's rare shingles makes the one contain a part of the other."""


class Overlap(NamedTuple):
    """What two sketches share: the shingles, and which part that is of the smaller and of the larger."""

    shared: frozenset[int]
    of_smaller: float
    of_larger: float


class Likeness(NamedTuple):
    """How much two articles have in common; the larger of two is the closer."""

    rank: int
    shared: int
    similarity: float

    @property
    def relation(self) -> Relation:
        """What that makes the later of both."""
        return _RANKS[self.rank]


_RANKS = (Relation.NEW, Relation.CONTAINS, Relation.COPY, Relation.EXACT, Relation.SAME_PAGE)
_NEW = Likeness(0, 0, 0.0)
_GROUPED = frozenset({Relation.COPY, Relation.EXACT, Relation.SAME_PAGE})


def judge(article: Article, fingerprint: Fingerprint, candidates: Candidates) -> Verdict:
    """Return what an article is to the archive: its relation to the closest of the candidates.

    Among equals, the one with the smallest id decides.
    """
    closest, nearest = _NEW, None
    for candidate in sorted(candidates.articles, key=lambda candidate: candidate.article_id):
        likeness = compare(article, fingerprint, candidate, candidates)
        if likeness > closest:
            closest, nearest = likeness, candidate
    original = nearest if closest.relation in _GROUPED else None
    return Verdict(
        relation=closest.relation,
        story_id=original.story_id if original else name_story(article.id),
        of=nearest.article_id if nearest else None,
        similarity=closest.similarity,
    )


def name_story(article_id: str) -> str:
    """Return the id of the story whose first article has this id."""
    return name_id("story", article_id)


def find_longest_alike(fingerprint: Fingerprint, common: frozenset[int], shared: int) -> int:
    """Return how many hashes a sketch may have that shares so many with this one, and is worth a comparison.

    Who has more shares too small a part of either to be a copy or, for all that is known, to contain one: the
    look-up leaves it out. `MAX_SKETCH` says the same of texts that are too long to have all hashes kept: no
    copy shares less than `MIN_PART` of those, and when this is such a text, the other reaches further.
    """
    size, least = len(fingerprint.sketch), MIN_PART * (MAX_SKETCH - len(common))
    if size <= MIN_SKETCH or shared >= min(MIN_SIMILARITY * (size - len(common)), least):
        return MAX_SKETCH
    reach = find_sketch_end(fingerprint.sketch) / KEPT_BELOW
    longest = max(MIN_SKETCH, math.ceil(shared / MIN_SIMILARITY / reach) + len(common))
    return min(longest, MAX_SKETCH - 1)


def compare(
    article: Article, fingerprint: Fingerprint, candidate: Candidate, candidates: Candidates
) -> Likeness:
    """Return how close an article is to one of its candidates."""
    if article.id == candidate.article_id or article.url == candidate.url:
        return Likeness(_RANKS.index(Relation.SAME_PAGE), 0, 1.0)
    other, common = candidate.fingerprint, candidates.common
    if fingerprint.algorithm != other.algorithm:
        return _NEW
    if fingerprint.content == other.content:
        return Likeness(_RANKS.index(Relation.EXACT), 0, 1.0)
    overlap = measure_overlap(fingerprint, other, common)
    if len(overlap.shared) < MIN_SHARED or overlap.of_smaller < MIN_SIMILARITY:
        return _NEW
    at_home = article.source == candidate.source
    if is_copy(fingerprint, other, common, overlap, at_home=at_home) and has_core(
        overlap.shared, candidate, candidates
    ):
        relation = Relation.COPY
    elif not at_home and overlap.of_smaller >= MIN_REUSE:
        relation = Relation.CONTAINS
    else:
        return _NEW
    return Likeness(_RANKS.index(relation), len(overlap.shared), overlap.of_smaller)


def is_copy(
    one: Fingerprint, other: Fingerprint, common: frozenset[int], overlap: Overlap, *, at_home: bool
) -> bool:
    """Return whether two articles with so much in common are copies; `at_home`: of one outlet."""
    if at_home:
        return (
            overlap.of_smaller >= MIN_SIMILARITY_AT_HOME
            and compare_facts(one.facts, other.facts) >= MIN_FACTS_AT_HOME
        )
    return (
        overlap.of_smaller >= MIN_SIMILARITY
        and overlap.of_larger >= MIN_PART
        and compare_facts(one.facts, other.facts) >= MIN_FACTS
        and (overlap.of_larger >= MOST or compare_leads(one, other, common) >= MIN_LEAD)
    )


def has_core(shared: frozenset[int], candidate: Candidate, candidates: Candidates) -> bool:
    """Return whether what is shared with a candidate is, in part, what its cluster has in common.

    Of a candidate that is alone in its cluster, as far as it is known, nothing can be said.
    """
    siblings = [
        other.fingerprint.sketch
        for other in candidates.articles
        if other.original == candidate.original and other.article_id != candidate.article_id
    ]
    end = max(map(find_sketch_end, siblings), default=0)
    core = shared.intersection(chain.from_iterable(siblings))
    return len(core) >= MIN_CORE * sum(number < end for number in shared)


def measure_overlap(one: Fingerprint, other: Fingerprint, common: frozenset[int]) -> Overlap:
    """Compare two sketches, the `common` shingles left out.

    Both are cut where the one that ends first ends, so that they are samples of one part of the hash space.
    """
    shared = frozenset(one.sketch).intersection(other.sketch) - common
    if not shared:
        return Overlap(shared, 0.0, 0.0)
    end = _find_end(one, other)
    smaller, larger = sorted(_count_rare(each.sketch, end, common) for each in (one, other))
    return Overlap(shared, len(shared) / smaller, len(shared) / larger)


def compare_leads(one: Fingerprint, other: Fingerprint, common: frozenset[int]) -> float:
    """Return which share of the rare shingles in the first half of either the other has, at least."""
    shared, end = frozenset(one.sketch).intersection(other.sketch), _find_end(one, other)
    leads = [_find_rare_lead(each, end, common) for each in (one, other)]
    return min(len(shared.intersection(lead)) / len(lead) if lead else 1.0 for lead in leads)


def _find_end(one: Fingerprint, other: Fingerprint) -> int:
    return min(find_sketch_end(one.sketch), find_sketch_end(other.sketch))


def _count_rare(sketch: Sequence[int], end: int, common: frozenset[int]) -> int:
    cut = bisect_left(sketch, end)
    return cut - len(common.intersection(sketch[:cut])) if common else cut


def _find_rare_lead(fingerprint: Fingerprint, end: int, common: frozenset[int]) -> Sequence[int]:
    """Return the shingles of the first half of a text, as far as they are compared."""
    lead = list(compress(fingerprint.sketch, fingerprint.places.translate(_IS_LEAD)))
    lead = lead[: bisect_left(lead, end)]
    return [number for number in lead if number not in common] if common else lead


_IS_LEAD = bytes(place < PLACES // 2 for place in range(PLACES))


def compare_facts(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which share of the fewer facts is among the others, 0 to 1; 1 when there are none to compare."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 1.0
