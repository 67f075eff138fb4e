"""Front pages: which links are articles.

Each page in `pages/` carries its expectation: a link to an article has a `data-article` attribute.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from monitor.discover import find_links, share_out
from monitor.discover.front import date_in_url, shape_of
from monitor.errors import NotASeed
from monitor.model import Link, PastLinks, Response, Seed, SeedKind
from monitor.text.urls import resolve_url

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOME = "https://voice.example/"


def read(body: bytes, url: str = HOME, past: PastLinks = PastLinks()) -> tuple[Link, ...]:
    response = Response(url=url, fetched_at=NOW, body=body, content_type="text/html")
    return find_links(response, Seed(url=url, kind=SeedKind.FRONT), "voice", past)


def list_page(*links: str) -> bytes:
    return "".join(f"<li>{link}</li>" for link in links).encode()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_articles_of_a_front_page_are_found_and_nothing_else(path: Path) -> None:
    body = path.read_bytes()
    tree = LexborHTMLParser(body.decode("cp1251" if b"windows-1251" in body else "utf-8"))
    for node in tree.css("style, script"):
        node.decompose()
    marked = tree.css("a[data-article]")
    expected = {
        (resolve_url(HOME, str(node.attributes["href"])), " ".join(node.text().split())) for node in marked
    }
    assert {(link.url, link.title) for link in read(body)} == expected


def test_the_newest_come_first_and_the_undated_stay_behind_those_they_follow() -> None:
    headline = "<a href='/{0}/a-story-with-a-long-slug'>A story with a long headline</a>"
    links = read(list_page(*(headline.format(day) for day in ("top", "2026/05/01", "2026/05/03", "next"))))
    assert [link.url.split("/")[-2] for link in links] == ["top", "03", "next", "01"]


@pytest.mark.parametrize(
    "headlines",
    [
        ("市长为新大桥剪彩通车", "面包价格上涨百分之五", "大雪导致学校停课一天"),
        ("市長が新しい橋の開通", "大雪で学校が休校に", "パンの価格が値上がり"),
        ("시장이 새 다리를 개통", "폭설로 학교 휴교", "빵값 5퍼센트 인상"),
    ],
)
def test_headlines_are_short_where_a_letter_says_as_much_as_a_word(headlines: tuple[str, ...]) -> None:
    menu = (
        "<nav>"
        + "".join(f"<a href='/{n}'>{name}</a>" for n, name in enumerate(("政治", "経済", "文化")))
        + "</nav>"
    )
    page = menu.encode() + list_page(
        *(f"<a href='/news/{n}0213'>{text}</a>" for n, text in enumerate(headlines))
    )
    assert {link.title for link in read(page)} == set(headlines)


def test_each_shape_of_url_has_its_share_and_the_order_stays() -> None:
    trap = [Link(url=f"{HOME}day/{n}00000/x", source="voice") for n in range(9)]
    news = [Link(url=f"{HOME}news/{n}-words-of-a-slug", source="voice") for n in range(3)]
    assert share_out([*trap, *news], 6) == (*trap[:3], *news)
    assert share_out([*trap, *news], 4) == (*trap[:2], *news[:2])
    assert share_out([*news, *trap], 12) == (*news, *trap)
    assert share_out([], 6) == ()


def test_a_date_in_the_url_is_the_links_date() -> None:
    (link,) = read(list_page("<a href='/2026/05/01/a-story-about-the-quay'>A story about the quay</a>"))
    assert link.published_at == datetime(2026, 5, 1, tzinfo=UTC)
    assert link.source == "voice"


def test_links_to_other_sites_are_no_articles_of_this_one() -> None:
    with pytest.raises(NotASeed):
        read(
            list_page("<a href='https://other.example/2026/05/01/a-story-there'>A story of another site</a>")
        )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<title>Just a moment...</title><p>Checking your browser</p>",
        b"<form><a href='/login'>Sign in to read on with us</a><a href='/help'>Help</a></form>",
        b"<nav><a href='/politics'>Politics</a><a href='/sport'>Sport</a><a href='/world'>World</a></nav>",
    ],
)
def test_a_page_without_articles_is_no_seed(body: bytes) -> None:
    with pytest.raises(NotASeed, match=r"https://voice\.example/ has no links that look like articles"):
        read(body)


def test_a_base_elsewhere_moves_links_but_not_the_site() -> None:
    base = "<base href='https://cdn.other.example/'>"
    away = "<a href='/2026/05/01/a-story-about-the-quay'>A story about the quay</a>"
    home = "<a href='https://voice.example/2026/05/01/a-story-at-home'>A story told at home</a>"
    assert [link.url for link in read(list_page(base, away, home))] == [f"{HOME}2026/05/01/a-story-at-home"]


@pytest.mark.parametrize(
    "charset", ["zlib", "bz2", "hex", "idna", "punycode", "unicode_escape", "utf-7", "rot13"]
)
def test_a_charset_that_is_none_of_the_webs_is_not_used(charset: str) -> None:
    page = f"<meta charset={charset}><a href='/2026/05/01/a-story'>A stor\\u0079 of the quay +ADw-</a>"
    (link,) = read(page.encode() + b"\xff")
    assert link.title == "A stor\\u0079 of the quay +ADw-"


def test_a_feed_where_a_page_was_is_said() -> None:
    with pytest.raises(NotASeed, match="is a feed now"):
        read(b"<?xml version='1.0'?><rss version='2.0'><channel></channel></rss>")


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2026/05/04/story", (2026, 5, 4)),
        ("https://a.example/news/20260504-story.html", (2026, 5, 4)),
        ("https://a.example/2026-5-4/story", (2026, 5, 4)),
        ("https://a.example/2026/02/31/story", None),
        ("https://a.example/2026/05/story", None),
        ("https://a.example/2026/11/story", None),
        ("https://a.example/2026/12/11/story", (2026, 12, 11)),
        ("https://a.example/story-120260504", None),
        ("https://a.example/story", None),
    ],
)
def test_the_day_in_a_url_is_read(url: str, day: tuple[int, int, int] | None) -> None:
    assert date_in_url(url) == (None if day is None else datetime(*day, tzinfo=UTC))


def test_urls_of_one_kind_have_one_shape() -> None:
    assert shape_of("https://a.example/am/news/48211/") == shape_of("https://a.example/am/news/7/")
    assert shape_of("https://a.example/n/one-two-three.html") == shape_of(
        "https://a.example/n/four-five-six-seven.html"
    )
    assert shape_of("https://a.example/?id=1") != shape_of("https://a.example/?act=1")


@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.sampled_from(
                [
                    *(
                        "<a href='",
                        "'>",
                        "</a>",
                        "<h2>",
                        "</nav>",
                        "<nav>",
                        "<base href='",
                        "/2026/05/04/",
                        "story-of-a-day",
                    ),
                    *(
                        "http://voice.example/",
                        "//[",
                        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
                    ),
                    *(
                        "<meta charset=",
                        "utf-16>",
                        "A headline of some words",
                        "\x00",
                        "%",
                        "&#xd800;",
                        "<table>",
                        "<p>",
                    ),
                ]
            ),
            max_size=30,
        ).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass")),
    )
)
def test_no_bytes_break_it(body: bytes) -> None:
    try:
        links = read(body)
    except NotASeed:
        return
    assert len({link.url for link in links}) == len(links) > 0


# --- what earlier links have turned out to be --------------------------------------------------------


def urls(*paths: str) -> tuple[str, ...]:
    return tuple(HOME + path for path in paths)


def paths_read(body: bytes, past: PastLinks) -> list[str]:
    return [link.url.removeprefix(HOME) for link in read(body, past=past)]


TERSE = b"<p><a href='/n/551234'>Quay</a> <a href='/n/551235'>Mill</a> <a href='/t/weir'>Weir</a></p>"
"""Links of which neither text nor place says anything."""


def test_links_with_the_urls_of_earlier_articles_are_articles_however_terse() -> None:
    with pytest.raises(NotASeed):
        read(TERSE)
    past = PastLinks(articles=urls("n/551111", "n/551112", "n/551113"))
    assert paths_read(TERSE, past) == ["n/551234", "n/551235"]


GUIDES = list_page(
    *(f"<a href='/guide/how-to-spend-day-{n}'>How to spend the day number {n}</a>" for n in range(4)),
    *(f"<a href='/2026/05/0{n}/a-story-of-the-day'>A story of the day number {n}</a>" for n in range(1, 4)),
)


def test_links_with_the_urls_of_what_was_no_article_are_left_alone() -> None:
    stories = [f"2026/05/0{n}/a-story-of-the-day" for n in (3, 2, 1)]
    guides = urls(*(f"guide/how-to-spend-night-{n}" for n in range(3)))
    past = PastLinks(articles=urls(*stories), others=guides)
    assert sorted(paths_read(GUIDES, past)) == sorted(stories)
    assert len(read(GUIDES)) == 7


def test_nothing_speaks_against_links_while_no_article_of_their_source_could_be_read() -> None:
    past = PastLinks(others=urls(*(f"guide/how-to-spend-night-{n}" for n in range(9))))
    assert len(read(GUIDES, past=past)) == 7


def test_a_shape_of_which_some_were_articles_and_some_were_not_says_nothing() -> None:
    terse = PastLinks(
        articles=urls("n/551111", "n/551112", "n/551113"), others=urls("n/551114", "n/551115", "n/551116")
    )
    with pytest.raises(NotASeed):
        read(TERSE, past=terse)
    nights = [f"guide/how-to-spend-night-{n}" for n in range(6)]
    guides = PastLinks(articles=urls(*nights[:3]), others=urls(*nights[3:]))
    assert paths_read(GUIDES, guides) == paths_read(GUIDES, PastLinks())


SHELVES = """
<div class="river"><a href="/quay">Quay work ends</a><a href="/mill">Mill sold again</a>
<a href="/weir">Weir</a>
<a href="/new-ford">A ford is opened</a></div>
<div class="services"><a href="/maps">Maps of town</a><a href="/jobs-now">Jobs in town</a>
<a href="/deals">Deals</a>
<a href="/new-tool">A tool is opened</a></div>
"""


def test_what_stands_among_earlier_articles_is_likelier_an_article_than_what_stands_among_others() -> None:
    past = PastLinks(articles=urls("quay", "mill", "weir"), others=urls("maps", "jobs-now", "deals"))
    with pytest.raises(NotASeed):
        read(SHELVES.encode())
    assert paths_read(SHELVES.encode(), past) == ["new-ford"]
