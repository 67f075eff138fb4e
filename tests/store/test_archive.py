"""Articles: kept whole or not at all, listed, searched, pruned."""

from __future__ import annotations

import gzip
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from monitor.errors import StoreError
from monitor.model import Candidates, ChangeKind, Changes, Relation, Revision, Rule
from monitor.ports import ArticleQuery, Recheck, StoredArticle
from monitor.store import SqlStore
from monitor.store.search import MAX_DOCUMENT_BYTES, MAX_TERM_CHARS, terms_of
from monitor.store.tables import MATCHES, METADATA, PAGES, POSTINGS, VISITS
from tests.store.samples import (
    COURIER,
    DAM,
    GAZETTE,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    Story,
    as_candidate,
    keep,
    make_fingerprint,
    make_link,
    make_match,
    make_story,
    make_visit,
    repeat_story,
)


@pytest.fixture(autouse=True)
async def sources(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)


async def listed(store: SqlStore, query: ArticleQuery = ArticleQuery()) -> list[str]:  # noqa: B008
    """Return the last part of each URL, in the order of the list."""
    return [stored.article.url.rsplit("/", 1)[1] for stored in await store.articles(query)]


async def count_rows(store: SqlStore) -> dict[str, int]:
    def count(connection: Connection) -> dict[str, int]:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in METADATA.sorted_tables
        }

    return await store._read(count)


# --- keeping -------------------------------------------------------------------------------------


async def test_an_article_is_kept_with_all_that_belongs_to_it(store: SqlStore) -> None:
    story = make_story("dam", rules=(DAM, Rule(name="mayor", query="mayor", notify=("desk", "ops"))))
    assert await store.keep(story.filing()) == 3
    rows = await count_rows(store)
    assert rows["articles"] == rows["pages"] == rows["page_blocks"] == rows["fingerprints"] == 1
    assert (rows["matches"], rows["alerts"]) == (2, 3)
    assert rows["postings"] == len(story.fingerprint.sketch)
    [kept] = await store.articles(ArticleQuery())
    assert kept == StoredArticle(
        article=story.article, story_id=story.verdict.story_id, copy_of=None, similarity=0.0
    )


async def test_the_page_is_kept_as_it_was(store: SqlStore) -> None:
    page = bytes(range(256)) * 1000
    await keep(store, replace(make_story("dam"), page=page))
    assert zstd.decompress(await store._read(lambda db: db.scalars(select(PAGES.c.body)).one())) == page


async def test_an_article_kept_twice_is_one_article_and_the_second_is_judged_again(store: SqlStore) -> None:
    story = make_story("dam", rules=(DAM,))
    assert await store.keep(story.filing()) == 1
    before = await count_rows(store)
    assert await store.keep(story.filing()) is None
    assert await count_rows(store) == before


async def test_a_page_that_came_packed_is_kept_as_it_came_and_unpacked_when_it_is_looked_at_again(
    store: SqlStore,
) -> None:
    page = bytes(range(256)) * 1000
    packed = gzip.compress(page)
    filing = replace(make_story("dam"), page=page).filing()
    await store.keep(replace(filing, packed=packed, next_look_at=NOW))
    assert await store._read(lambda db: db.scalars(select(PAGES.c.body)).one()) == packed
    (known,) = await store.due_looks(GAZETTE.name, NOW, 1)
    assert known.page == page


async def test_the_same_page_settles_its_link_and_tells_only_whom_nobody_has_told(store: SqlStore) -> None:
    story = make_story("dam", rules=(DAM,))
    await keep(store, story)
    twin = make_link("dam?from=front")
    await store.remember("gazette", [twin], [], NOW)
    ops = replace(DAM, notify=("desk", "ops"))
    again = repeat_story(story, Relation.SAME_PAGE, replace(story, link=twin, matches=(make_match(ops),)))
    assert await store.keep(again.filing()) == 1
    assert await store.waiting_links("gazette", NOW, 10) == ()
    assert sorted(d.alert.channel for d in await store.deliveries()) == ["desk", "ops"]
    assert (await count_rows(store))["articles"] == 1


