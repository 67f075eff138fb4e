"""Digests, limits and channels that want no more: what the courier takes to a channel, and what it marks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from monitor.courier import LEASE, Courier, gather_at
from monitor.errors import DeliveryFailed, StoreError
from monitor.model import Coverage, Delivery, DeliveryState, Digest, Gap, Outgoing, QuietHours
from monitor.store import SqlStore, open_store
from monitor.timetable import DigestTimes, Timetable
from tests.fakes import FakeChannel, FakeClock
from tests.store.samples import COURIER, DAM, GAZETTE, NOW, keep, make_story, make_visit

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAILY = Timetable(digest=DigestTimes(timezone=UTC, at=time(12)))
NOON = NOW.replace(hour=12)


class Desk:
    """A channel, and the courier that serves it: the store and the samples are those of the store's tests."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.channel, self.clock = store, FakeChannel(), FakeClock(NOW)
        self.courier = Courier(self.clock, store)

    async def keep(self, *names: str, minute: int = 0) -> None:
        """Keep stories that the rule finds, composed so many minutes after `NOW`."""
        await keep(self.store, *(make_story(name, minute=minute, rules=(DAM,)) for name in names))

    async def deliver(self, timetable: Timetable, now: datetime) -> list[Outgoing]:
        """Let the courier run at a moment; return what the channel took."""
        self.clock.time = now
        self.channel.sent.clear()
        self.channel.bulletins.clear()
        while await self.courier.deliver(self.channel, timetable):
            pass
        return [*self.channel.bulletins, *self.channel.sent]

    async def states(self) -> set[DeliveryState]:
        return {delivery.state for delivery in await self.store.deliveries()}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path}/monitor.sqlite3", "daemon")
    await store.register([GAZETTE, COURIER], NOW - DAY)
    await store.register_channels({"desk": "there"}, NOW - DAY)
    yield Desk(store)
    await store.close()


def the_digest(messages: Sequence[Outgoing]) -> Digest:
    [digest] = messages
    assert isinstance(digest, Digest)
    return digest


def names(deliveries: Sequence[Outgoing]) -> list[str]:
    return [each.article.url.rsplit("/", 1)[1] for each in deliveries if isinstance(each, Delivery)]


# --- digests -------------------------------------------------------------------------------------


async def test_alerts_wait_for_the_time_of_the_digest_and_come_in_one_message(desk: Desk) -> None:
    await desk.keep("dam", "bus", "zoo")
    assert await desk.deliver(DAILY, NOON - MINUTE) == []
    digest = the_digest(await desk.deliver(DAILY, NOON))
    assert names(digest.deliveries) == ["dam", "bus", "zoo"]
    assert {delivery.digest for delivery in await desk.store.deliveries()} == {digest.id}
    assert await desk.states() == {DeliveryState.SENT}
    assert await desk.deliver(DAILY, NOON + MINUTE) == []


async def test_what_fires_after_the_time_waits_for_the_next(desk: Desk) -> None:
    await desk.keep("dam", minute=200)  # 12:20
    assert await desk.deliver(DAILY, NOON + HOUR) == []
    digest = the_digest(await desk.deliver(DAILY, NOON + DAY))
    assert names(digest.deliveries) == ["dam"]


async def test_a_digest_that_was_missed_is_made_up_for_with_all_that_waits_by_then(desk: Desk) -> None:
    await desk.keep("dam")
    await desk.keep("bus", minute=200)
    digest = the_digest(await desk.deliver(DAILY, NOON + HOUR))
    assert names(digest.deliveries) == ["dam", "bus"]


async def test_what_a_digest_holds_is_settled_at_the_first_attempt_and_so_is_its_id(desk: Desk) -> None:
    await desk.keep("dam", "bus")
    desk.channel.failures = [DeliveryFailed("451, later")]
    assert await desk.deliver(DAILY, NOON) == []
    [first, second] = await desk.store.deliveries(state=DeliveryState.RETRYING)
    assert first.digest == second.digest
    assert (first.attempts, first.last_error) == (1, "451, later")
    await desk.keep("zoo", minute=181)  # 12:01
    digest = the_digest(await desk.deliver(DAILY, NOON + MINUTE))
    assert (digest.id, names(digest.deliveries)) == (first.digest, ["dam", "bus"])


