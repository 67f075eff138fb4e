"""What each source has given lately."""

from __future__ import annotations

from dataclasses import replace

from monitor.ports import ArticleYield, SourceYield
from monitor.store import SqlStore
from tests.store.samples import COURIER, GAZETTE, HOUR, MINUTE, NOW, keep, make_link, make_story


async def test_each_source_shows_its_newest_articles_and_the_pages_that_gave_none_since(
    store: SqlStore,
) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    dated, undated = make_story("dam"), make_story("quay", minute=5)
    dated = replace(dated, article=replace(dated.article, published_at=NOW - HOUR))
    undated = replace(undated, article=replace(undated.article, published_at=None))
    await keep(store, dated, undated)
    late, walled, fresh = make_link("late"), make_link("walled"), make_link("fresh")
    await store.remember("gazette", [late, walled, fresh], [], NOW + HOUR)
    await store.dismiss(late, "a list of links", None, NOW + HOUR)
    await store.dismiss(walled, "403", NOW + 2 * HOUR, NOW + HOUR)
    expected = SourceYield(
        source="gazette",
        articles=(
            ArticleYield(
                found_at=undated.article.fetched_at, characters=len(undated.article.text), dated=False
            ),
            ArticleYield(found_at=dated.article.fetched_at, characters=len(dated.article.text), dated=True),
        ),
        dismissed=1,
        postponed=1,
    )
    (given,) = await store.source_yields(NOW - HOUR)
    assert replace(given, weekly=()) == expected
    assert await store.source_yields(undated.article.fetched_at + MINUTE) == ()


DAY = 24 * HOUR


async def test_the_articles_of_each_week_are_counted(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    first, second, last = (make_story(name) for name in ("dam", "quay", "ferry"))
    ages = ((first, 27 * DAY), (second, 20 * DAY + HOUR), (last, HOUR))
    for story, age in ages:
        await keep(store, replace(story, article=replace(story.article, fetched_at=NOW - age)))
    (given,) = await store.source_yields(NOW - 28 * DAY)
    assert given.weekly == (1, 1, 0, 1)
