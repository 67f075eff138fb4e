"""What does it cost to know an event in other words among 100,000 articles of a week?

    python -m benchmarks.window [--articles N] [--json FILE]

Articles of made-up words, as frequent as the words of a language are (Zipf), four in five of them about an
event that others tell as well, fill the index of stories in an archive of its own, on SQLite. Of the last two
thousand it is told what each costs in CPU time: `outline_ms` to make the outline, `look_up_ms` to weigh it
and to find the articles to compare with, `add_ms` to keep it for others; `first_ms` is the sum for the first
two thousand, when the index is all but empty. `bytes_per_article` is what the index takes on the disk.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time

from sqlalchemy import Connection, create_engine, insert, select, text

from benchmarks.report import OURS, Arguments, Figure, Report, Row, publish
from monitor.dedupe import join_story, outline_article
from monitor.model import Article, Relation, Source, Verdict, name_id
from monitor.store import open_store
from monitor.store.stories import add_outline, find_story_candidates
from monitor.store.tables import ARTICLES, SOURCES

ARTICLES_IN_WINDOW = 100_000
MEASURED = 2_000
AT_ONCE = 500
VOCABULARY = 300_000
EVENT_WORDS = 25
EVENTS_ALIVE = 400
OUTLETS = 50
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SYLLABLES = "ba ke li mo nu ra se ti vo zu den gor hal mir pas tel".split()  # noqa: SIM905  a list to read


def write_articles(count: int, chance: Random) -> Iterator[Article]:
    """Yield articles, as many to the hour as make a week of them all."""
    words = ["".join(each) for each in itertools.product(SYLLABLES, repeat=5)][:VOCABULARY]
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(VOCABULARY)))

    def draw(number: int) -> list[str]:
        return [words[bisect.bisect(weights, chance.random() * weights[-1])] for _ in range(number)]

    events: list[list[str]] = []
    for number in range(count):
        if not events or chance.random() < 0.2:
            events = [*events[-EVENTS_ALIVE:], [word.title() for word in draw(4)] + draw(EVENT_WORDS)]
        event = chance.choice(events)
        told = [*chance.sample(event, 18), *draw(25)]
        chance.shuffle(told)
        told += draw(60)
        yield Article(
            url=f"https://outlet.example/{number}",
            source=f"outlet-{number % OUTLETS}",
            title=" ".join(["Word", *chance.sample(event, 5), *draw(3)]),
            text=f"The {' '.join(told)}.",
            fetched_at=BEGAN + timedelta(days=7) * number / count,
            extractor_version=1,
            language="en",
        )


@dataclass(slots=True)
class Stopwatch:
    """The CPU seconds of each step, so far."""

    outline: float = 0.0
    look_up: float = 0.0
    add: float = 0.0
    joined: int = 0
    articles: int = 0
    began: float = field(default_factory=process_time)

    def lap(self) -> float:
        """Return the CPU seconds since the last lap."""
        now = process_time()
        self.began, passed = now, now - self.began
        return passed

    def show(self, seconds: float) -> float:
        """Return milliseconds an article."""
        return round(seconds / max(1, self.articles) * 1000, 3)


def add_article(connection: Connection, row: int, article: Article, source: int, watch: Stopwatch) -> None:
    """Do with an article what concerns its story."""
    new = Verdict(relation=Relation.NEW, story_id=name_id("story", article.id))
    watch.lap()
    outline = outline_article(article)
    watch.outline += watch.lap()
    found = find_story_candidates(connection, outline)
    verdict = join_story(article, new, found)
    watch.look_up += watch.lap()
    connection.execute(insert(ARTICLES), columns_of(row, article, source, verdict))
    watch.lap()
    add_outline(connection, row, article, verdict, found.outline)
    watch.add += watch.lap()
    watch.joined += verdict.story_id != new.story_id
    watch.articles += 1


def columns_of(row: int, article: Article, source: int, verdict: Verdict) -> dict[str, object]:
    """Return the row of an article, without its text: that belongs to another table's cost."""
    return {
        "id": row,
        "name": article.id,
        "source_id": source,
        "fetched_at": article.fetched_at,
        "story_id": verdict.story_id,
        "relation": verdict.relation.value,
        "similarity": 0.0,
        "url": article.url,
        "extractor_version": 1,
        "paywalled": False,
        "authors": (),
        "tags": (),
        "title": article.title,
        "text": "",
    }


def run(folder: Path, count: int) -> dict[str, Figure]:
    """Fill the index, and return what the first and the last articles cost."""
    url = f"sqlite:///{folder}/archive.db"
    asyncio.run(prepare(url))
    engine = create_engine(url)
    first, rest, last = Stopwatch(), Stopwatch(), Stopwatch()
    articles = enumerate(write_articles(count, Random(1)), start=1)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA journal_mode=WAL"))
        sources = {row.name: row.id for row in connection.execute(select(SOURCES.c.id, SOURCES.c.name))}
        connection.commit()
        while batch := list(itertools.islice(articles, AT_ONCE)):
            for row, article in batch:
                watch = first if row <= MEASURED else last if row > count - MEASURED else rest
                add_article(connection, row, article, sources[article.source], watch)
            connection.commit()
        size = connection.scalar(
            text(
                "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%outlines%' OR name IN "
                "('story_postings', 'term_counts')"
            )
        )
    engine.dispose()
    return {
        "articles": count,
        "first_ms": first.show(first.outline + first.look_up + first.add),
        "outline_ms": last.show(last.outline),
        "look_up_ms": last.show(last.look_up),
        "add_ms": last.show(last.add),
        "last_ms": last.show(last.outline + last.look_up + last.add),
        "joined_percent": round(100 * last.joined / max(1, last.articles), 1),
        "bytes_per_article": round((size or 0) / count),
    }


async def prepare(url: str) -> None:
    """Make an archive with the sources."""
    store = open_store(url, "benchmark")
    names = [f"outlet-{number}" for number in range(OUTLETS)]
    await store.register([Source(name=name, url=f"https://{name}.example/") for name in names], BEGAN)
    await store.close()


def main() -> None:
    """Measure, and publish."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=ARTICLES_IN_WINDOW, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as well")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(Path(folder), given.articles)
    report = Report(
        name="window",
        question="What does it cost to know an event in other words among 100,000 articles of a week?",
        rows=[Row(OURS, figures)],
        distributions=("sqlalchemy",),
    )
    publish(report, Arguments(data=None, json=given.json))


if __name__ == "__main__":
    main()
