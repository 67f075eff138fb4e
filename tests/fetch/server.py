"""A web server on loopback that answers as it is told to, badly if need be."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Received:
    """A request as it came in; header names are lower case."""

    path: str
    headers: Mapping[str, str]


@dataclass
class Server:
    """Answers by path; anything unknown, robots.txt among it, is a 404."""

    port: int = 0
    host: str = "127.0.0.1"
    scheme: str = "http"
    received: list[Received] = field(default_factory=list)
    scripts: dict[str, Script] = field(default_factory=dict)
    connections: int = 0
    running: int = 0
    most_at_once: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    def paths(self) -> list[str]:
        return [request.path for request in self.received]

    def pages(self) -> list[str]:
        return [path for path in self.paths() if path != "/robots.txt"]

    def on(
        self, path: str, body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer `path` with a whole, well-formed response."""
        self.scripts[path] = lambda writer: _write(writer, answer(body, status=status, headers=headers))

    def on_raw(self, path: str, *parts: bytes) -> None:
        """Answer `path` with these bytes, whatever they are, and hang up."""

        async def script(writer: asyncio.StreamWriter) -> None:
            await _write(writer, b"".join(parts))
            writer.close()

        self.scripts[path] = script

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.on(path, status=status, headers={"Location": target})

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                path = head[0].split(" ")[1]
                headers = {
                    n.lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:] if line)
                }
                self.received.append(Received(path, headers))
                self.running += 1
                self.most_at_once = max(self.most_at_once, self.running)
                try:
                    script = self.scripts.get(path.partition("?")[0])
                    await (script(writer) if script else _write(writer, answer(b"not here", status=404)))
                finally:
                    self.running -= 1
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


def answer(body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    fields = {"Content-Type": "text/html", "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"HTTP/1.1 {status} Some Phrase\r\n{head}\r\n".encode() + (b"" if status == 304 else body)


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None, *, host: str = "127.0.0.1") -> AsyncIterator[Server]:
    """Run a server on a free port of loopback."""
    server = Server(host=host, scheme="https" if tls else "http")
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await server.serve(reader, writer)

    listener = await asyncio.start_server(serve, host, 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
