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
from functools import lru_cache

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
LONGEST_DELAY = timedelta(days=1)
MAX_SITES = 200_000
"""Sites remembered. Most have a few hundred bytes of rules for us, or none."""

MAX_PARSED = 2000
"""Rules kept ready for use; many sites share theirs to the letter."""

_AGENT = re.compile(r"user[-_ ]?agents?[ \t]*[: \t][ \t]*(?P<value>.*)", re.IGNORECASE)
_SITEWIDE = re.compile(r"(?:(?P<sitemap>site-?maps?)|host)[ \t]*:[ \t]*(?P<value>.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site allows one agent. `crawl_delay` is zero when it names none.

    `text` holds the site's rules for the agent, "" for none: they are parsed again when they are
    asked for, since what a parser keeps is ten times as large.
    """

    text: str = ""
    agent: str = "*"
    crawl_delay: timedelta = timedelta()
    sitemaps: tuple[str, ...] = ()

    def allow(self, url: str) -> bool:
        """Return whether `url` may be fetched."""
        return not self.text or _parse(self.text).can_fetch(url, self.agent)


ALLOW_ALL = Rules()


def parse_rules(body: bytes, agent: str) -> Rules:
    """Return the rules of a robots.txt for the product token `agent`. Never fails: junk allows all."""
    text, sitemaps = _keep_ours(body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", "replace"), agent.lower())
    delay = min(_parse(text).crawl_delay(agent) or 0.0, LONGEST_DELAY.total_seconds())
    return Rules(text, agent, timedelta(seconds=delay), tuple(sitemaps[:MAX_SITEMAPS]))


@lru_cache(maxsize=MAX_PARSED)
def _parse(text: str) -> Protego:
    return Protego.parse(text)


def _keep_ours(text: str, agent: str) -> tuple[str, list[str]]:
    """Return the groups that speak to us or to everybody, and the sitemaps.

    A version behind an agent's name is left out: a group for any version of us is for us.

    The parser keeps each rule once for every agent of its group: 20,000 agents with 20,000 rules, as
    much as fits into the cap, would take minutes and all memory.
    """
    kept: list[str] = []
    sitemaps: list[str] = []
    ours, among_agents = False, False
    for whole in text.splitlines():
        line = whole[:MAX_LINE_CHARS].partition("#")[0].strip()
        if not line:
            continue
        if sitewide := _SITEWIDE.match(line):
            sitemaps += [sitewide["value"]] if sitewide["sitemap"] and sitewide["value"] else []
            continue
        named = _AGENT.match(line)
        product = "" if named is None else named["value"].partition("/")[0].strip()
        meant = named is not None and _means(product, agent)
        ours = meant or (ours and (among_agents or named is None))
        among_agents = named is not None
        if meant:
            kept.append(f"User-agent: {product}")
        elif ours and named is None:
            kept.append(line)
    return "\n".join(kept), sitemaps


def _means(name: str, agent: str) -> bool:
    """Return whether a group's agent is us or everybody (RFC 9309, 2.2.1).

    The parser would take a group for "news" for ours as well, and what it allows for allowed.
    """
    return name == "*" or name.lower().rstrip("*") == agent


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
