"""What a rule fired, for one channel.

Position: after `rules` and `revisions`, before `deliveries`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model.revisions import Changes
from monitor.model.rules import Excerpt, Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One rule has news for one channel. Its id is the same whenever it is composed again.

    `changes` says what an edit changed, None on other occasions. It is not sent before `wait` has passed,
    so that copies of the story that come in meanwhile can be named in it. One of a rule in the `shadow` is
    never sent.

    When its id is known because an article that is no copy told the story first, it goes out as an update
    called `update_id`, `pause` after the story's last alert at the earliest; None: it is told once.
    """

    id: str
    rule: str
    query: str
    channel: str
    story_id: str
    article_id: str
    excerpts: tuple[Excerpt, ...]
    created_at: datetime
    occasion: Occasion = Occasion.NEW
    changes: Changes | None = None
    wait: timedelta = field(default=timedelta(), compare=False)
    update_id: str | None = field(default=None, compare=False)
    pause: timedelta = field(default=timedelta(), compare=False)
    shadow: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Another article that tells the same story: where it stands, under which headline, and whose text it is.

    `agency` is the news agency that it credits, None when it credits none.
    """

    source: str
    site_name: str | None
    title: str
    url: str
    agency: str | None = None
