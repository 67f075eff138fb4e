"""What the layouts of the two sites share: what a page is made from, and the filling of templates.

Position: under `review` and `herald`, above `stories`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from random import Random
from string import Template
from typing import Protocol

from monitor.demo.loopback import Reply, Request
from monitor.demo.stories import FOLDER, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A story that is out. `published_at` is in UTC."""

    story: Story
    url: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a site shows at the moment of one request.

    `url` is the site's address without a slash at its end. `publications` are newest first. `numbers`
    gives figures that no two requests share.
    """

    url: str
    publications: Sequence[Publication]
    numbers: Random


class Layout(Protocol):
    """How one site looks."""

    @property
    def name(self) -> str:
        """The folder of the site's stories and templates, and its name in the configuration."""
        ...

    @property
    def title(self) -> str:
        """The site's name to its readers."""
        ...

    def path_of(self, story: Story) -> str:
        """Return where a story is, from the root of the site."""
        ...

    def show_article(self, publication: Publication, edition: Edition) -> str:
        """Return the page of a story."""
        ...

    def show_front(self, edition: Edition) -> str:
        """Return the front page."""
        ...

    def reply_otherwise(self, request: Request, edition: Edition) -> Reply | None:
        """Return what else the site serves (a feed, robots.txt); None for what it does not know."""
        ...


def fill(site: str, template: str, **values: str) -> str:
    """Return a template of a site with `values`, which are HTML, in their places.

    Raises:
        KeyError: the template asks for a value that is not given.
    """
    style = (FOLDER / site / "style.html").read_text("utf-8")
    return Template((FOLDER / site / template).read_text("utf-8")).substitute(values, style=style)


def emphasise(line: str) -> str:
    """Return a line of a story as HTML."""
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", escape(line, quote=False))
