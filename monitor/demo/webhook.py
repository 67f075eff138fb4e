"""A webhook receiver on loopback that takes signed alerts only.

Position: at the end of the demo's walk, where the other program listens. It checks signatures as
Standard Webhooks 1.0 says, in lines of its own: a receiver in any language needs no more than these.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import time

from monitor.demo.loopback import LoopbackServer, Reply, Request

SECRET_PREFIX = "whsec_"  # noqa: S105  (the standard's mark, not a secret)
TOLERANCE_S = 300
"""How far a timestamp may be from now; the standard's libraries allow five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An alert that was taken. `repeated` says that its `webhook-id` had come before."""

    id: str
    body: bytes
    headers: Mapping[str, str]
    repeated: bool


class WebhookReceiver:
    """Takes what is signed with `secret` (`whsec_...`), refuses the rest."""

    def __init__(self, secret: str) -> None:
        self.hooks: list[Hook] = []
        self.refused = 0
        self.on_hook: Callable[[Hook], None] | None = None
        self.secret = secret
        self._server = LoopbackServer(self._answer)

    @property
    def url(self) -> str:
        """Where alerts are to be posted."""
        return self._server.url + "/news"

    @property
    def unique_hooks(self) -> tuple[Hook, ...]:
        """What a receiver acts on that drops an id which it has."""
        return tuple(hook for hook in self.hooks if not hook.repeated)

    async def open(self) -> None:
        """Begin to listen."""
        await self._server.open()

    async def close(self) -> None:
        """Stop listening."""
        await self._server.close()

    def _answer(self, request: Request) -> Reply:
        if request.method != "POST":
            return Reply(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
        if not is_signed(request, self.secret, time()):
            self.refused += 1
            return Reply(status=HTTPStatus.UNAUTHORIZED)
        identity = request.headers["webhook-id"]
        hook = Hook(
            id=identity,
            body=request.body,
            headers=request.headers,
            repeated=any(hook.id == identity for hook in self.hooks),
        )
        self.hooks.append(hook)
        if self.on_hook is not None:
            self.on_hook(hook)
        return Reply(status=HTTPStatus.NO_CONTENT)


def is_signed(request: Request, secret: str, now_s: float) -> bool:
    """Return whether a request bears a fresh signature made with `secret` (Standard Webhooks 1.0)."""
    identity = request.headers.get("webhook-id", "")
    timestamp = request.headers.get("webhook-timestamp", "")
    if not identity or not timestamp.isdigit() or abs(now_s - int(timestamp)) > TOLERANCE_S:
        return False
    content = f"{identity}.{timestamp}.".encode() + request.body
    digest = hmac.digest(b64decode(secret.removeprefix(SECRET_PREFIX)), content, "sha256")
    expected = "v1," + b64encode(digest).decode()
    signatures = request.headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(signature.encode(), expected.encode()) for signature in signatures)
