"""Mail and web servers on loopback: a real one, and ones that do as a script says."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

HOST = "127.0.0.1"


def parse_mail(raw: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(raw)


@dataclass
class Mailbox:
    """What a real mail server (aiosmtpd) took."""

    port: int = 0
    connections: int = 0
    mails: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    over_tls: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        assert server.transport is not None
        self.mails.append(envelope.content)
        self.recipients.append(list(envelope.rcpt_tos))
        self.over_tls.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 2.0.0 kept as number " + str(len(self.mails))


@dataclass(frozen=True)
class MailSetup:
    """How the real mail server is set up."""

    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    login: tuple[bytes, bytes] | None = None


@asynccontextmanager
async def real_mailbox(setup: MailSetup = MailSetup()) -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()

    def authenticate(
        _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: object
    ) -> AuthResult:
        given = (getattr(data, "login", b""), getattr(data, "password", b""))
        return AuthResult(success=given == setup.login, handled=False)

    def speak() -> SMTP:
        mailbox.connections += 1
        with warnings.catch_warnings():  # it does not see that the socket is already encrypted
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
            return SMTP(
                mailbox,
                hostname="mail.example",
                loop=asyncio.get_running_loop(),
                tls_context=setup.starttls,
                require_starttls=setup.starttls is not None,
                auth_required=setup.login is not None,
                auth_require_tls=setup.tls is None,
                authenticator=authenticate if setup.login else None,
            )

    server = await asyncio.get_running_loop().create_server(speak, HOST, 0, ssl=setup.tls)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
        await asyncio.sleep(0)


HANG_UP = "hang up"
STALL = "stall"


@dataclass
class ScriptedMail:
    """A mail server that answers each command with the next line of its script, else with success.

    `script` maps a verb, or "." for the end of a mail, to its answers in order: a reply, `HANG_UP` or
    `STALL`. `offers` are the extensions of EHLO.
    """

    script: dict[str, list[str]] = field(default_factory=dict)
    offers: tuple[str, ...] = ()
    greeting: str = "220 mail.example ready"
    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    heard: defaultdict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    took_data: bool = False

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if not await self.say(writer, self.greeting):
            return
        while line := await reader.readline():
            command = line.decode().strip()
            self.commands.append(command)
            verb = command.split(" ", 1)[0].upper()
            self.heard[verb].set()
            if not await self.say(writer, self.answer(verb)):
                return
            if verb == "DATA" and self.took_data:
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                if not await self.say(writer, self.answer(".")):
                    return
            if verb == "QUIT":
                return

    def answer(self, verb: str) -> str:
        lines = self.script.get(verb, [])
        usual = {"DATA": "354 go on", "QUIT": "221 bye", "EHLO": self.greet_extended()}
        reply = lines.pop(0) if lines else usual.get(verb, "250 fine")
        if verb == "DATA":
            self.took_data = reply.startswith("354")
        return reply

    def greet_extended(self) -> str:
        lines = ["mail.example", *self.offers]
        return "\r\n".join(f"250{'-' if line is not lines[-1] else ' '}{line}" for line in lines)

    async def say(self, writer: asyncio.StreamWriter, reply: str) -> bool:
        if reply == STALL:
            await asyncio.Event().wait()
        if reply == HANG_UP:
            return False
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()
        return not reply.startswith("421")


@dataclass(frozen=True)
class Posted:
    """A request that the scripted web server was sent."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedWeb:
    """A web server that answers each request with the next of its raw answers; the last one stays.

    `hang` keeps the connection open after an answer, without a further byte.
    """

    answers: list[bytes] = field(default_factory=list)
    hang: bool = False
    port: int = 0
    requests: list[Posted] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/hook"

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        headers |= {
            k: v for k, v in (line.split(": ", 1) for line in head[1:] if line) if k.startswith("webhook-")
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(Posted(head[0], headers, body))
        writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
        await writer.drain()
        if self.hang:
            await asyncio.Event().wait()


Scripted = TypeVar("Scripted", ScriptedMail, ScriptedWeb)


@asynccontextmanager
async def served(script: Scripted) -> AsyncIterator[Scripted]:
    """Serve a script on a free port; conversations that are still open at the end are cut."""
    conversations: set[asyncio.Task[None]] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        conversations.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await script.converse(reader, writer)
        finally:
            conversations.discard(task)
            writer.close()

    server = await asyncio.start_server(converse, HOST, 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for task in tuple(conversations):
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
