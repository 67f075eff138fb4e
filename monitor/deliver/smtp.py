"""One connection to a mail server: opened when needed, used again, closed when idle.

Position: under `email`. It speaks SMTP (RFC 5321) through aiosmtplib, and knows nothing of alerts.

TLS is what the configuration says, or there is no mail: a server that does not offer STARTTLS, or shows
a certificate that does not hold, is never spoken to in plain text instead.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from monitor.deliver.clean import one_line
from monitor.errors import DeliveryFailed
from monitor.model import Smtp, TlsMode

MAX_REPLY_CHARS = 300

SERVICE_CLOSING = 421
"""RFC 5321, 3.8: the server ends the connection, often because it has carried enough mails."""

ACCOUNT_CODES = frozenset({530, 534, 535, 538})
"""RFC 4954, 6: the account is refused, not the mail. A person mends that, and the mail waits."""

QUIT_TIMEOUT = timedelta(seconds=2)
"""Goodbye is a courtesy: the daemon has ten seconds to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpLimits:
    """How long a mail server may take.

    `step` is for the connection and each command. `answer` is for the reply to a whole mail, which
    servers filter before they answer: RFC 5321, 4.5.3.2.6 asks for ten minutes, and a client that
    gives up earlier gets a mail delivered that it will send again. `idle` is how long an unused
    connection is kept. `pause` is how long a server is left in peace that could not be
    opened, or kept us waiting: until then every mail fails at once, so that it holds up no batch.
    """

    step: timedelta = timedelta(seconds=30)
    answer: timedelta = timedelta(minutes=10)
    idle: timedelta = timedelta(seconds=30)
    pause: timedelta = timedelta(seconds=30)


PLAIN_FIRST = "; if it begins in plain text, write smtp+starttls:// in smtp.url"
NO_STARTTLS = "; if it speaks TLS from the first byte, write smtps:// in smtp.url"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said of a mail to one recipient."""

    code: int
    text: str

    @property
    def taken(self) -> bool:
        """Whether the server is now responsible for the mail."""
        return 200 <= self.code < 300  # noqa: PLR2004 - the classes of RFC 5321, 4.2.1

    @property
    def final(self) -> bool:
        """Whether asking again is useless."""
        return self.taken or (self.code >= 500 and self.code not in ACCOUNT_CODES)  # noqa: PLR2004

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()


def reply_of(code: int, text: str) -> Reply:
    """Return the reply, its text made one clean line: a server's words go into our logs and pages."""
    return Reply(code, one_line(text.encode("utf-8", "replace").decode(), MAX_REPLY_CHARS))


def reason_of(exc: Exception) -> str:
    """Return why a connection failed: the system's own words where it has some, without the address again."""
    cause = exc.__cause__
    if not isinstance(cause, OSError) or cause.errno is None:
        return str(exc)
    return os.strerror(cause.errno) if cause.errno in errno.errorcode else cause.strerror or str(exc)


def name_ourselves() -> str:
    """Return what EHLO says: the machine's full name, or an address where it has none.

    RFC 5321, 4.1.4. A container's name is no full one, and some servers refuse all mail after it.
    """
    name = socket.getfqdn()
    return name if "." in name else "[127.0.0.1]"


