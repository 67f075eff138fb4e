# ruff: noqa: E501  (pages on one line)
"""Pages that hold no story are refused with what they are, and come back later when that may help."""

from __future__ import annotations

import pytest

from monitor.errors import NotAnArticle
from tests.extract.conftest import Reader

STORY = "".join(
    f"<p>Paragraph {n} of a story about the harbour tells in two plain sentences what the council has decided. "
    "It is long enough to be one.</p>"
    for n in range(6)
)

WALLS = {
    "Cloudflare": "<title>Just a moment...</title><body><h1>gazette.example</h1><p>Checking your browser before "
    "you can go on.</p><script src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'></script>",
    "DataDome": "<title>gazette.example</title><body><p>Please enable JS and disable any ad blocker</p>"
    "<script src='https://ct.captcha-delivery.com/c.js'></script>",
    "PerimeterX": "<title>Access to this page has been denied</title><body><div id='px-captcha'></div><p>Press and hold</p>",
    "Imperva": "<body><iframe src='/_Incapsula_Resource?SWUDNSAI=31'></iframe><p>Request unsuccessful.</p>",
    "Akamai": "<title>Access Denied</title><body><h1>Access Denied</h1><p>You don't have permission to access this page. "
    "Reference https://errors.edgesuite.net/18.2f</p>",
    "Anubis": "<title>Making sure you're not a bot!</title><body><h1>Making sure you're not a bot!</h1><p>You are seeing this "
    "because the administrator of this website has set up a guard to protect the server against machines that read it all.</p>"
    "<script src='/.within.website/x/cmd/anubis/static/js/main.mjs'></script>",
    "Vercel": "<title>Vercel Security Checkpoint</title><body><p>We're verifying your browser</p>",
    "Kasada": "<body><script>window.KPSDK={};KPSDK.now=1;</script>",
    "Qrator": "<title>403 Forbidden</title><body><h1>Forbidden</h1><p>Access denied by Qrator</p>",
    "captcha": "<title>Check</title><body><p>Please tick the box.</p><div class='g-recaptcha'></div>",
    "consent": "<title>Before you continue</title><body><h1>We value your privacy</h1><p>We and our 812 partners store and "
    "use cookies and similar means on your device to show you advertisements and to measure how they do.</p>"
    "<p>You can accept all, or manage options at any time in the settings of this site.</p><button>Accept all</button>",
    "login": "<title>Log in</title><body><h1>Log in to continue reading</h1><p>This story is for subscribers only.</p>"
    "<form><input name='user'><input type='password' name='p'></form>",
    "JavaScript": "<title>Gazette</title><body><div id='root'></div><noscript>You need to enable JavaScript to run this "
    "app.</noscript><script src='/a.js'></script><script src='/b.js'></script>",
}


@pytest.mark.parametrize("name", WALLS)
def test_a_wall_is_named_and_tried_again_later(name: str, read: Reader) -> None:
    with pytest.raises(NotAnArticle, match=name) as refused:
        read("<!doctype html><html>" + WALLS[name])
    assert refused.value.transient


def test_a_story_that_loads_a_captcha_for_its_comments_is_kept(read: Reader) -> None:
    page = f"<title>Harbour council decides</title><body><h1>Harbour council decides</h1>{STORY * 5}<div class='g-recaptcha'></div>"
    assert read(page).article.text.startswith("Paragraph 0")


def test_a_flash_of_news_is_kept_though_a_bot_check_watches_its_page(read: Reader) -> None:
    text = "The harbour council has decided to run the ferry again, and it will do so from the first of May on, its speaker said."
    head = "<title>Ferry runs again</title><meta property='og:type' content='article'>"
    script = "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    assert read(f"{head}<h1>Ferry runs again</h1><p>{text}</p>{script}").article.text == text


@pytest.mark.parametrize(
    "body",
    [
        "<?xml version='1.0'?><rss version='2.0'><channel><title>Gazette</title><item><title>One</title></item></channel></rss>",
        "<?xml version='1.0'?>\n<?xml-stylesheet href='a.xsl'?>\n<!-- made by a plugin -->\n<urlset><url/></urlset>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Gazette</title></feed>",
    ],
)
def test_a_feed_is_no_story(body: str, read: Reader) -> None:
    with pytest.raises(NotAnArticle, match="a feed or a sitemap") as refused:
        read(body)
    assert not refused.value.transient


TEASER = "<div><h2><a href='/{0}'>The harbour council decides on matter {0}</a></h2><p>The council decided on it after {0} hours, in two plain sentences. It is long enough to be one.</p></div>"


