"""Article -> Outline -> the story it tells: one event in other words.

Position: after `judge`, for an article that is no copy; before `match`. Pure.

A copy shares its words with the original, a story only what it is about. So what is compared is the outline:
the stems of the headline and of the beginning, where news puts first what matters; each weighs the more the
rarer it is in the archive (TF-IDF), three times as much in the headline, twice as much when it is a name.
The score is the cosine of two outlines, lowered for each name and number of a headline that the other
article does not mention: two reports of one template (the weather of two towns, the eleventh and the twelfth
victim) share most of their words, and differ just there.

An article is compared with the first few independent articles of a story, never with the last link of a
chain, and never with one of its own outlet. `benchmarks.dedupe --stories` measures all of this.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise

from monitor.model import Article, Outline, Relation, StoryCandidates, Teller, Verdict
from monitor.text.stems import stem
from monitor.text.tokens import is_unspaced, split_terms

LEAD_TOKENS = 60
"""The tokens of the text that are weighed. Longer and shorter leads score less: F1 .84 at 100, .83 at 50."""

MENTION_TOKENS = 150
"""How far into the text a name of the other's headline is looked for."""

MENTION_CHARS = 1_500
"""Characters that hold so many tokens; the rest of a long text is not read."""

HEADLINE_WEIGHT = 3
NAME_WEIGHT = 2
"""How much more a term of the headline, and a name, weighs. Without the names F1 is .05 less."""

UNMENTIONED = 0.6
"""What is left of the score when the other article mentions none of a headline's names and numbers."""

FADING_PER_DAY = 0.05
"""What is taken off for each day between two articles. Chosen, not measured: the pairs carry no dates."""

MIN_STORY_SCORE = 0.4
"""Two articles that score as much tell one story: precision .88 at a recall of .68 on the development pairs,
most of which look alike and half of which are two stories. A wrong merge hides news, a missed one only
sends a second mail; and what is merged is still told, as an update."""

INDEX_TERMS = 12
"""The heaviest terms of an outline, by which it is found again."""

MIN_SHARED_TERMS = 2
"""How many of them another must share to be compared."""

MAX_COMPARED = 8
"""Articles that a new one is compared with, those first that share the most."""

MAX_TELLERS = 3
"""Articles of a story that others are compared with: its first ones that are no copies."""

NEWEST_OF_A_TERM = 64
"""How many articles that share a term are looked at, the newest: a bounded read, however common the term."""

STORY_WINDOW = timedelta(days=7)
"""How long after its first article a story takes others in."""

MAX_NAMES = 256
"""Words of names that are looked at; more stand in no such beginning but a hostile one's."""

TOLD_ANEW = (Relation.NEW, Relation.CONTAINS)
"""What an article is that copies none, and so may tell a story in other words."""

TERM_BYTES = 4
TERM_CACHE = 1 << 17

_WORD = re.compile(r"[^\W\d_]\w*")
_NAME = re.compile(r"(?<=[\w,;:]\s)[«\"“„(]?([^\W\d_]\w+)")


def outline_article(article: Article) -> Outline:
    """Return what an article's story is recognised by; its weights know nothing of the archive yet."""
    language, title = article.language, split_terms(article.title)
    headline = _stems(title[:MENTION_TOKENS], language)
    mentioned = _stems(split_terms(article.text)[:MENTION_TOKENS], language)
    counts = Counter(mentioned[:LEAD_TOKENS])
    for term in headline:
        counts[term] += HEADLINE_WEIGHT
    spelled = " ".join(_find_names(article.title, article.text[:MENTION_CHARS]))
    names = set(_stems(split_terms(spelled)[:MAX_NAMES], language))
    weights = {
        term: (1 + math.log(count)) * (NAME_WEIGHT if term in names else 1) for term, count in counts.items()
    }
    facts = {term for term in headline if term in names or any(map(str.isdigit, term))}
    others = dict.fromkeys(term for term in mentioned if term not in counts)
    return Outline(
        language=_number("", language),
        terms=tuple(_number(term, language) for term in weights),
        weights=tuple(weights.values()),
        mentions=tuple(_number(term, language) for term in others),
        facts=frozenset(_number(term, language) for term in facts),
    )