class SmtpConnection:
    """Speaks with one mail server, one mail at a time."""

    def __init__(self, smtp: Smtp, limits: SmtpLimits, tls_context: ssl.SSLContext | None = None) -> None:
        """Prepare; nothing is opened yet. `tls_context` None: the machine's certificates, hosts checked."""
        self._limits = limits
        self._where = f"the mail server {smtp.host}:{smtp.port}"
        self._client = aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.username,
            password=smtp.password,
            timeout=limits.step.total_seconds(),
            use_tls=smtp.tls is TlsMode.TLS,
            start_tls=smtp.tls is TlsMode.STARTTLS,
            tls_context=tls_context,
        )
        self._turn = asyncio.Lock()
        self._closing: asyncio.Task[None] | None = None
        self._opened = False
        self._silent_until = 0.0
        self._silent_because = ""

    async def send(self, sender: str, recipients: Sequence[str], message: bytes) -> dict[str, Reply]:
        """Send one mail; return the reply for each of `recipients`.

        Raises:
            DeliveryFailed: the server could not be spoken to, or broke off; always transient.
        """
        async with self._turn:
            self._keep_open()
            if asyncio.get_running_loop().time() < self._silent_until:
                raise DeliveryFailed(self._silent_because)
            try:
                replies = await self._transact(sender, recipients, message)
            except asyncio.CancelledError:  # in the middle of a mail: the connection is of no more use
                self._client.close()
                raise
            except Exception as exc:  # not of one tree: UnicodeError, for a host that is none, among them
                raise self._give_up(exc) from exc
            self._closing = asyncio.create_task(self._close_when_idle())
            return replies

    async def close(self) -> None:
        """Say goodbye, if a connection is open."""
        async with self._turn:
            self._keep_open()
            await self._quit()

    # --- one mail ------------------------------------------------------------------------------

    async def _transact(self, sender: str, recipients: Sequence[str], message: bytes) -> dict[str, Reply]:
        """MAIL, a RCPT for each, DATA. A refusal of the mail as a whole is everybody's reply."""
        try:
            await self._begin(sender)
        except SMTPSenderRefused as exc:
            if exc.code == SERVICE_CLOSING:
                raise
            return dict.fromkeys(recipients, reply_of(exc.code, exc.message))
        replies = {recipient: await self._name(recipient) for recipient in recipients}
        accepted = [recipient for recipient, reply in replies.items() if reply.taken]
        if accepted:
            replies |= dict.fromkeys(accepted, await self._hand_over(message))
        if not any(reply.taken for reply in replies.values()):
            with suppress(SMTPException, OSError):  # the next mail finds out when it has failed
                await self._client.rset()
        return replies

    async def _begin(self, sender: str) -> None:
        """Open a connection if there is none, and begin a mail.

        A connection used before may have been closed behind our back: then a new one is opened, once.
        """
        used_before = self._client.is_connected
        if not used_before:
            await self._open()
        try:
            await self._client.mail(sender)
        except (SMTPServerDisconnected, SMTPSenderRefused) as exc:
            closed = isinstance(exc, SMTPServerDisconnected) or exc.code == SERVICE_CLOSING
            if not (used_before and closed):
                raise
            self._client.close()
            await self._open()
            await self._client.mail(sender)

    async def _name(self, recipient: str) -> Reply:
        try:
            code, text = await self._client.rcpt(recipient)
        except SMTPRecipientRefused as exc:
            if exc.code == SERVICE_CLOSING:
                raise
            return reply_of(exc.code, exc.message)
        return reply_of(code, text)

    async def _hand_over(self, message: bytes) -> Reply:
        try:
            code, text = await self._client.data(message, timeout=self._limits.answer.total_seconds())
        except SMTPDataError as exc:
            if exc.code == SERVICE_CLOSING:
                raise
            return reply_of(exc.code, exc.message)
        except (SMTPServerDisconnected, SMTPTimeoutError) as exc:
            raise type(exc)(
                f"{exc.message} when the mail had been handed over; if it was taken all the same, "
                "it comes again with the same Message-ID"
            ) from exc
        return reply_of(code, text)

    def _give_up(self, exc: Exception) -> DeliveryFailed:
        """Return the failure. A server that cannot be opened, or keeps us waiting, is left in peace."""
        self._client.close()
        failure = DeliveryFailed(self._explain(exc))
        if not self._opened or isinstance(exc, TimeoutError):
            pause = self._limits.pause.total_seconds()
            self._silent_until = asyncio.get_running_loop().time() + pause
            self._silent_because = str(failure)
        return failure

    def _explain(self, exc: Exception) -> str:
        """Return what went wrong with the server, and what to do, in one line."""
        tls = exc if isinstance(exc, ssl.SSLError) else exc.__cause__
        if isinstance(tls, ssl.SSLError):
            cure = PLAIN_FIRST if tls.reason == "WRONG_VERSION_NUMBER" else ""
            return f"{self._where} cannot be spoken to over TLS: {one_line(str(tls), MAX_REPLY_CHARS)}{cure}"
        if isinstance(exc, SMTPAuthenticationError):
            said = reply_of(exc.code, exc.message)
            return f"{self._where} refuses the login: {said}; look at the user and password of smtp.url"
        if isinstance(exc, SMTPResponseException):
            return f"{self._where} answers {reply_of(exc.code, exc.message)}"
        cure = NO_STARTTLS if "STARTTLS" in str(exc) else ""
        return f"{self._where} cannot be used: {one_line(reason_of(exc), MAX_REPLY_CHARS)}{cure}"

    # --- the connection ------------------------------------------------------------------------

    async def _open(self) -> None:
        self._opened = False
        if self._client.local_hostname is None:
            self._client.local_hostname = await asyncio.to_thread(name_ourselves)
        await self._client.connect()
        self._opened = True

    def _keep_open(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    async def _close_when_idle(self) -> None:
        await asyncio.sleep(self._limits.idle.total_seconds())
        async with self._turn:
            await self._quit()

    async def _quit(self) -> None:
        try:
            if self._client.is_connected:
                with suppress(SMTPException, OSError):
                    await self._client.quit(timeout=QUIT_TIMEOUT.total_seconds())
        finally:
            self._client.close()
