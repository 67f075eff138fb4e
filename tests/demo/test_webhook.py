from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from standardwebhooks import Webhook

from monitor.demo.webhook import WebhookReceiver

SECRET = "whsec_" + "bW9uaXRvci1kZW1vLXNlY3JldC0wMTIzNDU2"
BODY = '{"title": "Fähre"}'


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    receiver = WebhookReceiver(SECRET)
    await receiver.open()
    yield receiver
    await receiver.close()


async def post(
    receiver: WebhookReceiver, identity: str, *, at: datetime | None = None, secret: str = SECRET
) -> int:
    at = at or datetime.now(UTC)
    headers = {
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": "v1,bm9uZQ== " + Webhook(secret).sign(identity, at, BODY),
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(receiver.url, content=BODY.encode(), headers=headers)).status_code


async def test_what_the_standard_library_signed_is_taken(receiver: WebhookReceiver) -> None:
    assert await post(receiver, "alert-1") == 204
    assert [hook.body.decode() for hook in receiver.hooks] == [BODY]


async def test_an_id_that_comes_twice_is_counted_as_a_repeat(receiver: WebhookReceiver) -> None:
    for identity in ("alert-1", "alert-2", "alert-1"):
        await post(receiver, identity)
    assert [hook.repeated for hook in receiver.hooks] == [False, False, True]
    assert [hook.id for hook in receiver.unique_hooks] == ["alert-1", "alert-2"]


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
async def test_a_signature_of_another_time_is_refused(receiver: WebhookReceiver, age: timedelta) -> None:
    assert await post(receiver, "alert-1", at=datetime.now(UTC) - age) == 401
    assert receiver.hooks == []


async def test_a_signature_made_with_another_secret_is_refused(receiver: WebhookReceiver) -> None:
    assert await post(receiver, "alert-1", secret="whsec_" + "b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldA==") == 401
    assert (receiver.refused, receiver.hooks) == (1, [])


async def test_what_is_not_signed_at_all_is_refused(receiver: WebhookReceiver) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(receiver.url, content=BODY.encode())).status_code == 401
        assert (await client.get(receiver.url)).status_code == 405
