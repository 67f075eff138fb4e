"""Receivers in trouble: what becomes of an alert, and of a digest, in the outbox, and what is sent next.

Real senders over a real store, against servers that do as a script says. Each test runs twice: for one alert
by itself, and for two in a digest.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
import trustme
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook

from monitor.deliver import webhook_schema
from monitor.deliver.email import EmailSender
from monitor.deliver.webhook import WebhookSender
from monitor.model import DeliveryState, EmailChannel, Smtp, TlsMode, WebhookChannel
from tests.deliver.desk import AT_ONCE, DAILY, DAY, HASTY, NOON, Desk, open_desk, read, sender_to
from tests.deliver.servers import (
    HANG_UP,
    HOST,
    STALL,
    MailSetup,
    ScriptedMail,
    ScriptedWeb,
    parse_mail,
    real_mailbox,
    served,
)
from tests.deliver.test_email import server_context
from tests.deliver.test_webhook import OK, SECRET, answer
from tests.fakes import FakeClock

SOON, AT_LEISURE = timedelta(seconds=0.2), timedelta(seconds=5)
FIVE_MINUTES = timedelta(minutes=5)
SENT, DEAD, RETRYING = DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.RETRYING


@pytest.fixture(params=["alert", "digest"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """One alert that goes by itself, or two that go in a digest."""
    alone = request.param == "alert"
    async with open_desk(tmp_path, *((AT_ONCE, ("dam",)) if alone else (DAILY, ("dam", "bus")))) as opened:
        yield opened


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


async def lasting_id(desk: Desk) -> str:
    return f"<{await desk.message_name()}@example.org>"


def rcpts(mail: ScriptedMail) -> list[str]:
    return [line.removeprefix("RCPT TO:") for line in mail.commands if line.startswith("RCPT")]


# --- mail ----------------------------------------------------------------------------------------


async def test_a_mail_server_that_is_down_is_asked_again_in_five_minutes(desk: Desk) -> None:
    async with served(ScriptedMail()) as mail:
        pass
    assert await desk.deliver(sender_to(mail.port)) is RETRYING
    assert "cannot be used" in await desk.why()
    assert FIVE_MINUTES <= await desk.due() - NOON <= FIVE_MINUTES * 1.1


@pytest.mark.parametrize(
    ("script", "state", "why", "mails"),
    [
        ({"MAIL": ["421 going down"]}, RETRYING, "421 going down", 1),
        ({"RCPT": ["450 greylisted"]}, RETRYING, "450 greylisted", 1),
        ({"DATA": ["451 later"]}, RETRYING, "451 later", 1),
        ({".": ["450 later"]}, RETRYING, "450 later", 2),
        ({".": ["550 too much news"]}, DEAD, "550 too much news", 2),
        ({".": [STALL]}, RETRYING, "comes again with the same Message-ID", 2),
        ({".": [HANG_UP]}, RETRYING, "comes again with the same Message-ID", 2),
    ],
)
async def test_a_mail_in_trouble_is_tried_again_with_its_id_or_dead(
    desk: Desk, script: dict[str, list[str]], state: DeliveryState, why: str, mails: int
) -> None:
    async with served(ScriptedMail(script=deepcopy(script))) as mail:
        sender = sender_to(mail.port, "a@example.org")
        assert await desk.deliver(sender) is state
        assert why in await desk.why()
        if state is DEAD:
            assert await desk.deliver(sender, NOON + 9 * DAY) is DEAD
            await desk.store.revive(NOON)
        assert await desk.deliver(sender, NOON) is (SENT if state is DEAD else state)  # not before it is due
        assert await desk.deliver(sender, max(NOON, await desk.due())) is SENT
        assert await desk.deliver(sender, NOON + 9 * DAY) is SENT
        await sender.close()
    assert [read(raw)["Message-ID"] for raw in mail.mails] == [await lasting_id(desk)] * mails


async def test_of_three_recipients_each_gets_the_mail_once_and_the_refused_one_never(desk: Desk) -> None:
    script = {"RCPT": ["250 fine", "450 greylisted", "550 no such user"]}
    async with served(ScriptedMail(script=script)) as mail:
        sender = sender_to(mail.port)
        assert await desk.deliver(sender) is RETRYING
        asked = rcpts(mail)
        assert await desk.deliver(sender, await desk.due()) is SENT
        await sender.close()
    assert len(asked) == 3
    assert rcpts(mail)[3:] == ["<b@example.org>"]
    assert mail.mails[0] == mail.mails[1]
    receipt = (await desk.first()).receipt
    assert receipt == "a@example.org: 250 fine; c@example.org: 550 no such user; b@example.org: 250 fine"


async def test_nothing_is_sent_in_plain_text_when_starttls_is_stripped(desk: Desk) -> None:
    async with served(ScriptedMail()) as mail:
        sender = sender_to(mail.port, tls=TlsMode.STARTTLS)
        assert await desk.deliver(sender) is RETRYING
        await sender.close()
    assert "STARTTLS" in await desk.why()
    assert {line.split()[0] for line in mail.commands} <= {"EHLO", "QUIT"}


@pytest.mark.parametrize("mode", [TlsMode.TLS, TlsMode.STARTTLS])
async def test_a_certificate_that_has_expired_is_waited_out(
    desk: Desk, authority: trustme.CA, mode: TlsMode
) -> None:
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    expired = server_context(authority, datetime.now(UTC) - timedelta(days=1))
    mails: list[bytes] = []
    for context, state in ((expired, RETRYING), (server_context(authority), SENT)):
        setup = MailSetup(tls=context) if mode is TlsMode.TLS else MailSetup(starttls=context)
        async with real_mailbox(setup) as mailbox:
            smtp = Smtp(host=HOST, port=mailbox.port, tls=mode, sender="monitor@example.org")
            channel = EmailChannel(name="desk", to=("a@example.org",))
            sender = EmailSender(channel, smtp, UTC, limits=HASTY, tls_context=trusted)
            assert await desk.deliver(sender, max(NOON, await desk.due())) is state
            assert "expired" in await desk.why()
            await sender.close()
        assert mailbox.over_tls == ([True] if state is SENT else [])
        mails += mailbox.mails
    assert [parse_mail(mail)["Message-ID"] for mail in mails] == [await lasting_id(desk)]


# --- webhooks ------------------------------------------------------------------------------------


@asynccontextmanager
async def poster_to(web: ScriptedWeb, patience: timedelta = AT_LEISURE) -> AsyncIterator[WebhookSender]:
    clock = FakeClock(datetime.now(UTC))  # the verifier looks at the time
    channel = WebhookChannel(name="desk", url=web.url, secrets=(SECRET,))
    async with httpx.AsyncClient(trust_env=False) as client:
        yield WebhookSender(channel, client, clock, timeout=patience)


async def check_posts(desk: Desk, web: ScriptedWeb, count: int) -> None:
    """Every body is signed, follows the schema, and says the same under the same id."""
    validator, name = Draft202012Validator(webhook_schema()), await desk.message_name()
    assert len(web.requests) == count
    assert len({request.body for request in web.requests}) == 1
    for request in web.requests:
        body = Webhook(SECRET).verify(request.body.decode(), request.headers)
        validator.validate(body)
        assert f"{body['type']}.{request.headers['webhook-id']}" == name


@pytest.mark.parametrize(
    ("first", "why", "wait"),
    [
        (answer("500 Oops"), "500 Oops", timedelta(seconds=5)),
        (answer("429 Slow down", "Retry-After: 7200"), "429 Slow down", timedelta(hours=2)),
        (answer("503 Busy", "Retry-After: 600"), "503 Busy", timedelta(minutes=10)),
        (answer("500 Oops", "Retry-After: 600"), "500 Oops", timedelta(seconds=5)),
        (b"HTTP/1.1 2", "cannot be reached", timedelta(seconds=5)),  # it breaks off
        (b"", "cannot be reached", timedelta(seconds=5)),
    ],
)
async def test_a_post_in_trouble_is_tried_again_with_its_id_when_it_is_time(
    desk: Desk, first: bytes, why: str, wait: timedelta
) -> None:
    async with served(ScriptedWeb([first, OK])) as web, poster_to(web) as sender:
        assert await desk.deliver(sender) is RETRYING
        assert why in await desk.why()
        assert wait <= await desk.due() - NOON <= wait * 1.1
        assert await desk.deliver(sender) is RETRYING  # not before it is due
        assert await desk.deliver(sender, await desk.due()) is SENT
        assert (await desk.first()).receipt == "200 OK: thanks"
    await check_posts(desk, web, 2)


async def test_an_endpoint_that_does_not_answer_in_time_is_asked_again(desk: Desk) -> None:
    async with served(ScriptedWeb([b""], hang=True)) as web, poster_to(web, SOON) as sender:
        assert await desk.deliver(sender) is RETRYING
    assert "did not answer within 0.2 s" in await desk.why()
    await check_posts(desk, web, 1)


async def test_a_redirect_is_not_followed_and_asked_again(desk: Desk) -> None:
    async with served(ScriptedWeb([OK])) as elsewhere:
        moved = answer("302 Found", f"Location: {elsewhere.url}")
        async with served(ScriptedWeb([moved, OK])) as web, poster_to(web) as sender:
            assert await desk.deliver(sender) is RETRYING
            assert "redirects are not followed" in await desk.why()
            assert await desk.deliver(sender, await desk.due()) is SENT
    assert elsewhere.requests == []
    await check_posts(desk, web, 2)


async def test_an_answer_that_breaks_off_after_a_200_was_a_success(desk: Desk) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nthanks"
    async with served(ScriptedWeb([cut])) as web, poster_to(web) as sender:
        assert await desk.deliver(sender) is SENT
        assert await desk.deliver(sender, NOON + DAY) is SENT
    assert (await desk.first()).receipt == "200 OK: thanks"
    await check_posts(desk, web, 1)


async def test_410_gone_is_dead_and_stops_the_channel_until_somebody_starts_it(desk: Desk) -> None:
    async with served(ScriptedWeb([answer("410 Gone"), OK])) as web, poster_to(web) as sender:
        assert await desk.deliver(sender) is DEAD
        [state] = await desk.store.channel_states()
        assert "410 Gone; the endpoint wants no more" in (state.stopped_because or "")
        await desk.store.revive(NOON + DAY)
        assert await desk.deliver(sender, NOON + DAY) is DeliveryState.WAITING
        await desk.store.start_channel("desk")
        assert await desk.deliver(sender, NOON + DAY) is SENT
    await check_posts(desk, web, 2)
