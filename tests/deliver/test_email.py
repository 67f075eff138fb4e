import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from monitor.courier import LEASE, SLOWEST_SEND
from monitor.deliver.email import EmailSender
from monitor.deliver.smtp import SmtpLimits
from monitor.errors import DeliveryFailed
from monitor.model import EmailChannel, Smtp, TlsMode
from tests.deliver.servers import (
    HANG_UP,
    HOST,
    STALL,
    MailSetup,
    ScriptedMail,
    parse_mail,
    real_mailbox,
    served,
)
from tests.deliver.stories import make_delivery

DESK = EmailChannel(name="desk", to=("desk@example.org",))
THREE = EmailChannel(name="desk", to=("a@example.org", "b@example.org", "c@example.org"))
SOON = timedelta(seconds=0.2)
LIMITS = SmtpLimits(step=timedelta(seconds=5), answer=timedelta(seconds=5), pause=timedelta())


def smtp_at(port: int, tls: TlsMode = TlsMode.NONE, login: tuple[str, str] | None = None) -> Smtp:
    return Smtp(
        host=HOST,
        port=port,
        tls=tls,
        sender="News monitor <monitor@example.org>",
        username=login and login[0],
        password=login and login[1],
    )


@asynccontextmanager
async def sender_to(
    smtp: Smtp,
    channel: EmailChannel = DESK,
    limits: SmtpLimits = LIMITS,
    authority: trustme.CA | None = None,
) -> AsyncIterator[EmailSender]:
    context = None
    if authority is not None:
        context = ssl.create_default_context()
        authority.configure_trust(context)
    sender = EmailSender(channel, smtp, UTC, limits=limits, tls_context=context)
    try:
        yield sender
    finally:
        await sender.close()


async def failure_of(sender: EmailSender) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failure:
        await sender.send(make_delivery())
    return failure.value


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA, expired_at: datetime | None = None) -> ssl.SSLContext:
    begin = None if expired_at is None else expired_at - timedelta(days=9)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, not_before=begin, not_after=expired_at).configure_cert(context)
    return context


# --- a real server -------------------------------------------------------------------------------


async def test_a_mail_arrives_whole_and_the_servers_word_is_the_receipt() -> None:
    async with real_mailbox() as mailbox, sender_to(smtp_at(mailbox.port)) as sender:
        assert await sender.send(make_delivery()) == "250 2.0.0 kept as number 1"
    mail = parse_mail(mailbox.mails[0])
    assert mail["To"] == "desk@example.org"
    assert mail["Subject"] == "[ferries] Harbour council & ferry union to meet"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "The old pier stays closed" in plain.get_content()


async def test_starttls_is_used_and_the_login_goes_through_it(authority: trustme.CA) -> None:
    setup = MailSetup(starttls=server_context(authority), login=(b"bot", b"secret"))
    async with real_mailbox(setup) as mailbox:
        smtp = smtp_at(mailbox.port, TlsMode.STARTTLS, ("bot", "secret"))
        async with sender_to(smtp, authority=authority) as sender:
            await sender.send(make_delivery())
    assert mailbox.over_tls == [True]


async def test_tls_from_the_first_byte_is_used(authority: trustme.CA) -> None:
    setup = MailSetup(tls=server_context(authority), login=(b"bot", b"secret"))
    async with real_mailbox(setup) as mailbox:
        smtp = smtp_at(mailbox.port, TlsMode.TLS, ("bot", "secret"))
        async with sender_to(smtp, authority=authority) as sender:
            await sender.send(make_delivery())
    assert mailbox.over_tls == [True]


async def test_a_wrong_password_keeps_the_mail_waiting_and_is_not_told_to_anybody(
    authority: trustme.CA,
) -> None:
    setup = MailSetup(starttls=server_context(authority), login=(b"bot", b"secret"))
    async with real_mailbox(setup) as mailbox:
        smtp = smtp_at(mailbox.port, TlsMode.STARTTLS, ("bot", "wrong-password"))
        async with sender_to(smtp, authority=authority) as sender:
            error = await failure_of(sender)
    assert error.transient
    assert "refuses the login: 535" in str(error)
    assert "wrong-password" not in str(error) + repr(smtp)


