"""The guard: what it connects to, and what it does not."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from threading import Event

import httpx2 as httpx
import pytest
import trustme

from monitor.errors import FetchError, FetchFailed, FetchRefused
from monitor.fetch import (
    FetchSettings,
    HttpFetcher,
    PrivateAddress,
    open_fetcher,
    open_guarded_client,
    transport,
)
from tests.fetch.asking import ask
from tests.fetch.conftest import StillClock
from tests.fetch.resolver import Resolver
from tests.fetch.server import Server, serving

SPELLINGS = [
    *(
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
    ),
    *("0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
    *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[0:0:0:0:0:ffff:127.0.0.1]", "[fe80::1]"),
    *("localhost", "LOCALHOST", "localhost.", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "①②⑦.⓪.⓪.①", "１２７。０。０。１", "127。0。0。1"),
    *("169.254.169.254", "user:pass@127.0.0.1", "127.0.0.1%2f", "%31%32%37.0.0.1", "good.example@127.0.0.1"),
]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the addresses that any socket of this process is told to connect to."""
    addresses: list[object] = []
    connect = socket.socket.connect

    def record(self: socket.socket, address: tuple[str, int]) -> None:
        addresses.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", record)
    return addresses


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_a_private_address_is_fetched(
    fetcher: HttpFetcher, server: Server, connected: list[object], host: str
) -> None:
    with pytest.raises(FetchError):
        await fetcher.get(ask(f"http://{host}:{server.port}/", allow_private=False, timeout_s=2))
    assert connected == []


@pytest.mark.parametrize("proxy", [None, "http://127.0.0.1:{port}"])
@pytest.mark.parametrize(
    "host", ["169.254.169.254", "0xa9fea9fe", "[::ffff:169.254.169.254]", "[fe80::1]", "100.100.100.200"]
)
async def test_no_permission_leads_to_a_clouds_metadata(
    fetcher: HttpFetcher, server: Server, connected: list[object], *, host: str, proxy: str | None
) -> None:
    server.redirect("/a", f"http://{host}/latest/meta-data/")
    through = None if proxy is None else proxy.format(port=server.port)
    server.redirect(f"{server.url}/a", f"http://{host}/latest/meta-data/")
    with pytest.raises(FetchRefused, match="metadata"):
        await fetcher.get(ask(f"{server.url}/a", allow_private=True, proxy=through))
    assert set(connected) == {("127.0.0.1", server.port)}


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_a_private_address_gets_a_webhook(
    server: Server, connected: list[object], host: str
) -> None:
    async with open_guarded_client(allow_private=False) as client:
        with pytest.raises((httpx.HTTPError, httpx.InvalidURL)):
            await client.post(f"http://{host}:{server.port}/", content=b"{}", timeout=2)
    assert connected == []


