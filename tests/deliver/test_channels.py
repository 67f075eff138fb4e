from dataclasses import replace
from datetime import UTC

import httpx2 as httpx
import pytest

from monitor.deliver import ChannelTools, open_channel
from monitor.deliver.console import ConsoleSender
from monitor.deliver.email import EmailSender
from monitor.deliver.file import FileSender
from monitor.deliver.webhook import WebhookSender
from monitor.model import (
    AppriseChannel,
    ConsoleChannel,
    EmailChannel,
    FileChannel,
    Smtp,
    TlsMode,
    WebhookChannel,
)
from tests.fakes import FakeChannel, FakeClock

SMTP = Smtp(host="mail.example", port=587, tls=TlsMode.STARTTLS, sender="monitor@example.org")


def tools(asked: list[bool], smtp: Smtp | None = SMTP) -> ChannelTools:
    def client_for(allow_private: bool) -> httpx.AsyncClient:
        asked.append(allow_private)
        return httpx.AsyncClient()

    return ChannelTools(clock=FakeClock(), timezone=UTC, http_client=client_for, smtp=smtp)


async def test_each_kind_of_channel_gets_its_sender() -> None:
    asked: list[bool] = []
    desk = open_channel(EmailChannel(name="desk", to=("desk@example.org",)), tools(asked))
    ops = open_channel(WebhookChannel(name="ops", url="https://hooks.example/"), tools(asked))
    console = open_channel(ConsoleChannel(name="console"), tools(asked))
    log = open_channel(FileChannel(name="log", path="alerts.jsonl"), tools(asked))
    assert isinstance(log, FileSender)
    assert isinstance(desk, EmailSender)
    assert isinstance(ops, WebhookSender)
    assert isinstance(console, ConsoleSender)
    assert [desk.name, ops.name, console.name] == ["desk", "ops", "console"]
    for channel in (desk, ops, console):
        await channel.close()


def test_a_webhook_gets_the_client_that_its_setting_allows() -> None:
    asked: list[bool] = []
    open_channel(WebhookChannel(name="in", url="http://10.0.0.7/", allow_private=True), tools(asked))
    open_channel(WebhookChannel(name="out", url="https://hooks.example/"), tools(asked))
    assert asked == [True, False]


def test_an_email_channel_without_a_mail_server_is_refused() -> None:
    with pytest.raises(ValueError, match="no smtp in the configuration"):
        open_channel(EmailChannel(name="desk", to=("desk@example.org",)), tools([], smtp=None))


def test_an_apprise_channel_is_opened_by_those_who_have_the_extra() -> None:
    settings = AppriseChannel(name="chat", url="ntfy://topic")
    with pytest.raises(ValueError, match=r"news-monitor\[apprise\]"):
        open_channel(settings, tools([]))
    chat = FakeChannel("chat")
    assert open_channel(settings, replace(tools([]), open_apprise=lambda _: chat)) is chat