async def test_a_digest_whose_courier_died_comes_again_with_the_same_id_and_alerts(desk: Desk) -> None:
    await desk.keep("dam", "bus")

    class KilledError(BaseException):
        pass

    def die() -> None:
        raise KilledError

    desk.channel.on_send = die
    with pytest.raises(KilledError):
        await desk.deliver(DAILY, NOON)
    [taken] = desk.channel.bulletins
    desk.channel.on_send = lambda: None
    await desk.keep("zoo", minute=181)
    assert await desk.deliver(DAILY, NOON + LEASE - MINUTE) == []
    again = the_digest(await desk.deliver(DAILY, NOON + LEASE))
    assert again.id == taken.id
    assert isinstance(taken, Digest)
    assert names(again.deliveries) == names(taken.deliveries)
    assert again.coverage == taken.coverage


async def test_a_claim_that_was_given_back_is_claimed_again_as_the_same_digest(desk: Desk) -> None:
    await desk.keep("dam", "bus")
    taken = await desk.store.claim_deliveries("desk", NOON, 9, LEASE, gather_at(DAILY, NOON))
    assert await desk.states() == {DeliveryState.SENDING}
    assert await desk.deliver(DAILY, NOON + MINUTE) == []
    await desk.store.release_claims()
    assert await desk.states() == {DeliveryState.WAITING}
    digest = the_digest(await desk.deliver(DAILY, NOON + MINUTE))
    assert digest.id == taken[0].id


async def test_alerts_of_one_story_stand_together(desk: Desk) -> None:
    await desk.keep("dam", "bus")
    copy = make_story("zoo", COURIER, rules=(replace(DAM, name="other"),))
    dam = make_story("dam")
    await keep(desk.store, replace(copy, verdict=replace(copy.verdict, story_id=dam.verdict.story_id)))
    digest = the_digest(await desk.deliver(DAILY, NOON))
    assert names(digest.deliveries) == ["dam", "zoo", "bus"]


async def test_a_dead_digest_is_called_back_by_any_of_its_alerts_with_its_id(desk: Desk) -> None:
    await desk.keep("dam", "bus")
    desk.channel.failures = [DeliveryFailed("550, no", transient=False)]
    await desk.deliver(DAILY, NOON)
    dead = await desk.store.deliveries(state=DeliveryState.DEAD)
    assert len(dead) == 2
    revived = await desk.store.revive(NOON + HOUR, alert_id=dead[0].id)
    assert set(revived) == {dead[0].digest, dead[0].id, dead[1].id}
    digest = the_digest(await desk.deliver(DAILY, NOON + HOUR))
    assert digest.id == dead[0].digest


async def test_an_alert_that_somebody_may_have_goes_into_no_digest(desk: Desk) -> None:
    await desk.keep("dam")
    desk.channel.failures = [DeliveryFailed("451, later")]
    await desk.deliver(Timetable(), NOW)  # the channel had no digest then
    await desk.keep("bus")
    later = await desk.deliver(DAILY, NOON)
    assert [type(message) for message in later] == [Digest, Delivery]
    assert names(later) == ["dam"]
    assert names(the_digest(later[:1]).deliveries) == ["bus"]


@pytest.mark.parametrize("timetable", [DAILY, Timetable(limit=1)])
async def test_an_alert_whose_courier_died_before_it_was_marked_goes_into_no_digest(
    desk: Desk, timetable: Timetable
) -> None:
    await desk.keep("dam")
    await desk.store.claim_deliveries("desk", NOW, 9, LEASE)
    await desk.store.release_claims()  # as the next daemon does: the receiver may have it
    await desk.keep("bus")
    later = await desk.deliver(timetable, NOON)
    assert names(later)[0] == "dam"
    [delivery] = [each for each in await desk.store.deliveries() if names([each]) == ["dam"]]
    assert delivery.digest is None


async def test_a_digest_says_since_when(desk: Desk) -> None:
    await desk.keep("dam")
    assert the_digest(await desk.deliver(DAILY, NOON)).since is None
    await desk.keep("bus", minute=200)
    assert the_digest(await desk.deliver(DAILY, NOON + DAY)).since == NOON


async def test_a_digest_waits_until_the_quiet_hours_are_over(desk: Desk) -> None:
    await desk.keep("dam")
    quiet = replace(DAILY, quiet=QuietHours(begin=time(11), end=time(13), timezone=UTC))
    assert await desk.deliver(quiet, NOON) == []
    assert len(await desk.deliver(quiet, NOON + HOUR)) == 1


async def test_without_news_there_is_a_digest_only_where_one_was_asked_for(desk: Desk) -> None:
    assert await desk.deliver(DAILY, NOON) == []
    empty = replace(DAILY, empty=True)
    digest = the_digest(await desk.deliver(empty, NOON))
    assert digest.deliveries == ()
    assert digest.coverage is not None
    assert await desk.deliver(empty, NOON + HOUR) == []
    following = the_digest(await desk.deliver(empty, NOON + DAY))
    assert following.id != digest.id


