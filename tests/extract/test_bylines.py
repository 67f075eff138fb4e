# ruff: noqa: E501  (pages on one line)
"""What readers see around the title: the date, the names, the heading itself, against what the stamps say."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from monitor.model import Article
from tests.extract.conftest import Reader
from tests.extract.test_metadata import STORY, TITLE, jsonld, meta, page


def published(read: Reader, html: str) -> datetime:
    """Read a page and give its date."""
    found = _article(read, html).published_at
    assert found is not None
    return found


def _article(read: Reader, html: str) -> Article:
    return read(html, url="https://www.gazette.example/news/ferry").article


STAMPS = (
    meta("article:published_time", "2029-03-01T10:00:00+00:00"),
    meta("article:modified_time", "2031-05-20T09:00:00+00:00"),
)


@pytest.mark.parametrize(
    "line",
    [
        "<div>May 20, 2031</div>",
        "<p>Last updated: 20 May 2031</p>",
        "<time datetime='2031-05-20T11:00:00+02:00'>20 May</time>",
    ],
)
def test_a_story_reissued_years_later_is_of_the_day_that_its_page_shows(read: Reader, line: str) -> None:
    assert published(read, page(*STAMPS, above=line)).date() == date(2031, 5, 20)


@pytest.mark.parametrize(
    "line",
    ["", "<div>March 1, 2029, updated in spring</div>", "<p>1 March 2029</p><p>Updated 20 May 2031</p>"],
)
def test_a_story_that_shows_its_first_day_or_none_keeps_it(read: Reader, line: str) -> None:
    assert published(read, page(*STAMPS, above=line)).date() == date(2029, 3, 1)


def test_a_change_within_days_does_not_move_a_story(read: Reader) -> None:
    head = (STAMPS[0], meta("article:modified_time", "2029-03-02T18:00:00+00:00"))
    assert published(read, page(*head, above="<p>2 March 2029</p>")).date() == date(2029, 3, 1)


@pytest.mark.parametrize(
    ("line", "offset_hours"),
    [
        ("<time datetime='2031-05-20T23:30:00-05:00'>20 May</time>", -5),
        ("<div>May 20, 2031 11:30 pm EST</div>", -5),
        ("<div>May 21, 2031 - 3:30PM</div>", 11),
        ("<div>May 20, 2031</div>", 0),
        ("<div>May 20, 2031 11:17 pm</div>", 0),
    ],
)
def test_a_stamp_in_utc_is_told_in_the_zone_where_readers_see_it(
    read: Reader, line: str, offset_hours: int
) -> None:
    found = published(read, page(jsonld(datePublished="2031-05-21T04:30:10Z"), above=line))
    assert found.utcoffset() == timedelta(hours=offset_hours)
    assert found.timestamp() == datetime.fromisoformat("2031-05-21T04:30:10+00:00").timestamp()


@pytest.mark.parametrize(
    ("day", "offset_hours"), [("2031/05/20", -5), ("2031/05/21", 0), ("2031/05/22", 0), ("2031/05/11", 0)]
)
def test_the_day_in_the_url_tells_the_zone_of_a_stamp_in_utc(
    read: Reader, day: str, offset_hours: int
) -> None:
    url = f"https://www.gazette.example/{day}/ferry"
    found = read(page(jsonld(datePublished="2031-05-21T04:30:10Z")), url=url).article.published_at
    assert found is not None
    assert found.utcoffset() == timedelta(hours=offset_hours)
    assert found.timestamp() == datetime.fromisoformat("2031-05-21T04:30:10+00:00").timestamp()


def test_of_two_stamps_the_one_that_readers_see_counts(read: Reader) -> None:
    head = (
        jsonld(datePublished="2031-05-03T10:00:00Z"),
        meta("article:published_time", "2031-05-20T09:00:00Z"),
    )
    assert published(read, page(*head, above="<p>20 May 2031</p>")).date() == date(2031, 5, 20)
    assert published(read, page(*head)).date() == date(2031, 5, 3)


def test_the_date_nearest_to_the_title_is_the_storys(read: Reader) -> None:
    other = "<p>A week after the vote</p><p>Of ferries</p><p>Printed 7 January 2031</p>"
    html = page(above=other).replace("<h1>", "<p>By the desk | 30 May 2031</p><h1>")
    assert published(read, html).date() == date(2031, 5, 30)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("<p>12/03/2032</p>", None),
        ("<p>03/12/2031</p>", date(2031, 3, 12)),
        ("<p>25-12-2030</p>", date(2030, 12, 25)),
        ("<p>Jan 04 09:34 2031</p>", date(2031, 1, 4)),
        ("<div>Apr <b>04</b>2031</div>", date(2031, 4, 4)),
        (
            f"<p>{TITLE} was posted on 19 May 2031 and filed under all that floats, sinks, leaks or is only ever late</p>",
            date(2031, 5, 19),
        ),
        (
            f"<p>01.02.2031 {'The council has met and spoken of the ferry at length. ' * 4}</p>",
            date(2031, 2, 1),
        ),
    ],
)
def test_visible_dates_are_read_in_their_many_forms(read: Reader, line: str, day: date | None) -> None:
    found = _article(read, page(above=line)).published_at
    assert (found.date() if found else None) == day


def test_a_date_that_would_lie_ahead_is_read_the_other_way_round(read: Reader) -> None:
    assert published(read, page(above="<p>11/12/2031</p>")).date() == date(2031, 11, 12)
    early = datetime.fromisoformat("2031-06-01T00:00:00+00:00")
    found = read(
        page(above="<p>12/03/2031</p>"), url="https://www.gazette.example/a", at=early
    ).article.published_at
    assert found is not None
    assert found.date() == date(2031, 3, 12)


def test_the_date_of_an_embedded_post_is_not_the_story_s(read: Reader) -> None:
    post = "<blockquote><p>The ferry will run again.</p>— The council (@council) May 2, 2031</blockquote>"
    assert _article(read, page(above=post)).published_at is None


def test_a_date_in_the_window_title_is_better_than_none(read: Reader) -> None:
    assert published(read, page(f"<title>{TITLE} | Gazette | 23.05.2031</title>")).date() == date(2031, 5, 23)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("<div class='post-author-name'>Ada Example</div>", ("Ada Example",)),
        ("<p class='byline'>Ada Example | Senior Writer | July 2, 2031</p>", ("Ada Example",)),
        ("<p>By Ada Example ⋅ Review Editor ⋅ Updated May 20, 2031</p>", ("Ada Example",)),
        ("<p>By Ada Example December 2, 2030</p>", ("Ada Example",)),
        ("<div class='author'>ByAda Example</div>", ("Ada Example",)),
        ("<li>Von: Ada Example, Berta Sample</li>", ("Ada Example", "Berta Sample")),
        ("<p>Published May 20, 2031 by Ada Example</p>", ("Ada Example",)),
        ("<h4 class='author-name'>By Ada Example, CFP</h4>", ("Ada Example",)),
        ("<p>By Ada Example, Contributing Opinion Writer</p>", ("Ada Example",)),
        ("<p>Ada Example MS, RDN</p>", ("Ada Example",)),
        ("<div>Ada Example@ada_writes</div>", ("Ada Example",)),
        ("<p>By Ada Example The Associated Press</p>", ("Ada Example",)),
        ("<div>Written by</div><div>Ada - Product marketer</div>", ("Ada",)),
        ("<div class='authors-list'>&amp; Ada Example Writer, Harbours</div>", ("Ada Example",)),
        ("<p class='author-name'>Gazette Staff</p>", ("Gazette Staff",)),
        ("<span class='asset-byline'>By ADA EXAMPLE aexample@gazette.example</span>", ("Ada Example",)),
        ("<p class='author'>by tidewatcher | 2 May 2031</p>", ("tidewatcher",)),
        (
            "<div><span>Written By: <a>Ada Example</a></span><span>Updated: 12 May 2031</span></div>",
            ("Ada Example",),
        ),
        (
            "<div>Автор: Полина Зуева<br>Источник: Лиманская неделя<br>Просмотров: 1204</div>",
            ("Полина Зуева",),
        ),
        ("<p class='byline'>한서진 기자 (seojin@harbour.example)</p>", ("한서진",)),
        ("<p>كتبت: سلمى الحداد</p>", ("سلمى الحداد",)),
        ("<p>بقلم سلمى الحداد</p>", ("سلمى الحداد",)),
        ("<p>本报记者：林晓舟</p>", ("林晓舟",)),
        ("<p class='show_author'>责任编辑：陈默</p>", ()),
        ("<div class='author'>Published on</div>", ()),
        ("<div>Text Size</div>", ()),
        ("<div>Loading the Text to Speech Player...</div>", ()),
        ("<h3>Cautionary Tale</h3>", ()),
        ("<p>Sign up for the letter by Ada Example, Berta Sample and others. Plus, more.</p>", ()),
        ("<p>Facebook Pinterest Twitter E-mail</p>", ()),
    ],
)
def test_bylines_are_read_as_templates_write_them(read: Reader, line: str, names: tuple[str, ...]) -> None:
    assert _article(read, page(above=line)).authors == names


def test_a_byline_below_the_title_counts_before_those_of_the_teasers_above(read: Reader) -> None:
    teaser = "<div><span class='author'>Berta Sample</span></div>"
    html = page(above="<div class='author'>By Ada Example</div>").replace("<h1>", f"{teaser * 3}<h1>")
    assert _article(read, html).authors == ("Ada Example",)


def test_a_person_in_the_byline_counts_before_the_organisation_in_the_json_ld(read: Reader) -> None:
    head = jsonld(author={"@type": "Organization", "name": "Gazette Media"})
    assert _article(read, page(head, above="<p class='author'>Ada Example</p>")).authors == ("Ada Example",)
    assert _article(read, page(head, above="<p>Market Square</p>")).authors == ("Gazette Media",)


def test_an_organisation_is_no_person_with_another_word_behind_it(read: Reader) -> None:
    head = jsonld(author={"@type": "Organization", "name": "Harbour Net Security"})
    line = "<div class='author-byline'>Harbour Net Security Sponsored</div>"
    assert _article(read, page(head, above=line)).authors == ("Harbour Net Security",)


@pytest.mark.parametrize("name", ["ada.example.1232", "admin", "Super User"])
def test_a_login_name_is_nobody(read: Reader, name: str) -> None:
    assert _article(read, page(meta("author", name))).authors == ()


@pytest.mark.parametrize(
    ("h1", "shared", "title"),
    [
        (
            "Harbour council Ferry runs again",
            "Harbour council: Ferry runs again",
            "Harbour council: Ferry runs again",
        ),
        (
            "Harbour councilFerry runs again",
            "Harbour council: Ferry runs again",
            "Harbour council: Ferry runs again",
        ),
        ("“Ferry” runs again: the vote", "Ferry runs again: the vote", "“Ferry” runs again: the vote"),
        (
            "The night the harbour went quiet",
            "Council stops its ferry for good",
            "The night the harbour went quiet",
        ),
        ("Market updates", "Council stops its ferry for good", "Council stops its ferry for good"),
    ],
)
def test_heading_and_shared_title_are_weighed(read: Reader, h1: str, shared: str, title: str) -> None:
    assert _article(read, page(meta("og:title", shared), h1=h1)).title == title


def test_a_blog_s_name_above_the_story_is_not_its_title(read: Reader) -> None:
    html = f"<title>Port notes: Ferry runs again</title><h1>Port notes</h1><div><h3>Ferry runs again</h3>{STORY}</div>"
    assert _article(read, html).title == "Ferry runs again"


def test_the_longer_of_site_and_story_is_the_story(read: Reader) -> None:
    html = f"<title>Ferry runs again: Port notes</title><h2>Port notes</h2><h1>Ferry runs again</h1>{STORY}"
    assert _article(read, html).title == "Ferry runs again"


def test_a_title_is_told_from_an_unknown_site_s_name_by_what_readers_see(read: Reader) -> None:
    html = f"<title>北码头将关闭两年_港口网</title><div><div>北码头将关闭两年</div>{STORY}</div>"
    assert _article(read, html).title == "北码头将关闭两年"


def test_the_one_person_that_a_page_marks_signed_below_the_story(read: Reader) -> None:
    far = "<p>Posts of a winter that nobody has counted so far.</p>" * 30
    signed = "<div>Posted by <span itemprop='author'>Ada Example</span></div>"
    also = "<div><span itemprop='author'>Berta Sample</span></div>"
    assert _article(read, page(below=far + signed)).authors == ("Ada Example",)
    assert _article(read, page(below=far + signed + also)).authors == ()


def test_a_blog_signed_once_under_its_own_name_is_by_that_person(read: Reader) -> None:
    links = "".join(f"<li><a href='/{n}'>Older notes, page {n}</a></li>" for n in range(20))
    signed = "<div><h2>Port notes</h2><p>by Ada Example</p>"
    story = f"{links}<h1>{TITLE}</h1>{STORY}"
    head = "<title>Port notes: " + TITLE + "</title>"
    assert _article(read, f"{head}{signed}</div>{story}").authors == ("Ada Example",)
    assert _article(read, f"{head}{signed}<p>by Berta Sample</p></div>{story}").authors == ()


def test_a_second_level_heading_lends_its_claimed_spelling(read: Reader) -> None:
    html = f"<html><head>{meta('og:title', 'School: The ferry pupils')}</head><body><h2>School The ferry pupils</h2>{STORY}</body></html>"
    assert _article(read, html).title == "School: The ferry pupils"
