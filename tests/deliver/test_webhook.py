import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from monitor.deliver import webhook_schema
from monitor.deliver.webhook import WebhookSender, decode_secret, parse_retry_after
from monitor.errors import DeliveryFailed, FetchFailed, FetchRefused
from monitor.model import WebhookChannel
from tests.deliver.servers import ScriptedWeb, served
from tests.deliver.stories import hostile_titles, make_delivery, titled
from tests.fakes import FakeClock

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes of fixed secret").decode()
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks"
SOON = timedelta(seconds=0.2)


def answer(status: str, *headers: str, body: str = "") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines).encode()


@asynccontextmanager
async def sender_to(
    url: str, *, secrets: tuple[str, ...] = (SECRET,), patience: timedelta = timedelta(seconds=5)
) -> AsyncIterator[WebhookSender]:
    channel = WebhookChannel(name="ops", url=url, secrets=secrets)
    async with httpx.AsyncClient(trust_env=False) as client:
        yield WebhookSender(channel, client, FakeClock(datetime.now(UTC)), timeout=patience)


async def failure_of(sender: WebhookSender) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failure:
        await sender.send(make_delivery())
    return failure.value


async def failure_after(*answers: bytes) -> DeliveryFailed:
    async with served(ScriptedWeb([*answers])) as web, sender_to(web.url) as sender:
        return await failure_of(sender)


async def test_an_alert_is_posted_signed_and_the_answer_is_the_receipt() -> None:
    async with served(ScriptedWeb([OK])) as web, sender_to(web.url) as sender:
        assert await sender.send(make_delivery()) == "200 OK: thanks"
    request = web.requests[0]
    assert request.line == "POST /hook HTTP/1.1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == "news-monitor"
    assert request.headers["webhook-id"] == make_delivery().alert.id
    assert Webhook(SECRET).verify(request.body.decode(), request.headers) == json.loads(request.body)


async def test_every_body_is_verified_and_follows_the_schema_whatever_the_page_says() -> None:
    validator = Draft202012Validator(webhook_schema())
    async with served(ScriptedWeb([answer("204 No Content")])) as web, sender_to(web.url) as sender:
        for number, title in enumerate(hostile_titles(60)):
            assert await sender.send(titled(title, number)) == "204 No Content"
    assert len(web.requests) == 97
    for request in web.requests:
        validator.validate(Webhook(SECRET).verify(request.body.decode(), request.headers))


async def test_a_body_changed_on_the_way_is_not_verified() -> None:
    async with served(ScriptedWeb([OK])) as web, sender_to(web.url) as sender:
        await sender.send(make_delivery())
    request = web.requests[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.decode() + " ", request.headers)


async def test_a_channel_without_secret_sends_unsigned() -> None:
    async with served(ScriptedWeb([OK])) as web, sender_to(web.url, secrets=()) as sender:
        await sender.send(make_delivery())
    assert "webhook-id" in web.requests[0].headers
    assert "webhook-signature" not in web.requests[0].headers


async def test_while_one_secret_takes_the_place_of_another_both_verify_the_alert() -> None:
    fresh = "whsec_" + "bmV3LXNlY3JldC1uZXctc2VjcmV0LW5ldw=="
    async with served(ScriptedWeb([OK])) as web, sender_to(web.url, secrets=(SECRET, fresh)) as sender:
        await sender.send(make_delivery())
    [request] = web.requests
    for secret in (SECRET, fresh):
        Webhook(secret).verify(request.body.decode(), request.headers)


async def test_every_attempt_carries_the_same_id_and_body() -> None:
    async with served(ScriptedWeb([answer("500 Oops"), OK])) as web, sender_to(web.url) as sender:
        await failure_of(sender)
        await sender.send(make_delivery())
    first, second = web.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


