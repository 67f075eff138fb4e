"""Two small papers on loopback, to be monitored.

Position: at the start of the demo's walk; the daemon visits it like any other site. The backlog is
out when the newsstand opens, dated on earlier days; `publish` brings out another story, dated now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from random import Random

from monitor.demo.herald import Herald
from monitor.demo.layout import Edition, Layout, Publication
from monitor.demo.loopback import LoopbackServer, Reply, Request
from monitor.demo.review import Review
from monitor.demo.stories import Story, read_stories

NOT_FOUND = Reply(status=HTTPStatus.NOT_FOUND, body=b"<!DOCTYPE html><title>404</title><p>No such page.")


class Site:
    """One paper: what it has published, and the server that shows it."""

    def __init__(self, layout: Layout, stories: Sequence[Story], numbers: Random) -> None:
        self.name = layout.name
        self.title = layout.title
        self.stories = {story.slug: story for story in stories}
        self.requested_paths: list[str] = []
        self.on_request: Callable[[str], None] | None = None
        self._layout = layout
        self._numbers = numbers
        self._dates: dict[str, datetime] = {}
        self._edited: dict[str, Story] = {}
        self._server = LoopbackServer(self._answer)

    @property
    def url(self) -> str:
        """The front page."""
        return self._server.url + "/"

    @property
    def publications(self) -> tuple[Publication, ...]:
        """What is out, newest first."""
        slugs = sorted(self._dates, key=lambda slug: self._dates[slug], reverse=True)
        return tuple(self._show(slug) for slug in slugs)

    @property
    def unpublished(self) -> tuple[Story, ...]:
        """What is still to come out."""
        return tuple(story for slug, story in self.stories.items() if slug not in self._dates)

    async def open(self, now: datetime) -> None:
        """Serve the backlog: the stories that have an age."""
        for slug, story in self.stories.items():
            if story.days_old is not None:
                # Hours apart from each other, so that no two have one date and none falls on a midnight.
                self._dates[slug] = now - timedelta(days=story.days_old, minutes=17 * (1 + len(self._dates)))
        await self._server.open()

    async def close(self) -> None:
        """Stop serving."""
        await self._server.close()

    def publish(self, slug: str, now: datetime) -> Publication:
        """Bring out a story that was written and kept back."""
        self._dates[slug] = now
        return self._show(slug)

    def edit(self, slug: str, now_reads: Story) -> Publication:
        """Print another version of a story that is out; `stories` keeps it as it was first printed."""
        self._edited[slug] = now_reads
        return self._show(slug)

    def add_story(self, story: Story) -> None:
        """Write another story, to be published later."""
        self.stories[story.slug] = story

    def _show(self, slug: str) -> Publication:
        story = self._edited.get(slug, self.stories[slug])
        url = self._server.url + self._layout.path_of(story)
        return Publication(story=story, url=url, published_at=self._dates[slug])

    def _answer(self, request: Request) -> Reply:
        self.requested_paths.append(request.path)
        if self.on_request is not None:
            self.on_request(request.path)
        edition = Edition(url=self._server.url, publications=self.publications, numbers=self._numbers)
        if request.path == "/":
            return Reply(body=self._layout.show_front(edition).encode())
        for publication in edition.publications:
            if self._layout.path_of(publication.story) == request.path:
                return Reply(body=self._layout.show_article(publication, edition).encode())
        return self._layout.reply_otherwise(request, edition) or NOT_FOUND


class Newsstand:
    """Both papers. `numbers` makes the figures in their chrome."""

    def __init__(self, numbers: Random | None = None) -> None:
        numbers = numbers or Random()
        self.review = Site(Review(), read_stories(Review.name), numbers)
        self.herald = Site(Herald(), read_stories(Herald.name), numbers)

    @property
    def sites(self) -> tuple[Site, Site]:
        """The analysis paper and the community paper."""
        return self.review, self.herald

    async def open(self) -> None:
        """Put both papers out, each with its backlog."""
        for site in self.sites:
            await site.open(datetime.now(UTC))

    async def close(self) -> None:
        """Take them in."""
        for site in self.sites:
            await site.close()
