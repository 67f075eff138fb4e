"""The way out of a browser: a proxy on loopback that applies the guard and counts the bytes.

Position: beside `exchange`, under `rendering`. A browser that draws a page for us knows no other way to
the web: what its scripts ask for, websockets among it, comes by here. Names are resolved here, checked,
and connected to at the very address that was checked (`transport`), so no script, no redirect and no
name that answers differently the second time gets past it.

It serves one page of one source and ends with it. A plain request is answered alone on its connection;
what is encrypted is passed through unread.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpcore2 as httpcore
import httpx2 as httpx

from monitor.errors import FetchRefused
from monitor.fetch.transport import GuardedBackend, GuardedTransport, Route, check_spelled, tls_context

CONNECT_TIMEOUT_S = 10.0
TIMEOUTS = {"connect": CONNECT_TIMEOUT_S}
"""What is slow otherwise is ended by the deadline of the page."""

MAX_HEAD_BYTES = 64 * 1024
MAX_CONSENT_BYTES = 8 * 1024
PIECE_BYTES = 64 * 1024
HTTP_PORT, HTTPS_PORT = 80, 443
HOP_BY_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
    }
)
"""What a header says to the next hop alone (RFC 9110, 7.6.1)."""

BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
UNREACHABLE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class _SpentError(Exception):
    """The page has had all the bytes that it may have."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the browser asks for: a tunnel to a host and port, or the answer to one plain request."""

    method: str
    target: str
    fields: tuple[tuple[str, str], ...]
    body_bytes: int

    @property
    def is_tunnel(self) -> bool:
        """Whether what follows is between the browser and the host alone."""
        return self.method == "CONNECT"