async def test_the_same_page_of_an_article_that_is_not_there_is_judged_again(store: SqlStore) -> None:
    story = make_story("dam")
    assert await store.keep(repeat_story(story, Relation.SAME_PAGE, story).filing()) is None


async def test_a_known_page_is_never_stored_twice_whatever_the_verdict_says(store: SqlStore) -> None:
    story = make_story("dam", rules=(DAM,))
    await keep(store, story)
    known = replace(story, candidates=Candidates(articles=(as_candidate(story),)))
    assert await store.keep(known.filing()) == 0
    assert (await count_rows(store))["articles"] == 1


async def test_a_copy_says_what_it_repeats_and_sends_no_second_alert(store: SqlStore) -> None:
    original = make_story("dam", rules=(DAM,))
    copy = repeat_story(original, Relation.COPY, make_story("dam-2", COURIER, minute=1, rules=(DAM,)))
    await keep(store, original, copy)
    newest, oldest = await store.articles(ArticleQuery())
    assert (newest.copy_of, newest.story_id, newest.similarity) == (
        original.article.id,
        original.verdict.story_id,
        0.9,
    )
    assert oldest.copy_of is None
    assert [delivery.article for delivery in await store.deliveries()] == [original.article]
    assert (await count_rows(store))["matches"] == 2


async def test_a_copy_that_is_the_first_to_match_does_send_one(store: SqlStore) -> None:
    original = make_story("dam")
    copy = repeat_story(original, Relation.COPY, make_story("dam-2", COURIER, rules=(DAM,)))
    await keep(store, original)
    assert await store.keep(copy.filing()) == 1
    [delivery] = await store.deliveries()
    assert delivery.article == copy.article


async def test_an_article_of_an_unknown_source_is_refused_whole(store: SqlStore) -> None:
    story = make_story("dam")
    lost = replace(story, article=replace(story.article, source="nobody"))
    with pytest.raises(StoreError):
        await store.keep(lost.filing())
    assert (await count_rows(store))["fingerprints"] == 0


# --- listing -------------------------------------------------------------------------------------


async def test_articles_are_listed_newest_first_page_by_page(store: SqlStore) -> None:
    await keep(store, *(make_story(f"story-{minute}", minute=minute) for minute in (2, 0, 3, 1)))
    assert await listed(store) == ["story-3", "story-2", "story-1", "story-0"]
    assert await listed(store, ArticleQuery(limit=2)) == ["story-3", "story-2"]
    assert await listed(store, ArticleQuery(limit=2, offset=2)) == ["story-1", "story-0"]
    assert await listed(store, ArticleQuery(limit=0)) == []


async def test_articles_are_listed_by_source_and_time(store: SqlStore) -> None:
    await keep(store, make_story("dam"), make_story("bus", minute=5), make_story("zoo", COURIER, minute=9))
    assert await listed(store, ArticleQuery(source="gazette")) == ["bus", "dam"]
    assert await listed(store, ArticleQuery(source="nobody")) == []
    assert await listed(store, ArticleQuery(since=NOW + 5 * MINUTE)) == ["zoo", "bus"]
    assert await listed(store, ArticleQuery(source="gazette", since=NOW + 6 * MINUTE)) == []


# --- searching -----------------------------------------------------------------------------------


def about(name: str, words: str, minute: int = 0) -> Story:
    story = make_story(name, COURIER if minute % 2 else GAZETTE, minute=minute)
    return replace(story, article=replace(story.article, title="The title", text=words))


if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

EVERY_STORY = ["english", "symbols", "chinese", "armenian"]

