"""`monitor why`: an alert's way. `monitor retry`: alerts that were given up, sent again.

Position: beside `commands`, which hangs these commands under its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli import printing
from monitor.cli.asking import DEFAULT_CONFIG, AsJson, ConfigPath, amount, ask, load
from monitor.cli.channels import check_name
from monitor.errors import MonitorError
from monitor.model import Delivery, DeliveryState
from monitor.ports import AlertTrace, Store


def retry(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Alerts, as `monitor deliveries --state dead` shows them.")
    ] = None,
    channel: Annotated[str | None, typer.Option(help="All dead ones of this channel.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead ones.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Send dead alerts again, each with the id it had; the running daemon does it at once."""
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
        raise MonitorError(f"not among the dead: {', '.join(missed)}; see `monitor deliveries --state dead`")


def why(
    alert_id: Annotated[str, typer.Argument(metavar="ALERT", help="As `monitor deliveries` shows it.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show an alert's way from the page to the receipt: each step with its time."""
    settings = load(config)
    trace = ask(settings, lambda store: store.trace(alert_id))
    if trace is None:
        raise MonitorError(f"no alert has the id {alert_id}; `monitor deliveries` lists them")
    if as_json:
        printing.print_json(trace)
    else:
        show_steps(list(steps_of(trace)), settings.timezone)


Step = tuple[datetime | None, str, Text]
"""When (None: at no known time), what, and more of it."""


def steps_of(trace: AlertTrace) -> Iterator[Step]:
    """Yield what happened, in order."""
    article, alert = trace.stored.article, trace.delivery.alert
    yield article.published_at, "published", printing.plain(article.title)
    seed = "" if trace.seed is None else f" by its {trace.seed.kind} {trace.seed.url}"
    yield trace.found_at, "found", printing.plain(f"{article.source}{seed}")
    vain = f" after {amount(trace.failed_reads, 'attempts')} in vain" if trace.failed_reads else ""
    yield article.fetched_at, "fetched", printing.plain(f"{article.url}{vain}")
    copy = f", a copy of {trace.stored.copy_of}" if trace.stored.copy_of else ""
    yield alert.created_at, "kept", printing.plain(f"in story {trace.stored.story_id}{copy}")
    yield alert.created_at, "matched", printing.plain(f"rule {alert.rule}: {alert.query}")
    for excerpt in alert.excerpts:
        yield None, "", printing.marked(excerpt)
    yield alert.created_at, "alert", printing.plain(f"{alert.id} for {alert.channel}")
    if trace.delivery.digest is not None:
        yield None, "gathered", printing.plain(f"in digest {trace.delivery.digest}")
    yield from delivery_steps(trace.delivery)


def delivery_steps(delivery: Delivery) -> Iterator[Step]:
    """Yield how far an alert has come on its way to its channel."""
    failures = delivery.attempts - (delivery.state is DeliveryState.SENT)
    if delivery.last_error is not None:
        times = f" ({amount(failures, 'attempts')})" if failures else ""
        yield None, f"failed{times}", printing.plain(delivery.last_error)
    match delivery.state:
        case DeliveryState.SENT:
            yield delivery.sent_at, "sent", printing.plain(delivery.receipt or "")
        case DeliveryState.DEAD:
            yield None, "given up", printing.plain(f"call it back: monitor retry {delivery.alert.id}")
        case DeliveryState.SENDING:
            yield None, "sending", printing.plain("it is being sent at this moment")
        case _:
            yield delivery.next_attempt_at, "next attempt", printing.plain("")


def show_steps(steps: Sequence[Step], zone: tzinfo) -> None:
    """Print steps, a line each."""
    columns = (("when", "dim"), ("step", "cyan"), ("", ""))
    rows = [("" if when is None else say_second(when, zone), step, more) for when, step, more in steps]
    printing.console.print(printing.table_of(columns, rows))


def say_second(when: datetime, zone: tzinfo) -> str:
    """Return a time to the second, in the reader's timezone."""
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