def test_a_page_of_teasers_is_a_list_however_long(read: Reader) -> None:
    teasers = "".join(TEASER.format(n) for n in range(20, 40))
    with pytest.raises(NotAnArticle, match="list of stories"):
        read(f"<title>Council</title><h1>Council</h1>{teasers}")


def test_a_story_with_linked_headings_is_none(read: Reader) -> None:
    teasers = "".join(TEASER.format(n) for n in range(20, 40))
    for page in (f"{STORY}{teasers}", f"<meta property='og:type' content='article'>{teasers}"):
        article = read(
            f"<title>Harbour council decides</title><h1>Harbour council decides</h1>{page}"
        ).article
        assert article.title == "Harbour council decides"


def test_a_story_with_a_cookie_notice_and_a_login_form_is_kept(read: Reader) -> None:
    page = (
        "<title>Harbour council decides</title><body><div class='cookie-bar'><p>We use cookies. Accept all cookies to go on "
        "reading this site in the way that we like best.</p></div><form><input type='password'></form>"
        f"<h1>Harbour council decides</h1>{STORY}"
    )
    article = read(page).article
    assert len(article.text.split("\n\n")) == 6
    assert "cookies" not in article.text


@pytest.mark.parametrize(
    "title", ["Page not found", "404", "Seite nicht gefunden", "Страница не найдена", "Էջը չի գտնվել"]
)
def test_a_soft_404_is_dismissed(title: str, read: Reader) -> None:
    page = f"<title>{title}</title><body><h1>{title}</h1><p>What you are looking for is not here, but there is much else to read on this site of ours.</p>"
    with pytest.raises(NotAnArticle, match="no such story") as refused:
        read(page)
    assert not refused.value.transient


def test_a_list_page_is_dismissed(read: Reader) -> None:
    rows = "".join(
        f"<li><a href='/{n}'>Headline number {n} says what happened in the valley today</a></li>"
        for n in range(30)
    )
    with pytest.raises(NotAnArticle, match="list of stories") as refused:
        read(f"<title>World news</title><body><h1>World</h1><ul>{rows}</ul>")
    assert not refused.value.transient


def test_a_list_page_with_teasers_is_dismissed(read: Reader) -> None:
    rows = "".join(
        f"<div class='card'><h3><a href='/{n}'>Headline number {n} says what happened in the valley</a></h3>"
        f"<p>A teaser for story {n}.</p></div>"
        for n in range(30)
    )
    with pytest.raises(NotAnArticle, match="list of stories"):
        read(f"<title>World news</title><body><h1>World</h1>{rows}")


def test_an_empty_page_is_tried_again(read: Reader) -> None:
    with pytest.raises(NotAnArticle, match="empty") as refused:
        read(b"  \n ")
    assert refused.value.transient


def test_a_page_of_one_script_and_next_to_no_text_is_a_shell(read: Reader) -> None:
    shell = (
        '<title>Gazette</title><div id="root"></div><script type="module" src="/assets/index.js"></script>'
    )
    for page in (shell, shell.replace("></div>", ">Loading, please wait ...</div>")):
        with pytest.raises(NotAnArticle, match="empty shell") as refused:
            read(page)
        assert refused.value.transient
    with pytest.raises(NotAnArticle, match="no text") as refused:
        read('<title>Gazette</title><div id="root"></div>')
    assert not refused.value.transient


def test_bytes_that_are_no_text_are_dismissed(read: Reader) -> None:
    with pytest.raises(NotAnArticle, match="not text"):
        read(bytes(range(32)) * 100, content_type="")


def test_nesting_that_no_reader_needs_is_refused_before_it_is_parsed(read: Reader) -> None:
    with pytest.raises(NotAnArticle, match="deep"):
        read(b"<div>" * 100_000)
    with pytest.raises(NotAnArticle, match="deep"):
        read(b"<ul><li>" * 50_000)
    with pytest.raises(NotAnArticle, match="deep"):
        read(b"<svg>" + b"<td>" * 50_000)


def test_many_tags_side_by_side_are_no_deep_nesting(read: Reader) -> None:
    page = (
        "<title>Long list of votes</title><h1>Long list of votes</h1>" + STORY + "<p>One more.<br>" * 25_000
    )
    assert read(page).article.title == "Long list of votes"


def test_a_flash_of_one_sentence_is_an_article_when_the_page_says_so(read: Reader) -> None:
    flash = "The council of the harbour has voted tonight to keep the ferry, by nine votes to eight, after six hours."
    claim = '<meta property="og:type" content="article">'
    html = "<html><head><title>Ferry stays</title>{}</head><body><h1>Ferry stays</h1><p>{}</p></body></html>"
    assert read(html.format(claim, flash)).article.text == flash
    with pytest.raises(NotAnArticle, match="no text long enough"):
        read(html.format("", flash))