SEARCHES: list[tuple[tuple[tuple[str, ...], ...], list[str]]] = [
    ((("at&t",),), ["symbols"]),
    ((("t",),), []),
    ((("c++",),), ["symbols"]),
    ((("c",),), []),
    ((("c#",),), ["symbols"]),
    ((("o'neill",),), ["symbols"]),
    ((("u.s",),), ["symbols"]),
    ((("3.5",),), ["symbols"]),
    ((("外", "交", "部"),), ["chinese"]),
    ((("外", "dam"),), []),
    ((("երեւան",),), ["armenian"]),
    ((("dam", "mayor"),), ["english"]),
    ((("dam",), ("外",)), ["english", "chinese"]),
    ((("dam*",),), ["english"]),
    ((("da*", "may*"),), ["english"]),
    ((("երե*",), ("o'ne*",)), ["symbols", "armenian"]),
    ((("title",),), EVERY_STORY),
    ((("mayorr",),), []),
    ((), EVERY_STORY),
    ((("dam",), ()), EVERY_STORY),
    ((("*",),), EVERY_STORY),
    ((('"quoted"',),), []),
    ((("it's ' \\ ' | !",),), []),
    ((("dam OR 外",),), []),
    ((("source:1",),), []),
    ((("\0",),), []),
    ((("\ud800*", "\n"),), []),
]


async def test_articles_are_found_by_their_terms(store: SqlStore) -> None:
    await keep(
        store,
        about("armenian", "Խոսակցություններ Երևանում։ Երևան։", 0),
        about("chinese", "外交部发言人说。", 1),
        about("symbols", "AT&T, C++ and C# at O'Neill's in the U.S. rose 3.5 points.", 2),
        about("english", "The mayor spoke of the dam.", 3),
    )
    for terms, found in SEARCHES:
        assert (terms, await listed(store, ArticleQuery(terms=terms))) == (terms, found)


async def test_a_search_is_cut_by_source_time_and_page(store: SqlStore) -> None:
    await keep(store, *(about(f"story-{minute}", "The dam.", minute) for minute in range(6)))
    dam = ArticleQuery(terms=(("dam",), ("zoo",)))
    assert await listed(store, replace(dam, source="courier")) == ["story-5", "story-3", "story-1"]
    assert await listed(store, replace(dam, source="nobody")) == []
    assert await listed(store, replace(dam, since=NOW + 4 * MINUTE)) == ["story-5", "story-4"]
    assert await listed(store, replace(dam, since=NOW + HOUR)) == []
    assert await listed(store, replace(dam, limit=2, offset=1)) == ["story-4", "story-3"]
    both = replace(dam, source="gazette", since=NOW + 2 * MINUTE, limit=1)
    assert await listed(store, both) == ["story-4"]


async def test_no_text_is_too_strange_to_be_indexed(store: SqlStore) -> None:
    words = " ".join(f"word{number}" * 5 for number in range(60_000))
    await keep(store, about("flood", words + " \0 \ud800 " + "x" * 100_000))
    assert await listed(store, ArticleQuery(terms=(("word7" * 5,),))) == ["flood"]


def test_a_document_is_cut_where_postgresql_would_refuse_it() -> None:
    terms = terms_of(" ".join(f"w{number}" * 8 for number in range(100_000)))
    assert 0.9 * MAX_DOCUMENT_BYTES < sum(map(len, terms)) <= MAX_DOCUMENT_BYTES
    assert terms_of("") == []
    assert all(len(term) <= MAX_TERM_CHARS for term in terms_of("&".join(["x" * 60] * 9)))


# --- pruning -------------------------------------------------------------------------------------


async def test_pruning_forgets_pages_and_visits_and_keeps_articles(store: SqlStore) -> None:
    await keep(store, make_story("dam", minute=0), make_story("bus", minute=60))
    await store.finish_visit(make_visit(minute=0), NOW)
    await store.finish_visit(make_visit(minute=60), NOW)
    assert await store.prune(NOW + 30 * MINUTE, NOW, NOW) == 1
    assert await store.prune(NOW + 30 * MINUTE, NOW, NOW) == 0
    rows = await count_rows(store)
    assert (rows["pages"], rows["visits"], rows["articles"]) == (1, 1, 2)
    assert await store._read(lambda db: db.scalars(select(VISITS.c.started_at)).one()) == NOW + 60 * MINUTE


