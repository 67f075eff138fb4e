"""The outbox -> a channel: claim what is due, send it, mark what came of it.

Position: the last step of the walk; `pipeline.deliver` calls it for one channel. It sees ports only.

It may be killed anywhere and run again: what was claimed and not marked comes back when its lease has run
out, with the id it had. When alerts are gathered into a digest, is the channel's `Timetable`; the store
settles which, in the transaction that claims it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import ParamSpec, TypeVar

from monitor.errors import DeliveryFailed, StoreError
from monitor.health import MEMORY, survey
from monitor.model import Delivery, DeliveryState, Digest, Outgoing
from monitor.ports import Channel, Clock, Gathering, Store
from monitor.timetable import Timetable

log = logging.getLogger("monitor")

P = ParamSpec("P")
T = TypeVar("T")

STORE_PAUSE = timedelta(seconds=5)
"""How long to wait before a store that is full or locked is asked again."""

BATCH = 50
LEASE = timedelta(minutes=30)
"""How long claimed deliveries belong to one worker."""

SLOWEST_SEND = timedelta(minutes=15)
"""What the slowest mail server may take over one alert (RFC 5321, 4.5.3.2.6: 10 minutes after the dot)."""


def never() -> bool:
    """Return False: nobody has asked to end."""
    return False


@dataclass(frozen=True, slots=True)
class Courier:
    """Takes to a channel what is due there. Once `is_ending`, no other message is begun."""

    clock: Clock
    store: Store
    is_ending: Callable[[], bool] = never

    async def deliver(self, channel: Channel, timetable: Timetable) -> int:
        """Send what is due on a channel, one batch; return how much was claimed: nothing in quiet hours.

        A slow receiver ends the batch before its lease runs out; the rest is given back when the lease
        has ended, and claimed again. One that wants no more ends it at once. Who is asked to end finishes the
        message in hand: one that is broken off may be taken, and would be sent again.
        """
        began = self.clock.now()
        if timetable.is_quiet(began):
            return 0
        claimed = await self.store.claim_deliveries(
            channel.name, began, BATCH, LEASE, gather_at(timetable, began)
        )
        for message in claimed:
            if self.is_ending() or self.clock.now() - began > LEASE - SLOWEST_SEND:
                break
            if not await self.send(channel, await self.cover(message)):
                break
        return len(claimed)

    async def cover(self, message: Outgoing) -> Outgoing:
        """Return a digest with what was watched, which is settled before its first attempt; others as is."""
        if not isinstance(message, Digest) or message.coverage is not None:
            return message
        now = self.clock.now()
        states = await self.insist(message.id, self.store.source_states)
        given = await self.insist(message.id, self.store.source_yields, now - MEMORY)
        coverage = survey(states, given, now)
        await self.insist(message.id, self.store.cover_digest, message.id, coverage)
        return replace(message, coverage=coverage)

    async def send(self, channel: Channel, message: Outgoing) -> bool:
        """Send one message, and mark what came of it; return whether the channel takes more."""
        began, reason, goes_on = perf_counter(), None, True
        outcome = DeliveryState.SENT
        try:
            receipt = await channel.send(message)
        except DeliveryFailed as exc:
            reason, outcome = str(exc), await self.mark_failed(channel, message, exc)
            if exc.stops_channel:
                await self.insist(message.id, self.store.stop_channel, channel.name, reason, self.clock.now())
                goes_on = False
        except Exception as exc:  # noqa: BLE001 - one alert's boundary: it must not come back for ever
            reason = f"internal error ({type(exc).__name__}: {exc}); please report it"
            outcome = await self.mark_failed(channel, message, DeliveryFailed(reason))
        else:
            await self.insist(message.id, self.store.mark_sent, message.id, receipt, self.clock.now())
        log.info(
            "deliver",
            extra={
                "channel": channel.name,
                **name_message(message),
                "outcome": outcome.value,
                "reason": reason,
                "ms": round((perf_counter() - began) * 1000),
            },
        )
        return goes_on

    async def mark_failed(self, channel: Channel, message: Outgoing, error: DeliveryFailed) -> DeliveryState:
        """Store that an attempt failed, and when the next one is: retrying, or dead when there is none."""
        wait = channel.retry_wait(message.attempts + 1, message.id) if error.transient else None
        due = None
        if wait is not None:
            due = self.clock.now() + max(wait, error.retry_after or timedelta())
        await self.insist(message.id, self.store.mark_failed, message.id, str(error), due, error.progress)
        return DeliveryState.DEAD if due is None else DeliveryState.RETRYING

    async def insist(
        self, message_id: str, call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what a call of the store returns. One that is full or locked is asked until it is not.

        What was taken and is not marked would be sent again.
        """
        while True:
            try:
                return await call(*args, **kwargs)
            except StoreError as exc:
                if not exc.transient:
                    raise
                log.error(
                    "deliver", extra={"outcome": "not recorded", "alert": message_id, "reason": str(exc)}
                )
            await asyncio.sleep(STORE_PAUSE.total_seconds())


def gather_at(timetable: Timetable, now: datetime) -> Gathering:
    """Return how a channel's alerts are gathered at a moment."""
    if timetable.digest is None:
        return Gathering(limit=timetable.limit)
    return Gathering(before=timetable.digest.latest(now), empty=timetable.empty)


def name_message(message: Outgoing) -> dict[str, object]:
    """Return what the log calls a message."""
    match message:
        case Delivery():
            alert, article = message.alert, message.article
            return {"alert": alert.id, "rule": alert.rule, "url": article.url, "title": article.title}
        case Digest():
            return {"alert": message.id, "title": f"digest of {len(message.deliveries)} alerts"}
        case _:
            return {"alert": message.id, "title": f"word of {len(message.turns)} sources"}
