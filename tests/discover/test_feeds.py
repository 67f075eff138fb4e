"""Feeds of every kind, well and badly made."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import fastfeedparser
import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.discover import feeds, find_links, is_podcast
from monitor.discover.feeds import looks_like_feed, read_feed
from monitor.discover.listing import Entry, believable
from monitor.errors import NotASeed
from monitor.model import Link, Response, Seed, SeedKind

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
URL = "https://gazette.example/feed.xml"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>The Gazette</title><link>https://gazette.example/</link>
<atom:link rel="self" href="https://gazette.example/feed.xml"/>
<item><title>Older</title><link>https://gazette.example/older?utm_source=rss</link>
  <pubDate>Sun, 03 May 2026 09:00:00 +0400</pubDate></item>
<item><title>Newer &amp; better</title><link>https://gazette.example/newer</link>
  <pubDate>Mon, 04 May 2026 09:00:00 +0400</pubDate></item>
</channel></rss>"""

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="hy"><title>Օրաթերթ</title>
<entry><title type="html">Պայմանագիրը &lt;b&gt;ստորագրվեց&lt;/b&gt;</title>
  <link rel="enclosure" href="https://gazette.example/a.mp3"/><link rel="alternate" href="/hy/1"/>
  <published>2026-05-04T08:30:00Z</published><updated>2026-05-04T09:00:00Z</updated></entry>
<entry><title>Երկրորդ</title><link href="/hy/2"/><updated>2026-05-03T08:30:00.123+04:00</updated></entry>
</feed>"""

RDF = """<?xml version="1.0" encoding="iso-8859-1"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://gazette.example/"><title>G</title></channel>
<item rdf:about="https://gazette.example/r1"><title>Caf\xe9</title><link>https://gazette.example/r1</link>
<dc:date>2026-05-04T08:30:00+00:00</dc:date></item></rdf:RDF>""".encode("iso-8859-1")

RSS_091 = """<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>G</title>
<item><title>Old school</title><link>https://gazette.example/o</link></item></channel></rss>"""

JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "G",
    "items": [
        {"id": "1", "url": "/j1", "title": "One", "date_published": "2026-05-04T08:30:00+04:00"},
        {
            "id": "2",
            "external_url": "https://elsewhere.example/j2",
            "title": None,
            "date_modified": "2026-05-03",
        },
        {"id": "https://gazette.example/j3", "title": ["no"], "date_published": 17},
        "nonsense",
        {"id": 4, "url": 7},
        {"id": "post-17"},
        {"url": "/j5", "date_published": "yesterday"},
    ],
}


def read(body: bytes | str, url: str = URL) -> tuple[Link, ...]:
    content = body.encode() if isinstance(body, str) else body
    return find_links(
        Response(url=url, fetched_at=NOW, body=content), Seed(url=url, kind=SeedKind.FEED), "gazette"
    )


def test_rss_is_read_newest_first_without_tracking() -> None:
    assert read(RSS) == (
        Link(
            url="https://gazette.example/newer",
            key="https://gazette.example/newer",
            source="gazette",
            title="Newer & better",
            published_at=datetime(2026, 5, 4, 5, 0, tzinfo=UTC),
        ),
        Link(
            url="https://gazette.example/older",
            key="https://gazette.example/older",
            source="gazette",
            title="Older",
            published_at=datetime(2026, 5, 3, 5, 0, tzinfo=UTC),
        ),
    )


def test_atom_is_read_with_relative_links_and_titles_without_markup() -> None:
    first, second = read(ATOM)
    assert (first.url, first.title) == ("https://gazette.example/hy/1", "Պայմանագիրը ստորագրվեց")
    assert first.published_at == datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
    assert second.url == "https://gazette.example/hy/2"


def test_rdf_is_read_in_its_own_charset() -> None:
    (link,) = read(RDF)
    assert (link.url, link.title) == ("https://gazette.example/r1", "Café")


@pytest.mark.parametrize("parser", ["fast", "forgiving"])
def test_an_id_stands_for_a_link_only_where_it_is_a_url(monkeypatch: pytest.MonkeyPatch, parser: str) -> None:
    if parser == "forgiving":
        monkeypatch.setattr(fastfeedparser, "parse", lambda *_, **__: {"entries": []})
    items = "".join(
        f"<item><title>t</title><guid>{guid}</guid></item>"
        for guid in ("https://gazette.example/g1", "post-17", "tag:gazette.example,2026:18")
    )
    links = read(f"<rss version='2.0'><channel>{items}</channel></rss>")
    assert [link.url for link in links] == ["https://gazette.example/g1"]


def test_rss_091_is_read_though_it_names_a_dtd_on_the_web() -> None:
    (link,) = read(RSS_091)
    assert (link.url, link.title, link.published_at) == ("https://gazette.example/o", "Old school", None)


