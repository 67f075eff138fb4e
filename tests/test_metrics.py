"""The numbers for alarms, as Prometheus reads them: with the library's own parser, from a real store."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.errors import MonitorError
from monitor.metrics import take_snapshot
from monitor.model import DeliveryState, Turn, Visit, VisitOutcome
from monitor.ports import Heartbeat
from monitor.store import SqlStore, open_store
from tests.store.samples import COURIER, DAM, GAZETTE, HOUR, LEASE, MINUTE, NOW, keep, make_story

LATER = NOW + 3 * HOUR
HOSTILE = replace(COURIER, name='cou"rier\\\n', url="https://hostile.example/")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path}/monitor.sqlite3", "daemon")
    yield opened
    await opened.close()


async def read(store: SqlStore) -> dict[str, dict[str, float]]:
    """The samples by the name of their metric, then by the values of their labels."""
    families = list(text_string_to_metric_families((await take_snapshot(store, LATER)).write()))
    assert families
    samples: dict[str, dict[str, float]] = {}
    for family in families:
        assert family.documentation
        for sample in family.samples:
            assert sample.name.startswith("news_monitor_")
            name = sample.name.removeprefix("news_monitor_")
            samples.setdefault(name, {})["/".join(sample.labels.values())] = sample.value
    return samples


def failed(source: str, minute: int) -> Visit:
    when = NOW + minute * MINUTE
    return Visit(
        source=source, started_at=when, finished_at=when, outcome=VisitOutcome.FAILED, reason="it answers 503"
    )


async def test_an_archive_without_anything_has_numbers_and_no_sign_of_life(store: SqlStore) -> None:
    samples = await read(store)
    assert samples["articles_total"] == {"": 0}
    assert samples["sources"] == {"well": 0, "failing": 0, "unwell": 0, "not visited yet": 0}
    assert not samples.keys() & {"heartbeat_timestamp_seconds", "next_visit_timestamp_seconds", "deliveries"}


async def test_the_daemons_sign_of_life_is_a_time_so_that_it_ages_by_itself(store: SqlStore) -> None:
    await store.beat(Heartbeat(at=LATER, started_at=NOW, pid=1))
    samples = await read(store)
    assert samples["heartbeat_timestamp_seconds"] == {"": LATER.timestamp()}
    assert samples["start_timestamp_seconds"] == {"": NOW.timestamp()}


async def test_each_channel_has_its_alerts_by_state_zeros_too_and_its_oldest(store: SqlStore) -> None:
    await store.register([GAZETTE], NOW)
    await store.register_channels({"desk": "there", "ops": "elsewhere"}, NOW)
    await keep(store, *(make_story(name, minute=n, rules=(DAM,)) for n, name in enumerate("abcdef")))
    await keep(store, make_story("g", rules=(replace(DAM, shadow=True),)))
    first, second, third, _ = await store.claim_deliveries("desk", LATER, 4, LEASE)
    await store.mark_sent(first.id, "250 ok", LATER)
    await store.mark_failed(second.id, "550", None)
    await store.mark_failed(third.id, "451", LATER + HOUR)
    samples = await read(store)
    by_state = {state.value: samples["deliveries"][f"desk/{state.value}"] for state in DeliveryState}
    assert by_state == {
        "waiting": 2,
        "sending": 1,
        "retrying": 1,
        "sent": 1,
        "dead": 1,
        "shadowed": 1,
    }
    assert {samples["deliveries"][f"ops/{state.value}"] for state in DeliveryState} == {0}
    oldest = (NOW + 2 * MINUTE).timestamp()
    assert samples["oldest_open_delivery_timestamp_seconds"] == {"desk": oldest}


async def test_word_of_the_sources_is_counted_as_an_alert_is(store: SqlStore) -> None:
    turn = Turn(source="gazette", well=False, reason="503", since=NOW)
    await store.tell([], {"ops": [turn]}, NOW)
    samples = await read(store)
    assert samples["deliveries"]["ops/waiting"] == 1
    assert samples["oldest_open_delivery_timestamp_seconds"] == {"ops": NOW.timestamp()}


async def test_a_channel_that_was_stopped_shows(store: SqlStore) -> None:
    await store.register_channels({"desk": "there", "ops": "elsewhere"}, NOW)
    await store.stop_channel("ops", "410 Gone", LATER)
    assert (await read(store))["channel_stopped"] == {"desk": 0, "ops": 1}


async def test_sources_are_counted_by_how_they_fare_and_those_unwell_are_named(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER, HOSTILE], NOW)
    well = replace(failed("gazette", 0), outcome=VisitOutcome.OK, reason=None)
    await store.finish_visit(well, NOW + 5 * HOUR)
    for minute in (0, 10, 20):
        await store.finish_visit(failed(HOSTILE.name, minute), NOW + 4 * HOUR)
    samples = await read(store)
    assert samples["sources"] == {"well": 1, "failing": 1, "unwell": 0, "not visited yet": 1}
    assert samples["source_unwell_since_timestamp_seconds"] == {HOSTILE.name: NOW.timestamp()}
    assert samples["next_visit_timestamp_seconds"] == {"": NOW.timestamp()}  # the courier's
    await store.register([GAZETTE], LATER)
    samples = await read(store)
    assert samples["sources"] == {"well": 1, "failing": 0, "unwell": 0, "not visited yet": 0}
    assert "source_unwell_since_timestamp_seconds" not in samples
    assert samples["next_visit_timestamp_seconds"] == {"": (NOW + 5 * HOUR).timestamp()}


async def test_what_was_kept_is_counted_also_of_sources_that_are_gone(store: SqlStore) -> None:
    await store.register([GAZETTE, COURIER], NOW)
    await keep(store, make_story("a", minute=1), make_story("b", COURIER, minute=7))
    await store.register([GAZETTE], LATER)
    samples = await read(store)
    assert samples["articles_total"] == {"": 2}
    assert samples["newest_article_timestamp_seconds"] == {"": (NOW + timedelta(minutes=7)).timestamp()}
    assert samples["links"] == {"waiting": 0, "dismissed": 0}


async def test_a_file_takes_the_place_of_the_last_and_leaves_nothing_beside_it(
    store: SqlStore, tmp_path: Path
) -> None:
    folder = tmp_path / "textfile"
    folder.mkdir()
    path = folder / "monitor.prom"
    for _ in range(2):
        (await take_snapshot(store, LATER)).save(path)
    assert [each.name for each in folder.iterdir()] == ["monitor.prom"]
    assert path.read_text() == (await take_snapshot(store, LATER)).write()
    with pytest.raises(MonitorError, match=r"nowhere/monitor.prom cannot be written: No such file"):
        (await take_snapshot(store, LATER)).save(tmp_path / "nowhere" / "monitor.prom")


async def test_every_number_is_explained_to_those_who_make_alarms(store: SqlStore) -> None:
    operations = (Path(__file__).parent.parent / "docs/operations.md").read_text("utf-8")
    explained = set(re.findall(r"`([a-z_]+)(?:\{[a-z,]+\})?`", operations.partition("### Alarms")[2]))
    families = text_string_to_metric_families((await take_snapshot(store, LATER)).write())
    endings = {"counter": "_total"}
    for family in families:
        name = family.name.removeprefix("news_monitor_") + endings.get(family.type, "")
        assert name in explained
