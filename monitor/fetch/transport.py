"""The guard: an HTTP transport that connects to public addresses only.

Position: under every request this program makes: pages, feeds, robots.txt, redirects, webhooks.

It judges the address that is connected to, not the text of a URL: a name is resolved once, refused
when any of its addresses is not public, and the connection goes to the very address that was
checked, with TLS still verified against the name. So no spelling of an address and no name that
answers differently the second time gets past it.

Connections are kept per transport, so none is ever shared between a guarded and an unguarded one.

Behind a proxy of the operator's, names are resolved by the proxy, out of our sight: there the guard
only sees addresses that stand in a URL, in any spelling.
"""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Thread
from typing import Protocol, cast

import httpcore2 as httpcore
import httpx2 as httpx

from monitor.errors import FetchRefused
from monitor.fetch.addresses import is_never_allowed, is_public

MAX_CONNECTIONS = 128
MAX_IDLE_CONNECTIONS = 32
"""As many as there are visits at once (`jobs.local.MAX_VISITS`); the pool looks at each on every request."""

IDLE_SECONDS = 15.0

WEBHOOK_TIMEOUT_S = 15.0


class PrivateAddress(httpx.ConnectError, FetchRefused):
    """The guard refused: the host is at an address that is not public.

    An error of ours as well, so that a webhook's sender knows it for a refusal.
    """


class NameNotResolved(httpx.ConnectError):
    """The host's name leads to no address. `exists` is False when DNS says that there is no such name."""

    def __init__(self, message: str, *, exists: bool) -> None:
        super().__init__(message)
        self.exists = exists


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How requests reach the web; each route has connections of its own.

    `proxy` is an http or https URL, with a name and password if need be. `verify` False takes any
    certificate. `ca_file` names a PEM file with authorities that are trusted beside the system's.
    """

    allow_private: bool = False
    proxy: str | None = None
    verify: bool = True
    ca_file: str | None = None


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for the pool, to checked addresses."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check, connect to the first address that answers.

        Raises:
            PrivateAddress: one of the host's addresses is not public.
            NameNotResolved: it has none.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = await _resolve(host, port)
        except TimeoutError as exc:
            raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time") from exc
        _check(host, addresses, allow_private=self._allow_private)
        connect = partial(
            self._network.connect_tcp,
            port=port,
            timeout=timeout,
            local_address=local_address,
            socket_options=socket_options,
        )
        for address in addresses[:-1]:
            try:
                return _Stream(await connect(str(address)))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return _Stream(await connect(str(addresses[-1])))

    async def sleep(self, seconds: float) -> None:
        """Wait, for the pool."""
        await asyncio.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that knows its socket.

    The pool asks each idle connection, twice a request, whether its server has hung up. To find the socket
    anew each time costs ten times as much as the question itself.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream, ear: select.poll | None = None) -> None:
        self._stream = stream
        self._ear = ear or select.poll()
        if ear is None:
            self._ear.register(stream.get_extra_info("socket").fileno(), select.POLLIN)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as above
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._ear)

    def get_extra_info(self, info: str) -> object:
        if info == "is_readable":
            return bool(self._ear.poll(0))
        return self._stream.get_extra_info(info)


class GuardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport over one connection pool of its own, guarded unless `allow_private`.

    Knows no environment. Content codings are left as they come.
    """

    def __init__(self, route: Route) -> None:
        self._route = route
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls_context(route.verify, route.ca_file),
            proxy=None if route.proxy is None else _read_proxy(route.proxy),
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=GuardedBackend(allow_private=route.allow_private or route.proxy is not None),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the answer's body is still to be read, and to be closed.

        Raises:
            httpx.TransportError: `PrivateAddress` and `NameNotResolved` among them.
        """
        if self._route.proxy is not None:
            check_spelled(request.url.host, allow_private=self._route.allow_private)
        with _as_httpx_errors():
            answer = await self._pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=cast("httpx.AsyncByteStream", request.stream),
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_AnswerStream(cast("_Closable", answer.stream)),
            extensions=answer.extensions,
            request=request,
        )

    async def aclose(self) -> None:
        """Close the kept connections."""
        await self._pool.aclose()


class _Closable(Protocol):
    """What the pool gives for a body: bytes to come, and a connection to give back."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


