"""Article -> copy or story: fingerprints, and the verdict on an article among those that resemble it.

Position: after `extract`, before `match`. Pure; the store keeps the fingerprints and finds the candidates:
the articles with the same URL or content, and the representatives of the `MAX_CLUSTERS` clusters that share
the most rare shingles with the article, `MIN_SHARED` at least.
"""

from monitor.dedupe.agencies import find_agency
from monitor.dedupe.explain import Comparison, Measure, StoryComparison, explain, explain_story
from monitor.dedupe.fingerprint import ALGORITHM, MAX_SKETCH, fingerprint_article
from monitor.dedupe.judge import (
    COPY_WINDOW,
    MAX_CLUSTERS,
    MAX_DOCUMENT_FREQUENCY,
    MAX_REPRESENTATIVES,
    MIN_SHARED,
    find_longest_alike,
    judge,
)
from monitor.dedupe.revise import find_changes, next_look
from monitor.dedupe.stories import (
    INDEX_TERMS,
    MAX_COMPARED,
    MAX_TELLERS,
    MIN_SHARED_TERMS,
    MIN_STORY_SCORE,
    NEWEST_OF_A_TERM,
    STORY_WINDOW,
    TOLD_ANEW,
    compare_outlines,
    join_story,
    outline_article,
    score_story,
    told_at,
    weigh,
)

__all__ = [
    "ALGORITHM",
    "COPY_WINDOW",
    "INDEX_TERMS",
    "MAX_CLUSTERS",
    "MAX_COMPARED",
    "MAX_DOCUMENT_FREQUENCY",
    "MAX_REPRESENTATIVES",
    "MAX_SKETCH",
    "MAX_TELLERS",
    "MIN_SHARED",
    "MIN_SHARED_TERMS",
    "MIN_STORY_SCORE",
    "NEWEST_OF_A_TERM",
    "STORY_WINDOW",
    "TOLD_ANEW",
    "Comparison",
    "Measure",
    "StoryComparison",
    "compare_outlines",
    "explain",
    "explain_story",
    "find_agency",
    "find_changes",
    "find_longest_alike",
    "fingerprint_article",
    "join_story",
    "judge",
    "next_look",
    "outline_article",
    "score_story",
    "told_at",
    "weigh",
]