@pytest.mark.parametrize("mode", [TlsMode.TLS, TlsMode.STARTTLS])
async def test_a_certificate_that_has_expired_sends_nothing(authority: trustme.CA, mode: TlsMode) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    expired = server_context(authority, yesterday)
    setup = MailSetup(tls=expired) if mode is TlsMode.TLS else MailSetup(starttls=expired)
    async with (
        real_mailbox(setup) as mailbox,
        sender_to(smtp_at(mailbox.port, mode), authority=authority) as sender,
    ):
        error = await failure_of(sender)
    assert error.transient
    assert "over TLS" in str(error)
    assert "expired" in str(error)
    assert mailbox.mails == []


async def test_a_certificate_of_an_unknown_authority_sends_nothing(authority: trustme.CA) -> None:
    async with (
        real_mailbox(MailSetup(tls=server_context(authority))) as mailbox,
        sender_to(smtp_at(mailbox.port, TlsMode.TLS)) as sender,
    ):
        error = await failure_of(sender)
    assert "over TLS" in str(error)
    assert mailbox.mails == []


async def test_a_batch_uses_one_connection() -> None:
    async with real_mailbox() as mailbox, sender_to(smtp_at(mailbox.port)) as sender:
        for number in range(20):
            await sender.send(make_delivery(number=number))
    assert len(mailbox.mails) == 20
    assert mailbox.connections == 1


async def test_mails_sent_at_the_same_time_wait_for_their_turn() -> None:
    async with real_mailbox() as mailbox, sender_to(smtp_at(mailbox.port)) as sender:
        await asyncio.gather(*(sender.send(make_delivery(number=number)) for number in range(10)))
    assert len({parse_mail(mail)["Message-ID"] for mail in mailbox.mails}) == 10
    assert mailbox.connections == 1


# --- a server that does as a script says ---------------------------------------------------------


async def test_a_recipient_refused_for_good_does_not_keep_the_mail_from_the_others() -> None:
    script = {"RCPT": ["250 ok", "550 5.1.1 no such user", "250 ok"]}
    async with served(ScriptedMail(script)) as server, sender_to(smtp_at(server.port), THREE) as sender:
        receipt = await sender.send(make_delivery())
    assert (
        receipt == "a@example.org: 250 fine; b@example.org: 550 5.1.1 no such user; c@example.org: 250 fine"
    )
    assert len(server.mails) == 1


async def test_who_wants_to_know_is_told_that_one_of_several_was_refused() -> None:
    script = {"RCPT": ["250 ok", "550 5.1.1 no such user", "250 ok"]}
    async with served(ScriptedMail(script)) as server, sender_to(smtp_at(server.port), THREE) as sender:
        with pytest.raises(DeliveryFailed, match=r"not everybody has it: .*b@example\.org: 550") as failure:
            await sender.send_to_all(make_delivery())
        assert not failure.value.transient
        assert await sender.send_to_all(make_delivery(number=2)) == "250 fine"


async def test_a_recipient_put_off_is_tried_again_alone() -> None:
    script = {"RCPT": ["250 ok", "450 4.2.0 greylisted", "550 gone"]}
    async with served(ScriptedMail(script)) as server, sender_to(smtp_at(server.port), THREE) as sender:
        error = await failure_of(sender)
        assert error.transient
        assert "b@example.org: 450 4.2.0 greylisted" in str(error)
    noted = replace(make_delivery(), attempts=1, progress=error.progress)  # as the outbox gives it back
    async with served(ScriptedMail()) as later, sender_to(smtp_at(later.port), THREE) as sender:
        receipt = await sender.send(noted)
    assert [line for line in later.commands if line.startswith("RCPT")] == ["RCPT TO:<b@example.org>"]
    assert receipt == "a@example.org: 250 fine; c@example.org: 550 gone; b@example.org: 250 fine"
    first, second = (parse_mail(mail)["Message-ID"] for mail in (*server.mails, *later.mails))
    assert first == second