def test_a_json_feed_is_read_past_items_of_odd_shapes() -> None:
    links = read(json.dumps(JSON_FEED))
    assert [(link.url, link.title) for link in links] == [
        ("https://gazette.example/j1", "One"),
        ("https://elsewhere.example/j2", None),
        ("https://gazette.example/j3", None),
        ("https://gazette.example/j5", None),
    ]
    assert links[0].published_at == datetime(2026, 5, 4, 8, 30, tzinfo=timezone(timedelta(hours=4)))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_read(encoding: str) -> None:
    body = RSS.replace("utf-8", "utf-16").encode(encoding)
    body = body if encoding == "utf-16" else b"\xfe\xff" + body
    assert len(read(body)) == 2


def test_a_feed_behind_junk_and_cut_short_gives_what_can_be_read() -> None:
    assert [link.title for link in read("\n\n \ufeff" + RSS[:-30])] == ["Newer & better", "Older"]


def feed_of(*items: str, attributes: str = "") -> bytes:
    return (
        f"<rss version='2.0' {attributes}><channel><title>G</title>{''.join(items)}</channel></rss>".encode()
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/news?a=1&b=2", "/news?a=1&b=2"),
        ("/news?a=1&amp;b=2", "/news?a=1&b=2"),
        ("/news?a=1&copy=2", "/news?a=1&copy=2"),
        ("<![CDATA[/news?a=1&b=2]]>", "/news?a=1&b=2"),
        ("/n?a=1&b=2</link><x><![CDATA[ no end", "/n?a=1&b=2"),
    ],
)
def test_a_bare_ampersand_costs_a_url_nothing(written: str, read: str) -> None:
    assert read_feed(feed_of(f"<item><title>a</title><link>{written}</link></item>"))[0].reference == read


def test_letters_that_have_names_in_html_alone_are_kept_in_titles() -> None:
    (entry,) = read_feed(
        feed_of("<item><title>Caf&eacute; &amp; bar &lt;b&gt; &AMP; &no;</title><link>/1</link></item>")
    )
    assert entry.title == "Café & bar <b> &AMP; &no;"


@pytest.mark.parametrize(
    "links",
    [
        '<link rel="self" href="/api/1"/><link href="/1"/>',
        '<link rel="enclosure" href="/1.mp3"/><link href="/1"/>',
        '<link rel="replies" href="/1#c"/><link rel="edit" href="/e"/><link rel="alternate" href="/1"/>',
        '<link rel="alternate" type="application/json" href="/1.json"/><link rel="alternate" href="/1"/>',
    ],
)
def test_of_an_entrys_links_the_one_to_its_page_is_taken(links: str) -> None:
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:1</id><title>a</title>{links}</entry></feed>'
    assert [entry.reference for entry in read_feed(feed.encode())] == ["/1"]


@pytest.mark.parametrize(
    "link",
    [
        '<atom:link rel="self" href="/self"/><link>/1</link>',
        '<link href="/1"/>',
    ],
)
def test_where_the_first_parser_finds_items_without_links_the_second_is_asked(link: str) -> None:
    body = feed_of(
        f"<item><title>a</title>{link}</item>", attributes='xmlns:atom="http://www.w3.org/2005/Atom"'
    )
    assert [entry.reference for entry in read_feed(body)] == ["/1"]


def test_a_feed_whose_items_have_no_links_at_all_is_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedparser, "parse", lambda *_, **__: pytest.fail("there is nothing to find"))
    assert read_feed(feed_of("<item><title>a</title></item>" * 3)) == []


@pytest.mark.parametrize("link", ["../news/1", "news/1.html", "?p=1", "/news/1"])
def test_a_link_may_be_relative_to_its_feed_and_stand_without_an_id(link: str) -> None:
    assert [
        entry.reference for entry in read_feed(feed_of(f"<item><title>a</title><link>{link}</link></item>"))
    ] == [link]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [(feed_of(), "is a feed without articles"), (b"<html><p>Page not found", "is no feed")],
)
def test_an_empty_feed_is_told_from_what_is_none(body: bytes, complaint: str) -> None:
    with pytest.raises(NotASeed, match=f"{complaint}$"):
        find_links(Response(url=URL, fetched_at=NOW, body=body), Seed(url=URL, kind=SeedKind.FEED), "gazette")


@pytest.mark.parametrize(
    ("channel", "item", "spoken"),
    [
        ("<itunes:author>G</itunes:author>", '<enclosure url="/1.mp3" length="1" type="audio/mpeg"/>', True),
        ("<itunes:author>G</itunes:author>", '<enclosure url="/1.jpg" length="1" type="image/jpeg"/>', False),
        ("", '<enclosure url="/1.mp3" length="1" type="audio/mpeg"/>', False),
    ],
)
def test_a_podcast_is_known_by_its_recordings_and_whom_they_are_made_for(
    channel: str, item: str, *, spoken: bool
) -> None:
    body = feed_of(channel, f"<item><title>a</title><link>/1</link>{item}</item>")
    assert is_podcast(Response(url=URL, fetched_at=NOW, body=body)) is spoken


