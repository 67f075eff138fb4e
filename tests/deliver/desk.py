"""A store with alerts and the courier that takes them to a real sender, alone or as a digest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

from monitor.courier import Courier
from monitor.deliver.email import EmailSender
from monitor.deliver.smtp import SmtpLimits
from monitor.model import Delivery, DeliveryState, EmailChannel, Smtp, TlsMode
from monitor.ports import Channel
from monitor.store import SqlStore, open_store
from monitor.timetable import DigestTimes, Timetable
from tests.deliver.servers import HOST, parse_mail
from tests.fakes import FakeClock
from tests.store.samples import DAM, GAZETTE, NOW, keep, make_story

DAY = timedelta(days=1)
NOON = NOW.replace(hour=12)
AT_ONCE = Timetable()
DAILY = Timetable(digest=DigestTimes(timezone=UTC, at=time(12)))
HASTY = SmtpLimits(
    step=timedelta(seconds=0.3), answer=timedelta(seconds=0.3), idle=timedelta(0.01), pause=timedelta()
)


class Desk:
    """What is told to the channel `desk`, and how far it has come."""

    def __init__(self, store: SqlStore, timetable: Timetable) -> None:
        self.store, self.timetable, self.clock = store, timetable, FakeClock(NOON)
        self.courier = Courier(self.clock, store)

    async def deliver(self, channel: Channel, now: datetime = NOON) -> DeliveryState:
        """Let the courier run at a moment; return where the alerts stand."""
        self.clock.time = now
        while await self.courier.deliver(channel, self.timetable):
            pass
        [state] = {each.state for each in await self.store.deliveries()}
        return state

    async def first(self) -> Delivery:
        """Return one of the alerts as the outbox has it."""
        return (await self.store.deliveries())[0]

    async def why(self) -> str:
        """Return what was wrong with the last attempt."""
        return (await self.first()).last_error or ""

    async def due(self) -> datetime:
        """Return when the next attempt is."""
        return (await self.first()).next_attempt_at

    async def message_name(self) -> str:
        """Return what a mail's Message-ID and a webhook's id begin with: the one name of what is sent."""
        delivery = await self.first()
        return f"alert.{delivery.alert.id}" if delivery.digest is None else f"digest.{delivery.digest}"


@asynccontextmanager
async def open_desk(folder: Path, timetable: Timetable, stories: tuple[str, ...]) -> AsyncIterator[Desk]:
    """Give a desk with an alert for each story, all due."""
    store = open_store(f"sqlite:///{folder}/monitor.sqlite3", "daemon")
    await store.register([GAZETTE], NOW - DAY)
    await store.register_channels({"desk": "there"}, NOW)
    await keep(store, *(make_story(name, rules=(DAM,)) for name in stories))
    yield Desk(store, timetable)
    await store.close()


def sender_to(port: int, *recipients: str, tls: TlsMode = TlsMode.NONE) -> EmailSender:
    """Return a sender of mail with little patience."""
    smtp = Smtp(host=HOST, port=port, tls=tls, sender="monitor@example.org")
    to = recipients or ("a@example.org", "b@example.org", "c@example.org")
    return EmailSender(EmailChannel(name="desk", to=to), smtp, UTC, limits=HASTY)


def read(raw: bytes) -> EmailMessage:
    """Return a mail as a scripted server took it."""
    return parse_mail(raw.removesuffix(b".\r\n"))
