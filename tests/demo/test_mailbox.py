import asyncio
import smtplib
from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest

from monitor.demo.mailbox import Mailbox


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    await box.open()
    yield box
    await box.close()


def post(port: int, message_id: str) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "monitor@example.org", "desk@example.org"
    message["Subject"], message["Message-ID"] = "Fähre", message_id
    message.set_content("Die Fähre fährt.")
    message.add_alternative("<p>Die Fähre fährt.</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message)


async def test_a_message_is_kept_with_its_plain_text(mailbox: Mailbox) -> None:
    await asyncio.to_thread(post, mailbox.port, "<1@example.org>")
    (mail,) = mailbox.mails
    assert (mail.subject, mail.to, mail.text) == ("Fähre", ("desk@example.org",), "Die Fähre fährt.\n")


async def test_a_message_that_comes_twice_is_known_by_its_id(mailbox: Mailbox) -> None:
    for message_id in ("<1@example.org>", "<2@example.org>", "<1@example.org>"):
        await asyncio.to_thread(post, mailbox.port, message_id)
    assert [mail.repeated for mail in mailbox.mails] == [False, False, True]
    assert [mail.message_id for mail in mailbox.unique_mails] == ["<1@example.org>", "<2@example.org>"]


async def test_a_mailbox_that_is_down_refuses_and_comes_back_at_the_same_port(mailbox: Mailbox) -> None:
    async with mailbox.down():
        with pytest.raises(ConnectionRefusedError):
            await asyncio.to_thread(post, mailbox.port, "<1@example.org>")
    await asyncio.to_thread(post, mailbox.port, "<1@example.org>")
    assert len(mailbox.mails) == 1
