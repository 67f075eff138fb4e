"""The outbox beside single alerts: digests, word of the sources, channels; on either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.model import Coverage, DeliveryState, Digest, Gap, HealthNotice, Outgoing, Turn
from monitor.ports import ChannelState, Gathering, Told
from monitor.store import SqlStore
from tests.store.samples import DAM, GAZETTE, HOUR, LEASE, MINUTE, NOW, keep, make_story

LATER = NOW + 2 * HOUR
DIGEST = Gathering(before=NOW + HOUR)
COVERAGE = Coverage(
    sources=2,
    gaps=(
        Gap(source="gazette", reason="503 \ud800", since=NOW),
        Gap(source="courier", reason="new", since=None),
    ),
)
TURN = Turn(source="gazette", well=False, reason="503", since=NOW)


@pytest.fixture(autouse=True)
async def alerts(store: SqlStore) -> None:
    """Three alerts for the desk, one a minute."""
    await store.register([GAZETTE], NOW)
    await store.register_channels({"desk": "there"}, NOW)
    await keep(store, *(make_story(name, minute=n, rules=(DAM,)) for n, name in enumerate("abc")))


async def claim(
    store: SqlStore, gathering: Gathering = DIGEST, now: datetime = LATER
) -> tuple[Outgoing, ...]:
    return await store.claim_deliveries("desk", now, 10, LEASE, gathering)


async def claim_digest(store: SqlStore, now: datetime = LATER) -> Digest:
    [digest] = await claim(store, now=now)
    assert isinstance(digest, Digest)
    return digest


async def states(store: SqlStore) -> list[tuple[str, int]]:
    return [(each.state.value, each.attempts) for each in await store.deliveries()]


async def test_a_digest_is_claimed_once_and_carries_its_alerts_along(store: SqlStore) -> None:
    digest = await claim_digest(store)
    assert (digest.channel, digest.created_at, digest.attempts, digest.since) == ("desk", LATER, 0, None)
    assert [each.article.title for each in digest.deliveries] == [f"Talks about {name}" for name in "abc"]
    assert await states(store) == [("sending", 0)] * 3
    assert {each.digest for each in await store.deliveries()} == {digest.id}
    assert await claim(store) == ()
    await store.mark_failed(digest.id, "451", LATER + HOUR, "noted")
    assert await states(store) == [("retrying", 1)] * 3
    again = await claim_digest(store, LATER + HOUR)
    trace = await store.trace(digest.deliveries[0].alert.id)
    assert trace is not None
    assert (trace.opened_at, trace.tried_at) == (LATER, LATER + HOUR)
    assert (again.id, again.attempts, again.progress) == (digest.id, 1, "noted")
    await store.mark_sent(digest.id, "250 OK", LATER + HOUR)
    await store.mark_failed(digest.id, "too late", LATER + HOUR)
    assert await states(store) == [("sent", 2)] * 3
    assert {(each.receipt, each.sent_at) for each in await store.deliveries()} == {("250 OK", LATER + HOUR)}
    assert await claim(store, now=LATER + 9 * HOUR) == ()


async def test_a_claim_on_a_digest_runs_out_or_is_given_back(store: SqlStore) -> None:
    digest = await claim_digest(store)
    assert (await claim_digest(store, LATER + LEASE)).id == digest.id
    await store.release_claims()
    assert await states(store) == [("waiting", 0)] * 3
    assert (await claim_digest(store)).id == digest.id


async def test_what_was_watched_is_written_down_once(store: SqlStore) -> None:
    digest = await claim_digest(store)
    assert digest.coverage is None
    await store.cover_digest(digest.id, COVERAGE)
    await store.cover_digest(digest.id, Coverage(sources=9))
    covered = (await claim_digest(store, LATER + LEASE)).coverage
    assert covered == replace(
        COVERAGE, gaps=(replace(COVERAGE.gaps[0], reason="503 \ufffd"), COVERAGE.gaps[1])
    )


async def test_the_due_time_of_a_digest_moves_with_the_clock(store: SqlStore) -> None:
    digest = await claim_digest(store)
    await store.mark_failed(digest.id, "451", LATER + HOUR)
    await store.shift_due_times(-HOUR)
    assert (await claim_digest(store)).id == digest.id


async def test_a_dead_digest_is_called_back_whole(store: SqlStore) -> None:
    digest = await claim_digest(store)
    await store.mark_failed(digest.id, "550", None)
    alerts = {each.id for each in digest.deliveries}
    assert set(await store.revive(LATER, alert_id=digest.id)) == {digest.id, *alerts}
    assert (await claim_digest(store)).id == digest.id
    await store.mark_failed(digest.id, "550", None)
    assert set(await store.revive(LATER, alert_id=min(alerts))) == {digest.id, *alerts}
    assert await store.revive(LATER) == ()


async def test_beyond_a_limit_alerts_are_gathered(store: SqlStore) -> None:
    digest, alert = await claim(store, Gathering(limit=2))
    assert isinstance(digest, Digest)
    assert (digest.limit, len(digest.deliveries)) == (2, 2)
    await keep(store, make_story("d", minute=3, rules=(DAM,)))
    await store.mark_sent(alert.id, "250", LATER)
    await store.mark_sent(digest.id, "250", LATER)
    assert await claim(store, Gathering(limit=2), LATER + HOUR - MINUTE) == ()
    assert len(await claim(store, Gathering(limit=2), LATER + HOUR)) == 1


async def test_an_empty_digest_is_made_once_for_each_time(store: SqlStore) -> None:
    empty = replace(DIGEST, empty=True)
    await store.mark_sent((await claim_digest(store)).id, "250", LATER)
    assert await claim(store, empty) == ()
    [digest] = await claim(store, replace(empty, before=LATER + HOUR), LATER + HOUR)
    assert isinstance(digest, Digest)
    assert (digest.deliveries, digest.since) == ((), LATER)
    assert [each.id for each in await store.bulletins()] == [digest.id]
    assert await claim(store, replace(empty, before=LATER + HOUR), LATER + HOUR) == ()


async def test_word_of_the_sources_is_put_into_the_outbox_once_and_what_was_told_is_remembered(
    store: SqlStore,
) -> None:
    told = Told(channel="desk", source="gazette", unwell=True, reason="503", since=NOW, told_at=LATER)
    for _ in range(2):
        await store.tell([told], {"desk": [TURN]}, LATER)
    assert await store.told() == (told,)
    [notice] = await claim(store, Gathering(before=NOW))
    assert isinstance(notice, HealthNotice)
    assert notice.turns == (TURN,)
    assert await store.bulletins(state=DeliveryState.SENDING, since=LATER) == (notice,)
    assert await store.bulletins(since=LATER + MINUTE) == ()
    await store.tell([], {}, LATER)
    assert await store.told() == ()


async def test_a_stopped_channel_is_given_nothing_and_gives_back_what_was_claimed(store: SqlStore) -> None:
    digest = await claim_digest(store)
    await store.stop_channel("desk", "410 Gone", LATER)
    assert await states(store) == [("waiting", 0)] * 3
    assert await claim(store, now=LATER + HOUR) == ()
    [state] = await store.channel_states()
    assert state == ChannelState(
        name="desk",
        stopped_at=LATER,
        stopped_because="410 Gone",
        counts={"waiting": 3},
        open_since=NOW,
    )
    assert await store.start_channel("desk")
    assert (await claim_digest(store)).id == digest.id


async def test_channels_that_were_told_something_are_listed_with_those_registered(store: SqlStore) -> None:
    await store.register_channels({"ops": "there"}, NOW)
    await keep(store, make_story("x", rules=(replace(DAM, name="x", notify=("gone",), shadow=True),)))
    counts = {each.name: dict(each.counts) for each in await store.channel_states()}
    assert counts == {"desk": {"waiting": 3}, "gone": {"shadowed": 1}, "ops": {}}
    assert await store.count_shadowed() == {"x": 1}
