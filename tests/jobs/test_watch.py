"""Word of the sources: one message when one turns unwell, one when it is well again, and no storm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.health import CALM, STEADY, Ailment, follow
from monitor.jobs.watch import watch_sources
from monitor.model import DeliveryState, HealthNotice, Turn, VisitOutcome
from monitor.ports import Told
from monitor.store import SqlStore, open_store
from tests.store.samples import COURIER, GAZETTE, LEASE, NOW, make_visit

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REASON = "gazette.example does not resolve"


class Ward:
    """Two sources, and the watch over them."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store

    async def visit(self, now: datetime, *, well: bool, source: str = "gazette") -> None:
        """Record how a visit ended."""
        visit = make_visit(VisitOutcome.OK if well else VisitOutcome.FAILED)
        visit = replace(visit, source=source, started_at=now, finished_at=now)
        await self.store.finish_visit(visit, now + HOUR)

    async def fail(self, now: datetime, source: str = "gazette") -> None:
        """Let a source fail often and long enough, up to now."""
        for ago in (3 * HOUR, 2 * HOUR, timedelta()):
            await self.visit(now - ago, well=False, source=source)

    async def look(self, now: datetime, *channels: str) -> list[tuple[str, tuple[tuple[str, bool], ...]]]:
        """Look at the sources; return what was put into the outbox: the channel, and (source, well)."""
        before = {each.id for each in await self.store.bulletins()}
        await watch_sources(self.store, channels or ("ops",), now)
        notices = [each for each in await self.store.bulletins() if each.id not in before]
        return [
            (each.channel, tuple((turn.source, turn.well) for turn in each.turns))
            for each in notices
            if isinstance(each, HealthNotice)
        ]


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    store = open_store(f"sqlite:///{tmp_path}/monitor.sqlite3", "daemon")
    await store.register([GAZETTE, COURIER], NOW - DAY)
    yield Ward(store)
    await store.close()


async def test_a_source_that_turns_is_told_once_and_again_when_it_is_well(ward: Ward) -> None:
    assert await ward.look(NOW) == []
    await ward.fail(NOW)
    assert await ward.look(NOW) == [("ops", (("gazette", False),))]
    await ward.visit(NOW + HOUR, well=False)
    assert await ward.look(NOW + HOUR) == []
    await ward.visit(NOW + 2 * HOUR, well=True)
    assert await ward.look(NOW + 2 * HOUR) == []
    assert await ward.look(NOW + 2 * HOUR + STEADY) == [("ops", (("gazette", True),))]
    assert await ward.look(NOW + 9 * HOUR) == []


async def test_a_source_that_falls_ill_again_before_it_counted_as_well_starts_anew(ward: Ward) -> None:
    await ward.fail(NOW)
    await ward.look(NOW)
    await ward.visit(NOW + HOUR, well=True)
    await ward.look(NOW + HOUR)
    await ward.fail(NOW + HOUR + 30 * MINUTE)
    assert await ward.look(NOW + HOUR + 30 * MINUTE) == []
    await ward.visit(NOW + 2 * HOUR, well=True)
    assert await ward.look(NOW + 2 * HOUR) == []
    assert await ward.look(NOW + 3 * HOUR - MINUTE) == []
    assert await ward.look(NOW + 3 * HOUR) == [("ops", (("gazette", True),))]


async def test_what_is_told_says_why_and_since_when(ward: Ward) -> None:
    await ward.fail(NOW)
    await ward.look(NOW)
    [notice] = await ward.store.bulletins()
    assert isinstance(notice, HealthNotice)
    assert notice.turns == (Turn(source="gazette", well=False, reason=REASON, since=NOW - 3 * HOUR),)


async def test_sources_that_turn_together_stand_in_one_message_for_each_channel(ward: Ward) -> None:
    await ward.fail(NOW)
    await ward.fail(NOW, "courier")
    both = (("courier", False), ("gazette", False))
    assert sorted(await ward.look(NOW, "desk", "ops")) == [("desk", both), ("ops", both)]


async def test_a_channel_that_asks_later_is_told_how_things_stand(ward: Ward) -> None:
    await ward.fail(NOW)
    await ward.look(NOW)
    assert await ward.look(NOW + MINUTE, "ops", "desk") == [("desk", (("gazette", False),))]


async def test_a_source_that_was_taken_out_is_forgotten_without_a_word(ward: Ward) -> None:
    await ward.fail(NOW)
    await ward.look(NOW)
    await ward.store.register([COURIER], NOW + HOUR)
    assert await ward.look(NOW + 3 * HOUR) == []
    assert await ward.store.told() == ()


async def test_a_word_goes_the_way_of_an_alert_and_keeps_its_id(ward: Ward) -> None:
    await ward.fail(NOW)
    await ward.look(NOW)
    [first] = await ward.store.claim_deliveries("ops", NOW, 9, LEASE)
    await ward.store.mark_failed(first.id, "451, later", NOW + HOUR, "noted")
    assert await ward.store.claim_deliveries("ops", NOW + MINUTE, 9, LEASE) == ()
    [again] = await ward.store.claim_deliveries("ops", NOW + HOUR, 9, LEASE)
    assert (again.id, again.attempts, again.progress) == (first.id, 1, "noted")
    await ward.store.mark_failed(first.id, "550, no", None)
    [dead] = await ward.store.bulletins(state=DeliveryState.DEAD)
    assert (dead.id, dead.last_error) == (first.id, "550, no")
    [ops] = await ward.store.channel_states()
    assert ops.counts == {"dead": 1}
    assert await ward.store.revive(NOW + 2 * HOUR, channel="ops") == (first.id,)
    [revived] = await ward.store.claim_deliveries("ops", NOW + 2 * HOUR, 9, LEASE)
    await ward.store.mark_sent(revived.id, "250 OK", NOW + 2 * HOUR)
    assert await ward.store.claim_deliveries("ops", NOW + 9 * DAY, 9, LEASE) == ()


@pytest.mark.parametrize(("ill_min", "well_min"), [(150, 5), (150, 61), (130, 180), (600, 600)])
def test_a_source_that_comes_and_goes_is_told_of_a_few_times_a_day_at_most(
    ill_min: int, well_min: int
) -> None:
    told: Told | None = None
    turns: list[datetime] = []
    for minute in range(0, 10 * 24 * 60, 5):
        now = NOW + minute * MINUTE
        ill = minute % (ill_min + well_min) < ill_min
        following = follow("ops", told, "gazette", Ailment(reason="x", since=now) if ill else None, now)
        told = following.told
        turns += [now] * (following.turn is not None)
    assert turns
    assert all(sum(t <= other < t + DAY for other in turns) <= 4 for t in turns)
    assert len(turns) <= 2 * 10 + 2


def test_one_that_fell_ill_soon_after_it_had_recovered_has_to_be_well_for_a_day() -> None:
    told = Told(
        channel="ops",
        source="gazette",
        unwell=True,
        reason="x",
        since=NOW,
        told_at=NOW,
        recovered_at=NOW - CALM + MINUTE,
        well_since=NOW + HOUR,
    )
    assert follow("ops", told, "gazette", None, NOW + HOUR + STEADY).turn is None
    following = follow("ops", told, "gazette", None, NOW + HOUR + CALM)
    assert following.turn == Turn(source="gazette", well=True, reason="x", since=NOW)