@pytest.fixture
def public_name(resolver: Resolver, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a host that passes the guard though it is at loopback, as no other does."""
    check = transport._check

    def check_others(host: str, addresses: list[IPv4Address | IPv6Address], *, allow_private: bool) -> None:
        check(host, addresses, allow_private=allow_private or host == "news.example")

    monkeypatch.setattr(transport, "_check", check_others)
    resolver.answers["news.example"] = [["127.0.0.1"]]
    return "news.example"


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("path", ["/robots.txt", "/story"])
async def test_no_redirect_reaches_a_private_address_by_any_spelling(
    fetcher: HttpFetcher, server: Server, other: Server, public_name: str, *, host: str, path: str
) -> None:
    server.on("/robots.txt", status=404)
    server.on("/story", b"story")
    server.redirect(path, f"http://{host}:{other.port}/inside")
    with pytest.raises(FetchError):
        await fetcher.get(ask(f"http://{public_name}:{server.port}/story", allow_private=False, timeout_s=2))
    assert server.paths()[-1] == path
    assert other.connections == 0


async def test_the_refusal_says_what_is_wrong_and_what_permits_it(fetcher: HttpFetcher) -> None:
    with pytest.raises(FetchRefused, match=r"^127\.0\.0\.1 is not a public address; .*allow_private: true"):
        await fetcher.get(ask("http://127.0.0.1:1/", allow_private=False))


async def test_a_name_with_one_private_address_among_public_ones_is_refused(
    fetcher: HttpFetcher, server: Server, resolver: Resolver
) -> None:
    resolver.answers["news.example"] = [["8.8.8.8", "127.0.0.1"]]
    with pytest.raises(
        FetchRefused, match=r"news\.example is at 127\.0\.0\.1, which is not a public address"
    ):
        await fetcher.get(ask(f"http://news.example:{server.port}/", allow_private=False))
    assert server.connections == 0


async def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(
    fetcher: HttpFetcher, server: Server, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name answers with a public address first, with loopback the second time it is asked."""
    monkeypatch.setattr("monitor.fetch.transport.is_public", lambda address: str(address) == "127.0.0.2")
    resolver.answers["rebind.example"] = [["127.0.0.2"], ["127.0.0.1"]]
    with pytest.raises(FetchFailed):  # nothing listens at 127.0.0.2, and 127.0.0.1 is never tried
        await fetcher.get(ask(f"http://rebind.example:{server.port}/", allow_private=False))
    assert server.connections == 0
    assert resolver.asked == ["rebind.example"]


async def test_a_redirect_to_a_private_address_is_not_followed(
    fetcher: HttpFetcher, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving() as private:
        monkeypatch.setattr("monitor.fetch.transport.is_public", lambda address: str(address) == "127.0.0.1")
        server.redirect("/a", f"http://127.0.0.9:{private.port}/secret")
        with pytest.raises(FetchRefused, match=r"127\.0\.0\.9 is not a public address"):
            await fetcher.get(ask(f"{server.url}/a", allow_private=False))
        assert private.connections == 0


async def test_a_robots_txt_that_redirects_to_a_private_address_counts_as_unreachable(
    fetcher: HttpFetcher, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.fetch.transport.is_public", lambda address: str(address) == "127.0.0.1")
    server.redirect("/robots.txt", f"http://127.0.0.9:{server.port}/robots.txt")
    with pytest.raises(FetchFailed, match=r"robots\.txt of 127\.0\.0\.1 cannot be had: 127\.0\.0\.9 is not"):
        await fetcher.get(ask(f"{server.url}/a", allow_private=False))


async def test_the_watch_on_connections_sees_them(
    fetcher: HttpFetcher, server: Server, connected: list[object]
) -> None:
    server.on("/a", b"inside")
    await fetcher.get(ask(f"{server.url}/a"))
    assert set(connected) == {("127.0.0.1", server.port)}


async def test_permission_for_one_source_is_none_for_another(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/a", b"inside")
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == b"inside"
    with pytest.raises(FetchRefused, match="not a public address"):
        await fetcher.get(ask(f"{server.url}/a", allow_private=False))
    assert len(server.pages()) == 1


async def test_the_next_address_is_tried_when_one_does_not_answer(
    fetcher: HttpFetcher, server: Server, resolver: Resolver
) -> None:
    resolver.answers["two.example"] = [["127.0.0.2", "127.0.0.1"]]
    server.on("/a", b"here")
    assert (await fetcher.get(ask(f"http://two.example:{server.port}/a"))).body == b"here"


async def test_a_name_server_that_is_silent_ends_in_a_timeout_and_holds_up_nobody(
    fetcher: HttpFetcher, server: Server, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak = Event()

    def silent_for_some(host: str, port: int, **_: object) -> object:
        if host.startswith("slow"):
            speak.wait(10)
        return resolver.getaddrinfo(host, port)

    monkeypatch.setattr(socket, "getaddrinfo", silent_for_some)
    server.on("/a", b"here")
    slow = [fetcher.get(ask(f"http://slow{number}.example/", timeout_s=0.2)) for number in range(40)]
    outcomes = asyncio.gather(*slow, return_exceptions=True)
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == b"here"
    assert all("timeout" in str(outcome) for outcome in await outcomes)
    speak.set()


async def test_a_connection_is_kept_until_its_server_hangs_up(fetcher: HttpFetcher, server: Server) -> None:
    async def answer_and_leave(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()
        await writer.wait_closed()

    server.on("/robots.txt", b"User-agent: *\n")
    server.on("/stays", b"ok")
    server.scripts["/leaves"] = answer_and_leave
    await fetcher.get(ask(f"{server.url}/stays"))
    await fetcher.get(ask(f"{server.url}/stays"))
    assert server.connections == 1
    await fetcher.get(ask(f"{server.url}/leaves"))
    assert (await fetcher.get(ask(f"{server.url}/stays"))).body == b"ok"
    assert server.connections == 2


async def test_a_webhook_goes_where_it_may_and_follows_no_redirect(server: Server) -> None:
    server.redirect("/hook", "/elsewhere")
    async with open_guarded_client(allow_private=True) as client:
        answer = await client.post(f"{server.url}/hook", content=b"")
    assert answer.status_code == 302
    assert server.paths() == ["/hook"]


async def test_the_guards_refusal_of_a_webhook_is_a_connect_error(server: Server) -> None:
    async with open_guarded_client(allow_private=False) as client:
        with pytest.raises(PrivateAddress) as caught:
            await client.post(f"{server.url}/hook")
    assert isinstance(caught.value, httpx.ConnectError)


# --- TLS -----------------------------------------------------------------------------------------------


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def tls_fetcher(authority: trustme.CA, tmp_path: Path) -> AsyncIterator[HttpFetcher]:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    fetcher = open_fetcher(FetchSettings(ca_file=str(tmp_path / "ca.pem")), StillClock())
    yield fetcher
    await fetcher.close()


def certificate(authority: trustme.CA, *names: str, not_after: datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, not_after=not_after).configure_cert(context)
    return context


async def test_tls_is_verified_against_the_name_though_the_address_is_connected_to(
    tls_fetcher: HttpFetcher, authority: trustme.CA, resolver: Resolver
) -> None:
    resolver.answers["news.example"] = [["127.0.0.1"]]
    async with serving(certificate(authority, "news.example")) as server:
        server.on("/a", b"secure")
        assert (await tls_fetcher.get(ask(f"https://news.example:{server.port}/a"))).body == b"secure"


@pytest.mark.parametrize(
    ("name", "not_after", "words"),
    [
        ("other.example", None, "its certificate is for another host"),
        ("news.example", datetime(2020, 1, 1, tzinfo=UTC), "its certificate has expired; .* verify: false"),
    ],
)
async def test_a_bad_certificate_is_told_in_words(
    tls_fetcher: HttpFetcher,
    authority: trustme.CA,
    resolver: Resolver,
    *,
    name: str,
    not_after: datetime | None,
    words: str,
) -> None:
    resolver.answers["news.example"] = [["127.0.0.1"]]
    async with serving(certificate(authority, name, not_after=not_after)) as server:
        with pytest.raises(FetchFailed, match=f"TLS: news.example: {words}"):
            await tls_fetcher.get(ask(f"https://news.example:{server.port}/a"))


async def test_an_authority_that_nobody_trusts_is_told_in_words(
    fetcher: HttpFetcher, authority: trustme.CA, resolver: Resolver
) -> None:
    resolver.answers["news.example"] = [["127.0.0.1"]]
    async with serving(certificate(authority, "news.example")) as server:
        with pytest.raises(FetchFailed, match=r"TLS: news\.example: its certificate leads to an authority"):
            await fetcher.get(ask(f"https://news.example:{server.port}/a"))


async def test_a_port_that_speaks_no_tls_is_told_in_words(fetcher: HttpFetcher) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP ready\r\n")
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    with pytest.raises(FetchFailed, match=r"TLS: 127\.0\.0\.1: .* speaks no TLS; is it http:// there\?"):
        await fetcher.get(ask(f"https://127.0.0.1:{port}/a"))
    listener.close()


async def test_a_source_may_take_any_certificate(
    fetcher: HttpFetcher, authority: trustme.CA, resolver: Resolver
) -> None:
    resolver.answers["news.example"] = [["127.0.0.1"]]
    async with serving(certificate(authority, "other.example")) as server:
        server.on("/a", b"whoever")
        request = ask(f"https://news.example:{server.port}/a", verify=False)
        assert (await fetcher.get(request)).body == b"whoever"
        with pytest.raises(FetchFailed, match="TLS"):
            await fetcher.get(ask(f"https://news.example:{server.port}/b"))


# --- the operator's proxy ------------------------------------------------------------------------------


async def test_all_requests_of_a_source_go_through_its_proxy(
    fetcher: HttpFetcher, server: Server, resolver: Resolver
) -> None:
    server.on("http://news.example/a", b"by proxy")
    proxy = f"http://user:secret@127.0.0.1:{server.port}"
    response = await fetcher.get(ask("http://news.example/a", allow_private=False, proxy=proxy))
    assert response.body == b"by proxy"
    assert server.paths() == ["http://news.example/robots.txt", "http://news.example/a"]
    assert server.received[0].headers["proxy-authorization"] == "Basic dXNlcjpzZWNyZXQ="
    assert resolver.asked == [], "the proxy resolves names, not we"


@pytest.mark.parametrize("host", [host for host in SPELLINGS if "%" not in host])
async def test_a_proxy_is_never_asked_for_a_private_address(
    fetcher: HttpFetcher, server: Server, host: str
) -> None:
    proxy = f"http://127.0.0.1:{server.port}"
    with pytest.raises(FetchError):
        await fetcher.get(ask(f"http://{host}/a", allow_private=False, proxy=proxy))
    assert server.received == []


async def test_a_proxy_that_is_down_is_told(fetcher: HttpFetcher) -> None:
    listener = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    with pytest.raises(FetchFailed, match=r"news\.example \(asked through the proxy\) refused"):
        await fetcher.get(ask("http://news.example/a", proxy=f"http://127.0.0.1:{port}"))
