"""Alert -> an HTTP endpoint, after Standard Webhooks 1.0 (https://www.standardwebhooks.com).

Position: after `body`; behind `ports.Channel`. The client comes guarded from `fetch.transport`.

The status line decides. What follows it is read for the receipt only: an answer that breaks off after a
2xx was a success, because whoever sends it has the alert.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

import httpx2 as httpx

from monitor.deliver.body import write_body
from monitor.deliver.clean import one_line
from monitor.deliver.retry import WEBHOOK_WAITS, spread, wait_after
from monitor.errors import DeliveryFailed, FetchRefused
from monitor.model import Outgoing, WebhookChannel
from monitor.ports import Clock

TIMEOUT = timedelta(seconds=20)
"""From the first byte of the connection to the last of the answer (Standard Webhooks: 15 to 30 s)."""

USER_AGENT = "news-monitor"

MAX_ANSWER_BYTES = 4096
"""How much of an answer is read: enough to show what the receiver said."""

MAX_ANSWER_CHARS = 200

MAX_RETRY_AFTER = timedelta(days=1)
"""The longest wait of the schedule: no answer can silence a channel for longer."""

MAX_SECONDS_DIGITS = 9

SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix of every secret, and none
MIN_SECRET_BYTES, MAX_SECRET_BYTES = 24, 64
"""Standard Webhooks 1.0, "Signature scheme"."""

ClientFor = Callable[[bool], httpx.AsyncClient]
"""Gives the HTTP client that may (True) or may not (False) reach private addresses."""


def decode_secret(secret: str) -> bytes:
    """Return the key of a Standard Webhooks secret.

    Raises:
        ValueError: it is not `whsec_` and the base64 of 24 to 64 bytes.
    """
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError(f'a webhook secret begins with "{SECRET_PREFIX}"')
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as exc:
        raise ValueError(f'what follows "{SECRET_PREFIX}" in a webhook secret is base64') from exc
    if not MIN_SECRET_BYTES <= len(key) <= MAX_SECRET_BYTES:
        raise ValueError(
            f"a webhook secret holds {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes, not {len(key)}"
        )
    return key


def sign(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return one signature of `webhook-signature`. `timestamp` is in seconds since 1970."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode()


class WebhookSender:
    """Posts alerts to one endpoint."""

    def __init__(
        self,
        channel: WebhookChannel,
        client: httpx.AsyncClient,
        clock: Clock,
        *,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        """Prepare. The client stays its owner's: channels share it, and `close` leaves it open.

        Raises:
            ValueError: a secret is not one (the configuration has checked them).
        """
        self._channel = channel
        self._client = client
        self._clock = clock
        self._timeout = timeout
        self._keys = tuple(decode_secret(secret) for secret in channel.secrets)

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        return self._channel.name

    async def send(self, message: Outgoing) -> str:
        """Post one message; return the status and the beginning of the answer.

        Raises:
            DeliveryFailed: any status but 2xx, or none; final for 410 Gone and a private address. A 410
                stops the channel.
        """
        body = write_body(message)
        deadline = asyncio.get_running_loop().time() + self._timeout.total_seconds()
        response = await self._post(body, self._headers(message.id, body), deadline)
        try:
            said = await read_answer(response, deadline)
        finally:
            await response.aclose()
        if not response.is_success:
            raise self._refusal(response, said)
        return describe(response, said)

    def retry_wait(self, attempts: int, alert_id: str = "") -> timedelta | None:
        """Return the wait after `attempts` failed ones, from 5 s to 24 h; None after the tenth attempt."""
        wait = wait_after(WEBHOOK_WAITS, attempts)
        return None if wait is None else spread(wait, alert_id, attempts)

    async def close(self) -> None:
        """Do nothing: the client's connections are its owner's."""

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": USER_AGENT,
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
        }
        if self._keys:
            headers["webhook-signature"] = " ".join(
                sign(key, message_id, timestamp, body) for key in self._keys
            )
        return headers

    async def _post(self, body: bytes, headers: dict[str, str], deadline: float) -> httpx.Response:
        """Return the answer as soon as its status is known, its body unread; redirects are not followed."""
        limit = self._timeout.total_seconds()
        try:
            request = self._client.build_request(
                "POST", self._channel.url, content=body, headers=headers, timeout=limit
            )
            async with asyncio.timeout_at(deadline):
                return await self._client.send(request, stream=True, follow_redirects=False)
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise DeliveryFailed(f"{self._channel.url} did not answer within {limit:g} s") from exc
        except Exception as exc:  # the client's errors are not of one tree: InvalidURL, and the guard's
            raise self._unreachable(exc) from exc

    def _unreachable(self, exc: Exception) -> DeliveryFailed:
        refusal = find_refusal(exc)
        cause = one_line(str(refusal or exc), MAX_ANSWER_CHARS) or type(exc).__name__
        if refusal is None:
            return DeliveryFailed(f"{self._channel.url} cannot be reached: {cause}")
        return DeliveryFailed(
            f"{self._channel.url} is not sent to: {cause} (channel {self.name!r} has allow_private: false)",
            transient=False,
        )

    def _refusal(self, response: httpx.Response, said: str) -> DeliveryFailed:
        answer = f"{self._channel.url} answers {describe(response, said)}"
        if response.status_code == httpx.codes.GONE:
            return DeliveryFailed(
                f"{answer}; the endpoint wants no more: mend the url of channel {self.name!r}, "
                f"or start it again with `monitor channels start {self.name}`",
                transient=False,
                stops_channel=True,
            )
        if response.is_redirect:
            target = one_line(response.headers.get("location", "nowhere"), MAX_ANSWER_CHARS)
            return DeliveryFailed(f"{answer}, to {target}; redirects are not followed: put the new url in")
        waits = response.status_code in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
        header = response.headers.get("retry-after", "") if waits else ""
        return DeliveryFailed(answer, retry_after=parse_retry_after(header, self._clock.now()))


async def read_answer(response: httpx.Response, deadline: float) -> str:
    """Return the beginning of the answer, undecoded from any Content-Encoding, as one clean line."""
    received = bytearray()
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) >= MAX_ANSWER_BYTES:
                    break
    except (TimeoutError, httpx.HTTPError, httpx.StreamError):
        pass  # the status is known, and the rest is for show
    return one_line(received[:MAX_ANSWER_BYTES].decode("utf-8", "replace"), MAX_ANSWER_CHARS)


def describe(response: httpx.Response, said: str) -> str:
    """Return an answer in words: "200 OK: thanks"."""
    status = f"{response.status_code} {response.reason_phrase}".rstrip()
    return f"{status}: {said}" if said else status


def find_refusal(exc: BaseException | None) -> FetchRefused | None:
    """Return the guard's refusal among an error and its causes."""
    while exc is not None and not isinstance(exc, FetchRefused):
        exc = exc.__cause__ or exc.__context__
    return exc


def parse_retry_after(value: str, now: datetime) -> timedelta | None:
    """Return the wait that a Retry-After header asks for (RFC 9110, 10.2.3), at most a day; None: no wait."""
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=int(value[:MAX_SECONDS_DIGITS]))
    else:
        try:
            wait = parsedate_to_datetime(value) - now
        except (ValueError, TypeError, IndexError, OverflowError):  # no date, or one without a timezone
            return None
    return max(timedelta(), min(wait, MAX_RETRY_AFTER))
