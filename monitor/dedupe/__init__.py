"""Article -> copy or story: fingerprints, and the verdict on an article among those that resemble it.

Position: after `extract`, before `match`. Pure; the store keeps the fingerprints and finds the candidates:
the articles with the same URL, the same content, or `MIN_SHARED` rare shingles, at most `MAX_CANDIDATES`
of each of the last two.
"""

from monitor.dedupe.fingerprint import ALGORITHM, fingerprint_article
from monitor.dedupe.judge import MAX_CANDIDATES, MAX_DOCUMENT_FREQUENCY, MIN_SHARED, judge

__all__ = [
    "ALGORITHM",
    "MAX_CANDIDATES",
    "MAX_DOCUMENT_FREQUENCY",
    "MIN_SHARED",
    "fingerprint_article",
    "judge",
]
