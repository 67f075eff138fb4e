import json
from datetime import UTC, timedelta

import pytest

from monitor.deliver.apprise import AppriseSender, silence
from monitor.errors import DeliveryFailed
from monitor.model import AppriseChannel
from tests.deliver.servers import HOST, ScriptedWeb, served
from tests.deliver.stories import make_delivery, titled

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # it imports that


def sender_to(web: ScriptedWeb, **settings: timedelta) -> AppriseSender:
    return AppriseSender(
        AppriseChannel(name="chat", url=f"json://bot:hunter2@{HOST}:{web.port}/"), UTC, **settings
    )


def answer(status: str) -> ScriptedWeb:
    return ScriptedWeb([f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()])


async def test_an_alert_is_a_note_of_a_few_lines() -> None:
    async with served(answer("200 OK")) as web:
        assert await sender_to(web).send(make_delivery()) == "taken by JSON"
    note = json.loads(web.requests[0].body)
    assert note["title"] == "[ferries] Harbour council & ferry union to meet"
    assert "> The *harbour council* of Port Ansel will meet the *ferry union*" in note["message"]
    assert "https://www.ansel-gazette.example/harbour/ferry?id=7&lang=en" in note["message"]
    assert "The old pier" not in note["message"]


async def test_a_service_that_refuses_is_tried_again_and_the_password_stays_secret() -> None:
    async with served(answer("500 Oops")) as web:
        sender = sender_to(web)
        with pytest.raises(DeliveryFailed, match="error=500") as failure:
            await sender.send(make_delivery())
    assert failure.value.transient
    assert "hunter2" not in str(failure.value) + repr(sender._channel)


async def test_a_redirect_is_not_followed() -> None:
    async with served(answer("200 OK")) as elsewhere:
        redirect = (
            f"HTTP/1.1 307 Go\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        async with served(ScriptedWeb([redirect.encode()])) as web:
            with pytest.raises(DeliveryFailed):
                await sender_to(web).send(make_delivery())
    assert elsewhere.requests == []


async def test_a_service_that_is_down_is_tried_again() -> None:
    async with served(answer("200 OK")) as web:
        pass
    with pytest.raises(DeliveryFailed):
        await sender_to(web).send(make_delivery())


async def test_a_service_that_never_answers_is_given_up_in_time() -> None:
    async with served(ScriptedWeb([b""], hang=True)) as web:
        with pytest.raises(DeliveryFailed, match="Apprise could not deliver"):
            await sender_to(web, timeout=timedelta(seconds=0.3)).send(make_delivery())


async def test_a_headline_rings_nobody_and_is_no_template() -> None:
    async with served(answer("200 OK")) as web:
        await sender_to(web).send(titled("@everyone <!channel> <@123> {{ app_id }} a@b"))
    title = json.loads(web.requests[0].body)["title"]
    assert "@everyone" not in title
    assert "<!" not in title
    assert "{{ app_id }}" in title
    assert title.replace("\u200b", "") == "[ferries] @everyone <!channel> <@123> {{ app_id }} a@b"


def test_text_without_mentions_stays_as_it_is() -> None:
    assert silence("5 < 6 @ noon, a <b>") == "5 < 6 @ noon, a <b>"


def test_a_url_of_no_service_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValueError, match="channel 'chat' names no service") as failure:
        AppriseSender(AppriseChannel(name="chat", url="nosuch://bot:hunter2@x"), UTC)
    assert "hunter2" not in str(failure.value)


async def test_the_waits_are_those_of_email() -> None:
    async with served(answer("200 OK")) as web:
        sender = sender_to(web)
    assert sender.name == "chat"
    assert sender.retry_wait(1) == timedelta(minutes=5)
    assert sender.retry_wait(100) is None
    await sender.close()