def test_a_feed_may_be_a_packed_file() -> None:
    body = gzip.compress(feed_of("<item><title>a</title><link>/1</link></item>"))
    assert looks_like_feed(body)
    assert [entry.reference for entry in read_feed(body)] == ["/1"]
    assert read_feed(body[:3] + b"junk") == []


def test_a_number_in_an_id_is_no_date() -> None:
    undated = "<item><title>a</title><link>/1</link><guid>5</guid></item>"
    assert (
        read_feed(feed_of("<pubDate>Mon, 04 May 2026 09:00:00 +0400</pubDate>", undated))[0].published_at
        is None
    )


CYRILLIC = "Пленум открылся"


@pytest.mark.parametrize(
    ("charset", "declared", "header"),
    [
        ("windows-1251", "windows-1251", ""),
        ("windows-1251", "", "text/xml; charset=windows-1251"),
        ("windows-1251", "utf-8", 'application/xml; charset="windows-1251"'),
        ("utf-8", "windows-1251", ""),
        ("utf-8", "windows-1251", "text/xml; charset=windows-1251"),
        ("utf-8-sig", "utf-8", ""),
        ("koi8-r", "koi8-r", "text/xml; charset=utf-8"),
    ],
)
def test_titles_are_read_in_the_charset_that_they_are_in(charset: str, declared: str, header: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = declaration + feed_of(f"<item><title>{CYRILLIC}</title><link>/1</link></item>").decode()
    assert [entry.title for entry in read_feed(text.encode(charset), header)] == [CYRILLIC]


def test_a_title_that_cannot_be_read_is_none() -> None:
    body = b'<?xml version="1.0" encoding="utf-8"?>' + feed_of(
        f"<item><title>{CYRILLIC}</title><link>/1</link></item>"
    ).decode().encode("windows-1251")
    seed = Seed(url=URL, kind=SeedKind.FEED)
    (link,) = find_links(Response(url=URL, fetched_at=NOW, body=body), seed, "gazette")
    assert (link.url, link.title) == ("https://gazette.example/1", None)


def test_the_second_parser_is_asked_where_the_first_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> object:
        raise RuntimeError("not today")

    whole = read(RSS)
    monkeypatch.setattr(fastfeedparser, "parse", fail)
    assert read(RSS) == whole


def test_when_both_parsers_fail_there_is_no_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> object:
        raise RuntimeError("not today")

    monkeypatch.setattr(fastfeedparser, "parse", fail)
    monkeypatch.setattr(feedparser, "parse", fail)
    with pytest.raises(NotASeed):
        read(RSS)


def test_the_slow_parser_sees_a_large_feed_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MAX_FORGIVING_BYTES", RSS.index("<item><title>Newer"))
    monkeypatch.setattr(fastfeedparser, "parse", lambda *_, **__: {"entries": []})
    assert [link.title for link in read(RSS)] == ["Older"]


def test_dates_outside_the_calendar_are_none() -> None:
    assert feeds._struct((99999999999, 1, 1, 0, 0, 0)) is None
    assert feeds._struct(("x",)) is None
    assert feeds._iso("9999-12-31T24:00") is None
    assert believable(datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), NOW) is None
    assert believable(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), NOW) is None


def test_a_body_that_looks_like_a_path_opens_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(RSS)
    for body in (str(secret), f"file://{secret}", "http://127.0.0.1:9/feed"):
        assert read_feed(body.encode()) == []


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY x "expanded">',
        '<!entity x "expanded">',
        '<!ENTITY x SYSTEM "file:///etc/hostname">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;',
        '<!ENTITY a "expanded"><!ENTITY x "&a;&a;&a;&a;">',
    ],
)
def test_entities_are_never_expanded(declaration: str) -> None:
    body = RSS.replace("<rss", f"<!DOCTYPE rss [{declaration}]><rss").replace("Older", "Older &x;")
    links = read(body)
    assert len(links) == 2
    assert all("expanded" not in (link.title or "") for link in links)


def test_a_billion_laughs_take_no_time() -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    body = RSS.replace("<rss", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]><rss').replace("Older", "&l12;")
    assert len(read(body)) == 2


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("AT&amp;amp;T buys &amp;quot;it&amp;quot;", 'AT&T buys "it"'),
        ("<![CDATA[<script>alert(1)</script>Plain <i>words</i>]]>", "Plain words"),
        ("&lt;img src=x onerror=alert(1)&gt;Seen", "Seen"),
        ("5 &lt; 6 &amp;amp; 7 &gt; 3", "5 < 6 & 7 > 3"),
        (" two\n  lines\t here ", "two lines here"),
        ("right\u202eleft\u200b", "rightleft"),
        ("x" * 5000, "x" * 500),
    ],
)
def test_titles_come_out_as_plain_text_on_one_line(raw: str, title: str) -> None:
    links = read(RSS.replace("<title>Older</title>", f"<title>{raw}</title>"))
    assert links[1].title == title


