"""`monitor deliveries`: how far each alert has come. `monitor why`: one's way. `monitor retry`: once more.

Position: beside `commands`, which hangs these commands under its own.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Annotated

import typer
from rich.text import Text

from monitor.archive import find_outgoing, made_at
from monitor.cli import printing
from monitor.cli.asking import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    Limit,
    Since,
    amount,
    ask,
    load,
    moment,
    say_nothing,
)
from monitor.cli.channels import check_name
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.model import Alert, Delivery, DeliveryState, Digest, Occasion, Outgoing
from monitor.ports import AlertTrace, Store
from monitor.timetable import Timetable

STATE_STYLES = {
    DeliveryState.SENT: "green",
    DeliveryState.RETRYING: "yellow",
    DeliveryState.DEAD: "red",
    DeliveryState.SHADOWED: "dim",
}

RECENT = 1_000
"""Among so many alerts, the newest, those of a digest are looked for."""

OPEN = (DeliveryState.WAITING, DeliveryState.RETRYING)
"""What is yet to be sent."""


def deliveries(
    state: Annotated[DeliveryState | None, typer.Option(help="Only those that stand here.")] = None,
    since: Since = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List how far each alert, and what else is told, has come on its way to its channel, newest first."""
    settings, when = load(config), moment(since)
    found = ask(settings, lambda store: find_outgoing(store, state, when, limit))
    if as_json:
        printing.print_json(found)
    elif found:
        states = ask(settings, lambda store: store.channel_states())
        show_deliveries(found, settings, {state.name for state in states if state.stopped_at is not None})
    else:
        say_nothing("No such delivery.")


def show_deliveries(messages: Sequence[Outgoing], config: Config, stopped: Container[str]) -> None:
    """Print how far each message has come: its id, whole, where it goes, what it is about, what was said.

    `stopped` are the channels whose receiver wants no more.
    """
    now = datetime.now(UTC)
    for message in messages:
        channel, way = channel_of(message), say_way(message, config, now)
        if channel in stopped and message.state in OPEN:
            way = Text(f"{message.state}, its channel is stopped", style="yellow")
        head = Text.assemble((message.id, "bold"), "  ", (channel, "magenta"), "  ", way)
        printing.console.print(head, soft_wrap=True)
        when = (printing.short_time(made_at(message), config.timezone), "dim")
        printing.console.print(Text.assemble("  ", when, "  ", printing.plain(say_message(message))))
        if said := message.receipt or message.last_error:
            printing.console.print(Text.assemble("  ", printing.plain(said)), style="dim")


def channel_of(message: Outgoing) -> str:
    """Return whom a message tells."""
    return message.alert.channel if isinstance(message, Delivery) else message.channel


def say_way(message: Outgoing, config: Config, now: datetime) -> Text:
    """Return how far a message has come, in a few words."""
    state, zone = message.state, config.timezone
    words = f"{state.value} in digest" if isinstance(message, Delivery) and message.digest else state.value
    if state is DeliveryState.SENT:
        words += f" {printing.short_time(message.sent_at, zone)}"
    elif message.attempts:
        words += f" after {amount(message.attempts, 'attempts')}"
    if (due := next_attempt(message, config, now)) is not None:
        limit = config.timetables.get(channel_of(message), Timetable()).limit
        hold = "" if limit is None else f", as the limit of {limit}/h allows"
        words += f", next {printing.short_time(due, zone)}" if due > now else f", due now{hold}"
    return Text(words, style=STATE_STYLES.get(state, ""))


def next_attempt(message: Outgoing, config: Config, now: datetime) -> datetime | None:
    """Return when a message is sent next, as its channel's timetable has it; None when it is not."""
    if message.state not in OPEN:
        return None
    if not isinstance(message, Delivery) or message.digest is not None:
        return message.next_attempt_at
    timetable = config.timetables.get(message.alert.channel, Timetable())
    if message.state is DeliveryState.RETRYING:
        timetable = replace(timetable, digest=None)  # it was opened by itself, and goes by itself
    return timetable.expect(message.alert.created_at, message.next_attempt_at, now)


def say_message(message: Outgoing) -> str:
    """Return what a message is about."""
    match message:
        case Delivery():
            return printing.headline_of(message)
        case Digest():
            return "a digest without news"
        case _:
            return "; ".join(
                f"{turn.source} is {'well' if turn.well else 'unwell'}" for turn in message.turns
            )