async def test_a_channel_that_is_new_sends_no_empty_digest_for_a_time_before_it_was_there(desk: Desk) -> None:
    await desk.store.register_channels({"fresh": "there"}, NOON + HOUR)
    desk.channel = FakeChannel("fresh")
    empty = replace(DAILY, empty=True)
    assert await desk.deliver(empty, NOON + 2 * HOUR) == []
    assert len(await desk.deliver(empty, NOON + DAY)) == 1


async def test_more_alerts_than_one_digest_holds_come_in_several(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.store.bulletins.MAX_GATHERED", 2)
    await desk.keep("dam", "bus", "zoo")
    digests = await desk.deliver(DAILY, NOON)
    assert [len(the_digest([digest]).deliveries) for digest in digests] == [2, 1]


# --- what was watched ----------------------------------------------------------------------------


async def test_a_digest_ends_with_what_was_watched_at_the_first_attempt(desk: Desk) -> None:
    visited = replace(make_visit(), started_at=NOON - MINUTE, finished_at=NOON - MINUTE)
    await desk.store.finish_visit(visited, NOON + HOUR)
    await desk.keep("dam")
    desk.channel.failures = [DeliveryFailed("451, later")]
    await desk.deliver(DAILY, NOON)
    await desk.store.finish_visit(replace(visited, source="courier"), NOON + HOUR)
    digest = the_digest(await desk.deliver(DAILY, NOON + MINUTE))
    gap = Gap(source="courier", reason="it has not been visited yet", since=None)
    assert digest.coverage == Coverage(sources=2, gaps=(gap,))


# --- limits --------------------------------------------------------------------------------------


LIMITED = Timetable(limit=3)


async def test_below_the_limit_each_alert_goes_by_itself(desk: Desk) -> None:
    await desk.keep("dam", "bus", "zoo")
    assert names(await desk.deliver(LIMITED, NOW)) == ["dam", "bus", "zoo"]


async def test_beyond_the_limit_the_rest_is_gathered_in_one_that_says_so(desk: Desk) -> None:
    await desk.keep("dam", "bus", "zoo", "sea", "sky")
    sent = await desk.deliver(LIMITED, NOW)
    assert names(sent) == ["dam", "bus"]
    digest = the_digest(sent[:1])
    assert (digest.limit, names(digest.deliveries)) == (3, ["zoo", "sea", "sky"])


async def test_a_channel_that_has_reached_its_limit_is_silent_until_an_hour_has_passed(desk: Desk) -> None:
    await desk.keep("dam", "bus", "zoo")
    await desk.deliver(LIMITED, NOW)
    await desk.keep("sea", "sky", "ice", "owl", minute=10)
    assert await desk.deliver(LIMITED, NOW + 59 * MINUTE) == []
    sent = await desk.deliver(LIMITED, NOW + HOUR)
    assert names(sent) == ["sea", "sky"]
    assert names(the_digest(sent[:1]).deliveries) == ["ice", "owl"]


async def test_what_one_digest_cannot_hold_does_not_go_by_itself_instead(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.store.bulletins.MAX_GATHERED", 2)
    await desk.keep("dam", "bus", "zoo", "sea", "sky", "ice", "owl")
    sent = await desk.deliver(LIMITED, NOW)
    assert names(sent) == ["dam", "bus"]
    assert names(the_digest(sent[:1]).deliveries) == ["zoo", "sea"]
    assert len(await desk.store.deliveries(state=DeliveryState.WAITING)) == 3


@pytest.mark.parametrize("minutes", [1, 7, 30])
async def test_no_hour_ever_sees_more_messages_than_the_limit(desk: Desk, minutes: int) -> None:
    moments: list[datetime] = []
    for minute in range(0, 300, minutes):
        await desk.keep(f"one-{minute}", f"two-{minute}", minute=minute)
        now = NOW + minute * MINUTE
        moments += [now] * len(await desk.deliver(LIMITED, now))
    assert all(sum(m <= other < m + HOUR for other in moments) <= 3 for m in moments)
    await desk.deliver(LIMITED, NOW + 9 * HOUR)
    assert await desk.states() == {DeliveryState.SENT}


async def test_a_retry_counts_once_and_keeps_its_id(desk: Desk) -> None:
    await desk.keep("dam")
    desk.channel.failures = [DeliveryFailed("451, later")] * 2
    for minute in range(2):
        await desk.deliver(LIMITED, NOW + minute * MINUTE)
    await desk.keep("bus", "zoo", minute=3)
    assert sorted(names(await desk.deliver(LIMITED, NOW + 9 * MINUTE))) == ["bus", "dam", "zoo"]


# --- channels that want no more ------------------------------------------------------------------

STOP = DeliveryFailed("410 Gone; mend the url", transient=False, stops_channel=True)


async def test_a_receiver_that_wants_no_more_stops_its_channel_across_restarts(desk: Desk) -> None:
    await desk.keep("dam", "bus", "zoo")
    desk.channel.failures = [STOP]
    assert await desk.deliver(Timetable(), NOW) == []
    assert await desk.deliver(Timetable(), NOW + HOUR) == []
    assert await desk.states() == {DeliveryState.DEAD, DeliveryState.WAITING}
    [state] = await desk.store.channel_states()
    assert (state.stopped_at, state.stopped_because) == (NOW, "410 Gone; mend the url")
    assert state.counts == {"dead": 1, "waiting": 2}
    await desk.store.register_channels({"desk": "there"}, NOW + HOUR)  # the daemon was started again
    assert await desk.deliver(Timetable(), NOW + HOUR) == []


async def test_a_stopped_channel_is_started_by_hand_or_by_mending_where_it_leads(desk: Desk) -> None:
    await desk.keep("dam", "bus", "zoo")
    desk.channel.failures = [STOP, STOP]
    await desk.deliver(Timetable(), NOW)
    assert await desk.store.start_channel("desk")
    assert not await desk.store.start_channel("desk")
    assert await desk.deliver(Timetable(), NOW + MINUTE) == []  # it refuses again
    await desk.store.register_channels({"desk": "elsewhere"}, NOW + HOUR)
    assert names(await desk.deliver(Timetable(), NOW + HOUR)) == ["zoo"]


# --- the end -------------------------------------------------------------------------------------


async def test_a_courier_that_is_asked_to_end_finishes_the_message_in_hand_and_begins_no_other(
    desk: Desk,
) -> None:
    await desk.keep("dam", "bus", "zoo")
    ending = Courier(desk.clock, desk.store, is_ending=lambda: bool(desk.channel.sent))
    assert await ending.deliver(desk.channel, Timetable()) == 3
    assert names(desk.channel.sent) == ["dam"]
    assert sorted(each.state for each in await desk.store.deliveries()) == ["sending", "sending", "sent"]
    await desk.store.release_claims()
    assert names(await desk.deliver(Timetable(), NOW)) == ["bus", "zoo"]


# --- a store in trouble --------------------------------------------------------------------------


async def test_a_locked_store_delays_the_receipt_of_a_digest_and_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.keep("dam")
    monkeypatch.setattr("monitor.courier.STORE_PAUSE", timedelta())
    cover, locked = desk.store.cover_digest, [1, 1]

    async def cover_at_last(digest_id: str, coverage: Coverage) -> None:
        if locked:
            locked.pop()
            raise StoreError("the database is locked", transient=True)
        await cover(digest_id, coverage)

    monkeypatch.setattr(desk.store, "cover_digest", cover_at_last)
    assert the_digest(await desk.deliver(DAILY, NOON)).coverage is not None
    assert not locked


# --- rules in the shadow -------------------------------------------------------------------------


@pytest.mark.parametrize("timetable", [Timetable(), LIMITED, DAILY])
async def test_a_rule_in_the_shadow_counts_and_tells_nobody_also_when_it_has_left_it(
    desk: Desk, timetable: Timetable
) -> None:
    shadowed = replace(DAM, shadow=True)
    await keep(desk.store, make_story("dam", rules=(shadowed,)), make_story("bus", rules=(shadowed,)))
    assert await desk.deliver(timetable, NOON) == []
    assert await desk.states() == {DeliveryState.SHADOWED}
    assert await desk.store.count_shadowed() == {"dam": 2}
    assert await desk.store.revive(NOON) == ()
    await desk.keep("zoo")  # the rule has left the shadow
    [message] = await desk.deliver(timetable, NOON + MINUTE)
    told = message.deliveries if isinstance(message, Digest) else (message,)
    assert names(told) == ["zoo"]
    assert await desk.deliver(timetable, NOON + 9 * DAY) == []


async def test_what_was_held_back_counts_towards_no_limit(desk: Desk) -> None:
    shadowed = replace(DAM, shadow=True)
    await keep(desk.store, *(make_story(f"held-{n}", rules=(shadowed,)) for n in range(9)))
    await desk.keep("dam", "bus", "zoo")
    assert names(await desk.deliver(LIMITED, NOW)) == ["dam", "bus", "zoo"]
