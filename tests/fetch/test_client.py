"""Pages from a loopback server, answered well and badly."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

import brotli  # type: ignore[import-untyped]
import pytest
from backports import zstd

from monitor.errors import FetchError, FetchFailed, FetchRefused
from monitor.fetch import HttpFetcher
from monitor.model import Validators
from tests.fetch.asking import ask
from tests.fetch.conftest import NOW, FakeTime
from tests.fetch.server import Server, answer

PATIENCE_S = 30

PAGE = "<title>Harbour</title><p>Բարեւ, 世界</p>".encode()


async def test_a_page_is_had_with_what_the_server_says_about_it(fetcher: HttpFetcher, server: Server) -> None:
    headers = {"Content-Type": "text/html; charset=utf-8", "ETag": 'W/"1"', "Last-Modified": "yesterday"}
    server.on("/story", PAGE, headers=headers)
    response = await fetcher.get(ask(f"{server.url}/story"))
    assert response.body == PAGE
    assert response.url == f"{server.url}/story"
    assert response.content_type == "text/html; charset=utf-8"
    assert response.validators == Validators(etag='W/"1"', last_modified="yesterday")
    assert response.fetched_at == NOW
    assert not response.not_modified


async def test_we_say_who_we_are_and_how_to_reach_us(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/", PAGE)
    await fetcher.get(ask(f"{server.url}/"))
    assert {r.headers["user-agent"] for r in server.received} == {
        "news-monitor/1.2 (+https://example.org/bot)"
    }


async def test_an_unchanged_page_costs_no_body(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/", status=304)
    known = Validators(etag='"abc"', last_modified="Mon, 04 May 2026 10:00:00 GMT")
    response = await fetcher.get(ask(f"{server.url}/", validators=known))
    assert response.not_modified
    assert response.validators == known
    assert response.body == b""
    page = server.received[-1]
    assert page.headers["if-none-match"] == '"abc"'
    assert page.headers["if-modified-since"] == "Mon, 04 May 2026 10:00:00 GMT"
    assert "if-none-match" not in server.received[0].headers


async def test_a_304_that_was_not_asked_for_is_a_failure(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/", status=304)
    with pytest.raises(FetchFailed, match="304 Not Modified"):
        await fetcher.get(ask(f"{server.url}/"))


# --- redirects ---------------------------------------------------------------------------------------


async def test_redirects_are_followed_to_their_end(
    fetcher: HttpFetcher, server: Server, other: Server
) -> None:
    server.redirect("/a", "/b?x=1", 301)
    server.redirect("/b", f"{other.url}/c#part", 308)
    other.on("/c", PAGE)
    response = await fetcher.get(ask(f"{server.url}/a"))
    assert response.body == PAGE
    assert response.url.startswith(f"{other.url}/c")


async def test_a_redirect_loop_ends(fetcher: HttpFetcher, server: Server) -> None:
    server.redirect("/a", "/b")
    server.redirect("/b", "/a")
    with pytest.raises(FetchFailed, match="more than 5 redirects"):
        await fetcher.get(ask(f"{server.url}/a"))
    assert len(server.pages()) == 6


@pytest.mark.parametrize(
    "target", ["ftp://example.org/a", "file:///etc/passwd", "mailto:a@example.org", "http://["]
)
async def test_a_redirect_to_what_is_no_web_page_is_not_followed(
    fetcher: HttpFetcher, server: Server, target: str
) -> None:
    server.redirect("/a", target)
    with pytest.raises(FetchError, match=r"no address|not an address"):
        await fetcher.get(ask(f"{server.url}/a"))


async def test_a_redirect_that_leads_nowhere_is_a_failure(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/a", status=302)
    with pytest.raises(FetchFailed, match="302 Found"):
        await fetcher.get(ask(f"{server.url}/a"))


async def test_a_sources_headers_go_to_its_own_origin_only(
    fetcher: HttpFetcher, server: Server, other: Server
) -> None:
    server.redirect("/a", f"{other.url}/b")
    other.redirect("/b", f"{server.url}/c")
    server.on("/c", PAGE)
    secret = (("Authorization", "Bearer s3cret"), ("accept", "text/plain"))
    await fetcher.get(ask(f"{server.url}/a", headers=secret))
    at_home, back_again = server.received[1], server.received[-1]
    assert at_home.headers["authorization"] == "Bearer s3cret"
    assert at_home.headers["accept"] == "text/plain"
    assert other.pages() == ["/b"]
    assert all("authorization" not in request.headers for request in other.received)
    assert back_again.path == "/c"
    assert "authorization" not in back_again.headers


async def test_a_link_to_another_site_never_sees_the_sources_headers(
    fetcher: HttpFetcher, server: Server, other: Server
) -> None:
    other.on("/story", PAGE)
    await fetcher.get(ask(f"{other.url}/story", headers=(("X-Token", "1"),), home=f"{server.url}/"))
    assert other.paths() == ["/robots.txt", "/story"]
    assert all("x-token" not in request.headers for request in other.received)


async def test_each_source_has_a_cookie_jar_of_its_own(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/set", PAGE, headers={"Set-Cookie": "seen=1; Path=/"})
    server.on("/page", PAGE)
    await fetcher.get(ask(f"{server.url}/set", name="one"))
    await fetcher.get(ask(f"{server.url}/page", name="one"))
    await fetcher.get(ask(f"{server.url}/page", name="two"))
    assert [r.headers.get("cookie") for r in server.received if r.path == "/page"] == ["seen=1", None]


async def test_configured_cookies_go_home_only_beside_those_of_the_site(
    fetcher: HttpFetcher, server: Server, other: Server
) -> None:
    server.on("/set", PAGE, headers={"Set-Cookie": "seen=1; Path=/"})
    server.redirect("/away", f"{other.url}/there")
    other.on("/there", PAGE)
    for path in ("/set", "/away"):
        await fetcher.get(ask(f"{server.url}{path}", cookies=(("consent", "yes"), ("lang", "hy"))))
    sent = {request.path: request.headers.get("cookie") for request in [*server.received, *other.received]}
    assert (sent["/set"], sent["/away"]) == ("consent=yes; lang=hy", "consent=yes; lang=hy; seen=1")
    assert sent["/there"] == "seen=1", "cookies know hosts, not ports"


async def test_cookies_and_a_cookie_header_are_sent_together(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/page", PAGE)
    await fetcher.get(ask(f"{server.url}/page", headers=(("cookie", "a=1"),), cookies=(("b", "2"),)))
    assert server.received[-1].headers["cookie"] == "a=1; b=2"


async def test_a_server_cannot_fill_the_cookie_jar(fetcher: HttpFetcher, server: Server) -> None:
    many = "".join(f"Set-Cookie: c{n}=1; Path=/\r\n" for n in range(51)).encode()
    server.on_raw("/set", b"HTTP/1.1 200 OK\r\n", many, b"Content-Length: 0\r\n\r\n")
    server.on("/page", PAGE)
    await fetcher.get(ask(f"{server.url}/set"))
    await fetcher.get(ask(f"{server.url}/page"))
    assert "cookie" not in server.received[-1].headers


# --- what a status means -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_is_never_asked_for_again(
    fetcher: HttpFetcher, server: Server, status: int
) -> None:
    server.on("/a", status=status)
    with pytest.raises(FetchRefused, match=str(status)):
        await fetcher.get(ask(f"{server.url}/a"))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "401 Unauthorized: the site wants a name and a password"),
        (403, "403 Forbidden"),
        (451, "451 Unavailable For Legal Reasons"),
        (500, "500 Internal Server Error"),
        (503, "503 Service Unavailable"),
        (521, "521: its server is down, says Cloudflare"),
        (403, "403 Forbidden: the site does not let us in"),
        (407, "407 Proxy Authentication Required: the proxy wants a name and a password"),
        (599, "599"),
        (204, "204 No Content"),
    ],
)
async def test_any_other_refusal_is_worth_another_try(
    fetcher: HttpFetcher, server: Server, status: int, words: str
) -> None:
    server.on("/a", status=status)
    with pytest.raises(FetchFailed) as caught:
        await fetcher.get(ask(f"{server.url}/a"))
    assert str(caught.value).startswith(words)
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    ("headers", "wall"),
    [
        ({"cf-mitigated": "challenge"}, "Cloudflare"),
        ({"Server": "AkamaiGHost"}, "Akamai"),
        ({"X-DataDome": "p"}, "DataDome"),
    ],
)
async def test_the_bot_wall_is_named(
    fetcher: HttpFetcher, server: Server, headers: dict[str, str], wall: str
) -> None:
    server.on("/a", status=403, headers=headers)
    with pytest.raises(FetchFailed, match=f"403 Forbidden by {wall}"):
        await fetcher.get(ask(f"{server.url}/a"))


@pytest.mark.parametrize(("status", "words"), [(202, "202 Accepted"), (405, "405 Method Not Allowed")])
async def test_a_challenge_is_known_whatever_its_status(
    fetcher: HttpFetcher, server: Server, status: int, words: str
) -> None:
    server.on("/a", status=status, headers={"x-amzn-waf-action": "challenge", "Server": "cloudflare"})
    with pytest.raises(FetchFailed, match=f"{words} by AWS WAF"):
        await fetcher.get(ask(f"{server.url}/a"))
    server.on("/a", status=status, headers={"Server": "cloudflare"})
    with pytest.raises(FetchFailed, match=f"^{words}$"):
        await fetcher.get(ask(f"{server.url}/a"))


async def test_an_empty_etag_is_none(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/a", b"x", headers={"ETag": "", "Last-Modified": ""})
    assert (await fetcher.get(ask(f"{server.url}/a"))).validators == Validators()


@pytest.mark.parametrize(
    ("status", "value", "wait"),
    [
        (429, "120", timedelta(seconds=120)),
        (503, "Mon, 04 May 2026 13:30:00 GMT", timedelta(minutes=90)),
        (429, "99999999999999999999", timedelta(days=1)),
        (429, "Mon, 04 May 2037 13:30:00 GMT", timedelta(days=1)),
        (503, "Mon, 04 May 2020 13:30:00 GMT", timedelta()),
    ],
)
async def test_a_server_may_name_its_wait_in_both_forms(
    fetcher: HttpFetcher, server: Server, status: int, value: str, wait: timedelta
) -> None:
    server.on("/a", status=status, headers={"Retry-After": value})
    with pytest.raises(FetchFailed, match=r"until 2026-05-0\d \d\d:\d\d UTC") as caught:
        await fetcher.get(ask(f"{server.url}/a"))
    assert caught.value.retry_after == wait


@pytest.mark.parametrize("value", ["soon", "-5", "1.5", "Mon, 99 May 2026 13:30:00 GMT", "²"])
async def test_a_wait_that_cannot_be_read_is_none(fetcher: HttpFetcher, server: Server, value: str) -> None:
    server.on("/a", status=429, headers={"Retry-After": value})
    with pytest.raises(FetchFailed, match="429") as caught:
        await fetcher.get(ask(f"{server.url}/a"))
    assert caught.value.retry_after is None


async def test_a_host_that_asked_for_peace_is_left_alone(
    fetcher: HttpFetcher, server: Server, time: FakeTime
) -> None:
    server.on("/a", status=429, headers={"Retry-After": "60"})
    server.on("/b", PAGE)
    with pytest.raises(FetchFailed):
        await fetcher.get(ask(f"{server.url}/a"))
    with pytest.raises(FetchFailed, match="left alone until 2026-05-04 12:01") as caught:
        await fetcher.get(ask(f"{server.url}/b"))
    assert caught.value.retry_after == timedelta(seconds=60)
    assert server.pages() == ["/a"]
    time.pass_by(timedelta(seconds=61))
    assert (await fetcher.get(ask(f"{server.url}/b"))).body == PAGE


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "Application/PDF; x=1", "application/zip"])
async def test_what_cannot_be_a_page_is_refused_by_its_type(
    fetcher: HttpFetcher, server: Server, kind: str
) -> None:
    server.on("/a", PAGE, headers={"Content-Type": kind})
    with pytest.raises(FetchRefused, match="not a page"):
        await fetcher.get(ask(f"{server.url}/a"))


# --- bodies --------------------------------------------------------------------------------------------


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[:10]) + gzip.compress(body[10:]) + b"\0\0",
    "deflate": zlib.compress,
    "DEFLATE": lambda body: zlib.compress(body)[2:-4],
    "br": brotli.compress,
    "zstd": lambda body: zstd.compress(body[:9]) + zstd.compress(body[9:]),
    "identity": lambda body: body,
    "gzip, br": lambda body: brotli.compress(gzip.compress(body)),
}


@pytest.mark.parametrize("coding", CODERS)
async def test_every_content_coding_that_we_accept_is_undone(
    fetcher: HttpFetcher, server: Server, coding: str
) -> None:
    server.on("/a", CODERS[coding](PAGE), headers={"Content-Encoding": coding})
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == PAGE


async def test_a_body_that_came_as_one_stream_of_gzip_is_handed_on_as_it_came(
    fetcher: HttpFetcher, server: Server
) -> None:
    one = gzip.compress(PAGE)
    for coding, sent, packed in (
        ("gzip", one, one),
        ("gzip", one + gzip.compress(PAGE), b""),
        ("gzip", one + b"\0\0", b""),
        ("deflate", zlib.compress(PAGE), b""),
        ("gzip, br", brotli.compress(one), b""),
        ("identity", PAGE, b""),
    ):
        server.on("/a", sent, headers={"Content-Encoding": coding})
        assert (await fetcher.get(ask(f"{server.url}/a"))).packed == packed


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
async def test_a_body_cut_short_is_never_taken_for_the_page(
    fetcher: HttpFetcher, server: Server, coding: str
) -> None:
    packed = CODERS[coding](PAGE * 50)
    server.on("/a", packed[:-6], headers={"Content-Encoding": coding})
    with pytest.raises(FetchFailed, match="cut short"):
        await fetcher.get(ask(f"{server.url}/a"))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
async def test_a_body_that_is_not_what_it_says_is_a_failure(
    fetcher: HttpFetcher, server: Server, coding: str
) -> None:
    server.on("/a", b"\xffplain text, no stream at all" * 9, headers={"Content-Encoding": coding})
    with pytest.raises(FetchFailed, match="not the"):
        await fetcher.get(ask(f"{server.url}/a"))


@pytest.mark.parametrize("coding", ["compress", "aws-chunked", "gzip, gzip, gzip"])
async def test_a_coding_we_do_not_know_is_a_failure(
    fetcher: HttpFetcher, server: Server, coding: str
) -> None:
    server.on("/a", PAGE, headers={"Content-Encoding": coding})
    with pytest.raises(FetchFailed, match=r"unknown Content-Encoding|packed 3 times"):
        await fetcher.get(ask(f"{server.url}/a"))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
async def test_a_bomb_is_refused_before_it_has_unfolded(
    fetcher: HttpFetcher, server: Server, coding: str
) -> None:
    server.on("/a", CODERS[coding](bytes(5_000_000)), headers={"Content-Encoding": coding})
    with pytest.raises(FetchRefused, match=r"too large: more than .* unpacked"):
        await fetcher.get(ask(f"{server.url}/a"))


async def test_a_feed_may_unpack_to_more_than_a_page(fetcher: HttpFetcher, server: Server) -> None:
    packed = gzip.compress(bytes(1_000_000))
    for kind in ("application/rss+xml", "text/xml; charset=utf-8", "application/feed+json"):
        server.on("/a", packed, headers={"Content-Encoding": "gzip", "Content-Type": kind})
        assert len((await fetcher.get(ask(f"{server.url}/a"))).body) == 1_000_000
    server.on("/a", packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/xhtml+xml"})
    with pytest.raises(FetchRefused, match="too large"):
        await fetcher.get(ask(f"{server.url}/a"))


async def test_a_body_that_says_it_is_huge_is_not_even_read(fetcher: HttpFetcher, server: Server) -> None:
    server.on_raw("/a", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    with pytest.raises(FetchRefused, match=r"too large: 95367.4 MiB"):
        await fetcher.get(ask(f"{server.url}/a"))


async def test_a_body_that_never_ends_is_refused_at_the_cap(fetcher: HttpFetcher, server: Server) -> None:
    async def pour(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 50_000)
            await writer.drain()

    server.scripts["/a"] = pour
    with pytest.raises(FetchRefused, match="on the wire"):
        await fetcher.get(ask(f"{server.url}/a"))


async def test_an_empty_body_is_a_page_without_text(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/a", b"", headers={"Content-Encoding": "gzip"})
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == b""


# --- servers that misbehave ----------------------------------------------------------------------------


async def hang(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await asyncio.sleep(0.01)  # the pace of the server, not of the test: each read is in time


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize("script", [hang, drip])
async def test_the_total_deadline_ends_every_fetch(
    fetcher: HttpFetcher, server: Server, script: Callable[[asyncio.StreamWriter], Awaitable[None]]
) -> None:
    server.scripts["/a"] = script
    with pytest.raises(FetchFailed, match=r"timeout: .* within 0\.2 s"):
        await fetcher.get(ask(f"{server.url}/a", timeout_s=0.2))


async def test_the_deadline_holds_for_robots_redirects_and_page_together(
    fetcher: HttpFetcher, server: Server, skip_s: Callable[[float], None]
) -> None:
    async def slow_redirect(writer: asyncio.StreamWriter) -> None:
        skip_s(20)
        writer.write(answer(status=302, headers={"Location": "/a"}))

    server.scripts["/robots.txt"] = server.scripts["/a"] = slow_redirect
    with pytest.raises(FetchFailed, match="timeout"):
        await fetcher.get(ask(f"{server.url}/a", timeout_s=50))
    assert len(server.received) == 3, "the third answer would come after 60 seconds"


async def test_a_broken_connection_is_a_failure(fetcher: HttpFetcher, server: Server) -> None:
    server.scripts["/reset"] = reset
    server.on_raw("/cut", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf")
    server.on_raw("/junk", b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    server.on_raw("/chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    for path in ("/reset", "/cut", "/junk", "/chunks"):
        with pytest.raises(FetchFailed, match=r"127\.0\.0\.1 (broke|went)"):
            await fetcher.get(ask(f"{server.url}{path}"))


async def test_a_closed_port_is_told_as_refused(fetcher: HttpFetcher) -> None:
    listener = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    with pytest.raises(FetchFailed, match="refused the connection"):
        await fetcher.get(ask(f"http://127.0.0.1:{port}/"))


async def test_a_name_that_does_not_exist_is_told_as_dns(fetcher: HttpFetcher) -> None:
    with pytest.raises(FetchFailed, match=r"DNS: the name nowhere\.invalid leads to no address"):
        await fetcher.get(ask("http://nowhere.invalid/"))


async def test_a_redirect_with_a_page_that_never_ends_is_hung_up_on(
    fetcher: HttpFetcher, server: Server
) -> None:
    hung_up = asyncio.Event()

    async def send_without_end(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 10_000)
                await writer.drain()
        except ConnectionError:
            hung_up.set()

    server.scripts["/a"] = send_without_end
    server.on("/b", PAGE)
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == PAGE
    async with asyncio.timeout(PATIENCE_S):
        await hung_up.wait()


@pytest.mark.parametrize(
    "url", ["", "example.org", "ftp://example.org/", "http://", "http://[/", "file:///etc/passwd"]
)
async def test_what_is_no_web_address_is_refused(fetcher: HttpFetcher, url: str) -> None:
    with pytest.raises(FetchRefused, match="not an address"):
        await fetcher.get(ask(url))


@pytest.mark.parametrize("script", [hang, drip])
async def test_after_many_cancelled_requests_the_next_ones_succeed(
    fetcher: HttpFetcher, server: Server, script: Callable[[asyncio.StreamWriter], Awaitable[None]]
) -> None:
    server.on("/robots.txt", status=404)
    server.scripts["/hang"] = script
    server.on("/a", PAGE)
    for number in range(200):
        task = asyncio.create_task(fetcher.get(ask(f"{server.url}/hang")))
        for _ in range(number % 40):  # each is cancelled at another moment
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    for _ in range(10):
        assert (await fetcher.get(ask(f"{server.url}/a"))).body == PAGE
