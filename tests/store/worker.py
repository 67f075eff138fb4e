"""Another process on the same database: `python -m tests.store.worker URL WHAT`.

It says "ready" when it is, and goes on when a line comes in.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection, Engine, event

from monitor.dedupe import fingerprint_article, judge
from monitor.model import Article, Relation, Source, name_id
from monitor.store import SqlStore, lock_database, open_store
from tests.store.samples import (
    COURIER,
    DAM,
    GAZETTE,
    NOW,
    Story,
    keep,
    make_article,
    make_story,
    repeat_story,
)

STORIES = [make_story(f"story-{number}", minute=number, rules=(DAM,)) for number in range(30)]
DAM_STORY, BUS_STORY = make_story("dam", rules=(DAM,)), make_story("bus", COURIER, minute=1, rules=(DAM,))
EVENTS = tuple(f"event-{number}" for number in range(10))
"""Each is printed by both papers, in the same words, and by the Gazette under a second URL."""


def say_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


def die(*_: object) -> None:
    """Die as by a power cut: nothing is flushed, no `finally` runs."""
    os.kill(os.getpid(), signal.SIGKILL)


async def die_in_the_middle(store: SqlStore) -> None:
    """Keep one story; die while the second is in the transaction with its article, and its alerts are not."""

    def at_the_alerts(connection: Connection, cursor: object, statement: str, *_: object) -> None:  # noqa: ARG001
        if statement.startswith("INSERT INTO alerts"):
            die()

    await keep(store, DAM_STORY)
    event.listen(Engine, "before_cursor_execute", at_the_alerts)
    await store.keep(BUS_STORY.filing())


async def die_at_the_commit(store: SqlStore) -> None:
    """Keep one story; die when the second is written and not yet committed."""
    await keep(store, DAM_STORY)
    event.listen(Engine, "commit", die)
    await store.keep(BUS_STORY.filing())


async def keep_all(store: SqlStore) -> None:
    """Keep the stories as a pipeline would, all at once; another process does the same."""
    say_ready()

    async def keep_or_judge_again(number: int) -> None:
        story = STORIES[number]
        while await store.keep(story.filing()) is None:
            story = repeat_story(story, Relation.SAME_PAGE, replace(story, matches=()))

    await asyncio.gather(*map(keep_or_judge_again, range(len(STORIES))))


def print_event(event: str, source: Source, name: str) -> Article:
    words = " ".join(name_id("word", event, str(number)) for number in range(100))
    return replace(make_article(name, source), text=words, title=f"News of {event}")


async def judge_all(store: SqlStore, articles: Sequence[Article]) -> list[Story]:
    stories = []
    for article in articles:
        fingerprint = fingerprint_article(article)
        candidates = await store.candidates(article.key, fingerprint)
        verdict = judge(article, fingerprint, candidates)
        stories.append(
            Story(article=article, fingerprint=fingerprint, verdict=verdict, candidates=candidates)
        )
    return stories


async def keep_copies(store: SqlStore, own: Source) -> None:
    """Judge the page that another process keeps too, and a copy of it; then keep them, as a pipeline would.

    Both processes judge before either keeps: each verdict but the first on an event is stale.
    """
    articles = [
        print_event(event, *place)
        for event in EVENTS
        for place in ((GAZETTE, f"{event}-first"), (own, f"{event}-{own.name}"))
    ]
    stories = await judge_all(store, articles)
    say_ready()

    async def keep_or_judge_again(story: Story) -> None:
        while await store.keep(story.filing()) is None:
            [story] = await judge_all(store, [story.article])

    await asyncio.gather(*map(keep_or_judge_again, stories))


WORK: Mapping[str, Callable[[SqlStore], Awaitable[None]]] = {
    "middle": die_in_the_middle,
    "commit": die_at_the_commit,
    "keep": keep_all,
    "gazette": partial(keep_copies, own=GAZETTE),
    "courier": partial(keep_copies, own=COURIER),
}


async def work(url: str, what: str) -> None:
    store = open_store(url, f"worker {os.getpid()}")
    await store.register([GAZETTE, COURIER], NOW)
    await WORK[what](store)
    await store.close()


if __name__ == "__main__":
    if sys.argv[2] == "lock":
        with lock_database(sys.argv[1]):
            say_ready()
    else:
        asyncio.run(work(sys.argv[1], sys.argv[2]))