def weigh(outline: Outline, articles: int, frequencies: Mapping[int, int]) -> Outline:
    """Return an outline with each term weighed by how rare it is, the heaviest first, of unit length.

    `frequencies` tells how many of the archive's `articles` in this language have a term, none for 0. The
    square root of the idf is taken: it makes less of the size of the archive, and scores no less.
    """
    weighed = sorted(
        (
            (weight * math.sqrt(_rarity(articles, frequencies.get(term, 0))), term)
            for term, weight in zip(outline.terms, outline.weights, strict=True)
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    length = math.sqrt(sum(weight * weight for weight, _ in weighed)) or 1.0
    return replace(
        outline,
        terms=tuple(term for _, term in weighed),
        weights=tuple(weight / length for weight, _ in weighed),
    )


def join_story(article: Article, verdict: Verdict, candidates: StoryCandidates) -> Verdict:
    """Return the verdict with the story that the article tells: that of the closest candidate, if close.

    A copy stays with what it repeats. Among equals, the one with the smallest id decides.
    """
    if verdict.relation not in TOLD_ANEW:
        return verdict
    scored = [(score_story(article, candidates.outline, teller), teller) for teller in candidates.tellers]
    score, closest = min(scored, key=lambda pair: (-pair[0], pair[1].article_id), default=(0.0, None))
    if closest is None or score < MIN_STORY_SCORE:
        return verdict
    return replace(verdict, story_id=closest.story_id, story_score=score)


def told_at(article: Article) -> datetime:
    """Return when an article came out, as far as is known."""
    return article.published_at or article.fetched_at


def score_story(article: Article, outline: Outline, teller: Teller) -> float:
    """Return how likely an article tells the same story as one of another outlet, 0 to 1.

    What an outlet writes of an event again is news, and its daily reports share a template: of 240 reports of
    four templates, 108 would be taken for one story with another. So it is 0 for two articles of one outlet.
    """
    if article.source == teller.source:
        return 0.0
    days = abs(told_at(article) - teller.told_at) / timedelta(days=1)
    return compare_outlines(outline, teller.outline) * max(0.0, 1 - FADING_PER_DAY * days)


def compare_outlines(one: Outline, other: Outline) -> float:
    """Return how much two weighed outlines have in common, 0 to 1."""
    shared = share_terms(one, other)
    if not shared:
        return 0.0
    cosine = math.fsum(shared.values())
    return min(1.0, cosine * _coverage(one.facts, other) * _coverage(other.facts, one))


def share_terms(one: Outline, other: Outline) -> dict[int, float]:
    """Return the terms that both weigh, with what each adds to the cosine."""
    theirs = dict(zip(other.terms, other.weights, strict=True))
    return {
        term: weight * theirs[term]
        for term, weight in zip(one.terms, one.weights, strict=True)
        if term in theirs
    }


def name_terms(article: Article) -> dict[int, str]:
    """Return the words behind the terms of an article's outline, for people to read."""
    language = article.language
    words = [*split_terms(article.title), *split_terms(article.text[:MENTION_CHARS])]
    spelled = {_number(stem(word, language), language): word for word in reversed(words)}
    pairs = _pair_characters(words)
    return spelled | {_number(pair, language): pair for pair in pairs}


def _coverage(facts: frozenset[int], other: Outline) -> float:
    """Return what is left of the score: 1 when the other article mentions all `facts` of a headline."""
    if not facts:
        return 1.0
    known = facts.intersection(other.terms).union(facts.intersection(other.mentions))
    return UNMENTIONED + (1 - UNMENTIONED) * len(known) / len(facts)


def _rarity(articles: int, frequency: int) -> float:
    return math.log((articles + 1) / (min(frequency, articles) + 0.5))


def _stems(terms: Sequence[str], language: str | None) -> list[str]:
    """Return the stems of terms; of a script without spaces, its pairs of characters."""
    if not any(map(is_unspaced, terms)):
        return [stem(term, language) for term in terms]
    return [stem(term, language) for term in terms if not is_unspaced(term)] + _pair_characters(terms)


def _pair_characters(terms: Sequence[str]) -> list[str]:
    """Return the neighbours among single characters, which are words where no spaces part them."""
    return [one + other for one, other in pairwise(terms) if is_unspaced(one) and is_unspaced(other)]


def _find_names(title: str, text: str) -> Iterable[str]:
    """Return the capitalised words that open no sentence, and stand nowhere in small letters.

    A headline in which most words have capitals names nothing by them.
    """
    small = {word.lower() for word in set(_WORD.findall(text)) if word[0].islower()}
    words = _WORD.findall(title)[1:]
    is_plain = 2 * sum(word[0].isupper() for word in words) < len(words)
    texts = (title, text) if is_plain else (text,)
    found = {word for each in texts for word in _NAME.findall(each) if word[0].isupper()}
    return [word for word in found if word.lower() not in small]


class _TermNumbers(dict[tuple[str, str | None], int]):
    """The number of a stem in a language, remembered."""

    def __missing__(self, key: tuple[str, str | None]) -> int:
        term, language = key
        written = f"{language or ''}\x1f{term}".encode("utf-8", "surrogatepass")
        number = int.from_bytes(blake2b(written, digest_size=TERM_BYTES).digest())
        if len(self) >= TERM_CACHE:
            self.clear()
        self[key] = number
        return number


_NUMBERS = _TermNumbers()


def _number(term: str, language: str | None) -> int:
    return _NUMBERS[term, language]
