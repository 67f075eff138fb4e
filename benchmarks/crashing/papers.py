"""Papers on loopback that go on printing: each article is a story of its own, and a rule finds it.

Position: where the daemon reads. A feed lists the newest articles only, as feeds do.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from monitor.demo.loopback import LoopbackServer, Reply, Request

IN_FEED = 100
"""Articles that a feed lists."""

MAX_UNREAD = 60
"""A paper that has more unread articles waits with the next, so that none falls out of its feed unseen."""

BACKLOG = 5
"""Old articles of each paper, from which its template is learned; nobody is told of them."""

PARAGRAPHS, SENTENCES = 5, 4


@dataclass(frozen=True, slots=True)
class Printed:
    """An article as it came out."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    at: datetime


class Paper:
    """One site. `on_page` is called when an article's page is being answered."""

    def __init__(self, name: str, words: Sequence[str], chance: random.Random) -> None:
        self.name = name
        self.printed: list[Printed] = []
        self.read: set[int] = set()
        self.on_page: Callable[[], None] = lambda: None
        self._words, self._chance = words, chance
        self._server = LoopbackServer(self._answer)

    @property
    def url(self) -> str:
        """The site; its feed is `feed.xml` below it."""
        return f"{self._server.url}/"

    @property
    def unread(self) -> int:
        """How many articles have not been asked for yet."""
        return len(self.printed) - len(self.read)

    async def open(self) -> None:
        """Come out, with a few old articles."""
        now = datetime.now(UTC)
        for number in range(BACKLOG):
            self.print_article(now - timedelta(days=2, hours=number))
        await self._server.open()

    async def close(self) -> None:
        """Close down."""
        await self._server.close()

    def print_article(self, at: datetime) -> None:
        """Bring out another article that the rule finds."""
        number = len(self.printed)
        paragraphs = [" ".join(self._sentence() for _ in range(SENTENCES)) for _ in range(PARAGRAPHS)]
        paragraphs[1] += " The ferry talks were named once more."
        self.printed.append(Printed(number, self._sentence().rstrip("."), tuple(paragraphs), at))

    def url_of(self, article: Printed) -> str:
        """Return the address of an article."""
        return f"{self._server.url}/news/story-of-the-day-{article.number}.html"

    def _sentence(self) -> str:
        words = self._chance.choices(self._words, k=self._chance.randint(8, 16))
        return " ".join(words).capitalize() + "."

    def _answer(self, request: Request) -> Reply:
        if request.path == "/feed.xml":
            return Reply(content_type="application/rss+xml", body=self._feed().encode())
        number = request.path.rpartition("-")[2].removesuffix(".html")
        if not number.isdigit() or int(number) >= len(self.printed):
            return Reply(content_type="text/plain", body=b"")  # robots.txt: everything is allowed
        self.read.add(int(number))
        self.on_page()
        return Reply(body=self._page(self.printed[int(number)]).encode())

    def _feed(self) -> str:
        entries = "".join(
            f"<item><title>{escape(article.title)}</title><link>{self.url_of(article)}</link>"
            f"<pubDate>{format_datetime(article.at)}</pubDate></item>"
            for article in self.printed[: -IN_FEED - 1 : -1]
        )
        channel = f"<channel><title>{self.name}</title>{entries}</channel>"
        return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'

    def _page(self, article: Printed) -> str:
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in article.paragraphs)
        return (
            f'<!doctype html><html lang="en"><head><title>{escape(article.title)}</title><meta '
            f'property="article:published_time" content="{article.at.isoformat()}"></head><body><nav>'
            f'<a href="/">Home</a> <a href="/world">World</a></nav><article><h1>{escape(article.title)}</h1>'
            f"{body}</article><footer>About {self.name}</footer></body></html>"
        )
