"""robots.txt after RFC 9309."""

from __future__ import annotations

import asyncio
import gzip
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from monitor.errors import FetchFailed, FetchRefused
from monitor.fetch import HttpFetcher, robots
from monitor.fetch.robots import MAX_ROBOTS_BYTES, RobotsMemory, Rules, parse_rules
from tests.fetch.asking import ask
from tests.fetch.conftest import FakeTime
from tests.fetch.server import Server

TEXT = {"Content-Type": "text/plain"}


async def test_a_disallow_that_was_read_is_obeyed(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/robots.txt", b"User-agent: *\nDisallow: /private/\nAllow: /private/news\n", headers=TEXT)
    server.on("/private/news", b"open")
    with pytest.raises(FetchRefused, match=r"robots\.txt of 127\.0\.0\.1 does not allow it"):
        await fetcher.get(ask(f"{server.url}/private/diary"))
    assert (await fetcher.get(ask(f"{server.url}/private/news"))).body == b"open"
    assert server.paths() == ["/robots.txt", "/private/news"]


async def test_a_group_of_our_own_goes_before_the_one_for_all(fetcher: HttpFetcher, server: Server) -> None:
    server.on(
        "/robots.txt", b"User-agent: *\nDisallow: /\n\nUser-agent: News-Monitor\nDisallow: /b\n", headers=TEXT
    )
    server.on("/a", b"ours")
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == b"ours"
    with pytest.raises(FetchRefused):
        await fetcher.get(ask(f"{server.url}/b"))
    with pytest.raises(FetchRefused):
        await fetcher.get(ask(f"{server.url}/a", user_agent="Reader/2.0 (news-monitor)"))


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
async def test_no_robots_txt_allows_all(fetcher: HttpFetcher, server: Server, status: int) -> None:
    server.on("/robots.txt", b"Disallow: /", status=status)
    server.on("/a", b"open")
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == b"open"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_robots_txt_that_cannot_be_read_stops_us_for_now(
    fetcher: HttpFetcher, server: Server, time: FakeTime, status: int
) -> None:
    server.on("/robots.txt", status=status, headers={"Retry-After": "7"})
    server.on("/a", b"open")
    with pytest.raises(FetchFailed, match=rf"robots\.txt cannot be read \({status} ") as caught:
        await fetcher.get(ask(f"{server.url}/a"))
    assert caught.value.retry_after == timedelta(seconds=7)
    with pytest.raises(FetchFailed):
        await fetcher.get(ask(f"{server.url}/b"))
    assert server.paths() == ["/robots.txt"], "a batch asks once"
    time.pass_by(timedelta(minutes=1))
    server.on("/robots.txt", status=404)
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == b"open"


@pytest.mark.parametrize(
    ("coding", "body", "words"),
    [
        ("gzip", gzip.compress(b"User-agent: *\nDisallow: /b\n" * 99, mtime=0)[:-12], "cut short"),
        ("compress", b"User-agent: *\nDisallow: /b\n", "unknown Content-Encoding"),
    ],
    ids=["cut short", "unknown"],
)
async def test_rules_that_came_in_part_are_no_rules_and_the_reason_names_them(
    fetcher: HttpFetcher, server: Server, coding: str, body: bytes, words: str
) -> None:
    server.on("/robots.txt", body, headers={"Content-Encoding": coding})
    server.on("/a", b"open")
    with pytest.raises(FetchFailed, match=rf"robots\.txt cannot be read \(the answer .*{words}"):
        await fetcher.get(ask(f"{server.url}/a"))
    assert server.paths() == ["/robots.txt"]


async def test_rules_are_kept_for_a_day_and_longer_while_the_site_cannot_be_reached(
    fetcher: HttpFetcher, server: Server, time: FakeTime
) -> None:
    server.on("/robots.txt", b"User-agent: *\nDisallow: /private/", headers=TEXT)
    server.on("/a", b"open")
    await fetcher.get(ask(f"{server.url}/a"))
    time.pass_by(timedelta(hours=23, minutes=59))
    await fetcher.get(ask(f"{server.url}/a"))
    assert server.paths().count("/robots.txt") == 1
    time.pass_by(timedelta(minutes=2))
    server.on("/robots.txt", status=500)
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == b"open"
    assert server.paths().count("/robots.txt") == 2
    with pytest.raises(FetchRefused):
        await fetcher.get(ask(f"{server.url}/private/a"))
    assert server.paths().count("/robots.txt") == 2


async def test_redirects_of_robots_txt_are_followed(
    fetcher: HttpFetcher, server: Server, other: Server
) -> None:
    server.redirect("/robots.txt", f"{other.url}/rules.txt")
    other.on("/rules.txt", b"User-agent: *\nDisallow: /a", headers=TEXT)
    with pytest.raises(FetchRefused):
        await fetcher.get(ask(f"{server.url}/a"))


async def test_a_robots_txt_that_redirects_for_ever_allows_all(fetcher: HttpFetcher, server: Server) -> None:
    server.redirect("/robots.txt", "/robots.txt")
    server.on("/a", b"open")
    assert (await fetcher.get(ask(f"{server.url}/a"))).body == b"open"
    assert server.paths().count("/robots.txt") == 6


async def test_a_redirect_to_what_another_site_disallows_is_not_followed(
    fetcher: HttpFetcher, server: Server, other: Server
) -> None:
    server.redirect("/a", f"{other.url}/b")
    other.on("/robots.txt", b"User-agent: *\nDisallow: /", headers=TEXT)
    with pytest.raises(FetchRefused, match="does not allow"):
        await fetcher.get(ask(f"{server.url}/a"))
    assert other.pages() == []


async def test_only_the_first_500_kib_count_and_the_rest_is_not_read(
    fetcher: HttpFetcher, server: Server
) -> None:
    rules = b"User-agent: *\nDisallow: /early\n#" + b"x" * MAX_ROBOTS_BYTES + b"\nDisallow: /late\n"
    server.on("/robots.txt", rules, headers=TEXT)
    server.on("/late", b"open")
    assert (await fetcher.get(ask(f"{server.url}/late"))).body == b"open"
    with pytest.raises(FetchRefused):
        await fetcher.get(ask(f"{server.url}/early"))


async def test_a_page_brings_the_sitemaps_that_its_site_names(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/robots.txt", b"Sitemap: /news.xml\n" * 30 + b"Sitemap: /" + b"x" * 3000, headers=TEXT)
    server.on("/", b"open")
    assert (await fetcher.get(ask(f"{server.url}/"))).sitemaps == ("/news.xml",) * 20


async def test_two_sources_of_one_site_ask_for_its_rules_once(fetcher: HttpFetcher, server: Server) -> None:
    server.on("/robots.txt", b"", headers=TEXT)
    server.on("/a", b"open")
    await asyncio.gather(
        *(fetcher.get(ask(f"{server.url}/a", name=name)) for name in ("one", "two", "three"))
    )
    assert server.paths().count("/robots.txt") == 1


# --- the meaning of a file -----------------------------------------------------------------------------


def test_a_crawl_delay_and_sitemaps_are_read() -> None:
    rules = parse_rules(
        b"\xef\xbb\xbfUser-agent: *\nCrawl-delay: 3.5\nSitemap: https://example.org/news.xml\n",
        "news-monitor",
    )
    assert rules.crawl_delay == timedelta(seconds=3.5)
    assert rules.sitemaps == ("https://example.org/news.xml",)


@pytest.mark.parametrize("delay", ["-1", "nan", "inf", "soon", "1e308"])
def test_a_crawl_delay_that_makes_no_sense_harms_nobody(delay: str) -> None:
    rules = parse_rules(f"User-agent: *\nCrawl-delay: {delay}\nDisallow: /a".encode(), "news-monitor")
    assert rules.crawl_delay >= timedelta()
    assert not rules.allow("https://example.org/a")


SPELLED_ODDLY = """\ufeff# for robots
User-Agent: otherbot   # not us
User-agent: *
Disallow: /a
Sitemap: https://gazette.example/s.xml
Disallow /b

useragent: elsebot
Disallow: /c
user agent: NEWS-MONITOR*
Host: gazette.example
Disalow: /d
Crawl-delay: 7
User-agent: lastbot
Disallow: /
"""


def test_groups_are_told_apart_however_they_are_spelled() -> None:
    rules = parse_rules(SPELLED_ODDLY.encode(), "news-monitor")
    assert [rules.allow(f"https://gazette.example/{path}") for path in "abcd"] == [True, True, True, False]
    assert rules.crawl_delay == timedelta(seconds=7)
    assert rules.sitemaps == ("https://gazette.example/s.xml",)
    others = parse_rules(SPELLED_ODDLY.encode(), "reader")
    assert [others.allow(f"https://gazette.example/{path}") for path in "abcd"] == [False, False, True, True]
    assert others.crawl_delay == timedelta()


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "User-agent: *",
                    "User-agent: news-monitor",
                    "User-agent: other",
                    "useragent: *",
                ),
                *(
                    "Disallow: /a",
                    "Disallow: /",
                    "Allow: /a",
                    "Disallow:",
                    "Allow: /*b$",
                    "Crawl-delay: 3",
                    "Foo: bar",
                ),
                *(
                    "Sitemap: /s.xml",
                    "Host: x",
                    "",
                    "# comment",
                    "Disallow: /a # why",
                    "User-agent:",
                    "nonsense",
                ),
            ]
        ),
        max_size=12,
    )
)
def test_leaving_out_the_groups_of_others_changes_nothing_for_us(lines: list[str]) -> None:
    text = "\n".join(lines)
    rules, whole = parse_rules(text.encode(), "news-monitor"), Protego.parse(text)
    for path in ("/", "/a", "/ab", "/c/b"):
        url = f"https://gazette.example{path}"
        assert rules.allow(url) == whole.can_fetch(url, "news-monitor")
    assert rules.crawl_delay == timedelta(seconds=whole.crawl_delay("news-monitor") or 0)
    assert list(rules.sitemaps) == list(whole.sitemaps)


