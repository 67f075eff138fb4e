"""A small HTTP server on loopback, for the newsstand and the webhook receiver.

Position: under `newsstand` and `webhook`. It lives in the caller's event loop, so that what it sees
is seen in order, and needs no lock. It speaks as much HTTP/1.1 as a fetcher and a browser need:
GET, HEAD and POST with a Content-Length, connections kept open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
MAX_BODY_BYTES = 1 << 22
"""More than any digest; what is longer is not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for. `path` is without the query; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered. `headers` come on top of Content-Type, Content-Length and Date."""

    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/html; charset=utf-8"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Reply]


class LoopbackServer:
    """Listens on loopback, on a port that the system chooses, and replies what `answer` says."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()
        self._port = 0

    @property
    def url(self) -> str:
        """The server's address once it is open, `http://127.0.0.1:PORT`."""
        return f"http://{LOOPBACK}:{self._port}"

    async def open(self) -> None:
        """Begin to listen; after a `close`, on the same port again."""
        self._server = await asyncio.start_server(self._converse, LOOPBACK, self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and hang up on everybody."""
        if self._server is None:
            return
        self._server.close()
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests until the other side hangs up."""
        conversation = asyncio.current_task()
        assert conversation is not None  # noqa: S101  (asyncio runs a connection's coroutine as a task)
        self._conversations.add(conversation)
        try:
            while (request := await read_request(reader)) is not None:
                writer.write(encode_reply(self._answer(request), request.method))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # The other side was killed, or speaks something else. Both are its own affair.
        except asyncio.CancelledError:
            pass  # `close` hangs up; the task ends here, so nobody is left to tell.
        finally:
            self._conversations.discard(conversation)
            writer.close()


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request of a connection; None when there is none.

    Raises:
        IncompleteReadError, LimitOverrunError, ConnectionError, ValueError: it is no request.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as exc:
        if exc.partial:
            raise
        return None
    request_line, *header_lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = request_line.split(" ")
    fields = (line.partition(":") for line in header_lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in fields}
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= MAX_BODY_BYTES:
        raise ValueError(length)
    return Request(
        method=method,
        path=urlsplit(target).path,
        headers=headers,
        body=await reader.readexactly(length),
    )


def encode_reply(reply: Reply, method: str) -> bytes:
    """Return a reply as it goes over the wire; HEAD gets no body."""
    headers = {
        "Date": formatdate(usegmt=True),
        "Content-Type": reply.content_type,
        "Content-Length": str(len(reply.body)),
        **reply.headers,
    }
    status_line = f"HTTP/1.1 {reply.status.value} {reply.status.phrase}"
    lines = (status_line, *(f"{name}: {value}" for name, value in headers.items()))
    head = "\r\n".join(lines) + "\r\n\r\n"
    return head.encode("latin-1") + (b"" if method == "HEAD" else reply.body)
