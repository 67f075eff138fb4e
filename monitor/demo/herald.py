"""The second site: a community paper made with a site builder. No feed, and class names that say nothing.

Position: behind `newsstand`. Its pages say "top of page" and "bottom of page", carry the title twice,
and name the day of a story in words only. One of its stories is another paper's, lightly edited.
"""

from __future__ import annotations

from html import escape

from monitor.demo.layout import Edition, Publication, emphasise, fill
from monitor.demo.loopback import Reply, Request
from monitor.demo.stories import Story

WORDS_PER_MINUTE = 200
"""How fast site builders believe that people read."""

RECENT_POSTS = 3


class Herald:
    """The layout of the Halmet Harbour Herald."""

    name = "herald"
    title = "Halmet Harbour Herald"

    def path_of(self, story: Story) -> str:
        """Return where a story is."""
        return f"/post/{story.slug}"

    def show_article(self, publication: Publication, edition: Edition) -> str:
        """Return the page of a story."""
        story, numbers = publication.story, edition.numbers
        words = sum(len(paragraph.split()) for paragraph in story.paragraphs)
        recent = [other for other in edition.publications if other is not publication][:RECENT_POSTS]
        return fill(
            self.name,
            "article.html",
            title=escape(story.title),
            date=f"{publication.published_at:%b %d, %Y}",
            minutes=str(1 + words // WORDS_PER_MINUTE),
            body="\n".join(
                f'<p class="r9Ck_d"><span class="dI2u">{emphasise(line)}</span></p>'
                for block in story.blocks
                for line in block.lines
            ),
            views=str(numbers.randrange(10, 999)),
            likes=str(numbers.randrange(2, 99)),
            recent="\n".join(f'<div class="Ge3i">{show_link(other, "u5T")}</div>' for other in recent),
        )

    def show_front(self, edition: Edition) -> str:
        """Return the front page: the posts, each with its title, its beginning and a counter."""
        posts = (
            '<div class="k1Fz">'
            f'<h2 class="Ha9_mT">{show_link(post, "j8_Ot")}</h2>'
            f'<div class="dI2u">{escape(post.story.paragraphs[0])}</div>'
            f'<span class="q0Lo">{edition.numbers.randrange(10, 999)} views</span></div>'
            for post in edition.publications
        )
        return fill(self.name, "front.html", posts="\n".join(posts))

    def reply_otherwise(self, request: Request, edition: Edition) -> Reply | None:  # noqa: ARG002  (a Layout's)
        """Return robots.txt."""
        if request.path == "/robots.txt":
            return Reply(content_type="text/plain; charset=utf-8", body=b"User-agent: *\nAllow: /\n")
        return None


def show_link(publication: Publication, css_class: str) -> str:
    """Return a link to a story."""
    return f'<a class="{css_class}" href="{escape(publication.url)}">{escape(publication.story.title)}</a>'