class _AnswerStream(httpx.AsyncByteStream):
    def __init__(self, stream: _Closable) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx_errors():
            async for part in self._stream:
                yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def open_guarded_client(allow_private: bool) -> httpx.AsyncClient:  # noqa: FBT001 - the one choice there is
    """Return a client for webhooks: guarded like everything else, following no redirects.

    The caller closes it. A refusal by the guard is a `PrivateAddress`, which is an httpx.ConnectError.
    """
    return httpx.AsyncClient(
        transport=GuardedTransport(Route(allow_private=allow_private)),
        follow_redirects=False,
        timeout=WEBHOOK_TIMEOUT_S,
        trust_env=False,
    )


@cache
def tls_context(verify: bool, ca_file: str | None) -> ssl.SSLContext:  # noqa: FBT001 - the setting itself
    """Return a TLS context that trusts the system's roots and those in `ca_file`, or anybody.

    Reading the system's roots takes 40 ms, so it is done once.
    """
    context = httpx.create_ssl_context(verify=verify, trust_env=False)
    if verify and ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def _read_proxy(url: str) -> httpcore.Proxy:
    parts = httpx.URL(url)
    auth = (parts.username, parts.password) if parts.username else None
    return httpcore.Proxy(f"{parts.scheme}://{parts.netloc.decode('ascii')}/", auth=auth)


async def _resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """Return the host's addresses, best first: never empty."""
    try:
        answers = await _look_up(host, port)
    except socket.gaierror as exc:
        exists = exc.errno not in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
        raise NameNotResolved(f"the name {host} leads to no address: {exc.strerror}", exists=exists) from exc
    except (UnicodeError, OSError) as exc:
        raise NameNotResolved(f"the name {host} leads to no address: {exc}", exists=False) from exc
    return list(dict.fromkeys(_read_addresses(answers)))


_Answers = Sequence[tuple[int, int, int, str, tuple[object, ...]]]
"""What `socket.getaddrinfo` gives."""


async def _look_up(host: str, port: int) -> _Answers:
    """Ask the system in a thread of its own.

    The call cannot be interrupted and may take half a minute. In a pool, names of dead servers would
    hold up all others, and the program's end; a daemon thread holds up nobody.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_Answers] = loop.create_future()

    def ask() -> None:
        try:
            settle = partial(_settle, answer, socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as exc:
            settle = partial(_settle, answer, exc)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle)

    Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    return await answer


def _settle(answer: asyncio.Future[_Answers], outcome: _Answers | Exception) -> None:
    if answer.done():
        return  # nobody waits any more
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


def _read_addresses(answers: _Answers) -> list[IPv4Address | IPv6Address]:
    return [ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]


def _check(host: str, addresses: list[IPv4Address | IPv6Address], *, allow_private: bool = False) -> None:
    for address in addresses:
        at = address if host == str(address) else f"{host} is at {address}, which"
        if is_never_allowed(address):
            raise PrivateAddress(f"{at} is a machine's own or a cloud's metadata service")
        if not allow_private and not is_public(address):
            raise PrivateAddress(f"{at} is not a public address; if you mean it, set allow_private: true")


def check_spelled(host: str, *, allow_private: bool) -> None:
    """Check a host that is an address in whatever spelling; a name is the proxy's to resolve."""
    if not allow_private and host.rstrip(".").lower().rpartition(".")[2] == "localhost":
        raise PrivateAddress(f"{host} is not public; if you mean it, set allow_private: true")
    try:
        answers = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return
    _check(host, _read_addresses(answers), allow_private=allow_private)


_ERRORS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.ProxyError, httpx.ProxyError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
)


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    """Translate the pool's errors into the client's, which is what callers of httpx expect."""
    try:
        yield
    except tuple(theirs for theirs, _ in _ERRORS) as exc:
        raise next(ours for theirs, ours in _ERRORS if isinstance(exc, theirs))(str(exc)) from exc