async def test_an_alert_called_back_goes_to_those_who_do_not_have_it() -> None:
    noted = {"a@example.org": [250, "fine"], "b@example.org": [550, "gone"], "left@example.org": [250, "x"]}
    called_back = replace(make_delivery(), attempts=0, progress=json.dumps(noted))
    async with served(ScriptedMail()) as server, sender_to(smtp_at(server.port), THREE) as sender:
        assert await sender.send(called_back) == "250 fine"
    assert [line for line in server.commands if line.startswith("RCPT")] == [
        "RCPT TO:<b@example.org>",
        "RCPT TO:<c@example.org>",
    ]


async def test_when_all_who_are_left_have_the_mail_nobody_is_asked() -> None:
    noted = replace(make_delivery(), attempts=1, progress='{"desk@example.org": [250, "fine"]}')
    async with sender_to(smtp_at(1)) as sender:
        assert await sender.send(noted) == "250 fine"


async def test_a_mail_that_all_refuse_is_dead() -> None:
    script = {"RCPT": ["550 no such user"] * 3}
    async with served(ScriptedMail(script)) as server, sender_to(smtp_at(server.port), THREE) as sender:
        error = await failure_of(sender)
        assert not error.transient
        assert str(error) == "550 no such user"
        await sender.send(make_delivery(number=2))
    assert server.connections == 1


@pytest.mark.parametrize(
    ("verb", "reply", "transient"),
    [
        ("MAIL", "450 4.7.1 too many mails", True),
        ("MAIL", "550 5.7.1 you may not send as that", False),
        ("MAIL", "530 5.7.0 authentication required", True),
        ("RCPT", "450 4.2.0 greylisted", True),
        ("RCPT", "550 5.1.1 no such user", False),
        ("DATA", "451 4.3.0 try again", True),
        ("DATA", "554 5.5.1 no", False),
        (".", "452 4.3.1 disk full", True),
        (".", "552 5.2.2 mailbox full", False),
        (".", "554 5.7.1 spam", False),
    ],
)
async def test_a_refusal_is_final_when_it_begins_with_a_five(verb: str, reply: str, transient: bool) -> None:
    async with served(ScriptedMail({verb: [reply]})) as server, sender_to(smtp_at(server.port)) as sender:
        error = await failure_of(sender)
        assert error.transient is transient
        assert reply in str(error)
        assert await sender.send(make_delivery(number=2)) == "250 fine"


async def test_450_and_then_250_delivers_once() -> None:
    async with (
        served(ScriptedMail({".": ["450 later"]})) as server,
        sender_to(smtp_at(server.port)) as sender,
    ):
        await failure_of(sender)
        assert await sender.send(make_delivery()) == "250 fine"
    first, second = (parse_mail(mail)["Message-ID"] for mail in server.mails)
    assert first == second


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize("reply", ["421 4.3.2 closing", HANG_UP])
async def test_a_server_that_breaks_off_is_tried_again_later(verb: str, reply: str) -> None:
    script = {verb: [reply], "HELO": [reply]}
    async with served(ScriptedMail(script)) as server, sender_to(smtp_at(server.port)) as sender:
        error = await failure_of(sender)
        assert error.transient
        assert f"{HOST}:{server.port}" in str(error)
        assert await sender.send(make_delivery()) == "250 fine"


@pytest.mark.parametrize("reply", ["421 4.7.0 too many mails in one connection", HANG_UP])
async def test_a_used_connection_that_is_closed_is_opened_again_at_once(reply: str) -> None:
    script = {"MAIL": ["250 ok", reply]}
    async with served(ScriptedMail(script)) as server, sender_to(smtp_at(server.port)) as sender:
        await sender.send(make_delivery(number=1))
        assert await sender.send(make_delivery(number=2)) == "250 fine"
    assert server.connections == 2
    assert len(server.mails) == 2


