"""Candidates: which stored articles a new one is compared with, and when a verdict is stale."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import Connection, func, select

from monitor.dedupe import MAX_CLUSTERS, MAX_REPRESENTATIVES, MIN_SHARED
from monitor.model import Candidate, Candidates, Fingerprint, Relation, Source
from monitor.ports import ArticleQuery, Filing, Lookup
from monitor.store import SqlStore
from monitor.store.copies import MAX_NEWER
from monitor.store.tables import POSTINGS
from tests.store.samples import (
    COURIER,
    GAZETTE,
    NOW,
    Story,
    as_candidate,
    keep,
    keep_after_a_look,
    make_fingerprint,
    make_story,
    repeat_story,
    shingles,
)

NOWHERE = "https://nowhere.example/"


@pytest.fixture(autouse=True)
async def sources(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)


def with_sketch(name: str, *hashes: int, source: Source = GAZETTE) -> Story:
    """Return a story whose sketch is exactly `hashes`."""
    story = make_story(name, source)
    return replace(story, fingerprint=replace(story.fingerprint, sketch=tuple(sorted(hashes))))


def resembling(*hashes: int) -> Fingerprint:
    return replace(make_fingerprint("resembling"), sketch=tuple(sorted(hashes)))


async def find(store: SqlStore, fingerprint: Fingerprint, url: str = NOWHERE) -> list[str]:
    """Return the last part of each candidate's URL, in the order in which they were kept."""
    found = await store.candidates(url, fingerprint)
    return [candidate.url.rsplit("/", 1)[1] for candidate in found.articles]


# --- looking up ----------------------------------------------------------------------------------


async def test_an_empty_archive_has_no_candidates(store: SqlStore) -> None:
    assert await store.candidates(NOWHERE, make_fingerprint("dam")) == Candidates()


async def test_a_candidate_comes_with_its_whole_fingerprint(store: SqlStore) -> None:
    story = make_story("dam")
    await keep(store, story)
    assert (await store.candidates(NOWHERE, story.fingerprint)).articles == (
        Candidate(
            article_id=story.article.id,
            url=story.article.url,
            source="gazette",
            story_id=story.verdict.story_id,
            original=story.article.id,
            fingerprint=story.fingerprint,
        ),
    )


@pytest.mark.parametrize(
    "page", ["https://gazette.example/dam", "http://www.gazette.example/dam/?utm_source=x"]
)
async def test_the_article_with_the_same_url_is_a_candidate(store: SqlStore, page: str) -> None:
    await keep(store, make_story("dam"))
    assert await find(store, make_fingerprint("all different"), page) == ["dam"]


async def test_a_url_that_is_none_finds_nothing(store: SqlStore) -> None:
    await keep(store, make_story("dam"))
    assert await find(store, make_fingerprint("all different"), "not a url \ud800") == []


async def test_the_same_content_is_a_candidate_without_any_shingle(store: SqlStore) -> None:
    short = Fingerprint(algorithm=1, content=2**64 - 1, sketch=(), facts=frozenset())
    await keep(store, replace(make_story("dam"), fingerprint=short))
    assert await find(store, short) == ["dam"]
    assert await find(store, replace(short, algorithm=2)) == []


async def test_the_first_of_many_with_the_same_content_is_the_candidate(store: SqlStore) -> None:
    original = make_story("copy-0")
    await keep(store, original)
    for number in range(1, 4):
        copy = replace(make_story(f"copy-{number}", COURIER), fingerprint=original.fingerprint)
        await keep(store, repeat_story(original, Relation.EXACT, copy))
    assert await find(store, original.fingerprint) == ["copy-0"]


async def test_sharing_enough_rare_shingles_makes_a_candidate(store: SqlStore) -> None:
    first, second, third = shingles("dam", 3)
    await keep(store, with_sketch("dam", first, second, third))
    assert MIN_SHARED == 2
    assert await find(store, resembling(first, second)) == ["dam"]
    assert await find(store, resembling(first, 7)) == []


async def test_fingerprints_of_two_algorithms_are_never_compared(store: SqlStore) -> None:
    await keep(store, make_story("dam"))
    assert await find(store, replace(make_fingerprint("dam"), algorithm=2)) == []


