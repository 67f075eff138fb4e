"""Two articles -> why they are, or are not, copies or one story: every measure beside its limit.

Position: over `judge` and `stories`, whose measures it shows; asked by people (`monitor compare`), not on the
walk. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.dedupe.fingerprint import fingerprint_article
from monitor.dedupe.judge import (
    MIN_FACTS,
    MIN_FACTS_AT_HOME,
    MIN_LEAD,
    MIN_PART,
    MIN_SHARED,
    MIN_SIMILARITY,
    MIN_SIMILARITY_AT_HOME,
    MOST,
    compare,
    compare_facts,
    compare_leads,
    measure_overlap,
    name_story,
)
from monitor.dedupe.stories import MIN_STORY_SCORE, name_terms, score_story, share_terms, told_at
from monitor.model import Article, Candidate, Candidates, Outline, Relation, Teller


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What was measured, in words; `found` of it, and the `needed` least that a copy has."""

    name: str
    found: float
    needed: float

    @property
    def is_met(self) -> bool:
        """Whether it speaks for a copy."""
        return self.found >= self.needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How the later of two articles stands to the earlier, and each measure that says so.

    `measures` is empty when the page or every word is the same. `shared_facts` are the numbers and names
    that both have, `other_facts` those that one of them has, in order.
    """

    relation: Relation
    measures: tuple[Measure, ...] = ()
    shared_facts: tuple[str, ...] = ()
    other_facts: tuple[str, ...] = ()


def explain(earlier: Article, later: Article, common: frozenset[int]) -> Comparison:
    """Compare two articles alone, the `common` shingles left out, as `judge` compares a new one with an old.

    What the other articles of a cluster have in common (its core) is not considered.
    """
    first, second = fingerprint_article(earlier), fingerprint_article(later)
    candidate = Candidate(
        article_id=earlier.id,
        url=earlier.url,
        source=earlier.source,
        story_id=name_story(earlier.id),
        original=earlier.id,
        fingerprint=first,
    )
    relation = compare(later, second, candidate, Candidates(articles=(candidate,), common=common)).relation
    if relation in (Relation.SAME_PAGE, Relation.EXACT):
        return Comparison(relation=relation)
    overlap = measure_overlap(second, first, common)
    facts = compare_facts(first.facts, second.facts)
    measures = [Measure(name="rare shingles shared", found=len(overlap.shared), needed=MIN_SHARED)]
    if earlier.source == later.source:
        measures += [
            Measure(name="of the shorter text", found=overlap.of_smaller, needed=MIN_SIMILARITY_AT_HOME),
            Measure(name="of its numbers and names", found=facts, needed=MIN_FACTS_AT_HOME),
        ]
    else:
        measures += [
            Measure(name="of the shorter text", found=overlap.of_smaller, needed=MIN_SIMILARITY),
            Measure(name="of the longer text", found=overlap.of_larger, needed=MIN_PART),
            Measure(name="of its numbers and names", found=facts, needed=MIN_FACTS),
        ]
        if overlap.of_larger < MOST:
            measures.append(
                Measure(
                    name="of the first half of each",
                    found=compare_leads(second, first, common),
                    needed=MIN_LEAD,
                )
            )
    return Comparison(
        relation=relation,
        measures=tuple(measures),
        shared_facts=tuple(sorted(first.facts & second.facts)),
        other_facts=tuple(sorted(first.facts ^ second.facts)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryComparison:
    """How surely two articles tell one event: the `score`, and the `needed` least that a story has.

    It is the `cosine` of what they are about, lowered for names and numbers of a headline that the other
    article does `not_mention`, and for the `days` between them; 0 for two articles of one outlet. `shared`
    are the words that both have, the one that tells the most first.
    """

    score: float
    needed: float
    cosine: float
    days: float
    shared: tuple[str, ...]
    not_mentioned: tuple[str, ...]

    @property
    def is_one_story(self) -> bool:
        """Whether the two alone would be one story."""
        return self.score >= self.needed


def explain_story(articles: tuple[Article, Article], outlines: tuple[Outline, Outline]) -> StoryComparison:
    """Compare two articles by their weighed outlines, as `join_story` compares a new one with an old."""
    first, second = articles
    one, other = outlines
    teller = Teller(
        article_id=first.id,
        source=first.source,
        story_id=name_story(first.id),
        told_at=told_at(first),
        outline=one,
    )
    shared = share_terms(one, other)
    words = name_terms(first) | name_terms(second)
    unmentioned = (one.facts - set(other.terms + other.mentions)) | (
        other.facts - set(one.terms + one.mentions)
    )
    return StoryComparison(
        score=score_story(second, other, teller),
        needed=MIN_STORY_SCORE,
        cosine=min(1.0, sum(shared.values())),
        days=abs(told_at(first) - told_at(second)) / timedelta(days=1),
        shared=tuple(words[term] for term in sorted(shared, key=lambda term: (-shared[term], term))),
        not_mentioned=tuple(sorted(words[term] for term in unmentioned)),
    )
