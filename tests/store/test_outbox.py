"""The outbox: claimed, sent, tried again, never lost and never sent twice on purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.errors import StoreError
from monitor.model import Candidates, Delivery, DeliveryState, Rule
from monitor.store import SqlStore, open_store
from tests.store.samples import (
    COURIER,
    DAM,
    GAZETTE,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    as_candidate,
    keep,
    make_story,
)


@pytest.fixture(autouse=True)
async def alerts(store: SqlStore) -> None:
    """Three alerts for the desk, one a minute, and one for ops."""
    await store.register([GAZETTE, COURIER], NOW)
    ops = Rule(name="ops", query="zoo", notify=("ops",))
    await keep(
        store,
        make_story("dam", rules=(DAM,)),
        make_story("bus", COURIER, minute=1, rules=(DAM,)),
        make_story("zoo", minute=2, rules=(DAM, ops)),
    )


LATER = NOW + 10 * MINUTE


async def claim(
    store: SqlStore, channel: str = "desk", limit: int = 10, now: datetime = LATER
) -> tuple[Delivery, ...]:
    claimed = await store.claim_deliveries(channel, now, limit, LEASE)
    return tuple(message for message in claimed if isinstance(message, Delivery))


def names(deliveries: tuple[Delivery, ...]) -> list[str]:
    return [delivery.article.url.rsplit("/", 1)[1] for delivery in deliveries]


async def test_an_alert_comes_out_as_it_went_in_with_its_article(store: SqlStore) -> None:
    story = make_story("dam", rules=(DAM,))
    [delivery] = await claim(store, limit=1)
    assert delivery == Delivery(
        alert=story.alerts()[0],
        article=story.article,
        state=DeliveryState.SENDING,
        attempts=0,
        next_attempt_at=NOW,
    )


async def test_the_oldest_alerts_of_a_channel_are_claimed_first_and_once(store: SqlStore) -> None:
    assert names(await claim(store, limit=2)) == ["dam", "bus"]
    assert names(await claim(store)) == ["zoo"]
    assert await claim(store) == ()
    assert names(await claim(store, "ops")) == ["zoo"]
    assert await claim(store, "nobody") == ()


async def test_an_alert_is_not_claimed_before_it_is_due(store: SqlStore) -> None:
    due = await claim(store, limit=10, now=NOW + MINUTE)
    assert names(due) == ["dam", "bus"]


async def test_what_was_sent_is_sent(store: SqlStore) -> None:
    [first, *_] = await claim(store)
    await store.mark_sent(first.alert.id, "250 OK", LATER)
    [sent] = await store.deliveries(state=DeliveryState.SENT)
    assert (sent.receipt, sent.sent_at, sent.attempts, sent.last_error) == ("250 OK", LATER, 1, None)
    assert names(await claim(store, limit=10, now=LATER + LEASE)) == ["bus", "zoo"]


async def test_a_failed_alert_is_due_again_when_it_was_said(store: SqlStore) -> None:
    [first] = await claim(store, limit=1)
    await store.mark_failed(first.alert.id, "450 greylisted", LATER + HOUR)
    [retrying] = await store.deliveries(state=DeliveryState.RETRYING)
    assert (retrying.attempts, retrying.last_error, retrying.next_attempt_at) == (
        1,
        "450 greylisted",
        LATER + HOUR,
    )
    assert names(await claim(store)) == ["bus", "zoo"]
    [again] = await claim(store, limit=1, now=LATER + HOUR)
    assert (again.alert, again.state, again.attempts) == (first.alert, DeliveryState.SENDING, 1)


async def test_a_dead_alert_is_seen_and_not_sent(store: SqlStore) -> None:
    [first] = await claim(store, limit=1)
    await store.mark_failed(first.alert.id, "550 no such user", None)
    [dead] = await store.deliveries(state=DeliveryState.DEAD)
    assert (dead.alert, dead.attempts, dead.last_error) == (first.alert, 1, "550 no such user")
    assert names(await claim(store, limit=10, now=LATER + LEASE)) == ["bus", "zoo"]


async def test_an_alert_of_a_crashed_worker_is_claimed_again_with_the_same_id(store: SqlStore) -> None:
    first = await claim(store)
    assert await claim(store, limit=10, now=LATER + LEASE - MINUTE) == ()
    again = await claim(store, limit=10, now=LATER + LEASE)
    assert [delivery.alert for delivery in again] == [delivery.alert for delivery in first]


async def test_a_slow_worker_that_failed_does_not_undo_what_another_has_sent(store: SqlStore) -> None:
    [slow, *_] = await claim(store)
    await store.mark_sent(slow.alert.id, "250 OK", LATER)
    await store.mark_failed(slow.alert.id, "timeout", LATER + HOUR)
    await store.mark_sent(slow.alert.id, "250 OK again", LATER + HOUR)
    [sent] = await store.deliveries(state=DeliveryState.SENT)
    assert (sent.receipt, sent.attempts) == ("250 OK", 1)


async def test_marking_an_unknown_alert_says_its_id(store: SqlStore) -> None:
    with pytest.raises(StoreError, match="no alert has the id abc"):
        await store.mark_sent("abc", "250 OK", LATER)
    with pytest.raises(StoreError, match="no alert has the id abc"):
        await store.mark_failed("abc", "timeout", None)


async def test_an_owner_gives_back_its_own_alerts_only(store: SqlStore, url: str) -> None:
    other = open_store(url, "other")
    [theirs] = await claim(other, limit=1)
    [mine, failed] = await claim(store)
    await store.mark_failed(failed.alert.id, "timeout", LATER)
    assert names(await claim(store)) == ["zoo"]
    await store.release_claims()
    states = {delivery.alert.id: delivery.state for delivery in await store.deliveries()}
    assert states[theirs.alert.id] is DeliveryState.SENDING
    assert states[mine.alert.id] is DeliveryState.WAITING
    assert states[failed.alert.id] is DeliveryState.RETRYING
    assert names(await claim(store)) == ["bus", "zoo"]
    await other.close()


async def test_an_alert_that_is_on_its_way_is_left_alone_when_it_is_composed_again(store: SqlStore) -> None:
    [first, *_] = await claim(store)
    await store.mark_sent(first.alert.id, "250 OK", LATER)
    before = await store.deliveries()
    story = make_story("dam", rules=(replace(DAM, query="changed"),))
    known = Candidates(articles=(as_candidate(story),))
    assert await store.keep(replace(story, candidates=known).filing()) == 0
    assert await store.deliveries() == before


async def test_deliveries_are_listed_newest_first_by_state_and_time(store: SqlStore) -> None:
    assert names(await store.deliveries()) == ["zoo", "zoo", "bus", "dam"]
    assert names(await store.deliveries(limit=1)) == ["zoo"]
    assert names(await store.deliveries(since=NOW + MINUTE)) == ["zoo", "zoo", "bus"]
    await claim(store, "ops")
    assert names(await store.deliveries(state=DeliveryState.SENDING)) == ["zoo"]
    assert await store.deliveries(state=DeliveryState.DEAD) == ()


async def test_what_a_channel_notes_of_a_failed_attempt_is_kept_until_it_notes_something_else(
    store: SqlStore,
) -> None:
    [first] = await claim(store, limit=1)
    assert first.progress is None
    await store.mark_failed(first.alert.id, "450", LATER, '{"a": 250}')
    [again] = await claim(store, limit=1)
    assert again.progress == '{"a": 250}'
    await store.mark_failed(again.alert.id, "no connection", None)
    [dead] = await store.deliveries(state=DeliveryState.DEAD)
    assert dead.progress == '{"a": 250}'


async def test_a_dead_alert_is_called_back_with_its_id_and_its_schedule_begins_anew(store: SqlStore) -> None:
    dam, bus, zoo = await claim(store)
    for delivery in (dam, bus):
        await store.mark_failed(delivery.alert.id, "550 no such user", None, "noted")
    await store.mark_sent(zoo.alert.id, "250 OK", LATER)
    assert await store.revive(LATER, alert_id=zoo.alert.id) == ()
    assert await store.revive(LATER, alert_id=bus.alert.id) == (bus.alert.id,)
    assert await store.revive(LATER, channel="ops") == ()
    assert await store.revive(LATER, channel="desk") == (dam.alert.id,)
    again = await claim(store)
    assert [delivery.alert for delivery in again] == [dam.alert, bus.alert]
    assert {(delivery.attempts, delivery.progress) for delivery in again} == {(0, "noted")}
    assert await store.revive(LATER) == ()


async def test_an_alert_that_waits_for_another_attempt_is_called_back_before_it(
    store: SqlStore,
) -> None:
    dam, *_ = await claim(store)
    await store.mark_failed(dam.alert.id, "451 later", LATER + HOUR)
    assert await store.revive(LATER) == (dam.alert.id,)
    [again] = await claim(store, now=LATER)
    assert (again.alert, again.attempts) == (dam.alert, 0)


async def test_a_trace_tells_when_an_alert_was_taken_first_and_last(store: SqlStore) -> None:
    dam, *_ = await claim(store)
    trace = await store.trace(dam.alert.id)
    assert trace is not None
    first = trace.opened_at
    assert trace.tried_at == first
    await store.mark_failed(dam.alert.id, "451 later", LATER + HOUR)
    await claim(store, now=LATER + HOUR)
    trace = await store.trace(dam.alert.id)
    assert trace is not None
    assert (trace.opened_at, trace.tried_at) == (first, LATER + HOUR)