class Gateway:
    """A running proxy. `is_spent` tells that the page wanted more than `max_bytes`."""

    def __init__(self, route: Route, max_bytes: int) -> None:
        self._route = route
        self._left = max_bytes
        self._transport = GuardedTransport(route)
        self._backend = GuardedBackend(allow_private=route.allow_private or route.proxy is not None)
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def is_spent(self) -> bool:
        """Whether the page asked for more than it may have; from then on it is given nothing."""
        return self._left < 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the browser, whatever comes of it."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  a coroutine that runs has a task
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, EOFError, httpcore.NetworkError, httpcore.TimeoutException, httpx.TransportError):
            pass  # either side hung up in the middle
        except (_SpentError, asyncio.CancelledError):
            pass  # the page has had enough, or is drawn
        finally:
            self._connections.discard(task)
            writer.close()

    async def close(self) -> None:
        """End every connection."""
        for task in (connections := [*self._connections]):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await self._transport.aclose()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = _read_request(await reader.readuntil(b"\r\n\r\n"))
        except (ValueError, asyncio.LimitOverrunError):
            writer.write(BAD_REQUEST)
            return
        if self.is_spent:
            writer.write(FORBIDDEN)
            return
        try:
            await (self._tunnel if asked.is_tunnel else self._answer)(asked, reader, writer)
        except FetchRefused:
            writer.write(FORBIDDEN)
        except httpx.InvalidURL:
            writer.write(BAD_REQUEST)
        except (httpx.ConnectError, httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError):
            writer.write(UNREACHABLE)

    # --- plain requests ------------------------------------------------------------------------

    async def _answer(
        self, asked: _Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._spend(asked.body_bytes)
        request = httpx.Request(
            asked.method,
            asked.target,
            headers=list(asked.fields),
            content=await reader.readexactly(asked.body_bytes),
            extensions={"timeout": TIMEOUTS},
        )
        answer = await self._transport.handle_async_request(request)
        try:
            fields = [field for field in answer.headers.multi_items() if field[0].lower() not in HOP_BY_HOP]
            writer.write(_head(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}", fields))
            async for part in answer.aiter_raw():
                self._spend(len(part))
                writer.write(part)
                await writer.drain()
        finally:
            await answer.aclose()

    # --- tunnels -------------------------------------------------------------------------------

    async def _tunnel(
        self, asked: _Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        upstream = await self._reach(asked)
        try:
            writer.write(ESTABLISHED)
            upload = asyncio.create_task(self._upload(reader, upstream))
            try:
                while part := await upstream.read(PIECE_BYTES):
                    self._spend(len(part))
                    writer.write(part)
                    await writer.drain()
            finally:
                upload.cancel()
                await asyncio.gather(upload, return_exceptions=True)
        finally:
            await upstream.aclose()

    async def _upload(self, reader: asyncio.StreamReader, upstream: httpcore.AsyncNetworkStream) -> None:
        while part := await reader.read(PIECE_BYTES):
            self._spend(len(part))
            await upstream.write(part)

    async def _reach(self, asked: _Asked) -> httpcore.AsyncNetworkStream:
        """Connect to the host, by way of the operator's proxy if there is one.

        Raises:
            PrivateAddress, NameNotResolved: the guard refuses, or there is no such name.
            httpcore.ConnectError, httpcore.ProxyError: it cannot be reached.
        """
        parts = urlsplit(f"//{asked.target}")
        host, port = parts.hostname or "", parts.port or HTTPS_PORT
        if self._route.proxy is None:
            return await self._backend.connect_tcp(host, port, CONNECT_TIMEOUT_S)
        check_spelled(host, allow_private=self._route.allow_private)
        proxy = urlsplit(self._route.proxy)
        own_port = proxy.port or (HTTPS_PORT if proxy.scheme.lower() == "https" else HTTP_PORT)
        upstream = await self._backend.connect_tcp(proxy.hostname or "", own_port, CONNECT_TIMEOUT_S)
        try:
            if proxy.scheme.lower() == "https":
                context = tls_context(self._route.verify, self._route.ca_file)
                upstream = await upstream.start_tls(context, proxy.hostname, CONNECT_TIMEOUT_S)
            fields = [("Host", asked.target), *_authorization(self._route.proxy)]
            await upstream.write(_head(f"CONNECT {asked.target} HTTP/1.1", fields))
            await _read_consent(upstream)
        except BaseException:
            await upstream.aclose()
            raise
        return upstream

    def _spend(self, count: int) -> None:
        self._left -= count
        if self.is_spent:
            raise _SpentError


@asynccontextmanager
async def open_gateway(route: Route, max_bytes: int) -> AsyncIterator[tuple[Gateway, str]]:
    """Run a gateway on a free port of loopback; yields it with its URL."""
    gateway = Gateway(route, max_bytes)
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0, limit=MAX_HEAD_BYTES)
    try:
        yield gateway, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await gateway.close()


def _read_request(head: bytes) -> _Asked:
    """Read what the browser asks for. ValueError for what no browser writes."""
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    if not target.isascii():
        raise ValueError("browsers write names in ASCII")
    parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
    if not parts.hostname or (method == "CONNECT" and parts.port is None):
        raise ValueError("no address of the web")
    pairs = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    named = {name.lower(): value for name, value in pairs}
    length = int(named.get("content-length", "0"))
    if length < 0 or "transfer-encoding" in named:
        raise ValueError("a body without its length")
    fields = tuple(pair for pair in pairs if pair[0].lower() not in HOP_BY_HOP)
    return _Asked(method, target, fields, length)


def _head(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    lines = (first, *(f"{name}: {value}" for name, value in fields), "Connection: close", "", "")
    return "\r\n".join(lines).encode("latin-1", "replace")


def _authorization(proxy: str) -> list[tuple[str, str]]:
    """Return the header that the operator's proxy wants, if it wants one."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return []
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return [("Proxy-Authorization", f"Basic {base64.b64encode(pair.encode()).decode('ascii')}")]


async def _read_consent(upstream: httpcore.AsyncNetworkStream) -> None:
    """Read the operator's proxy's answer to the wish for a tunnel, byte by byte: what follows is not ours.

    Raises:
        httpcore.ProxyError: it does not give one.
    """
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        part = await upstream.read(1, CONNECT_TIMEOUT_S)
        answer += part
        if not part or len(answer) > MAX_CONSENT_BYTES:
            raise httpcore.ProxyError("the proxy broke off")
    if answer.split(b" ", 2)[1:2] != [b"200"]:
        raise httpcore.ProxyError("the proxy gives no tunnel")