@pytest.mark.parametrize(
    "date", ["Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 2035 00:00:00 GMT", "soon", "0001-01-01"]
)
def test_a_date_that_makes_no_sense_is_none(date: str) -> None:
    links = read(RSS.replace("Sun, 03 May 2026 09:00:00 +0400", date))
    assert {link.title: link.published_at for link in links}["Older"] is None


def test_an_article_is_listed_once_and_the_sites_root_never() -> None:
    item = "<item><title>t</title><link>{0}</link></item>"
    urls = (
        "https://www.gazette.example/a?utm_medium=x",
        "http://gazette.example/a/",
        "https://gazette.example/",
        URL,
        "ftp://x/y",
        "javascript:1",
    )
    links = read(f"<rss version='2.0'><channel>{''.join(map(item.format, urls))}</channel></rss>")
    assert [(link.url, link.key) for link in links] == [
        ("https://www.gazette.example/a", "https://gazette.example/a")
    ]


def test_fifty_thousand_items_give_the_newest() -> None:
    item = "<item><title>Story {0}</title><link>https://gazette.example/s/{0}</link><pubDate>{1}</pubDate></item>"
    start = datetime(2020, 1, 1, tzinfo=UTC)
    dates = (f"{start + timedelta(hours=n):%a, %d %b %Y %H:%M:%S} GMT" for n in range(50_000))
    items = "".join(item.format(n, date) for n, date in enumerate(dates))
    links = read(f"<rss version='2.0'><channel>{items}</channel></rss>")
    assert len(links) == 5000
    assert links[0].title == "Story 49999"
    assert links[-1].title == "Story 45000"


@pytest.mark.parametrize(
    "body", ["", "<html><body>Not found</body></html>", "{}", '{"items": [1]}', "[" * 100_000, "x"]
)
def test_what_is_no_feed_is_no_seed(body: str) -> None:
    with pytest.raises(NotASeed, match=r"https://gazette\.example/feed\.xml is no feed"):
        read(body)
    assert not looks_like_feed(body.encode())


@pytest.mark.parametrize(
    "body", [RSS, ATOM, RSS_091, json.dumps(JSON_FEED), "<?xml version='1.0'?><!-- <html> --><rss>"]
)
def test_a_feed_is_told_by_its_root(body: str) -> None:
    assert looks_like_feed(body.encode())


def test_an_article_about_feeds_is_no_feed() -> None:
    assert not looks_like_feed(
        b"<!DOCTYPE html><html><body><pre>&lt;rss&gt;</pre><code><rss version=2></code>"
    )


FRAGMENTS = st.sampled_from(
    [
        *(
            "<rss>",
            "<channel>",
            "<item>",
            "</item>",
            "<link>",
            "</link>",
            "<title>",
            "</title>",
            "<feed xmlns=",
        ),
        *(
            '"http://www.w3.org/2005/Atom">',
            "<entry>",
            "</entry>",
            "<link href='",
            "'/>",
            "<pubDate>",
            "</pubDate>",
        ),
        *(
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<!DOCTYPE",
            "&amp;",
            "&#0;",
            "&#xd800;",
            "http://a.b/c",
            "\x00",
            "\ud800",
        ),
        *(
            "2026-05-04",
            "Mon, 04 May 2026 99:99:99 +9999",
            "<?xml version='1.0' encoding='",
            "utf-7'?>",
            "{",
            '"items":[',
            "}",
        ),
        *(
            "<rdf:RDF>",
            "<content:encoded>",
            "<media:content url='x'>",
            "9" * 300,
            "\ufeff",
            "<guid>",
            "</guid>",
        ),
    ]
)


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(FRAGMENTS, max_size=25).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass")),
        st.lists(FRAGMENTS, max_size=9).map(
            lambda parts: (RSS[:200] + "".join(parts) + RSS[200:]).encode("utf-8", "replace")
        ),
        st.recursive(
            st.none() | st.text() | st.floats(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(st.sampled_from(["items", "url", "title", "version"]), inner)
            ),
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_no_bytes_break_it(body: bytes) -> None:
    assert all(isinstance(entry, Entry) for entry in read_feed(body))
    try:
        links = read(body)
    except NotASeed:
        return
    assert all(link.published_at is None or link.published_at.tzinfo is not None for link in links)
    looks_like_feed(body)