async def test_the_clusters_that_share_the_most_are_looked_at_and_the_rest_is_left_out(
    store: SqlStore,
) -> None:
    shared = shingles("shared", MAX_CLUSTERS + 4)
    for number in range(2, MAX_CLUSTERS + 4):
        story = with_sketch(f"shares-{number}", *shared[:number], number)
        await keep_after_a_look(store, story)
    found = await find(store, resembling(*shared))
    assert found == [f"shares-{number}" for number in range(4, MAX_CLUSTERS + 4)]


async def test_shingles_at_both_ends_of_64_bits_are_found(store: SqlStore) -> None:
    ends = (0, 1, 2**63 - 1, 2**63, 2**64 - 1)
    await keep(store, with_sketch("dam", *ends))
    for one, other in pairwise(ends):
        assert await find(store, resembling(one, other)) == ["dam"]


@pytest.fixture
def at_most_four(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a shingle of five stories a common one: 65 take long."""
    monkeypatch.setattr("monitor.store.copies.MAX_DOCUMENT_FREQUENCY", 4)


@pytest.mark.usefixtures("at_most_four")
async def test_a_shingle_of_too_many_stories_tells_nothing(store: SqlStore) -> None:
    for number in range(4):
        await keep(store, with_sketch(f"story-{number}", 5, *shingles(str(number), 2)))
    assert (await store.candidates(NOWHERE, resembling(5, 6))).common == frozenset()
    await keep(store, with_sketch("one-more", 5, 2**64 - 1))
    found = await store.candidates(NOWHERE, resembling(5, 2**64 - 1))
    assert (found.articles, found.common) == ((), frozenset({5}))


@pytest.mark.usefixtures("at_most_four")
async def test_a_story_printed_by_many_outlets_stays_rare(store: SqlStore) -> None:
    original = make_story("dam")
    await keep(store, original)
    for number in range(6):
        part = original.fingerprint.sketch[number:]
        copy = make_story(f"copy-{number}", COURIER)
        copy = replace(copy, fingerprint=replace(copy.fingerprint, sketch=part))
        await keep_after_a_look(store, repeat_story(original, Relation.COPY, copy))
    found = await store.candidates(NOWHERE, replace(original.fingerprint, content=2**63))
    assert found.common == frozenset()
    assert found.articles[0].article_id == original.article.id


async def test_a_cluster_is_found_by_what_its_first_copies_add(store: SqlStore) -> None:
    original = make_story("dam")
    await keep(store, original)
    added = [shingles(f"added {number}", 4) for number in range(MAX_REPRESENTATIVES)]
    for number, new in enumerate(added):
        copy = with_sketch(f"copy-{number}", *original.fingerprint.sketch, *new, source=COURIER)
        await keep_after_a_look(store, repeat_story(original, Relation.COPY, copy))
    representatives = ["dam", *(f"copy-{number}" for number in range(MAX_REPRESENTATIVES - 1))]
    assert await find(store, resembling(*added[0])) == representatives
    assert await find(store, resembling(*added[-1])) == []


async def test_a_cluster_of_long_articles_is_left_out_when_little_is_shared(store: SqlStore) -> None:
    sketch = shingles("long", 90)
    story = with_sketch("long", *sketch)
    await keep(store, story)
    assert await find(store, resembling(*sketch[:3], *shingles("other", 90))) == []
    part = with_sketch("part", *sketch[:8], source=COURIER)
    await keep_after_a_look(store, repeat_story(story, Relation.COPY, part))
    assert await find(store, resembling(*sketch[:3], *shingles("other", 90))) == ["long", "part"], (
        "the whole cluster, since its core is what its articles have in common"
    )


async def test_a_text_of_five_megabytes_is_looked_up_and_kept(store: SqlStore) -> None:
    long = make_story("long")
    huge = tuple(range(2**64 - 40_000, 2**64))
    await keep(store, replace(long, fingerprint=replace(long.fingerprint, sketch=huge)))
    assert await find(store, resembling(*huge)) == ["long"]


# --- stale verdicts ------------------------------------------------------------------------------


async def test_a_verdict_given_before_a_like_article_came_is_stale(store: SqlStore) -> None:
    story = make_story("dam")
    twin = replace(make_story("dam-2", COURIER), fingerprint=replace(story.fingerprint, content=1))
    await keep(store, story)
    assert await store.keep(twin.filing()) is None
    await keep(store, repeat_story(story, Relation.COPY, twin))


async def test_an_article_is_judged_by_what_is_stored_and_kept_in_one_call(store: SqlStore) -> None:
    story = make_story("dam")
    await keep(store, story)
    twin = replace(make_story("dam-2", COURIER), fingerprint=story.fingerprint)
    seen: list[Candidates] = []

    def judge(stored: Lookup) -> Filing:
        seen.append(stored.candidates(twin.article.url, twin.fingerprint))
        return replace(repeat_story(story, Relation.COPY, twin), candidates=seen[-1]).filing()

    filing, alerts = await store.keep_judged(judge)
    assert [candidate.article_id for candidate in seen[0].articles] == [story.article.id]
    assert (filing.article, alerts) == (twin.article, 0)
    assert await store.article(twin.article.id) is not None


async def test_what_judging_raises_is_raised_and_nothing_is_kept(store: SqlStore) -> None:
    def judge(_: Lookup) -> Filing:
        raise ZeroDivisionError("of a rule")

    with pytest.raises(ZeroDivisionError, match="of a rule"):
        await store.keep_judged(judge)
    await keep(store, make_story("dam"))
    assert len(await store.articles(ArticleQuery())) == 1


async def test_candidates_that_have_gone_do_not_make_a_verdict_stale(store: SqlStore) -> None:
    story = make_story("dam")
    gone = Candidates(articles=(as_candidate(make_story("gone")),))
    await keep(store, replace(story, candidates=gone))


@pytest.mark.parametrize("between", [0, 1, MAX_NEWER])
async def test_what_was_kept_since_the_look_makes_a_verdict_stale_when_it_is_alike(
    store: SqlStore, between: int
) -> None:
    await keep(store, make_story("first"))
    story = make_story("dam")
    candidates = await store.candidates(story.article.url, story.fingerprint)
    for number in range(between):
        await keep(store, make_story(f"other-{number}"))
    judged = replace(story, candidates=candidates)
    twin = replace(make_story("dam-2", COURIER), fingerprint=replace(story.fingerprint, content=1))
    await keep(store, twin)
    assert await store.keep(judged.filing()) is None


@pytest.mark.parametrize("between", [0, 1, MAX_NEWER])
async def test_what_was_kept_since_the_look_is_no_matter_when_it_is_not_alike(
    store: SqlStore, between: int
) -> None:
    await keep(store, make_story("first"))
    story = make_story("dam")
    candidates = await store.candidates(story.article.url, story.fingerprint)
    for number in range(between):
        await keep(store, make_story(f"other-{number}"))
    await keep(store, replace(story, candidates=candidates))


async def test_the_same_content_kept_since_the_look_makes_a_verdict_stale_though_its_cluster_is_full(
    store: SqlStore,
) -> None:
    original = make_story("dam")
    await keep(store, original)
    copies = [with_sketch(f"copy-{number}", *original.fingerprint.sketch) for number in range(3)]
    for copy in copies[:2]:
        await keep_after_a_look(store, repeat_story(original, Relation.COPY, copy))
    story = with_sketch("other", *shingles("other", 9), source=COURIER)
    story = replace(story, fingerprint=replace(story.fingerprint, content=copies[2].fingerprint.content))
    candidates = await store.candidates(story.article.url, story.fingerprint)
    await keep_after_a_look(store, repeat_story(original, Relation.COPY, copies[2]))
    assert await store.keep(replace(story, candidates=candidates).filing()) is None


async def test_a_page_that_was_kept_since_the_look_makes_a_verdict_stale_whatever_it_says(
    store: SqlStore,
) -> None:
    await keep(store, make_story("first"))
    story = make_story("dam")
    candidates = await store.candidates(story.article.url, story.fingerprint)
    await keep(store, replace(story, fingerprint=make_fingerprint("another text")))
    assert await store.keep(replace(story, candidates=candidates).filing()) is None


@pytest.mark.usefixtures("at_most_four")
async def test_what_was_common_at_the_look_is_not_posted(store: SqlStore) -> None:
    for number in range(5):
        await keep(store, with_sketch(f"story-{number}", 5, *shingles(str(number), 2)))
    story = with_sketch("dam", 5, *shingles("dam", 2))
    assert (await store.candidates(NOWHERE, story.fingerprint)).common == frozenset({5})
    await keep_after_a_look(store, story)
    assert await store._read(lambda db: count_postings(db, 5)) == 5


def count_postings(db: Connection, shingle: int) -> int:
    return db.scalars(select(func.count()).where(POSTINGS.c.hash == shingle)).one()