@pytest.mark.parametrize(
    "status", ["500 Oops", "404 Not Found", "401 Unauthorized", "502 Bad Gateway", "304 Not Modified"]
)
async def test_any_other_status_is_a_failure_to_be_tried_again(status: str) -> None:
    error = await failure_after(answer(status, body="" if status.startswith("304") else "the\r\nreason"))
    assert error.transient
    assert f"answers {status}" in str(error)


async def test_a_redirect_is_a_failure_and_is_not_followed() -> None:
    async with served(ScriptedWeb([OK])) as elsewhere:
        redirect = answer("302 Found", f"Location: {elsewhere.url}")
        async with served(ScriptedWeb([redirect])) as web, sender_to(web.url) as sender:
            error = await failure_of(sender)
    assert error.transient
    assert f"302 Found, to {elsewhere.url}; redirects are not followed" in str(error)
    assert elsewhere.requests == []


async def test_410_gone_is_dead_stops_the_channel_and_says_what_to_do() -> None:
    error = await failure_after(answer("410 Gone"))
    assert not error.transient
    assert error.stops_channel
    assert "410 Gone; the endpoint wants no more: mend the url of channel 'ops'" in str(error)
    assert "`monitor channels start ops`" in str(error)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_a_receiver_may_name_its_own_wait(status: str) -> None:
    error = await failure_after(answer(status, "Retry-After: 120"))
    assert error.transient
    assert error.retry_after == timedelta(minutes=2)


async def test_a_wait_beside_another_status_is_not_obeyed() -> None:
    assert (await failure_after(answer("500 Oops", "Retry-After: 120"))).retry_after is None


async def test_a_receiver_that_never_answers_is_given_up_in_time() -> None:
    async with served(ScriptedWeb([b""], hang=True)) as web, sender_to(web.url, patience=SOON) as sender:
        error = await failure_of(sender)
    assert error.transient
    assert "did not answer within 0.2 s" in str(error)


async def test_a_receiver_that_drips_is_given_up_in_time() -> None:
    class Dripping(ScriptedWeb):
        async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            while True:
                writer.write(b"H")
                await writer.drain()
                await asyncio.sleep(0.02)  # the pace of the server, not of the test: each read is in time

    async with served(Dripping()) as web, sender_to(web.url, patience=SOON) as sender:
        assert (await failure_of(sender)).transient


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nthanks",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nthanks\r\n",
    ],
)
async def test_an_answer_cut_off_after_its_status_was_a_success(cut: bytes) -> None:
    async with served(ScriptedWeb([cut])) as web, sender_to(web.url) as sender:
        assert await sender.send(make_delivery()) == "200 OK: thanks"


async def test_an_answer_that_stalls_after_its_status_was_a_success() -> None:
    stalling = ScriptedWeb([b"HTTP/1.1 202 Accepted\r\nContent-Length: 500\r\n\r\nnoted"], hang=True)
    async with served(stalling) as web, sender_to(web.url, patience=SOON) as sender:
        assert await sender.send(make_delivery()) == "202 Accepted: noted"


