"""Articles to judge, and a memory that finds candidates as the store does."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime

from monitor.dedupe import (
    MAX_CLUSTERS,
    MAX_DOCUMENT_FREQUENCY,
    MAX_REPRESENTATIVES,
    MIN_SHARED,
    fingerprint_article,
    judge,
)
from monitor.model import Article, Candidate, Candidates, Fingerprint, Relation, Verdict

NOW = datetime(2024, 3, 1, tzinfo=UTC)

SYLLABLES = "ba ke li mo nu ra se ti vo zu den gor hal mir pas tel".split()  # noqa: SIM905  a list to read
NAMES = ("Orvane", "Quillby", "Tesmond", "Varrow", "Ysold", "Zembla", "Kestrin", "Lorvath")


def write_story(seed: int, sentences: int = 20) -> str:
    """Return a story of made-up words with names and numbers; another seed gives another story."""
    chance = random.Random(seed)
    words = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(80)]
    names = [chance.choice(NAMES) + "".join(chance.choices(SYLLABLES, k=2)) for _ in range(5)]
    lines = [
        f"The {' '.join(chance.choices(words, k=8))} of {chance.choice(names)} "
        f"{' '.join(chance.choices(words, k=5))} {chance.randint(10, 9999)} {chance.choice(words)}."
        for _ in range(sentences)
    ]
    return "\n\n".join(" ".join(lines[start : start + 3]) for start in range(0, sentences, 3))


def make_article(text: str, *, page: str = "a", source: str = "gazette", title: str = "A title") -> Article:
    """Return an article with this text."""
    return Article(
        url=f"https://{source}.example/{page}",
        source=source,
        title=title,
        text=text,
        fetched_at=NOW,
        extractor_version=1,
    )


class Memory:
    """What the store remembers for copies: a cluster posts each of its shingles once."""

    def __init__(self) -> None:
        self.kept: dict[str, Candidate] = {}
        self.postings: dict[int, set[str]] = defaultdict(set)
        self.representatives: dict[str, list[str]] = defaultdict(list)

    def candidates(self, fingerprint: Fingerprint) -> Candidates:
        """Return the first article of the same content, and those of the nearest clusters."""
        frequencies = {shingle: len(self.postings.get(shingle, ())) for shingle in fingerprint.sketch}
        common = {shingle for shingle, count in frequencies.items() if count > MAX_DOCUMENT_FREQUENCY}
        rare = set(fingerprint.sketch) - common
        shared = Counter(cluster for shingle in rare for cluster in self.postings.get(shingle, ()))
        near = [cluster for cluster, count in shared.most_common(MAX_CLUSTERS) if count >= MIN_SHARED]
        same = [name for name, known in self.kept.items() if known.fingerprint.content == fingerprint.content]
        names = dict.fromkeys(same[:1] + [name for cluster in near for name in self.representatives[cluster]])
        return Candidates(articles=tuple(self.kept[name] for name in names), common=frozenset(common))

    def add(self, article: Article) -> Verdict:
        """Judge an article and keep it."""
        fingerprint = fingerprint_article(article)
        candidates = self.candidates(fingerprint)
        verdict = judge(article, fingerprint, candidates)
        if verdict.relation is Relation.SAME_PAGE:
            return verdict
        repeats = verdict.of is not None and verdict.relation in (Relation.COPY, Relation.EXACT)
        original = self.kept[verdict.of].original if repeats and verdict.of else article.id
        self.kept[article.id] = Candidate(
            article_id=article.id,
            url=article.url,
            source=article.source,
            story_id=verdict.story_id,
            original=original,
            fingerprint=fingerprint,
        )
        representatives = self.representatives[original]
        if verdict.relation is not Relation.EXACT and len(representatives) < MAX_REPRESENTATIVES:
            representatives.append(article.id)
            for shingle in set(fingerprint.sketch) - candidates.common:
                self.postings[shingle].add(original)
        return verdict
