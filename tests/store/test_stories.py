"""One event in other words: what is found again, what is forgotten, and that two at once see each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import create_engine, func, select

from monitor.dedupe import MAX_TELLERS, NEWEST_OF_A_TERM, join_story, outline_article
from monitor.model import Article, Candidates, Relation, StoryCandidates, Verdict, name_id
from monitor.ports import Filing
from monitor.store import SqlStore
from monitor.store.stories import COUNTED_ALL, COUNTED_SHARE
from monitor.store.tables import OUTLINES, STORY_POSTINGS, TERM_COUNTS
from tests.store.samples import COURIER, GAZETTE, MINUTE, NOW, make_fingerprint, make_link

FIRE = (
    "A warehouse fire in Port Quillby killed four people on Monday. The mayor, Ansel Varrow, said that the "
    "blaze began in a hall of the shipping company Tesmond before dawn and burned for nine hours."
)
SAME_FIRE = (
    "Four people died when flames destroyed a warehouse of the shipping company Tesmond in Port Quillby. "
    "Firemen fought the blaze for nine hours on Monday, the mayor Ansel Varrow told reporters."
)
ELECTION = (
    "Voters in Upper Orvane chose a new council on Sunday. The party of Mira Kestrin won twelve of the "
    "thirty seats, three more than before, and will talk with the Greens about a coalition."
)


def tell(name: str, title: str, text: str, *, minute: int = 0, source: str = GAZETTE.name) -> Article:
    return Article(
        url=make_link(name).url,
        source=source,
        title=title,
        text=text,
        fetched_at=NOW + minute * MINUTE,
        extractor_version=1,
        language="en",
    )


THE_FIRE = tell("fire", "Four dead in warehouse fire in Port Quillby", FIRE)
RETOLD = tell("retold", "Warehouse fire in Port Quillby kills four", SAME_FIRE, minute=5, source=COURIER.name)
THE_ELECTION = tell("election", "Kestrin wins the vote in Upper Orvane", ELECTION, minute=6)


def file(article: Article, stories: StoryCandidates) -> Filing:
    """Return an article judged among the stories that were found."""
    new = Verdict(relation=Relation.NEW, story_id=name_id("story", article.id))
    return Filing(
        article=article,
        link=make_link(article.url.rsplit("/")[-1]),
        page=b"",
        blocks=frozenset(),
        fingerprint=make_fingerprint(article.url),
        candidates=Candidates(),
        verdict=join_story(article, new, stories),
        matches=(),
        alerts=(),
        stories=stories,
    )


async def add(store: SqlStore, article: Article) -> Verdict:
    """Keep an article as the pipeline does; return the verdict on it."""
    filing = file(article, await store.story_candidates(outline_article(article)))
    assert await store.keep(filing) is not None
    return filing.verdict


async def test_an_event_told_in_other_words_joins_the_story_and_other_news_does_not(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    first = await add(store, THE_FIRE)
    again = await add(store, RETOLD)
    other = await add(store, THE_ELECTION)
    assert again.story_id == first.story_id
    assert again.relation is Relation.NEW
    assert other.story_id != first.story_id
    assert [each.article.id for each in await store.story(first.story_id)] == [THE_FIRE.id, RETOLD.id]


async def test_two_that_arrive_in_the_wrong_order_are_one_story_all_the_same(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    first = await add(store, RETOLD)
    assert (await add(store, THE_FIRE)).story_id == first.story_id


async def test_an_article_judged_while_another_told_its_story_is_stale(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    early = await store.story_candidates(outline_article(RETOLD))
    await add(store, THE_FIRE)
    assert await store.keep(file(RETOLD, early)) is None
    later = await store.story_candidates(outline_article(RETOLD))
    assert await store.keep(file(RETOLD, later)) is not None
    assert len(await store.story(name_id("story", THE_FIRE.id))) == 2


async def test_an_article_judged_while_other_news_came_in_is_kept(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    early = await store.story_candidates(outline_article(RETOLD))
    await add(store, THE_ELECTION)
    assert await store.keep(file(RETOLD, early)) is not None


async def test_one_that_knows_its_story_is_not_stale_when_the_story_grows(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    await add(store, THE_FIRE)
    title = "Warehouse fire in Port Quillby: four dead"
    third = tell("third", title, SAME_FIRE, minute=7, source=COURIER.name)
    known = await store.story_candidates(outline_article(third))
    await add(store, RETOLD)
    assert await store.keep(file(third, known)) is not None


async def test_only_the_first_few_of_a_story_are_compared_with_others(store: SqlStore, url: str) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    for number in range(MAX_TELLERS + 2):
        source = (GAZETTE, COURIER)[number % 2].name
        await add(store, tell(f"fire-{number}", THE_FIRE.title, FIRE, minute=number, source=source))
    found = await store.story_candidates(outline_article(RETOLD))
    assert {teller.article_id for teller in found.tellers} == {
        tell(f"fire-{number}", "", "").id for number in range(MAX_TELLERS)
    }
    assert count_rows(url, OUTLINES) == MAX_TELLERS


async def test_of_a_name_that_is_always_in_the_news_only_the_newest_articles_are_looked_at(
    store: SqlStore,
) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    for number in range(NEWEST_OF_A_TERM + 3):
        words = " ".join(f"matter{number}x{place}" for place in range(4)) if number else "the heron"
        article = tell(f"varrow-{number}", "Ansel Varrow Tesmond speaks", f"On Varrow: {words}.")
        found = await store.story_candidates(outline_article(article))
        assert await store.keep(file(article, replace(found, tellers=()))) is not None
    asked = tell("asked", "Varrow Tesmond", "What Varrow said of the heron.")
    newest = {tell(f"varrow-{number}", "", "").id for number in range(3, NEWEST_OF_A_TERM + 3)}
    assert len(newest) == NEWEST_OF_A_TERM
    found = await store.story_candidates(outline_article(asked))
    assert found.tellers
    assert {teller.article_id for teller in found.tellers} <= newest


async def test_a_story_leaves_the_index_with_its_window_as_a_whole(store: SqlStore, url: str) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    await add(store, THE_FIRE)
    await add(store, replace(RETOLD, fetched_at=NOW + timedelta(days=6)))
    await add(store, replace(THE_ELECTION, fetched_at=NOW + timedelta(days=6)))
    await store.prune(NOW, NOW, NOW)
    assert count_rows(url, OUTLINES) == 3
    await store.prune(NOW, NOW, NOW + timedelta(days=1))
    assert count_rows(url, OUTLINES) == 1
    assert (await store.story_candidates(outline_article(RETOLD))).tellers == ()
    assert len((await store.story_candidates(outline_article(THE_ELECTION))).tellers) == 1
    assert 0 < count_rows(url, STORY_POSTINGS) <= 12


async def test_an_outline_comes_back_as_it_was_weighed(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    weighed = (await store.story_candidates(outline_article(THE_FIRE))).outline
    await add(store, THE_FIRE)
    (teller,) = (await store.story_candidates(outline_article(RETOLD))).tellers
    kept = teller.outline
    assert (kept.language, kept.terms, kept.mentions, kept.facts) == (
        weighed.language,
        weighed.terms,
        weighed.mentions,
        weighed.facts,
    )
    assert all(abs(one - other) < 1e-4 for one, other in zip(kept.weights, weighed.weights, strict=True))
    assert teller.told_at == THE_FIRE.fetched_at


async def test_a_word_that_all_articles_have_weighs_less_than_a_rare_one(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    for number in range(8):
        await add(store, tell(f"m-{number}", "", f"minister spoke of thing{number} and of topic{number}"))
    asked = outline_article(tell("asked", "", "minister heron"))
    weighed = (await store.story_candidates(asked)).outline
    heron = outline_article(tell("asked", "", "heron")).terms[0]
    assert weighed.terms[0] == heron
    assert weighed.weights[0] > 2 * weighed.weights[1]


async def test_of_a_large_archive_one_article_in_eight_is_counted_for_eight(
    store: SqlStore, url: str
) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    language = outline_article(THE_FIRE).language
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(TERM_COUNTS.insert(), {"term": language, "articles": COUNTED_ALL})
    for number in range(2 * COUNTED_SHARE):
        await add(store, tell(f"n-{number}", "", f"word{number} name{number}"))
    with engine.connect() as connection:
        counted = connection.scalar(select(TERM_COUNTS.c.articles).where(TERM_COUNTS.c.term == language))
    engine.dispose()
    assert counted == COUNTED_ALL + 2 * COUNTED_SHARE


async def test_stories_of_several_articles_are_listed_the_last_to_grow_first(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    await add(store, THE_FIRE)
    await add(store, THE_ELECTION)
    assert await store.recent_stories(None, 10) == ()
    await add(store, replace(RETOLD, fetched_at=NOW + timedelta(days=1)))
    [story] = await store.recent_stories(NOW + timedelta(hours=12), 10)
    assert [each.article.id for each in story] == [THE_FIRE.id, RETOLD.id]
    assert await store.recent_stories(NOW + timedelta(days=2), 10) == ()
    again = tell("vote", "Kestrin wins the vote in Upper Orvane", ELECTION, minute=2000, source=COURIER.name)
    await add(store, again)
    assert [len(story) for story in await store.recent_stories(None, 10)] == [2, 2]
    [newest] = await store.recent_stories(None, 1)
    assert newest[-1].article.id == again.id


async def test_articles_without_a_word_belong_to_no_story(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    first = await add(store, tell("dots", "…", "?!"))
    assert (await add(store, tell("more-dots", "…", "?!"))).story_id != first.story_id


def count_rows(url: str, table: object) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        counted: int = connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]
    engine.dispose()
    return counted
