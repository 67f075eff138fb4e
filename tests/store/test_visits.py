"""Sources: registered, claimed, visited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.errors import StoreError
from monitor.extract import WINDOW
from monitor.model import Child, Link, PastLinks, Seed, SeedKind, Source, Template, Validators, VisitOutcome
from monitor.ports import Heartbeat, SourceState
from monitor.store import SqlStore, open_store
from monitor.store.visits import TEMPLATE_PAGES
from tests.store.samples import (
    COURIER,
    DAM,
    FEED,
    GAZETTE,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    VALIDATORS,
    keep,
    make_article,
    make_link,
    make_story,
    make_visit,
)

# --- registering ---------------------------------------------------------------------------------


async def state_of(store: SqlStore, name: str) -> SourceState:
    return {state.name: state for state in await store.source_states()}[name]


async def test_a_new_source_is_due_at_once_and_knows_nothing(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    assert await state_of(store, "gazette") == SourceState(
        name="gazette",
        url=GAZETTE.url,
        active=True,
        added_at=NOW,
        seed=None,
        last_visit_at=None,
        next_visit_at=NOW,
        failures=0,
        failing_since=None,
        reason=None,
        articles=0,
        last_article_at=None,
        waiting=0,
        dismissed=0,
    )
    memory = await store.recall("gazette")
    assert (memory.added_at, memory.visited, memory.template) == (NOW, False, Template())


async def test_registering_again_changes_nothing(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.finish_visit(make_visit(), NOW + HOUR)
    before = await store.source_states()
    await store.register([GAZETTE], NOW + MINUTE)
    assert await store.source_states() == before


async def test_sources_are_listed_by_name(store: SqlStore) -> None:
    names = ["Zoë", "anna", "Ünal", "bert", "Անի"]
    await store.register([Source(name=name, url="https://x.example/") for name in names], NOW)
    assert [state.name for state in await store.source_states()] == sorted(names)


async def test_a_source_taken_out_stops_and_keeps_its_archive(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    await keep(store, make_story("dam"))
    await store.register([COURIER], NOW + MINUTE)
    gone = await state_of(store, "gazette")
    assert (gone.active, gone.articles) == (False, 1)
    assert await store.claim_due(NOW + HOUR, 10, LEASE) == ("courier",)


async def test_a_source_that_comes_back_is_as_old_as_it_was(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.register([], NOW + HOUR)
    await store.register([GAZETTE], NOW + 2 * HOUR)
    back = await state_of(store, "gazette")
    assert (back.active, back.added_at) == (True, NOW)


@pytest.mark.parametrize(
    "moved",
    [
        replace(GAZETTE, url="https://gazette.example/world"),
        replace(GAZETTE, seed=Seed(url="https://gazette.example/rss", kind=SeedKind.FEED)),
    ],
)
async def test_a_source_that_moved_forgets_its_seed_and_is_looked_at_at_once(
    store: SqlStore, moved: Source
) -> None:
    await store.register([GAZETTE], NOW)
    await store.finish_visit(make_visit(), NOW + HOUR)
    await store.register([moved], NOW + MINUTE)
    memory, state = await store.recall("gazette"), await state_of(store, "gazette")
    assert (memory.seed, memory.validators) == (None, Validators())
    assert (memory.added_at, memory.visited) == (NOW, True)
    assert (state.url, state.next_visit_at) == (moved.url, NOW + MINUTE)


async def test_a_shorter_pace_brings_the_next_visit_forward(store: SqlStore) -> None:
    await store.register([replace(GAZETTE, every=HOUR)], NOW)
    await store.finish_visit(make_visit(), NOW + HOUR)
    await store.register([replace(GAZETTE, every=10 * MINUTE)], NOW + MINUTE)
    assert (await state_of(store, "gazette")).next_visit_at == NOW + 11 * MINUTE


async def test_a_longer_pace_leaves_the_next_visit_where_it_is(store: SqlStore) -> None:
    await store.register([replace(GAZETTE, every=10 * MINUTE)], NOW)
    await store.finish_visit(make_visit(), NOW + 10 * MINUTE)
    await store.register([replace(GAZETTE, every=HOUR)], NOW + MINUTE)
    assert (await state_of(store, "gazette")).next_visit_at == NOW + 10 * MINUTE


async def test_a_shorter_pace_does_not_hurry_a_source_that_is_failing(store: SqlStore) -> None:
    await store.register([replace(GAZETTE, every=HOUR)], NOW)
    await store.finish_visit(make_visit(VisitOutcome.FAILED), NOW + 8 * HOUR)
    await store.register([replace(GAZETTE, every=10 * MINUTE)], NOW + MINUTE)
    assert (await state_of(store, "gazette")).next_visit_at == NOW + 8 * HOUR


async def test_a_source_that_is_given_a_name_keeps_its_history(store: SqlStore) -> None:
    unnamed = Source(name="gazette.example", url=GAZETTE.url)
    await store.register([unnamed], NOW)
    await store.remember("gazette.example", [make_link("dam", unnamed)], [], NOW)
    await keep(store, make_story("dam", unnamed))
    await store.register([replace(GAZETTE, former_names=("gazette.example",))], NOW + HOUR)
    [state] = await store.source_states()
    assert (state.name, state.added_at, state.articles) == ("gazette", NOW, 1)


async def test_a_section_added_above_pushes_the_name_of_the_host_aside(store: SqlStore) -> None:
    world, sport = "https://x.example/world", "https://x.example/sport"
    await store.register([Source(name="x.example", url=world)], NOW)
    await store.register(
        [
            Source(name="x.example", url=sport, former_names=("x.example", "x.example/sport")),
            Source(name="x.example/world", url=world, former_names=("x.example", "x.example/world")),
        ],
        NOW + HOUR,
    )
    assert [(s.name, s.url, s.added_at) for s in await store.source_states()] == [
        ("x.example", sport, NOW + HOUR),
        ("x.example/world", world, NOW),
    ]


async def test_a_second_source_with_the_same_url_takes_nothing_from_the_first(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    twin = Source(name="twin", url=GAZETTE.url, former_names=("gazette",))
    await store.register([GAZETTE, twin], NOW + HOUR)
    assert [(s.name, s.added_at) for s in await store.source_states()] == [
        ("gazette", NOW),
        ("twin", NOW + HOUR),
    ]


async def test_a_former_name_with_another_url_is_another_source(store: SqlStore) -> None:
    await store.register([Source(name="old", url="https://old.example/")], NOW)
    await store.register([replace(GAZETTE, former_names=("old",))], NOW + HOUR)
    assert [(s.name, s.active) for s in await store.source_states()] == [("gazette", True), ("old", False)]


# --- claiming ------------------------------------------------------------------------------------


async def test_the_longest_overdue_are_claimed_first_and_once(store: SqlStore) -> None:
    sources = [Source(name=f"s{n}", url=f"https://s{n}.example/") for n in range(3)]
    for minute, source in enumerate(reversed(sources)):
        await store.register([*sources[2 - minute + 1 :], source], NOW + minute * MINUTE)
    later = NOW + HOUR
    assert await store.claim_due(later, 2, LEASE) == ("s2", "s1")
    assert await store.claim_due(later, 2, LEASE) == ("s0",)
    assert await store.claim_due(later, 2, LEASE) == ()


async def test_a_source_is_not_claimed_before_it_is_due(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.finish_visit(make_visit(), NOW + HOUR)
    assert await store.claim_due(NOW + HOUR - MINUTE, 10, LEASE) == ()
    assert await store.claim_due(NOW + HOUR, 10, LEASE) == ("gazette",)


async def test_a_lease_that_ran_out_is_claimed_again(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    assert await store.claim_due(NOW, 10, LEASE) == ("gazette",)
    assert await store.claim_due(NOW + LEASE - MINUTE, 10, LEASE) == ()
    assert await store.claim_due(NOW + LEASE, 10, LEASE) == ("gazette",)


async def test_one_source_is_claimed_though_it_is_not_due_unless_somebody_has_it(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.finish_visit(make_visit(), NOW + HOUR)
    assert await store.claim_source("gazette", NOW + MINUTE, LEASE)
    assert not await store.claim_source("gazette", NOW + 2 * MINUTE, LEASE)


async def test_claiming_or_recalling_an_unknown_source_says_its_name(store: SqlStore) -> None:
    with pytest.raises(StoreError, match="no source is called 'gazete'"):
        await store.claim_source("gazete", NOW, LEASE)
    with pytest.raises(StoreError, match="no source is called 'gazete'"):
        await store.recall("gazete")


async def test_an_owner_gives_back_its_own_claims_only(store: SqlStore, url: str) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    other = open_store(url, "visit")
    assert await store.claim_source("gazette", NOW, LEASE)
    assert await other.claim_source("courier", NOW, LEASE)
    await store.release_claims()
    assert await store.claim_source("gazette", NOW, LEASE)
    assert not await store.claim_source("courier", NOW, LEASE)
    await other.close()


# --- visits --------------------------------------------------------------------------------------


async def test_a_visit_leaves_seed_and_validators_and_gives_the_source_back(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.claim_due(NOW, 1, LEASE)
    visit = make_visit()
    await store.finish_visit(visit, NOW + 15 * MINUTE)
    memory, state = await store.recall("gazette"), await state_of(store, "gazette")
    assert (memory.seed, memory.validators, memory.visited, memory.failures) == (FEED, VALIDATORS, True, 0)
    assert (state.seed, state.last_visit_at, state.next_visit_at) == (
        FEED,
        visit.finished_at,
        NOW + 15 * MINUTE,
    )
    assert await store.claim_source("gazette", NOW, LEASE)


async def test_it_is_kept_why_and_when_a_seed_was_chosen_and_when_it_last_named_something_new(
    store: SqlStore,
) -> None:
    await store.register([GAZETTE], NOW)
    chosen = replace(FEED, reason="the page names it", chosen_at=NOW)
    first = replace(make_visit(), seed=chosen)
    await store.finish_visit(first, NOW + MINUTE)
    await store.finish_visit(replace(make_visit(minute=1), seed=chosen, new=0), NOW + 2 * MINUTE)
    await store.finish_visit(make_visit(VisitOutcome.FAILED, minute=2), NOW + 3 * MINUTE)
    memory, state = await store.recall("gazette"), await state_of(store, "gazette")
    assert memory.last_new_at == first.finished_at
    for seed in (memory.seed, state.seed):
        assert seed is not None
        assert (seed.reason, seed.chosen_at) == (chosen.reason, NOW)
    await store.register([replace(GAZETTE, url="https://new.gazette.example/")], NOW)
    assert (await store.recall("gazette")).seed is None


async def test_failed_visits_are_counted_and_forget_nothing(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.finish_visit(make_visit(), NOW + MINUTE)
    first = make_visit(VisitOutcome.FAILED, minute=1)
    await store.finish_visit(first, NOW + 2 * MINUTE)
    await store.finish_visit(make_visit(VisitOutcome.FAILED, minute=2), NOW + 4 * MINUTE)
    memory, state = await store.recall("gazette"), await state_of(store, "gazette")
    assert (memory.failures, memory.seed, memory.validators, memory.visited) == (2, FEED, VALIDATORS, True)
    assert (state.failures, state.failing_since, state.reason) == (2, first.finished_at, first.reason)


async def test_a_good_visit_ends_the_failing(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.finish_visit(make_visit(VisitOutcome.FAILED), NOW + MINUTE)
    assert not (await store.recall("gazette")).visited
    await store.finish_visit(make_visit(minute=1), NOW + 2 * MINUTE)
    state = await state_of(store, "gazette")
    assert (state.failures, state.failing_since, state.reason) == (0, None, None)


async def test_not_modified_keeps_the_validators_that_it_does_not_name(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.finish_visit(make_visit(), NOW + MINUTE)
    unchanged = replace(make_visit(VisitOutcome.NOT_MODIFIED), validators=Validators(etag='"8"'))
    await store.finish_visit(unchanged, NOW + 2 * MINUTE)
    assert (await store.recall("gazette")).validators == replace(VALIDATORS, etag='"8"')


async def test_what_a_seed_says_of_itself_is_kept_until_it_says_something_else(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    assert (await store.recall("gazette")).ttl == timedelta()
    await store.finish_visit(replace(make_visit(), ttl=HOUR), NOW + MINUTE)
    await store.finish_visit(make_visit(VisitOutcome.FAILED), NOW + MINUTE)
    assert (await store.recall("gazette")).ttl == HOUR
    await store.finish_visit(make_visit(), NOW + MINUTE)
    assert (await store.recall("gazette")).ttl == timedelta()


async def test_what_the_links_of_a_front_page_led_to_is_remembered(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    await keep(store, make_story("dam"), make_story("ferry", minute=1), make_story("mill", COURIER))
    contest, wall = make_link("contest"), make_link("wall")
    await store.remember("gazette", [contest, wall], [], NOW)
    await store.dismiss(contest, "a list of stories, not a story", None, NOW)
    await store.dismiss(wall, "a wall", NOW + HOUR, NOW)
    await store.finish_visit(make_visit(), NOW + MINUTE)
    assert (await store.recall("gazette")).past == PastLinks(), "a feed names articles only"
    front = Seed(url=GAZETTE.url, kind=SeedKind.FRONT)
    await store.finish_visit(replace(make_visit(), seed=front), NOW + MINUTE)
    assert (await store.recall("gazette")).past == PastLinks(
        articles=(f"{GAZETTE.url}ferry", f"{GAZETTE.url}dam"), others=(contest.url,)
    )


async def test_the_sitemaps_of_an_index_are_kept_as_they_were_read(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    assert (await store.recall("gazette")).children == ()
    children = (
        Child(url=f"{GAZETTE.url}news.xml", modified="2026-03-02T08:00Z", validators=VALIDATORS),
        Child(url=f"{GAZETTE.url}posts\0.xml"),
    )
    await store.finish_visit(replace(make_visit(), children=children), NOW + MINUTE)
    await store.finish_visit(make_visit(VisitOutcome.FAILED, minute=1), NOW + MINUTE)
    kept = (children[0], Child(url=f"{GAZETTE.url}posts\ufffd.xml"))
    assert (await store.recall("gazette")).children == kept
    await store.register([replace(GAZETTE, url="https://new.gazette.example/")], NOW)
    assert (await store.recall("gazette")).children == ()


async def test_a_visit_that_is_put_off_gives_the_source_back_as_it_was(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.claim_due(NOW, 1, LEASE)
    await store.put_off_visit("gazette", NOW + HOUR)
    state = await state_of(store, "gazette")
    assert (state.next_visit_at, state.last_visit_at, state.failures) == (NOW + HOUR, None, 0)
    assert await store.claim_due(NOW + HOUR, 1, LEASE) == ("gazette",)


async def test_nobody_puts_off_what_another_has(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.put_off_visit("gazette", NOW + HOUR)
    assert (await state_of(store, "gazette")).next_visit_at == NOW


async def test_a_new_document_without_validators_clears_them(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.finish_visit(make_visit(), NOW + MINUTE)
    await store.finish_visit(replace(make_visit(), validators=Validators()), NOW + 2 * MINUTE)
    assert (await store.recall("gazette")).validators == Validators()


async def test_a_visit_that_outlived_its_lease_does_not_take_the_next_ones_lease_away(
    store: SqlStore, url: str
) -> None:
    await store.register([GAZETTE], NOW)
    await store.claim_due(NOW, 1, LEASE)
    other = open_store(url, "other")
    assert await other.claim_source("gazette", NOW + LEASE, LEASE)
    await store.finish_visit(make_visit(), NOW)
    assert not await store.claim_source("gazette", NOW + LEASE, LEASE)
    await other.close()


async def test_a_clock_set_back_while_nobody_ran_strands_no_visit(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW - HOUR)
    await store.finish_visit(make_visit(), NOW + 15 * MINUTE)
    earlier = NOW - timedelta(days=3652)
    await store.rewind_visits(earlier)
    await store.rewind_visits(earlier + MINUTE)
    wait = NOW + 15 * MINUTE - make_visit().finished_at
    assert (await state_of(store, "gazette")).next_visit_at == earlier + wait
    assert (await state_of(store, "courier")).next_visit_at == NOW - HOUR


async def test_visits_of_a_clock_that_goes_right_are_not_moved(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.finish_visit(make_visit(), NOW + HOUR)
    before = await store.source_states()
    await store.rewind_visits(make_visit().finished_at)
    assert await store.source_states() == before


async def test_all_that_is_due_moves_with_the_clock(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await keep(store, make_story("dam", rules=(DAM,)))
    link = make_link("late")
    await store.remember("gazette", [link], [], NOW)
    await store.dismiss(link, "503", NOW + MINUTE, NOW)
    await store.shift_due_times(-HOUR)
    earlier = NOW - HOUR
    assert await store.claim_due(earlier, 1, LEASE) == ("gazette",)
    assert await store.waiting_links("gazette", earlier, 9) == ()
    assert len(await store.waiting_links("gazette", earlier + MINUTE, 9)) == 1
    assert len(await store.claim_deliveries("desk", earlier + MINUTE, 9, LEASE)) == 1


async def test_states_count_articles_and_open_links(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    links = [make_link(name) for name in ("dam", "gone", "wall", "fresh")]
    await store.remember("gazette", links, [make_link("old")], NOW)
    await store.dismiss(links[1], "404, not found", None, NOW)
    await store.dismiss(links[2], "a captcha", NOW + HOUR, NOW)
    await keep(store, make_story("dam", minute=7))
    state = await state_of(store, "gazette")
    assert (state.articles, state.last_article_at) == (1, NOW + 7 * MINUTE)
    assert (state.waiting, state.dismissed, state.postponed) == (2, 1, 1)
    assert (await state_of(store, "courier")).articles == 0


# --- the template, the heartbeat -----------------------------------------------------------------


def test_as_many_pages_are_remembered_as_the_template_looks_at() -> None:
    assert TEMPLATE_PAGES == WINDOW


async def test_the_template_holds_the_newest_pages_of_the_source(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    for number in range(TEMPLATE_PAGES + 3):
        story = make_story(f"story-{number}")
        await keep(store, replace(story, blocks=frozenset({number, 2**64 - 1 - number})))
    await keep(store, replace(make_story("elsewhere", COURIER), blocks=frozenset()))
    pages = (await store.recall("gazette")).template.pages
    newest = TEMPLATE_PAGES + 2
    assert pages == tuple(frozenset({n, 2**64 - 1 - n}) for n in range(newest, newest - TEMPLATE_PAGES, -1))
    assert (await store.recall("courier")).template.pages == (frozenset(),)


async def test_a_same_page_teaches_the_template_nothing(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    assert Link(url=make_article("dam").url, source="gazette") == make_link("dam")
    await keep(store, make_story("dam"))
    assert await store.keep(make_story("dam").filing()) is None
    assert len((await store.recall("gazette")).template.pages) == 1


async def test_the_last_heartbeat_stays(store: SqlStore) -> None:
    assert await store.heartbeat() is None
    await store.beat(Heartbeat(at=NOW, started_at=NOW, pid=41))
    last = Heartbeat(at=NOW + MINUTE, started_at=NOW, pid=42)
    await store.beat(last)
    assert await store.heartbeat() == last


async def test_a_source_remembers_when_its_newest_articles_appeared(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    dated, undated = make_story("dam"), make_story("quay", minute=5)
    dated = replace(dated, article=replace(dated.article, published_at=NOW - HOUR))
    undated = replace(undated, article=replace(undated.article, published_at=None))
    await keep(store, dated, undated)
    assert (await store.recall("gazette")).published == (undated.article.fetched_at, NOW - HOUR)
