"""Links: remembered once, fetched newest first, settled or put off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from monitor.model import Link
from monitor.store import SqlStore
from tests.store.samples import COURIER, GAZETTE, HOUR, MINUTE, NOW, keep, make_link, make_story

DAM, BUS, ZOO = make_link("dam"), make_link("bus"), make_link("zoo")


@pytest.fixture(autouse=True)
async def sources(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)


async def waiting(store: SqlStore, limit: int = 10, *, source: str = "gazette") -> tuple[Link, ...]:
    return await store.waiting_links(source, NOW, limit)


# --- remembering ---------------------------------------------------------------------------------


async def test_links_are_remembered_once_and_wait(store: SqlStore) -> None:
    assert await store.remember("gazette", [DAM, BUS], [], NOW) == 2
    assert await store.remember("gazette", [DAM, BUS, ZOO], [], NOW) == 1
    assert set(await waiting(store)) == {DAM, BUS, ZOO}


async def test_a_link_named_twice_in_one_visit_is_one_link(store: SqlStore) -> None:
    assert await store.remember("gazette", [DAM, BUS, DAM], [BUS, ZOO], NOW) == 3
    assert await waiting(store) == (DAM, BUS)


async def test_two_spellings_with_one_key_are_one_link(store: SqlStore) -> None:
    twin = replace(DAM, url=DAM.url.replace("https", "http"), key=DAM.key)
    assert await store.remember("gazette", [DAM], [], NOW) == 1
    assert await store.remember("gazette", [twin], [], NOW) == 0
    assert await waiting(store) == (DAM,)


async def test_what_was_passed_over_is_known_and_never_fetched(store: SqlStore) -> None:
    assert await store.remember("gazette", [DAM], [BUS], NOW) == 2
    assert await store.remember("gazette", [BUS], [], NOW) == 0
    assert await waiting(store) == (DAM,)


async def test_a_link_comes_back_as_it_went_in(store: SqlStore) -> None:
    link = Link(
        url="https://gazette.example/%D4%B1?a=1",
        source="gazette",
        title="Ղարաբաղ \U0001f1e6\U0001f1f2",
        published_at=datetime(2026, 3, 1, 23, 30, 0, 125, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        backlog=True,
        key="https://gazette.example/%D4%B1",
    )
    await store.remember("gazette", [link], [], NOW)
    [same] = await waiting(store)
    assert same == link
    assert same.published_at is not None
    assert same.published_at.utcoffset() == timedelta(hours=5, minutes=45)


async def test_a_long_sitemap_is_one_call(store: SqlStore) -> None:
    links = [make_link(f"story-{number}") for number in range(1200)]
    assert await store.remember("gazette", links[:10], links[10:], NOW) == 1200
    assert await store.remember("gazette", links, [], NOW) == 0


async def test_two_sources_may_wait_for_one_page(store: SqlStore) -> None:
    elsewhere = replace(DAM, source="courier")
    assert await store.remember("gazette", [DAM], [], NOW) == 1
    assert await store.remember("courier", [elsewhere], [], NOW) == 1
    assert await waiting(store, source="courier") == (elsewhere,)


async def test_what_another_source_has_read_is_not_fetched_again(store: SqlStore) -> None:
    await store.remember("gazette", [DAM], [], NOW)
    await keep(store, make_story("dam"))
    assert await store.remember("courier", [replace(DAM, source="courier")], [], NOW) == 0
    assert await waiting(store, source="courier") == ()


async def test_an_article_read_under_another_link_is_not_fetched_under_its_own(
    store: SqlStore,
) -> None:
    await store.remember("gazette", [BUS], [], NOW)
    await keep(store, replace(make_story("dam"), link=BUS))  # bus redirects to dam
    assert await store.remember("gazette", [DAM, ZOO], [], NOW) == 1
    assert await waiting(store) == (ZOO,)


# --- waiting -------------------------------------------------------------------------------------


async def test_links_wait_newest_first_and_in_the_order_of_their_seed(store: SqlStore) -> None:
    await store.remember("gazette", [BUS, ZOO], [], NOW - HOUR)
    await store.remember("gazette", [DAM], [], NOW)
    assert await waiting(store) == (DAM, BUS, ZOO)
    assert await waiting(store, 2) == (DAM, BUS)


async def test_a_date_of_its_own_decides_where_a_link_stands(store: SqlStore) -> None:
    dated = [
        replace(make_link(f"minute-{minute}"), published_at=NOW - minute * MINUTE) for minute in (30, 10, 20)
    ]
    await store.remember("gazette", dated, [], NOW)
    assert [link.url[-2:] for link in await waiting(store)] == ["10", "20", "30"]


async def test_a_link_waits_for_its_own_source_only(store: SqlStore) -> None:
    await store.remember("gazette", [DAM], [], NOW)
    assert await waiting(store, source="courier") == ()


# --- settling ------------------------------------------------------------------------------------


async def test_a_kept_article_settles_its_link(store: SqlStore) -> None:
    await store.remember("gazette", [DAM], [], NOW)
    await keep(store, make_story("dam"))
    assert await waiting(store) == ()
    assert await store.link_states("gazette", 10) == ()


async def test_a_link_tried_in_vain_comes_back_when_its_retry_is_due(store: SqlStore) -> None:
    await store.remember("gazette", [DAM], [], NOW)
    await store.dismiss(DAM, "a captcha", NOW + HOUR, NOW)
    assert await store.waiting_links("gazette", NOW + HOUR - MINUTE, 10) == ()
    assert await store.waiting_links("gazette", NOW + HOUR, 10) == (replace(DAM, attempts=1),)
    await store.dismiss(DAM, "a captcha", NOW + 3 * HOUR, NOW + HOUR)
    assert await store.waiting_links("gazette", NOW + 3 * HOUR, 10) == (replace(DAM, attempts=2),)


async def test_a_dismissed_link_is_never_fetched_again(store: SqlStore) -> None:
    await store.remember("gazette", [DAM], [], NOW)
    await store.dismiss(DAM, "a list page", None, NOW)
    assert await store.waiting_links("gazette", NOW + timedelta(days=999), 10) == ()
    assert await store.remember("gazette", [DAM], [], NOW + HOUR) == 0


async def test_a_slower_worker_does_not_dismiss_what_another_has_read(store: SqlStore) -> None:
    await store.remember("gazette", [DAM], [], NOW)
    await keep(store, make_story("dam"))
    await store.dismiss(DAM, "503", NOW + HOUR, NOW)
    assert await store.waiting_links("gazette", NOW + HOUR, 10) == ()


async def test_people_see_why_links_gave_no_article(store: SqlStore) -> None:
    await store.remember("gazette", [DAM], [], NOW)
    await store.remember("gazette", [BUS, ZOO], [make_link("old")], NOW + MINUTE)
    await store.dismiss(DAM, "a list page", None, NOW + HOUR)
    await store.dismiss(BUS, "a captcha", NOW + 2 * HOUR, NOW + HOUR)
    bus, dam = await store.link_states("gazette", 10)
    assert (bus.link, bus.found_at, bus.reason, bus.retry_at) == (
        replace(BUS, attempts=1),
        NOW + MINUTE,
        "a captcha",
        NOW + 2 * HOUR,
    )
    assert (dam.link, dam.found_at, dam.reason, dam.retry_at) == (
        replace(DAM, attempts=1),
        NOW,
        "a list page",
        None,
    )
    assert await store.link_states("gazette", 1) == (bus,)