async def test_pruning_takes_old_clusters_out_of_the_index_of_copies(store: SqlStore) -> None:
    old, new = make_story("dam"), make_story("bus", minute=60)
    await keep(store, old, new)
    resembles_both = replace(
        make_fingerprint("zoo"), sketch=tuple(sorted(old.fingerprint.sketch + new.fingerprint.sketch))
    )

    async def found() -> set[str]:
        candidates = await store.candidates("https://zoo.example/", resembles_both)
        return {candidate.article_id for candidate in candidates.articles}

    await store.prune(NOW, NOW, NOW)
    assert await found() == {old.article.id, new.article.id}
    await store.prune(NOW, NOW + 30 * MINUTE, NOW)
    assert await found() == {new.article.id}
    assert await store._read(lambda db: db.scalar(select(func.count()).select_from(POSTINGS))) == 20
    [same_text] = (await store.candidates("https://zoo.example/", old.fingerprint)).articles
    assert same_text.fingerprint == old.fingerprint


async def test_pruning_more_than_one_batch_forgets_all(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.store.store.PRUNE_AT_ONCE", 2)
    await keep(store, *(make_story(f"story-{number}") for number in range(5)))
    assert await store.prune(NOW + timedelta(days=30), NOW + timedelta(days=30), NOW) == 5
    assert (await count_rows(store))["postings"] == 0


async def test_what_is_kept_does_not_depend_on_a_claim(store: SqlStore) -> None:
    await store.claim_due(NOW, 10, LEASE)
    await keep(store, make_story("dam", rules=(DAM,)))
    assert await store._read(lambda db: db.scalars(select(MATCHES.c.rule)).all()) == ["dam"]


# --- edits ---------------------------------------------------------------------------------------


async def edit(store: SqlStore, story: Story, title: str, text: str, *, minute: int) -> None:
    at = NOW + minute * MINUTE
    changes = Changes(kinds=(ChangeKind.HEADLINE,), lines=())
    revision = Revision(found_at=at, title=title, text=text, changes=changes)
    look = Recheck(
        article_id=story.article.id, looked_at=at, next_at=None, revision=revision, extractor_version=2
    )
    await store.finish_look(look)


async def find(store: SqlStore, *terms: str, source: str | None = None) -> list[str]:
    return await listed(store, ArticleQuery(terms=(terms,), source=source))


async def test_an_edited_article_is_listed_as_it_reads_now_and_keeps_how_it_first_read(
    store: SqlStore,
) -> None:
    story = make_story("dam")
    await keep(store, story, make_story("bus", minute=1))
    await edit(store, story, "Talks about the dike", "The mayor was misheard.", minute=2)
    await edit(store, story, "Talks about the levee", "The mayor was misquoted.", minute=3)

    bus, stored = await store.articles(ArticleQuery())
    now = replace(
        story.article, title="Talks about the levee", text="The mayor was misquoted.", extractor_version=2
    )
    assert (stored.article, stored.original, stored.as_judged) == (now, story.article, story.article)
    assert (bus.original, bus.as_judged) == (None, bus.article)
    assert await store.article(story.article.url) == stored
    assert await store.story(stored.story_id) == (stored,)


async def test_an_edited_article_is_found_by_the_words_it_has_now_and_by_no_others(store: SqlStore) -> None:
    story = make_story("dam")
    await keep(store, story, make_story("bus", minute=1))
    for minute in (2, 3):  # the same edit, found by two workers, is one
        await edit(store, story, "Talks about the dike", "The mayor was misheard.", minute=2)
        assert await find(store, "dike", "mayor", source="gazette") == ["dam"]
        assert await find(store, "dam") == await find(store, "disagreed", "dike") == []
        assert await find(store, "talks", "mayor") == ["bus", "dam"], minute
    await edit(store, story, "Talks about the levee", "The mayor was misquoted.", minute=4)
    assert await find(store, "dike") == await find(store, "misheard") == []
    assert await find(store, "levee", "misquoted", source="gazette") == ["dam"]
    assert await find(store, "disagreed") == ["bus"]
