"""Where alerts and digests arrive: a mail server and an endpoint that note each step of a delivery.

Position: at the end of the daemon's walk. Both take everything; `note` is told of each step before, or
right after, the sink answers.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from monitor.demo.loopback import LOOPBACK, LoopbackServer, Reply, Request

Note = Callable[[str], None]

MAX_MAIL_BYTES = 1 << 24
"""More than any digest takes."""

URL = re.compile(r"^(http://\S+)\r?$", re.MULTILINE)
"""An article's address, which stands on a line of its own in a mail."""


@dataclass
class Digests:
    """The digests that one channel was sent: how often each came, and which articles it told of."""

    ids: Counter[str] = field(default_factory=Counter)
    told: dict[str, frozenset[str]] = field(default_factory=dict)
    changed: int = 0

    def take(self, digest_id: str, urls: frozenset[str]) -> None:
        """Count one. It has changed when it came before and told of other articles then."""
        self.ids[digest_id] += 1
        self.changed += self.told.setdefault(digest_id, urls) != urls

    @property
    def urls(self) -> Counter[str]:
        """In how many different digests each article was told of."""
        return Counter(url for urls in self.told.values() for url in urls)


class MailSink:
    """A mail server that takes every mail, and counts each `Message-ID`, those of digests apart."""

    def __init__(self, note: Note) -> None:
        self.ids: Counter[str] = Counter()
        self.digests = Digests()
        self.connections = 0
        self._note = note
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The server's address, once it is open."""
        assert self._server is not None  # noqa: S101  (it is open)
        return f"smtp://{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"

    async def open(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._converse, LOOPBACK, 0, limit=MAX_MAIL_BYTES)

    async def close(self) -> None:
        """Hang up."""
        assert self._server is not None  # noqa: S101  (it is open)
        self._server.close()
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (asyncio runs a connection as a task)
        self._conversations.add(task)
        self.connections += 1
        try:
            writer.write(b"220 sink ESMTP\r\n")
            while line := await reader.readline():
                await self._obey(line.split(b" ")[0].strip().upper(), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the daemon was killed, or the benchmark is over
        finally:
            self._conversations.discard(task)
            writer.close()

    async def _obey(self, verb: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if verb == b"MAIL":
            self._note("claimed, mail begun")
        if verb != b"DATA":
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            return
        writer.write(b"354 go on\r\n")
        mail = await reader.readuntil(b"\r\n.\r\n")
        noun = self._count(message_from_bytes(mail, EmailMessage, policy=policy.default))
        self._note(f"{noun} handed over, not answered")
        writer.write(b"250 taken\r\n")
        self._note(f"{noun} answered 250")

    def _count(self, mail: EmailMessage) -> str:
        """Count a mail; return what the killer calls it."""
        message_id = str(mail["Message-ID"])
        if not message_id.startswith("<digest."):
            self.ids[message_id] += 1
            return "mail"
        body = mail.get_body(("plain",))
        self.digests.take(message_id, frozenset(URL.findall("" if body is None else body.get_content())))
        return "digest by mail"


class HookSink:
    """An endpoint that takes everything, and counts each `webhook-id`, those of digests apart.

    `urls` are the articles that were told of alone.
    """

    def __init__(self, note: Note) -> None:
        self.ids: Counter[str] = Counter()
        self.digests = Digests()
        self.urls: set[str] = set()
        self._note = note
        self._server = LoopbackServer(self._answer)

    @property
    def url(self) -> str:
        """Where alerts are posted, once it is open."""
        return f"{self._server.url}/news"

    async def open(self) -> None:
        """Begin to listen."""
        await self._server.open()

    async def close(self) -> None:
        """Hang up."""
        await self._server.close()

    def _answer(self, request: Request) -> Reply:
        body, webhook_id = json.loads(request.body), request.headers["webhook-id"]
        if body["type"] == "digest":
            noun = "digest by webhook"
            urls = frozenset(alert["article"]["url"] for alert in body["data"]["alerts"])
            self.digests.take(webhook_id, urls)
        else:
            noun = "webhook"
            self.ids[webhook_id] += 1
            self.urls.add(body["data"]["article"]["url"])
        self._note(f"{noun} handed over, not answered")
        asyncio.get_running_loop().call_soon(self._note, f"{noun} answered 200")
        return Reply(content_type="text/plain", body=b"taken")
