"""A digest through the real senders, the courier and the store, to each kind of channel.

What a receiver in trouble gets, and when, is in `test_faults`, for single alerts and digests alike.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path

import pytest

from monitor.deliver.apprise import AppriseSender
from monitor.deliver.console import ConsoleSender
from monitor.deliver.file import FileSender
from monitor.model import AppriseChannel, ConsoleChannel, DeliveryState, FileChannel
from tests.deliver.desk import DAILY, Desk, open_desk, read, sender_to
from tests.deliver.servers import HOST, ScriptedMail, ScriptedWeb, served
from tests.deliver.test_bulletins import another, make_digest
from tests.deliver.test_webhook import OK


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, DAILY, ("dam", "bus")) as opened:
        yield opened


async def test_a_digest_of_one_mail_reaches_every_recipient(desk: Desk) -> None:
    async with served(ScriptedMail()) as mail:
        sender = sender_to(mail.port)
        assert await desk.deliver(sender) is DeliveryState.SENT
        await sender.close()
    [raw] = mail.mails
    [delivery, _] = await desk.store.deliveries()
    assert read(raw)["Message-ID"] == f"<digest.{delivery.digest}@example.org>"
    text = read(raw).get_body(("plain",))
    assert text is not None
    assert "2 alerts in 2 stories." in text.get_content()
    assert "0 of 1 source read" in text.get_content()


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
