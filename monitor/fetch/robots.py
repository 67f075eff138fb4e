"""What a site allows: robots.txt after RFC 9309.

Position: inside `client`, asked before every request. `client` does the fetching; here are the
meaning of an answer and the memory of it.

* 2xx: the rules, from the first 500 KiB (2.5).
* 4xx: no rules, all is allowed (2.3.1.3). 429 is no such answer: it says "later".
* 5xx or unreachable: nothing is allowed for now (2.3.1.4), unless older rules are still at hand.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from protego import Protego

MAX_ROBOTS_BYTES = 500 * 1024
"""RFC 9309, 2.5: the least that a crawler must read; we read no more."""

FRESH_FOR = timedelta(hours=24)
"""RFC 9309, 2.4: not to be used for longer, unless the site cannot be reached."""

UNREACHABLE_FOR = timedelta(seconds=15)
"""How long a failure is remembered: a batch of links to a dead host fails at once, and a site that is
back is noticed on its next visit."""

MAX_LINE_CHARS = 2500
"""No path that is asked for is longer; a line of 500,000 dollar signs would take seconds to read."""

MAX_SITEMAPS = 20
MAX_SITEMAP_CHARS = 2000
MAX_SITES = 10_000

_USER_AGENT_LINE = re.compile(r"[ \t]*user[-_ ]?agents?[ \t]*:[ \t]*([^#\r\n]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site allows one agent. `crawl_delay` is zero when it names none."""

    protego: Protego | None = None
    agent: str = "*"
    crawl_delay: timedelta = timedelta()
    sitemaps: tuple[str, ...] = ()

    def allow(self, url: str) -> bool:
        """Return whether `url` may be fetched."""
        return self.protego is None or self.protego.can_fetch(url, self.agent)


ALLOW_ALL = Rules()


def parse_rules(body: bytes, agent: str) -> Rules:
    """Return the rules of a robots.txt for the product token `agent`. Never fails: junk allows all."""
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", "replace")
    rules = Protego.parse(_only_groups_of(agent, text))
    delay = min(rules.crawl_delay(agent) or 0.0, timedelta.max.total_seconds() / 2)
    sitemaps = tuple(url for url in rules.sitemaps if len(url) <= MAX_SITEMAP_CHARS)[:MAX_SITEMAPS]
    return Rules(rules, agent, timedelta(seconds=delay), sitemaps)


def _only_groups_of(agent: str, text: str) -> str:
    """Give all groups that speak to others one name.

    The parser keeps each rule once for every agent of its group: 20,000 agents with 20,000 rules, as
    much as fits into the cap, would take minutes and all memory.
    """
    agent = agent.lower()
    lines = [line[:MAX_LINE_CHARS] for line in text.splitlines()]
    for number, line in enumerate(lines):
        named = _USER_AGENT_LINE.match(line)
        if named and (name := named[1].strip().lower().replace("*", "") or "*") != "*" and name not in agent:
            lines[number] = "User-agent: !"
    return "\n".join(lines)


@dataclass(slots=True)
class _Memory:
    rules: Rules | None
    read_at: float
    reason: str = ""
    failed_at: float = float("-inf")


class RobotsMemory:
    """The rules of the sites that were asked, by (origin, agent). Times are monotonic seconds."""

    def __init__(self) -> None:
        self._sites: OrderedDict[tuple[str, str], _Memory] = OrderedDict()

    def recall(self, origin: str, agent: str, now: float) -> Rules | str | None:
        """Return the rules, the reason why they cannot be had for now, or None: they must be fetched."""
        site = self._sites.get((origin, agent))
        if site is None:
            return None
        self._sites.move_to_end((origin, agent))
        if site.rules is not None and now - site.read_at < FRESH_FOR.total_seconds():
            return site.rules
        if now - site.failed_at < UNREACHABLE_FOR.total_seconds():
            return site.rules or site.reason
        return None

    def keep(self, origin: str, agent: str, rules: Rules, now: float) -> None:
        """Remember rules that were just read."""
        self._sites[origin, agent] = _Memory(rules, now)
        while len(self._sites) > MAX_SITES:
            self._sites.popitem(last=False)

    def fail(self, origin: str, agent: str, reason: str, now: float) -> Rules | None:
        """Remember that robots.txt could not be had; return older rules if there are any."""
        site = self._sites.setdefault((origin, agent), _Memory(None, float("-inf")))
        site.reason, site.failed_at = reason, now
        while len(self._sites) > MAX_SITES:
            self._sites.popitem(last=False)
        return site.rules