async def test_a_server_that_greets_with_a_refusal_is_tried_again_later() -> None:
    async with (
        served(ScriptedMail(greeting="554 no service")) as server,
        sender_to(smtp_at(server.port)) as sender,
    ):
        error = await failure_of(sender)
    assert error.transient
    assert "554 no service" in str(error)


async def test_a_server_that_is_down_is_tried_again_later() -> None:
    async with served(ScriptedMail()) as server:
        pass
    async with sender_to(smtp_at(server.port)) as sender:
        error = await failure_of(sender)
    assert error.transient
    assert str(error) == f"the mail server {HOST}:{server.port} cannot be used: Connection refused"


async def test_a_host_that_is_no_name_is_an_error_and_no_crash() -> None:
    async with sender_to(replace(smtp_at(25), host="a..b" + "x" * 70)) as sender:
        assert (await failure_of(sender)).transient


async def test_a_server_that_begins_in_plain_text_says_how_to_write_that() -> None:
    async with (
        served(ScriptedMail()) as server,
        sender_to(smtp_at(server.port, TlsMode.TLS)) as sender,
    ):
        error = await failure_of(sender)
    assert error.transient
    assert "write smtp+starttls:// in smtp.url" in str(error)


async def test_starttls_stripped_from_the_offers_sends_nothing_in_plain_text() -> None:
    async with (
        served(ScriptedMail(offers=("AUTH PLAIN", "SIZE 1000"))) as server,
        sender_to(smtp_at(server.port, TlsMode.STARTTLS, ("bot", "secret"))) as sender,
    ):
        error = await failure_of(sender)
    assert error.transient
    assert "STARTTLS" in str(error)
    assert "write smtps:// in smtp.url" in str(error)
    assert {line.split()[0] for line in server.commands} <= {"EHLO", "QUIT"}


async def test_starttls_refused_sends_nothing_in_plain_text() -> None:
    server = ScriptedMail({"STARTTLS": ["454 TLS not available"]}, offers=("STARTTLS", "AUTH PLAIN"))
    async with served(server), sender_to(smtp_at(server.port, TlsMode.STARTTLS, ("bot", "secret"))) as sender:
        error = await failure_of(sender)
    assert error.transient
    assert {line.split()[0] for line in server.commands} <= {"EHLO", "STARTTLS", "QUIT"}


async def test_silence_after_the_dot_is_tried_again_with_the_same_message_id() -> None:
    limits = replace(LIMITS, answer=SOON)
    async with (
        served(ScriptedMail({".": [STALL]})) as server,
        sender_to(smtp_at(server.port), limits=limits) as sender,
    ):
        error = await failure_of(sender)
        assert error.transient
        assert "comes again with the same Message-ID" in str(error)
        await sender.send(make_delivery())
    first, second = (parse_mail(mail)["Message-ID"] for mail in server.mails)
    assert first == second


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_server_that_falls_silent_is_given_up_in_time(verb: str) -> None:
    limits = replace(LIMITS, step=SOON, answer=SOON)
    async with (
        served(ScriptedMail({verb: [STALL]})) as server,
        sender_to(smtp_at(server.port), limits=limits) as sender,
    ):
        assert (await failure_of(sender)).transient


async def test_a_dead_server_is_left_in_peace_and_fails_every_mail_at_once() -> None:
    limits = replace(LIMITS, pause=timedelta(minutes=1))
    async with (
        served(ScriptedMail(greeting="554 no service")) as server,
        sender_to(smtp_at(server.port), limits=limits) as sender,
    ):
        first, second = await failure_of(sender), await failure_of(sender)
    assert str(first) == str(second)
    assert server.connections == 1


async def test_a_server_that_keeps_us_waiting_is_left_in_peace_too() -> None:
    limits = replace(LIMITS, answer=SOON, pause=timedelta(minutes=1))
    async with (
        served(ScriptedMail({".": [STALL]})) as server,
        sender_to(smtp_at(server.port), limits=limits) as sender,
    ):
        first, second = await failure_of(sender), await failure_of(sender)
    assert str(first) == str(second)
    assert len(server.mails) == 1


