"""What "the same URL" means."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.text.urls import (
    MAX_URL_CHARS,
    host_of,
    normalise_url,
    origin_of,
    resolve_url,
    same_site,
    url_key,
)

PIECES = st.sampled_from(
    [
        *("http://", "HTTPS://", "//", "/", "\\", "..", "./", ".", "?", "&", "=", "#", ";", ":", "@", "%"),
        *("www.", "m.", "amp.", "example", ".org", "/amp", ".amp", ".html", "index.php", "utm_source=1"),
        *(
            "%41",
            "%zz",
            "%2e",
            "%25",
            "é",
            "ք",
            "\ud800",
            "\x00",
            " ",
            "jsessionid=1",
            "[::1]",
            ":80",
            ":443",
        ),
        *("example.cdn.ampproject.org", "/c/s/", "google.com", "xn--", "ß", "．", "amp=1", "ref=x", "|", "`"),
    ]
)
URLISH = st.lists(PIECES | st.text(max_size=3), max_size=14).map("".join)
URLS = st.one_of(st.text(), URLISH, URLISH.map("http://example.org/".__add__), URLISH.map("https://".__add__))


def normalise_or_none(url: str) -> str | None:
    try:
        return normalise_url(url)
    except ValueError:
        return None


@given(URLS)
@example("http://h/%%34%31")
@example("http://h/%2e%2e/a")
@example("http://h:443/")
@example("https://[::1%eth0]/")
def test_normalising_twice_is_normalising_once(url: str) -> None:
    once = normalise_or_none(url)
    if once is not None:
        assert once.isascii()
        assert len(once) <= MAX_URL_CHARS
        assert normalise_url(once) == once


@given(URLS)
@example("https://www.www.example.org/amp/amp/x.amp.amp.html")
@example("http://h:443/")
@example("http://h/..amp")
@example("http://[::]/")
@example("https://a.cdn.ampproject.org/c/s/google.com/amp/x.org/amp")
def test_the_key_of_a_key_is_itself_and_that_of_the_normalised_url_the_same(url: str) -> None:
    once = normalise_or_none(url)
    if once is not None:
        key = url_key(url)
        assert url_key(key) == key
        assert url_key(once) == key


@given(URLS, URLS)
def test_nothing_but_a_value_error_comes_out_of_any_text(base: str, reference: str) -> None:
    for function in (normalise_url, url_key, host_of, origin_of):
        try:
            function(reference)
        except ValueError:
            continue
    try:
        resolve_url(base, reference)
    except ValueError:
        assert isinstance(same_site(base, reference), bool)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://WWW.Example.ORG", "http://www.example.org/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("http://example.org./a", "http://example.org/a"),
        ("https://example.org/a?utm_source=x&id=3&fbclid=y#top", "https://example.org/a?id=3"),
        ("https://example.org/a?ns_campaign=x&ocid=y&wprov=sfla1&mibextid=z", "https://example.org/a"),
        ("https://example.org/a?gclid=1", "https://example.org/a"),
        ("https://example.org/%7euser/%c3%a9", "https://example.org/~user/%C3%A9"),
        ("https://example.org/a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/a%2Fb", "https://example.org/a%2Fb"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://հայ.հայ/նյութ", "https://xn--y9a3aq.xn--y9a3aq/%D5%B6%D5%B5%D5%B8%D6%82%D5%A9"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://example.org/a;jsessionid=A1B2?b=1", "https://example.org/a?b=1"),
        ("  https://example.org/a\n/b ", "https://example.org/a/b"),
        ("https://example.org\\@evil.example/x", "https://example.org/@evil.example/x"),
        ("http://[2001:DB8::0001]:80/", "http://[2001:db8::1]/"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?b=2&a=1"),
        ("https://example.org/a/?ref=front&from=x", "https://example.org/a/?ref=front&from=x"),
    ],
)
def test_a_url_has_one_spelling_that_can_be_fetched(url: str, normal: str) -> None:
    assert normalise_url(url) == normal


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "x",
            "/a",
            "//example.org/a",
            "mailto:a@example.org",
            "javascript:alert(1)",
            "ftp://example.org/",
        ),
        *(
            "http://",
            "http:///a",
            "http://exa mple.org/",
            "http://example.org:99999/",
            "http://[::1",
            "http://a..b/",
        ),
        *(
            "http://" + "a" * 300 + ".org/",
            "https://example.org/" + "a" * MAX_URL_CHARS,
            "http://ex%00ample.org/",
        ),
    ],
)
def test_what_is_no_http_url_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError, match=r"host|URL|[Pp]ort|IP"):
        normalise_url(url)
    assert not same_site(url, url)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/story", "https://www.example.org/story/"),
        ("https://m.example.org/story", "https://example.org/story"),
        ("https://amp.example.org/story", "https://example.org/story"),
        ("https://example.org/story/amp/", "https://example.org/story"),
        ("https://example.org/amp/story", "https://example.org/story"),
        ("https://example.org/story.amp.html", "https://example.org/story.html"),
        ("https://example.org/story?amp=1", "https://example.org/story"),
        ("https://example.org/story?outputType=amp", "https://example.org/story"),
        ("https://example-org.cdn.ampproject.org/c/s/www.example.org/story", "https://example.org/story"),
        ("https://www.google.com/amp/s/example.org/story", "https://example.org/story"),
        ("https://example.org/story/index.html", "https://example.org/story"),
        ("https://example.org/story?b=2&a=1", "https://example.org/story?a=1&b=2"),
        ("https://example.org//story?ref=front", "https://example.org/story"),
    ],
)
def test_twins_have_one_key(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/story?id=1", "https://example.org/story?id=2"),
        ("https://example.org/Story", "https://example.org/story"),
        ("https://example.org/champ", "https://example.org/ch"),
        ("https://m.tv/story", "https://tv.example/story"),
        ("https://example.org/a/b", "https://example.org/a%2Fb"),
        ("https://example.org/amp", "https://example.org/"),
        ("https://127.0.0.1:8001/a", "https://127.0.0.1:8002/a"),
        ("https://a.cdn.ampproject.org/c/s/:/", "https://a.cdn.ampproject.org/"),
    ],
)
def test_different_stories_have_different_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize(
    ("base", "reference", "resolved"),
    [
        ("https://example.org/news/", "story-1", "https://example.org/news/story-1"),
        ("https://example.org/news/", " //cdn.example.net/x ", "https://cdn.example.net/x"),
        ("https://example.org/news/", "\\story", "https://example.org/story"),
        ("https://example.org/news/", "?page=2", "https://example.org/news/?page=2"),
        ("https://example.org/news/", "", "https://example.org/news/"),
    ],
)
def test_an_href_means_what_a_browser_makes_of_it(base: str, reference: str, resolved: str) -> None:
    assert resolve_url(base, reference) == resolved


def test_host_and_origin_are_told() -> None:
    assert host_of("https://News.Example.org:8443/a") == "news.example.org"
    assert host_of("http://[::1]:80/") == "::1"
    assert origin_of("https://News.Example.org:8443/a") == "https://news.example.org:8443"
    assert origin_of("http://[::1]:80/a") == "http://[::1]"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://www.example.org/", "http://example.org/story", True),
        ("https://sport.example.co.uk/", "https://news.example.co.uk/", True),
        ("https://one.co.uk/", "https://two.co.uk/", False),
        ("https://one.blogspot.com/", "https://two.blogspot.com/", False),
        ("https://www.one.blogspot.com/", "https://one.blogspot.com/", True),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/", False),
        ("http://10.0.0.1/", "http://11.0.0.1/", False),
        ("http://[::1]/", "http://[::1]/a", True),
        ("https://example.org/", "https://example.org.evil.example/", False),
    ],
)
def test_a_site_is_a_registered_name(a: str, b: str, same: bool) -> None:
    assert same_site(a, b) is same
