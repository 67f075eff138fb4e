"""How surely is one event known when two outlets tell it in words of their own?

Position: a part of `benchmarks.dedupe --stories DIR`.

DIR holds `pairs.jsonl.gz`: pairs of articles (`first` and `second`, each with `title` and `text`), their
`language`, and whether they tell the `same_event`. Ours is the score by which the store's articles join a
story, its document frequencies those of the articles at hand; beside it plain TF-IDF: words as they are, over
title and text.

`stories_f1` is cross-validated: five folds, the threshold of each chosen on the other four, repeated 20 times
with fixed seeds. The interval (`_low`, `_high`, 95 %) comes of drawing topics, pairs that share an article
being of one, a thousand times. `stories_recall_at_p95` is the highest recall at which 95 % of what is joined
is right; `stories_precision` and `stories_recall` are those of the threshold that the program uses.
"""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import fmean

from benchmarks.report import OURS, Figure, Row
from monitor.dedupe import MIN_STORY_SCORE, compare_outlines, outline_article, weigh
from monitor.model import Article
from monitor.text.tokens import split_terms

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FOLDS, REPEATS, DRAWS = 5, 20, 1_000
PRECISION = 0.95


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles, and whether they tell one event."""

    first: Article
    second: Article
    same: bool


Labels = Sequence[bool]
Scores = Sequence[float]


def read_pairs(folder: Path) -> list[Pair]:
    """Return the labelled pairs."""
    with gzip.open(folder / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [_pair(json.loads(line)) for line in lines]


def _pair(fields: Mapping[str, object]) -> Pair:
    language, same = str(fields["language"]), bool(fields["same_event"])
    first, second = (_article(fields[side], language) for side in ("first", "second"))
    return Pair(first, second, same)


def _article(told: object, language: str) -> Article:
    words: Mapping[str, str] = told if isinstance(told, dict) else {}
    return Article(
        url=f"https://outlet.example/{words['title']}/{words['text']}",
        source="outlet",
        title=words["title"],
        text=words["text"],
        fetched_at=NOW,
        extractor_version=1,
        language=language,
    )


def score_ours(pairs: Sequence[Pair]) -> Scores:
    """Return our score of each pair."""
    articles = {each.id: each for pair in pairs for each in (pair.first, pair.second)}
    outlines = {name: outline_article(article) for name, article in articles.items()}
    counts: Counter[int] = Counter()
    for outline in outlines.values():
        counts.update((outline.language, *outline.terms))
    weighed = {name: weigh(each, counts[each.language], counts) for name, each in outlines.items()}
    return [compare_outlines(weighed[pair.first.id], weighed[pair.second.id]) for pair in pairs]


def score_plainly(pairs: Sequence[Pair]) -> Scores:
    """Return the cosine of plain TF-IDF, with the smoothed idf of the textbooks."""
    articles = {each.id: each for pair in pairs for each in (pair.first, pair.second)}
    counts = {name: Counter(split_terms(f"{each.title}\n{each.text}")) for name, each in articles.items()}
    frequencies = Counter(term for terms in counts.values() for term in terms)
    idf = {term: 1 + math.log((len(counts) + 1) / (count + 1)) for term, count in frequencies.items()}

    def cosine(one: Counter[str], other: Counter[str]) -> float:
        shared = sum(count * other[term] * idf[term] ** 2 for term, count in one.items() if term in other)
        lengths = [math.hypot(*(count * idf[term] for term, count in each.items())) for each in (one, other)]
        return shared / math.prod(lengths) if all(lengths) else 0.0

    return [cosine(counts[pair.first.id], counts[pair.second.id]) for pair in pairs]


# --- the score -----------------------------------------------------------------------------------


def f1(found: Labels, labels: Labels) -> float:
    """Return the F1 of what was joined."""
    both = sum(one and other for one, other in zip(found, labels, strict=True))
    return 2 * both / (sum(found) + sum(labels)) if both else 0.0


def choose_threshold(scores: Scores, labels: Labels) -> float:
    """Return the threshold of the best F1: the middle one of equals."""
    ranked = sorted(set(scores))
    between = [(low + high) / 2 for low, high in pairwise(ranked)] or ranked
    by_f1 = [(f1([score >= threshold for score in scores], labels), threshold) for threshold in between]
    best = max(by_f1)[0]
    equal = [threshold for value, threshold in by_f1 if value == best]
    return equal[len(equal) // 2]


def cross_validate(scores: Scores, labels: Labels, seed: int) -> list[bool]:
    """Return which pairs are joined, each by a threshold chosen without it."""
    order = list(range(len(labels)))
    Random(seed).shuffle(order)
    found = [False] * len(labels)
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS])
        rest = [place for place in order if place not in held]
        threshold = choose_threshold([scores[place] for place in rest], [labels[place] for place in rest])
        for place in held:
            found[place] = scores[place] >= threshold
    return found


def find_topics(pairs: Sequence[Pair]) -> list[list[int]]:
    """Return the places of the pairs, those together that share an article, however indirectly."""
    topic_of: dict[str, str] = {}

    def root(name: str) -> str:
        while topic_of.setdefault(name, name) != name:
            name = topic_of[name]
        return name

    for pair in pairs:
        topic_of[root(pair.first.id)] = root(pair.second.id)
    topics: defaultdict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        topics[root(pair.first.id)].append(place)
    return list(topics.values())


def find_interval(runs: Sequence[Labels], labels: Labels, topics: Sequence[Sequence[int]]) -> list[float]:
    """Return between which values 95 % of the F1s lie when topics are drawn anew."""
    chance = Random(1)
    drawn: list[float] = []
    for _ in range(DRAWS):
        places = [place for topic in chance.choices(topics, k=len(topics)) for place in topic]
        run = chance.choice(runs)
        drawn.append(f1([run[place] for place in places], [labels[place] for place in places]))
    drawn.sort()
    return [drawn[round(share * (DRAWS - 1))] for share in (0.025, 0.975)]


def recall_at(precision: float, scores: Scores, labels: Labels) -> float:
    """Return the highest recall at which the precision is so high."""
    best = 0.0
    for threshold in set(scores):
        right = sum(same for score, same in zip(scores, labels, strict=True) if score >= threshold)
        if right >= precision * sum(score >= threshold for score in scores):
            best = max(best, right / sum(labels))
    return best


def measure(scores: Scores, labels: Labels, topics: Sequence[Sequence[int]]) -> dict[str, Figure]:
    """Return the figures of one way to score."""
    runs = [cross_validate(scores, labels, seed) for seed in range(REPEATS)]
    low, high = find_interval(runs, labels, topics)
    return {
        "stories_f1": round(fmean(f1(run, labels) for run in runs), 4),
        "stories_f1_low": round(low, 4),
        "stories_f1_high": round(high, 4),
        "stories_recall_at_p95": round(recall_at(PRECISION, scores, labels), 4),
    }


def measure_stories(folder: Path) -> list[Row]:
    """Return the rows: ours, and plain TF-IDF."""
    pairs = read_pairs(folder)
    labels, topics, scores = [pair.same for pair in pairs], find_topics(pairs), score_ours(pairs)
    joined = [same for score, same in zip(scores, labels, strict=True) if score >= MIN_STORY_SCORE]
    ours = measure(scores, labels, topics) | {
        "stories_precision": round(sum(joined) / max(1, len(joined)), 4),
        "stories_recall": round(sum(joined) / max(1, sum(labels)), 4),
        "pairs": len(pairs),
    }
    return [Row(OURS, ours), Row("plain_tfidf", measure(score_plainly(pairs), labels, topics))]
