"""Where alerts arrive: a mail server and an endpoint that note each step of a delivery.

Position: at the end of the daemon's walk. Both take everything; `note` is told of each step before, or
right after, the sink answers.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy

from monitor.demo.loopback import LOOPBACK, LoopbackServer, Reply, Request

Note = Callable[[str], None]


class MailSink:
    """A mail server that takes every mail, and counts each `Message-ID`."""

    def __init__(self, note: Note) -> None:
        self.ids: Counter[str] = Counter()
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
        self._server = await asyncio.start_server(self._converse, LOOPBACK, 0)

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
        self.ids[str(message_from_bytes(mail, policy=policy.default)["Message-ID"])] += 1
        self._note("mail handed over, not answered")
        writer.write(b"250 taken\r\n")
        self._note("mail answered 250")


class HookSink:
    """An endpoint that takes every alert, and counts each `webhook-id`; `urls` are the articles told of."""

    def __init__(self, note: Note) -> None:
        self.ids: Counter[str] = Counter()
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
        self.ids[request.headers["webhook-id"]] += 1
        self.urls.add(json.loads(request.body)["data"]["article"]["url"])
        self._note("webhook handed over, not answered")
        asyncio.get_running_loop().call_soon(self._note, "webhook answered 200")
        return Reply(content_type="text/plain", body=b"taken")
