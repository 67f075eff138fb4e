"""The first site: an analysis paper with a feed, and chrome whose class names speak.

Position: behind `newsstand`. Every page carries a currency ticker with metals, a weather box, links
to other materials and a poll, all with figures that change at every request. The poll asks about
the very thing that the demo's rule looks for, so a monitor that read chrome would cry wolf.
"""

from __future__ import annotations

from datetime import timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from html import escape
from http import HTTPStatus
from random import Random

from monitor.demo.layout import Edition, Publication, emphasise, fill
from monitor.demo.loopback import Reply, Request
from monitor.demo.stories import Block, BlockKind, Story

HOME = timezone(timedelta(hours=2))
"""The paper's own time, so that the monitor has an offset to keep."""

RATES = {"USD": 48.39, "EUR": 52.12, "GBP": 60.55, "CHF": 54.9}
METALS = {"GOLD": 4854.02, "SILVER": 58.01, "PLATINUM": 1718.7}
SKIES = ("broken clouds (day)", "light rain", "clear sky", "overcast", "fog")
QUESTION = "Do You Expect Ferry Talks With Kestria to Begin This Year?"
ANSWERS = ("Yes", "No", "Not before the elections")


class Review:
    """The layout of The Tarsen Review."""

    name = "review"
    title = "The Tarsen Review"

    def path_of(self, story: Story) -> str:
        """Return where a story is."""
        return f"/analysis/{story.slug}"

    def show_article(self, publication: Publication, edition: Edition) -> str:
        """Return the page of a story."""
        story, published_at = publication.story, publication.published_at.astimezone(HOME)
        others = [other for other in edition.publications if other is not publication]
        related = edition.numbers.sample(others, min(3, len(others)))
        return fill(
            self.name,
            "article.html",
            title=escape(story.title),
            url=escape(publication.url),
            authors=escape(", ".join(story.authors)),
            section=escape(story.section),
            summary=escape(story.paragraphs[0]),
            published=published_at.isoformat(timespec="milliseconds"),
            date=f"{published_at:%d %B %Y, %H:%M}",
            body="\n".join(map(show_block, story.blocks)),
            related="\n".join(show_link(other, edition.numbers) for other in related),
            **show_chrome(edition.numbers),
        )

    def show_front(self, edition: Edition) -> str:
        """Return the front page."""
        return fill(
            self.name,
            "front.html",
            teasers="\n".join(show_link(each, edition.numbers) for each in edition.publications),
            **show_chrome(edition.numbers),
        )

    def reply_otherwise(self, request: Request, edition: Edition) -> Reply | None:
        """Return the feed or robots.txt."""
        if request.path == "/feed.xml":
            return reply_unless_known(request, show_feed(edition), edition)
        if request.path == "/robots.txt":
            body = b"User-agent: *\nDisallow: /archive\nDisallow: /contact\n"
            return Reply(content_type="text/plain; charset=utf-8", body=body)
        return None


def show_block(block: Block) -> str:
    """Return a block of a story as the paper sets it."""
    match block.kind:
        case BlockKind.LIST:
            return "<ul>\n" + "\n".join(f"<li>{emphasise(line)}</li>" for line in block.lines) + "\n</ul>"
        case BlockKind.QUOTE:
            return f"<blockquote><p>{emphasise(block.lines[0])}</p></blockquote>"
        case BlockKind.PARAGRAPH:
            return f"<p>{emphasise(block.lines[0])}</p>"


def show_link(publication: Publication, numbers: Random) -> str:
    """Return a link to a story, with how often it was read."""
    link = f'<a href="{escape(publication.url)}">{escape(publication.story.title)}</a>'
    return f'<li>{link} <span class="views">{numbers.randrange(100, 9999)} views</span></li>'


def show_chrome(numbers: Random) -> dict[str, str]:
    """Return the boxes that every page carries, with new figures, under their template's names."""
    return {"ticker": show_ticker(numbers), "weather": show_weather(numbers), "poll": show_poll(numbers)}


def show_ticker(numbers: Random) -> str:
    """Return the rates of exchange and of metals, in velms."""

    def quote(name: str, base: float, places: int) -> str:
        rate, change = base * numbers.uniform(0.97, 1.03), numbers.uniform(-0.99, 0.99)
        return f"<li>{name} - {rate:.{places}f} VLM {change:+.2f}</li>"

    rates = "\n".join(quote(name, base, 2) for name, base in RATES.items())
    metals = "\n".join(quote(name, base, 1) for name, base in METALS.items())
    return (
        f'<div class="currency-ticker">\n<ul class="rates">\n{rates}\n</ul>\n'
        f'<ul class="metals">\n{metals}\n</ul>\n</div>'
    )


def show_weather(numbers: Random) -> str:
    """Return the weather of the hour and of the next two days."""
    days = [(numbers.randrange(4, 12), numbers.randrange(14, 25)) for _ in range(2)]
    return (
        '<div class="weather-box">\n<h3>Tarsen</h3>\n'
        f'<p class="sky">{numbers.choice(SKIES)}</p>\n'
        f"<p>Humidity: {numbers.randrange(30, 95)}%</p>\n"
        f"<p>Wind: {numbers.uniform(2, 40):.2f} km/h</p>\n"
        f'<p class="temperature">{numbers.randrange(8, 24)} C°</p>\n'
        + "\n".join(f'<p class="forecast">{low}° {high}°</p>' for low, high in days)
        + "\n</div>"
    )


def show_poll(numbers: Random) -> str:
    """Return the poll, as it stands."""
    votes = [numbers.randrange(100, 999) for _ in ANSWERS]
    answers = "\n".join(
        f'<li><label><input type="radio" name="answer"> {answer}</label> {count * 100 // sum(votes)}%</li>'
        for answer, count in zip(ANSWERS, votes, strict=True)
    )
    return (
        f'<section class="poll">\n<h3>{QUESTION}</h3>\n<form action="/poll" method="post">\n'
        f"<ul>\n{answers}\n</ul>\n<button>Vote</button>\n</form>\n"
        f'<p class="votes">{sum(votes)} votes</p>\n</section>'
    )


def show_feed(edition: Edition) -> str:
    """Return the paper's RSS feed."""
    items = "\n".join(
        f"<item><title>{escape(each.story.title)}</title><link>{escape(each.url)}</link>"
        f'<guid isPermaLink="true">{escape(each.url)}</guid>'
        f"<description>{escape(each.story.paragraphs[0])}</description>"
        f"<pubDate>{format_datetime(each.published_at.astimezone(HOME))}</pubDate></item>"
        for each in edition.publications
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>\n'
        f"<title>{Review.title}</title><link>{escape(edition.url)}/</link>"
        f"<description>Analysis, weekly and unhurried</description><language>en</language>\n{items}\n"
        "</channel></rss>\n"
    )


def reply_unless_known(request: Request, feed: str, edition: Edition) -> Reply:
    """Return the feed, or 304 to one who has it: it changes only when a story is published."""
    body = feed.encode()
    etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
    newest = max(publication.published_at for publication in edition.publications).replace(microsecond=0)
    validators = {"ETag": etag, "Last-Modified": format_datetime(newest, usegmt=True)}
    # If-None-Match, when there is one, decides alone (RFC 9110, 13.2.2).
    if "if-none-match" in request.headers:
        known = etag in request.headers["if-none-match"]
    else:
        since = request.headers.get("if-modified-since")
        known = since is not None and parsedate_to_datetime(since) >= newest
    if known:
        return Reply(status=HTTPStatus.NOT_MODIFIED, headers=validators)
    return Reply(content_type="application/rss+xml; charset=utf-8", body=body, headers=validators)
