"""A digest through the real senders, the courier and the store: what a receiver in trouble gets, and when."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

import httpx2 as httpx
import pytest
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook

from monitor.courier import Courier
from monitor.deliver import webhook_schema
from monitor.deliver.apprise import AppriseSender
from monitor.deliver.console import ConsoleSender
from monitor.deliver.email import EmailSender
from monitor.deliver.file import FileSender
from monitor.deliver.smtp import SmtpLimits
from monitor.deliver.webhook import WebhookSender
from monitor.model import (
    AppriseChannel,
    ConsoleChannel,
    DeliveryState,
    EmailChannel,
    FileChannel,
    Smtp,
    TlsMode,
    WebhookChannel,
)
from monitor.ports import Channel
from monitor.store import SqlStore, open_store
from monitor.timetable import DigestTimes, Timetable
from tests.deliver.servers import HANG_UP, HOST, STALL, ScriptedMail, ScriptedWeb, parse_mail, served
from tests.deliver.test_bulletins import another, make_digest
from tests.deliver.test_webhook import OK, SECRET, answer
from tests.fakes import FakeClock
from tests.store.samples import DAM, GAZETTE, NOW, keep, make_story

DAY = timedelta(days=1)
NOON = NOW.replace(hour=12)
DAILY = Timetable(digest=DigestTimes(timezone=UTC, at=time(12)))
HASTY = SmtpLimits(
    step=timedelta(seconds=0.3), answer=timedelta(seconds=0.3), idle=timedelta(0.01), pause=timedelta()
)


class Desk:
    """A store with two alerts, and the courier that takes them to a channel as a digest."""

    def __init__(self, store: SqlStore) -> None:
        self.store, self.clock = store, FakeClock(NOON)
        self.courier = Courier(self.clock, store)

    async def deliver(self, channel: Channel, now: datetime = NOON) -> DeliveryState:
        """Let the courier run at a moment; return where the alerts stand."""
        self.clock.time = now
        while await self.courier.deliver(channel, DAILY):
            pass
        [state] = {each.state for each in await self.store.deliveries()}
        return state

    async def why(self) -> str:
        return (await self.store.deliveries())[0].last_error or ""

    async def due(self) -> datetime:
        return (await self.store.deliveries())[0].next_attempt_at


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path}/monitor.sqlite3", "daemon")
    await store.register([GAZETTE], NOW - DAY)
    await keep(store, *(make_story(name, rules=(DAM,)) for name in ("dam", "bus")))
    yield Desk(store)
    await store.close()


def sender_to(mail: ScriptedMail, *recipients: str, tls: TlsMode = TlsMode.NONE) -> EmailSender:
    smtp = Smtp(host=HOST, port=mail.port, tls=tls, sender="monitor@example.org")
    to = recipients or ("a@example.org", "b@example.org", "c@example.org")
    return EmailSender(EmailChannel(name="desk", to=to), smtp, UTC, limits=HASTY)


def read(raw: bytes) -> EmailMessage:
    return parse_mail(raw.removesuffix(b".\r\n"))


# --- mail ----------------------------------------------------------------------------------------


async def test_a_digest_of_one_mail_reaches_every_recipient(desk: Desk) -> None:
    async with served(ScriptedMail()) as mail:
        sender = sender_to(mail)
        assert await desk.deliver(sender) is DeliveryState.SENT
        await sender.close()
    [raw] = mail.mails
    [delivery, _] = await desk.store.deliveries()
    assert read(raw)["Message-ID"] == f"<digest.{delivery.digest}@example.org>"
    text = read(raw).get_body(("plain",))
    assert text is not None
    assert "2 alerts in 2 stories." in text.get_content()
    assert "0 of 1 source read" in text.get_content()


async def test_of_three_recipients_each_gets_a_digest_once_and_the_refused_one_never(desk: Desk) -> None:
    script = {"RCPT": ["250 fine", "450 greylisted", "550 no such user"]}
    async with served(ScriptedMail(script=script)) as mail:
        sender = sender_to(mail)
        assert await desk.deliver(sender) is DeliveryState.RETRYING
        asked = [line for line in mail.commands if line.startswith("RCPT")]
        assert await desk.deliver(sender, await desk.due()) is DeliveryState.SENT
        asked_again = [line for line in mail.commands if line.startswith("RCPT")][len(asked) :]
        await sender.close()
    assert (len(asked), asked_again) == (3, ["RCPT TO:<b@example.org>"])
    first, second = (read(raw) for raw in mail.mails)
    assert first["Message-ID"] == second["Message-ID"]
    assert mail.mails[0] == mail.mails[1]


@pytest.mark.parametrize(
    ("script", "state", "why"),
    [
        ({"MAIL": ["421 going down"]}, DeliveryState.RETRYING, "421 going down"),
        ({"DATA": ["451 later"]}, DeliveryState.RETRYING, "451 later"),
        ({".": ["550 too much news"]}, DeliveryState.DEAD, "550 too much news"),
        ({".": [STALL]}, DeliveryState.RETRYING, "when the mail had been handed over"),
        ({".": [HANG_UP]}, DeliveryState.RETRYING, "when the mail had been handed over"),
    ],
)
async def test_a_digest_in_trouble_is_tried_again_with_its_id_or_dead(
    desk: Desk, script: dict[str, list[str]], state: DeliveryState, why: str
) -> None:
    async with served(ScriptedMail(script=script)) as mail:
        sender = sender_to(mail, "a@example.org")
        assert await desk.deliver(sender) is state
        assert why in await desk.why()
        [delivery, _] = await desk.store.deliveries()
        if state is DeliveryState.DEAD:
            await desk.store.revive(NOON + DAY)
        later = max(NOON + timedelta(minutes=1), await desk.due())
        assert await desk.deliver(sender, later) is DeliveryState.SENT
        await sender.close()
    assert {read(raw)["Message-ID"] for raw in mail.mails} == {f"<digest.{delivery.digest}@example.org>"}


async def test_a_digest_is_never_sent_in_plain_text_when_starttls_is_stripped(desk: Desk) -> None:
    async with served(ScriptedMail()) as mail:
        sender = sender_to(mail, tls=TlsMode.STARTTLS)
        assert await desk.deliver(sender) is DeliveryState.RETRYING
        await sender.close()
    assert mail.mails == []


async def test_a_digest_waits_for_a_mail_server_that_is_down(desk: Desk) -> None:
    async with served(ScriptedMail()) as mail:
        pass
    assert await desk.deliver(sender_to(mail)) is DeliveryState.RETRYING
    assert "cannot be used" in await desk.why()


# --- webhooks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (answer("500 Oops"), "500 Oops"),
        (answer("302 Found", "Location: https://elsewhere.example/"), "redirects are not followed"),
        (answer("429 Slow down", "Retry-After: 7200"), "429 Slow down"),
        (b"HTTP/1.1 2", ""),  # it breaks off
    ],
)
async def test_every_attempt_of_a_digest_is_verified_and_is_the_same(
    desk: Desk, first: bytes, why: str
) -> None:
    validator = Draft202012Validator(webhook_schema())
    clock = FakeClock(datetime.now(UTC))  # the verifier looks at the time
    async with served(ScriptedWeb([first, OK])) as web, httpx.AsyncClient(trust_env=False) as client:
        channel = WebhookChannel(name="desk", url=web.url, secrets=(SECRET,))
        sender = WebhookSender(channel, client, clock, timeout=timedelta(seconds=5))
        assert await desk.deliver(sender) is DeliveryState.RETRYING
        assert why in await desk.why()
        if b"429" in first:
            assert await desk.due() == NOON + timedelta(hours=2)
        assert await desk.deliver(sender, await desk.due()) is DeliveryState.SENT
    one, two = web.requests
    assert one.body == two.body
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    for request in web.requests:
        body = Webhook(SECRET).verify(request.body.decode(), request.headers)
        validator.validate(body)
        assert body["type"] == "digest"
        assert len(body["data"]["alerts"]) == 2


async def test_a_410_kills_the_digest_and_stops_the_channel(desk: Desk) -> None:
    await desk.store.register_channels({"desk": "there"}, NOW)
    async with (
        served(ScriptedWeb([answer("410 Gone"), OK])) as web,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        sender = WebhookSender(WebhookChannel(name="desk", url=web.url), client, FakeClock())
        assert await desk.deliver(sender) is DeliveryState.DEAD
        [state] = await desk.store.channel_states()
        assert "410 Gone" in (state.stopped_because or "")
        await desk.store.revive(NOON + DAY)
        assert await desk.deliver(sender, NOON + DAY) is DeliveryState.WAITING
        await desk.store.start_channel("desk")
        assert await desk.deliver(sender, NOON + DAY) is DeliveryState.SENT
    assert len({request.headers["webhook-id"] for request in web.requests}) == 1


# --- others --------------------------------------------------------------------------------------


async def test_a_digest_is_one_line_of_a_file(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    assert await desk.deliver(FileSender(FileChannel(name="desk", path=str(path)))) is DeliveryState.SENT
    [line] = path.read_text().splitlines()
    assert json.loads(line)["type"] == "digest"


async def test_a_file_on_a_full_disk_keeps_the_digest_waiting(desk: Desk) -> None:
    full = FileSender(FileChannel(name="desk", path="/dev/full"))
    assert await desk.deliver(full) is DeliveryState.RETRYING
    assert "No space left on device" in await desk.why()


async def test_a_digest_is_printed(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert await desk.deliver(ConsoleSender(ConsoleChannel(name="desk"), UTC)) is DeliveryState.SENT
    printed = capsys.readouterr().out
    assert "2 alerts in 2 stories." in printed
    assert "0 of 1 source read" in printed


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
async def test_a_digest_reaches_another_service(desk: Desk) -> None:
    async with served(ScriptedWeb([OK])) as web:
        channel = AppriseChannel(name="desk", url=f"json://{HOST}:{web.port}/hook")
        assert await desk.deliver(AppriseSender(channel, UTC)) is DeliveryState.SENT
    assert "2 alerts in 2 stories." in json.loads(web.requests[0].body)["message"]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
async def test_a_digest_longer_than_a_message_of_a_service_comes_in_several() -> None:
    digest = make_digest([another(f"Story number {n} of the day", n) for n in range(500)])
    async with served(ScriptedWeb([OK])) as web:
        await AppriseSender(AppriseChannel(name="desk", url=f"json://{HOST}:{web.port}/"), UTC).send(digest)
        bodies = [json.loads(request.body)["message"] for request in web.requests]
    assert len(bodies) > 1
    assert all(f"Story number {n} of" in "".join(bodies) for n in range(500))