def retry(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Alerts, as `monitor deliveries` shows them.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="All of this channel.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All there are.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Send alerts that are dead or retrying at once, each with the id it had; the running daemon does it."""
    if sum((bool(ids), channel is not None, every)) != 1:
        raise typer.BadParameter("name alerts, or a channel with --channel, or --all")
    settings = load(config)
    if channel is not None:
        check_name(settings, channel)

    async def revive(store: Store) -> list[str]:
        now = datetime.now(UTC)
        if not ids:
            return list(await store.revive(now, channel=channel))
        return [name for one in ids for name in await store.revive(now, alert_id=one)]

    revived = ask(settings, revive)
    missed = [one for one in ids or () if one not in revived]
    if as_json:
        printing.print_json({"revived": revived, "not_dead": missed})
    else:
        printing.console.print(f"{amount(len(revived), 'alerts')} will be sent again", highlight=False)
    if missed:
        raise MonitorError(f"neither dead nor retrying: {', '.join(missed)}; see `monitor deliveries`")


def why(
    alert_id: Annotated[str, typer.Argument(metavar="ALERT", help="As `monitor deliveries` shows it.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show an alert's way from the page to the receipt: each step with its time."""
    settings = load(config)
    trace = ask(settings, lambda store: store.trace(alert_id))
    if trace is None:
        recent = ask(settings, lambda store: store.deliveries(limit=RECENT))
        if held := [delivery.alert.id for delivery in recent if delivery.digest == alert_id]:
            raise MonitorError(f"{alert_id} is a digest; ask for one of its alerts: {', '.join(held)}")
        raise MonitorError(f"no alert has the id {alert_id}; `monitor deliveries` lists them")
    if as_json:
        printing.print_json(trace)
    else:
        show_steps(list(steps_of(trace, settings)), settings.timezone)


Step = tuple[datetime | None, str, Text]
"""When (None: at no known time), what, and more of it."""


def steps_of(trace: AlertTrace, config: Config) -> Iterator[Step]:
    """Yield what happened, in order."""
    article, alert = trace.stored.article, trace.delivery.alert
    yield article.published_at, "published", printing.plain(article.title)
    seed = "" if trace.seed is None else f" by its {trace.seed.kind} {trace.seed.url}"
    yield trace.found_at, "found", printing.plain(f"{article.source}{seed}")
    vain = f" after {amount(trace.failed_reads, 'attempts')} in vain" if trace.failed_reads else ""
    yield article.fetched_at, "fetched", printing.plain(f"{article.url}{vain}")
    copy = f", a copy of {trace.stored.copy_of}" if trace.stored.copy_of else ""
    later = tuple(aftermath_steps(alert))
    kept_at = article.fetched_at if later else alert.created_at
    yield kept_at, "kept", printing.plain(f"in story {trace.stored.story_id}{copy}")
    yield from later
    yield alert.created_at, "matched", printing.plain(f"rule {alert.rule}: {alert.query}")
    for excerpt in alert.excerpts:
        yield None, "", printing.marked(excerpt)
    yield alert.created_at, "alert", printing.plain(f"{alert.id} for {alert.channel}")
    if trace.delivery.digest is not None:
        yield trace.opened_at, "gathered", printing.plain(f"in digest {trace.delivery.digest}")
    yield from delivery_steps(trace, config)


def aftermath_steps(alert: Alert) -> Iterator[Step]:
    """Yield what became of the article later, when it is that which the alert tells of."""
    if alert.changes is not None:
        yield alert.created_at, "edited", printing.plain(", ".join(alert.changes.kinds))
    elif alert.occasion is Occasion.REMOVAL:
        yield alert.created_at, "gone", printing.plain("from its site")


def delivery_steps(trace: AlertTrace, config: Config) -> Iterator[Step]:
    """Yield how far an alert has come on its way to its channel."""
    delivery, now = trace.delivery, datetime.now(UTC)
    failures = delivery.attempts - (delivery.state is DeliveryState.SENT)
    if delivery.last_error is not None:
        times = f" ({amount(failures, 'attempts')})" if failures else ""
        is_last = delivery.state in (DeliveryState.RETRYING, DeliveryState.DEAD)
        yield trace.tried_at if is_last else None, f"failed{times}", printing.plain(delivery.last_error)
    match delivery.state:
        case DeliveryState.SENT:
            yield delivery.sent_at, "sent", printing.plain(delivery.receipt or "")
        case DeliveryState.DEAD:
            yield (
                trace.tried_at,
                "given up",
                printing.plain(f"once more: monitor retry {delivery.alert.id}"),
            )
        case DeliveryState.SENDING:
            yield trace.tried_at, "sending", printing.plain("it is being sent at this moment")
        case DeliveryState.SHADOWED:
            yield None, "in the shadow", printing.plain("its rule tells nobody")
        case _:
            yield next_attempt(delivery, config, now), "next attempt", printing.plain("")


def show_steps(steps: Sequence[Step], zone: tzinfo) -> None:
    """Print steps, a line each."""
    columns = (("when", "dim"), ("step", "cyan"), ("", ""))
    rows = [("" if when is None else say_second(when, zone), step, more) for when, step, more in steps]
    printing.console.print(printing.table_of(columns, rows))


def say_second(when: datetime, zone: tzinfo) -> str:
    """Return a time to the second, in the reader's timezone."""
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