@pytest.mark.parametrize("name", ["news-monitor/1.0", "News-Monitor / 2", "news-monitor/*"])
def test_a_group_for_a_version_of_us_is_for_us(name: str) -> None:
    text = f"User-agent: {name}\nDisallow: /b\n\nUser-agent: *\nDisallow: /c\n"
    rules = parse_rules(text.encode(), "news-monitor")
    assert not rules.allow("https://example.org/b")
    assert rules.allow("https://example.org/c")


@pytest.mark.parametrize("name", ["news", "monitor", "news-monitor-pro", "n", "-"])
def test_a_group_for_one_whose_name_is_like_ours_is_not_for_us(name: str) -> None:
    text = f"User-agent: {name}\nDisallow:\n\nUser-agent: *\nDisallow: /\n"
    assert not parse_rules(text.encode(), "news-monitor").allow("https://example.org/a")


def test_wildcards_and_ends_are_understood() -> None:
    rules = parse_rules(b"User-agent: *\nDisallow: /*.pdf$\nDisallow: /*?print=\n", "news-monitor")
    assert not rules.allow("https://example.org/a/b.pdf")
    assert rules.allow("https://example.org/a/b.pdf?x=1")
    assert not rules.allow("https://example.org/a?print=1")


@pytest.mark.parametrize(
    "line", ["$" * MAX_ROBOTS_BYTES, "/" + "*a" * (MAX_ROBOTS_BYTES // 2), "%41" * (MAX_ROBOTS_BYTES // 3)]
)
def test_an_endless_line_is_read_to_its_end(line: str) -> None:
    rules = parse_rules(f"User-agent: *\nDisallow: {line}\nDisallow: /x".encode(), "news-monitor")
    assert isinstance(rules.allow("https://example.org/" + "a" * 4000), bool)


def test_thousands_of_agents_with_thousands_of_rules_are_read() -> None:
    half = MAX_ROBOTS_BYTES // 2
    agents = b"".join(b"User-agent: a%d\n" % n for n in range(half // 18))
    rules = b"".join(b"Allow: /%d\n" % n for n in range(half // 14))
    assert parse_rules(agents + b"User-agent: *\n" + rules, "news-monitor").allow("https://example.org/x")


@given(st.binary(max_size=200) | st.text("User-agent: *\nDisallow: /$%\ud7ff#", max_size=200).map(str.encode))
def test_no_file_breaks_the_parser(body: bytes) -> None:
    assert parse_rules(body, "news-monitor").allow("https://example.org/robots.txt")


def test_the_memory_of_rules_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "MAX_SITES", 100)
    memory = RobotsMemory()
    for number in range(105):
        memory.keep(f"https://{number}.example", "a", Rules(), 0.0)
        memory.fail(f"https://{number}.example", "b", "down", 0.0)
    assert memory.recall("https://0.example", "a", 1.0) is None
    assert memory.recall("https://104.example", "b", 1.0) == "down"
    assert memory.recall("https://104.example", "a", 1.0) == Rules()
