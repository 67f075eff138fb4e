"""Article -> copy or story: fingerprints, and the verdict on an article among those that resemble it.

Position: after `extract`, before `match`. Pure; the store keeps the fingerprints and finds the candidates:
the articles with the same URL or content, and the representatives of the `MAX_CLUSTERS` clusters that share
the most rare shingles with the article, `MIN_SHARED` at least.
"""

from monitor.dedupe.explain import Comparison, Measure, explain
from monitor.dedupe.fingerprint import ALGORITHM, fingerprint_article
from monitor.dedupe.judge import (
    COPY_WINDOW,
    MAX_CLUSTERS,
    MAX_DOCUMENT_FREQUENCY,
    MAX_REPRESENTATIVES,
    MIN_SHARED,
    judge,
)
from monitor.dedupe.revise import find_changes, next_look

__all__ = [
    "ALGORITHM",
    "COPY_WINDOW",
    "MAX_CLUSTERS",
    "MAX_DOCUMENT_FREQUENCY",
    "MAX_REPRESENTATIVES",
    "MIN_SHARED",
    "Comparison",
    "Measure",
    "explain",
    "find_changes",
    "fingerprint_article",
    "judge",
    "next_look",
]
