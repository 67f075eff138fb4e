"""How long does it take to rehearse a rule on 100,000 stored articles, no two of which are alike?

    python -m benchmarks.rehearsal [--json FILE]

The articles are made of words of an invented language, whose frequencies follow Zipf's law as those of real
languages do, and were fetched over thirty days. The rules go from one that finds next to nothing to one that
finds a dozen articles an hour. Each is timed with a store that was just opened, as the command has it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

from sqlalchemy import create_engine, insert

from benchmarks.report import OURS, Figure, Report, Row, publish, read_arguments
from monitor.archive import rehearse
from monitor.model import Rule, Source, name_id
from monitor.store import open_store
from monitor.store.search import add_document, terms_of
from monitor.store.tables import ARTICLES

ARTICLE_COUNT = 100_000
WORDS_AN_ARTICLE = 300
VOCABULARY = 50_000
BATCH = 2_000
DAYS = 30
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
SOURCE = Source(name="gazette", url="https://gazette.example/")

ABSENT = (
    *("copy_of", "key", "published_at", "published_offset_s", "modified_at", "modified_offset_s"),
    *("language", "site_name", "section", "image", "summary", "gone_at"),
)
"""The columns that stay empty."""

SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


def make_word(rank: int) -> str:
    """Return the word of a rank: the more frequent, the shorter."""
    word = SYLLABLES[rank % len(SYLLABLES)]
    while rank := rank // len(SYLLABLES):
        word += SYLLABLES[rank % len(SYLLABLES)]
    return word


WORDS = [make_word(rank) for rank in range(VOCABULARY)]

RULES = {
    "rare": f"{WORDS[30_000]} OR {WORDS[31_000]}",
    "phrase": f'"{WORDS[300]} {WORDS[400]}" OR "{WORDS[500]} {WORDS[600]}"',
    "common_and": f"{WORDS[400]} {WORDS[900]} -{WORDS[50]}",
    "near": f"{WORDS[200]} NEAR/5 ({WORDS[1500]} OR {WORDS[2500]})",
    "prefix": f"{WORDS[20_000][:5]}* {WORDS[3000]}",
}
"""From one article in a thousand to some ten an hour."""


def main() -> None:
    """Make the archive, rehearse the rules and publish the table."""
    arguments = read_arguments(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'archive.sqlite3'}"
        asyncio.run(open_archive(url))
        fill(url)
        figures: dict[str, Figure] = {"articles": ARTICLE_COUNT}
        for name, query in RULES.items():
            seconds, matches = asyncio.run(time_rehearsal(url, query))
            figures |= {f"{name}_s": seconds, f"{name}_matches": matches}
        figures["slowest_s"] = max(figures[f"{name}_s"] for name in RULES)
    question = f"How long does it take to rehearse a rule on {ARTICLE_COUNT:,} stored articles?"
    publish(Report(name="rehearsal", question=question, rows=[Row(OURS, figures)]), arguments)


async def open_archive(url: str) -> None:
    """Make an archive with one source."""
    store = open_store(url, "benchmark")
    await store.register([SOURCE], NOW)
    await store.close()


def make_texts() -> Iterator[tuple[str, str]]:
    """Yield titles and texts."""
    chance = Random(6)
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))  # Mandelbrot's
    for _ in range(ARTICLE_COUNT):
        words = chance.choices(WORDS, cum_weights=weights, k=WORDS_AN_ARTICLE)
        sentences = [" ".join(words[at : at + 15]).capitalize() for at in range(0, len(words), 15)]
        yield sentences[0], ". ".join(sentences[1:]) + "."


def fill(url: str) -> None:
    """Store the articles, evenly over the days, straight into the tables."""
    engine = create_engine(url)
    texts = enumerate(make_texts(), 1)
    with engine.begin() as connection:
        for _ in range(ARTICLE_COUNT // BATCH):
            batch = [next(texts) for _ in range(BATCH)]
            connection.execute(insert(ARTICLES), [make_row(number, words) for number, words in batch])
            for number, words in batch:
                add_document(connection, number, 1, terms_of(*words))
    engine.dispose()


def make_row(number: int, words: Sequence[str]) -> dict[str, object]:
    """Return the row of an article."""
    url = f"{SOURCE.url}{number}"
    return dict.fromkeys(ABSENT) | {
        "id": number,
        "name": name_id("article", url),
        "source_id": 1,
        "fetched_at": NOW - timedelta(days=DAYS) * (1 - number / ARTICLE_COUNT),
        "story_id": name_id("story", url),
        "relation": "new",
        "similarity": 0.0,
        "url": url,
        "extractor_version": 1,
        "paywalled": False,
        "authors": (),
        "tags": (),
        "title": words[0],
        "text": words[1],
    }


async def time_rehearsal(url: str, query: str) -> tuple[float, int]:
    """Return the seconds that a rehearsal takes, and what it finds."""
    store, before = open_store(url, "benchmark"), time.perf_counter()
    found = await rehearse(store, Rule(name=query, query=query, notify=()), NOW - timedelta(days=DAYS), NOW)
    seconds = time.perf_counter() - before
    await store.close()
    return seconds, found.matches


if __name__ == "__main__":
    main()
