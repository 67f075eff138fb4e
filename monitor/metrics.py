"""The archive -> the numbers that alarms are made of, in the words of Prometheus.

Position: beside `archive`; `cli` asks. It sees the store as a port.

Each number is read from the database, not counted in a process: a restart sets none back, and they can be
asked for while no daemon runs. What happened is told as a time, not as an age, so that an answer that is no
longer renewed ages by itself (https://prometheus.io/docs/practices/instrumentation/, "Timestamps, not time
since").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from monitor.errors import MonitorError
from monitor.health import MEMORY, Ailment, Standing, diagnose_all, stand
from monitor.model import DeliveryState
from monitor.ports import ChannelState, Heartbeat, SourceState, Store

PREFIX = "news_monitor_"


class Snapshot(Collector):
    """The numbers of one moment."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """Return the numbers, as the registry asks for them."""
        return self._metrics

    def write(self) -> str:
        """Return them in the text format of Prometheus, version 0.0.4."""
        return generate_latest(self._registry).decode()

    def save(self, path: Path) -> None:
        """Write them to a file, which is whole at every moment.

        Raises:
            MonitorError: it cannot be written.
        """
        try:
            write_to_textfile(str(path), self._registry)
        except OSError as exc:
            raise MonitorError(f"{path} cannot be written: {exc.strerror}") from exc


async def take_snapshot(store: Store, now: datetime) -> Snapshot:
    """Return the numbers as they are now."""
    states = await store.source_states()
    ailments = diagnose_all(states, await store.source_yields(now - MEMORY), now)
    daemon, channels = await store.heartbeat(), await store.channel_states()
    return Snapshot(
        [
            *describe_daemon(daemon),
            *describe_sources(states, ailments),
            *describe_articles(states),
            *describe_channels(channels),
        ]
    )


def describe_daemon(heartbeat: Heartbeat | None) -> Iterator[Metric]:
    """Yield when the daemon began and when it last gave a sign of life; no sample when none has ever run."""
    beat = gauge("heartbeat_timestamp_seconds", "When the daemon last gave a sign of life.")
    began = gauge("start_timestamp_seconds", "When the daemon that gave it was started.")
    if heartbeat is not None:
        beat.add_metric([], heartbeat.at.timestamp())
        began.add_metric([], heartbeat.started_at.timestamp())
    yield beat
    yield began


def describe_sources(states: Sequence[SourceState], ailments: Mapping[str, Ailment]) -> Iterator[Metric]:
    """Yield how many sources fare how, which are unwell, and when the next visit is due."""
    active = [state for state in states if state.active]
    fare = Counter(stand(state, ailments.get(state.name)) for state in active)
    sources = gauge("sources", "Sources of the configuration, by how they fare.", "standing")
    for standing in Standing:
        if standing is not Standing.TAKEN_OUT:
            sources.add_metric([standing.value], fare[standing])
    yield sources
    unwell = gauge(
        "source_unwell_since_timestamp_seconds",
        "Since when a source is unwell; no sample for one that is not.",
        "source",
    )
    for name, ailment in ailments.items():
        unwell.add_metric([name], ailment.since.timestamp())
    yield unwell
    due = gauge("next_visit_timestamp_seconds", "When the next visit of any source is due.")
    if active:
        due.add_metric([], min(state.next_visit_at for state in active).timestamp())
    yield due


def describe_articles(states: Sequence[SourceState]) -> Iterator[Metric]:
    """Yield what the archive holds. Links that wait are pages still to be fetched."""
    articles = CounterMetricFamily(f"{PREFIX}articles", "Articles that were kept.")
    articles.add_metric([], sum(state.articles for state in states))
    yield articles
    newest = gauge("newest_article_timestamp_seconds", "When the newest article was fetched.")
    times = [state.last_article_at for state in states if state.last_article_at is not None]
    if times:
        newest.add_metric([], max(times).timestamp())
    yield newest
    links = gauge("links", "Links that gave no article: they wait, or were dismissed.", "state")
    links.add_metric(["waiting"], sum(state.waiting for state in states))
    links.add_metric(["dismissed"], sum(state.dismissed for state in states))
    yield links


def describe_channels(channels: Sequence[ChannelState]) -> Iterator[Metric]:
    """Yield how many alerts of each channel stand where, zeros too, and which channels were stopped."""
    deliveries = gauge("deliveries", "Alerts, by channel and by how far they have come.", "channel", "state")
    stopped = gauge("channel_stopped", "1 when a channel's receiver wants no more.", "channel")
    oldest = gauge(
        "oldest_open_delivery_timestamp_seconds",
        "When the oldest alert fired that is still on its way; no sample when none is.",
        "channel",
    )
    for channel in channels:
        for state in DeliveryState:
            deliveries.add_metric([channel.name, state.value], channel.counts.get(state, 0))
        stopped.add_metric([channel.name], channel.stopped_at is not None)
        if channel.open_since is not None:
            oldest.add_metric([channel.name], channel.open_since.timestamp())
    yield from (deliveries, stopped, oldest)


def gauge(name: str, documentation: str, *labels: str) -> GaugeMetricFamily:
    """Return a number that may rise and fall, under our prefix, without samples yet."""
    return GaugeMetricFamily(PREFIX + name, documentation, labels=labels)
