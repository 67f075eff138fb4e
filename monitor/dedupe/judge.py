"""Article x Candidates -> Verdict: new, the page we have, an exact copy, or a copy.

Position: last in `dedupe`, before `match`. Pure.

Jaccard similarity misses the copies of news, which are cut short or have other text around them. So the
measure is containment: which share of the smaller sketch is in the larger, over rare shingles. And since
the daily reports of one template share their words too, the numbers and names must agree as well.
"""

from __future__ import annotations

from bisect import bisect_left

from monitor.dedupe.fingerprint import find_sketch_end
from monitor.model import Article, Candidate, Candidates, Fingerprint, Relation, Verdict, name_id

MAX_DOCUMENT_FREQUENCY = 64
"""A shingle that more stories than this have tells nothing: boilerplate, idioms."""

MIN_SHARED = 2
"""Rare shingles that an article must share to be a candidate."""

MAX_CANDIDATES = 8
"""Candidates that are compared, those first that share the most."""

MIN_SIMILARITY = 0.5
MIN_FACTS = 0.5
"""What a copy from another outlet must share of shingles and of facts. Measured on the 2,139 articles of
the development set."""

MIN_SIMILARITY_AT_HOME = 0.85
MIN_FACTS_AT_HOME = 0.8
"""The same for two articles of one outlet, whose reports share their template and are different news."""


_RANK = {Relation.NEW: 0, Relation.COPY: 1, Relation.EXACT: 2, Relation.SAME_PAGE: 3}


def judge(article: Article, fingerprint: Fingerprint, candidates: Candidates) -> Verdict:
    """Return what an article is to the archive; among equals, the candidate with the smallest id decides."""
    judged = frozenset(candidate.article_id for candidate in candidates.articles)
    best = Verdict(relation=Relation.NEW, story_id=name_id("story", article.key), judged=judged)
    for candidate in sorted(candidates.articles, key=lambda candidate: candidate.article_id):
        relation, similarity = _relate(article, fingerprint, candidate, candidates.common)
        if (_RANK[relation], similarity) > (_RANK[best.relation], best.similarity):
            best = Verdict(
                relation=relation,
                story_id=candidate.story_id,
                of=candidate.article_id,
                similarity=similarity,
                judged=judged,
            )
    return best


def _relate(
    article: Article, fingerprint: Fingerprint, candidate: Candidate, common: frozenset[int]
) -> tuple[Relation, float]:
    """Return how an article stands to one candidate, and the similarity that says so (0 when it is new)."""
    if article.id == candidate.article_id or article.url == candidate.url:
        return Relation.SAME_PAGE, 1.0
    other = candidate.fingerprint
    if fingerprint.algorithm != other.algorithm:
        return Relation.NEW, 0.0
    if fingerprint.content == other.content:
        return Relation.EXACT, 1.0
    at_home = article.source == candidate.source
    similarity = measure_containment(fingerprint.sketch, other.sketch, common)
    facts = compare_facts(fingerprint.facts, other.facts)
    if similarity < (MIN_SIMILARITY_AT_HOME if at_home else MIN_SIMILARITY):
        return Relation.NEW, 0.0
    if facts < (MIN_FACTS_AT_HOME if at_home else MIN_FACTS):
        return Relation.NEW, 0.0
    return Relation.COPY, similarity


def measure_containment(one: tuple[int, ...], other: tuple[int, ...], common: frozenset[int]) -> float:
    """Return which share of the smaller sketch lies in the larger, 0 to 1, the `common` shingles left out.

    Both are cut where the one that ends first ends, so that they are samples of one part of the hash space.
    """
    end = min(find_sketch_end(one), find_sketch_end(other))
    here, there = (set(sketch[: bisect_left(sketch, end)]) - common for sketch in (one, other))
    shared = len(here & there)
    return shared / min(len(here), len(there)) if shared >= MIN_SHARED else 0.0


def compare_facts(one: frozenset[str], other: frozenset[str]) -> float:
    """Return which share of the fewer facts is among the others, 0 to 1; 1 when there are none to compare."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 1.0