async def test_a_server_that_breaks_off_over_one_mail_is_asked_about_the_next() -> None:
    limits = replace(LIMITS, pause=timedelta(minutes=1))
    async with (
        served(ScriptedMail({".": [HANG_UP]})) as server,
        sender_to(smtp_at(server.port), limits=limits) as sender,
    ):
        await failure_of(sender)
        assert await sender.send(make_delivery(number=2)) == "250 fine"


async def test_an_idle_connection_is_closed_politely_and_opened_again() -> None:
    limits = replace(LIMITS, idle=timedelta())
    async with served(ScriptedMail()) as server, sender_to(smtp_at(server.port), limits=limits) as sender:
        await sender.send(make_delivery(number=1))
        await server.heard["QUIT"].wait()
        await sender.send(make_delivery(number=2))
    assert server.connections == 2


async def test_a_mail_cancelled_half_way_leaves_a_sender_that_works() -> None:
    async with served(ScriptedMail({"RCPT": [STALL]})) as server, sender_to(smtp_at(server.port)) as sender:
        sending = asyncio.create_task(sender.send(make_delivery()))
        await server.heard["RCPT"].wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert await sender.send(make_delivery()) == "250 fine"


async def test_closing_says_goodbye_and_does_not_wait_for_an_answer_for_long() -> None:
    async with (
        served(ScriptedMail()) as server,
        sender_to(smtp_at(server.port)) as sender,
    ):
        await sender.send(make_delivery())
    assert server.commands[-1] == "QUIT"


@pytest.mark.parametrize(
    ("machine", "greeting"),
    [("desk.newsroom.example", "desk.newsroom.example"), ("3f2a9c41d0e7", "[127.0.0.1]")],
)
async def test_a_machine_without_a_full_name_says_an_address_in_its_greeting(
    machine: str, greeting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getfqdn", lambda: machine)
    async with served(ScriptedMail()) as server, sender_to(smtp_at(server.port)) as sender:
        await sender.send(make_delivery())
    assert server.commands[0] == f"EHLO {greeting}"


async def test_what_a_server_says_is_one_clean_line() -> None:
    reply = "550-first\r\n550-\x1b[31msecond\r\n550 " + "third " * 200
    async with served(ScriptedMail({"RCPT": [reply]})) as server, sender_to(smtp_at(server.port)) as sender:
        error = str(await failure_of(sender))
    assert error.startswith("550 first [31msecond third third")
    assert len(error) < 320


async def test_an_address_named_twice_gets_one_mail() -> None:
    twice = EmailChannel(name="desk", to=("desk@example.org", "Desk <desk@example.org>"))
    async with real_mailbox() as mailbox, sender_to(smtp_at(mailbox.port), twice) as sender:
        await sender.send(make_delivery())
    assert mailbox.recipients == [["desk@example.org"]]


def test_a_server_has_ten_minutes_for_its_answer_and_the_lease_of_a_batch_outlasts_it() -> None:
    limits = SmtpLimits()
    assert limits.answer == timedelta(minutes=10)  # RFC 5321, 4.5.3.2.6
    assert limits.answer + 9 * limits.step <= SLOWEST_SEND <= LEASE / 2


def test_the_waits_are_the_schedule_and_end() -> None:
    sender = EmailSender(DESK, smtp_at(25), UTC)
    assert sender.name == "desk"
    assert sender.retry_wait(1) == timedelta(minutes=5)
    assert timedelta(minutes=5) < (sender.retry_wait(1, "0f") or timedelta()) <= timedelta(minutes=5.5)
    assert sender.retry_wait(100) is None


def test_an_address_that_is_none_is_refused_when_the_channel_is_opened() -> None:
    with pytest.raises(ValueError, match="not an email address"):
        EmailSender(EmailChannel(name="desk", to=("desk",)), smtp_at(25), UTC)
