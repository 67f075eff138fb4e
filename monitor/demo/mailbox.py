"""A mail server on loopback that keeps what it is sent.

Position: at the end of the demo's walk, where the desk's mail arrives. It can be closed for a while
and opened again at the same port, as mail servers are.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Protocol

from monitor.demo.loopback import LOOPBACK
from monitor.errors import MonitorError


class Envelope(Protocol):
    """What aiosmtpd hands over: who a message is to, and its bytes as they came."""

    rcpt_tos: list[str]
    original_content: bytes | None


class Conversation(Protocol):
    """A connection that aiosmtpd serves."""

    transport: asyncio.BaseTransport | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message that was taken. `repeated` says that its Message-ID had come before."""

    message_id: str
    subject: str
    to: tuple[str, ...]
    message: EmailMessage
    repeated: bool

    @property
    def text(self) -> str:
        """The plain text part, "" when there is none."""
        part = self.message.get_body(("plain",))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")

    def is_reply_to(self, other: Mail) -> bool:
        """Return whether it stands under `other` in a mailbox."""
        return other is not self and self.message["In-Reply-To"] == other.message_id


class Mailbox:
    """Every address in one box."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.on_mail: Callable[[Mail], None] | None = None
        self._server: asyncio.Server | None = None
        self._conversations: list[Conversation] = []
        self._port = 0

    @property
    def url(self) -> str:
        """The server's address once it is open, `smtp://127.0.0.1:PORT`."""
        return f"smtp://{LOOPBACK}:{self._port}"

    @property
    def port(self) -> int:
        """The port it listens on, 0 before it was opened."""
        return self._port

    @property
    def unique_mails(self) -> tuple[Mail, ...]:
        """What a reader sees whose mail program drops a Message-ID that it has."""
        return tuple(mail for mail in self.mails if not mail.repeated)

    async def open(self) -> None:
        """Begin to listen; after a `close`, on the same port again.

        Raises:
            MonitorError: aiosmtpd, which speaks SMTP here, is not installed: it comes with an extra.
        """
        try:
            from aiosmtpd.smtp import SMTP  # noqa: PLC0415  (the daemon runs without the extra `demo`)
        except ImportError as exc:
            raise MonitorError("the demo needs aiosmtpd: pip install 'news-monitor[demo]'") from exc
        loop = asyncio.get_running_loop()

        def converse() -> asyncio.Protocol:
            conversation = SMTP(self, hostname="mailbox.invalid", loop=loop)
            self._conversations.append(conversation)
            return conversation

        self._server = await loop.create_server(converse, LOOPBACK, self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections, and hang up on those there are."""
        if self._server is None:
            return
        self._server.close()
        for conversation in self._conversations:
            if conversation.transport is not None:
                conversation.transport.close()
        self._conversations.clear()
        await self._server.wait_closed()
        self._server = None

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """Be out of order for a while."""
        await self.close()
        try:
            yield
        finally:
            await self.open()

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Take a message; aiosmtpd calls this by its name."""
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        message_id = str(message["Message-ID"] or "")
        mail = Mail(
            message_id=message_id,
            subject=str(message["Subject"] or ""),
            to=tuple(envelope.rcpt_tos),
            message=message,
            repeated=any(mail.message_id == message_id for mail in self.mails),
        )
        self.mails.append(mail)
        if self.on_mail is not None:
            self.on_mail(mail)
        return "250 OK, in the box"