@pytest.mark.parametrize(
    "cut", [b"", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nContent-", b"\x00\xff\r\n\r\n", b"SSH-2.0-x\r\n"]
)
async def test_an_answer_cut_off_before_its_status_is_tried_again(cut: bytes) -> None:
    error = await failure_after(cut)
    assert error.transient
    assert "cannot be reached" in str(error)


async def test_no_more_than_a_little_of_an_endless_answer_is_read() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 100_000
    async with served(ScriptedWeb([endless], hang=True)) as web, sender_to(web.url) as sender:
        receipt = await sender.send(make_delivery())
    assert receipt.startswith("200 OK: xxx")
    assert len(receipt) < 250


async def test_a_compressed_answer_is_not_unpacked() -> None:
    bomb = answer("200 OK", "Content-Encoding: br", body="not really brotli")
    async with served(ScriptedWeb([bomb])) as web, sender_to(web.url) as sender:
        assert await sender.send(make_delivery()) == "200 OK: not really brotli"
    assert web.requests[0].headers["accept-encoding"] == "identity"


async def test_what_a_receiver_says_is_one_clean_line() -> None:
    error = await failure_after(answer("500 Oops", body="a\x1b[31m\r\nb\x00"))
    assert str(error).endswith("500 Oops: a[31m b")


async def test_a_receiver_that_is_down_is_tried_again_later() -> None:
    async with served(ScriptedWeb([OK])) as web:
        pass
    async with sender_to(web.url) as sender:
        error = await failure_of(sender)
    assert error.transient
    assert f"{web.url} cannot be reached" in str(error)


class Refusing(httpx.AsyncBaseTransport):
    """Stands where the guard stands: it refuses, in one of the ways a refusal may arrive."""

    def __init__(self, error: Exception, cause: Exception | None = None) -> None:
        self.error, self.cause = error, cause

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002
        raise self.error from self.cause


PRIVATE = FetchRefused("intranet.example is 10.0.0.7, a private address")


@pytest.mark.parametrize(
    ("error", "cause"), [(PRIVATE, None), (httpx.ConnectError("all attempts failed"), PRIVATE)]
)
async def test_a_private_address_is_dead_and_names_the_setting(
    error: Exception, cause: Exception | None
) -> None:
    channel = WebhookChannel(name="ops", url="http://intranet.example/hook")
    async with httpx.AsyncClient(transport=Refusing(error, cause)) as client:
        failure = await failure_of(WebhookSender(channel, client, FakeClock()))
    assert not failure.transient
    assert "10.0.0.7, a private address" in str(failure)
    assert "channel 'ops' has allow_private: false" in str(failure)


@pytest.mark.parametrize(
    "error", [FetchFailed("no such host"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("")]
)
async def test_other_trouble_on_the_way_is_tried_again(error: Exception) -> None:
    channel = WebhookChannel(name="ops", url="http://hooks.example/")
    async with httpx.AsyncClient(transport=Refusing(error)) as client:
        assert (await failure_of(WebhookSender(channel, client, FakeClock()))).transient


async def test_an_url_that_is_none_is_an_error_and_no_crash() -> None:
    async with sender_to("http://[half/hook") as sender:
        assert (await failure_of(sender)).transient


NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("30", timedelta(seconds=30)),
        ("0", timedelta()),
        ("99999999999999999999", timedelta(days=1)),
        ("Wed, 04 Mar 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Wed, 04 Mar 2026 11:00:00 GMT", timedelta()),
        ("Wed, 04 Mar 2029 11:00:00 GMT", timedelta(days=1)),
        ("Wed, 04 Mar 2026 12:10:00", None),
        ("-5", None),
        ("²", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_wait_of_a_receiver_is_read_in_seconds_or_as_a_date_and_kept_to_a_day(
    value: str, wait: timedelta | None
) -> None:
    assert parse_retry_after(value, NOW) == wait


@given(st.text(max_size=60))
def test_no_wait_that_a_receiver_names_is_a_crash_or_longer_than_a_day(value: str) -> None:
    wait = parse_retry_after(value, NOW)
    assert wait is None or timedelta() <= wait <= timedelta(days=1)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "secret",
        "whsec_",
        "whsec_!!!",
        "whsec_" + base64.b64encode(b"short").decode(),
        "whsec_" + "A" * 200,
        base64.b64encode(b"x" * 32).decode(),
        SECRET + "\n",
    ],
)
def test_what_is_no_standard_webhooks_secret_is_refused_with_the_reason(secret: str) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        decode_secret(secret)


def test_a_secret_is_its_bytes() -> None:
    assert decode_secret(SECRET) == b"thirty-two bytes of fixed secret"


async def test_the_waits_follow_the_standard_and_end() -> None:
    async with sender_to("http://hooks.example/") as sender:
        assert sender.name == "ops"
        assert sender.retry_wait(1) == timedelta(seconds=5)
        assert sender.retry_wait(9, "ab") != timedelta(hours=24)
        assert sender.retry_wait(10) is None
        await sender.close()
        assert not sender._client.is_closed
