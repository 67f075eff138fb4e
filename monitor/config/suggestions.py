"""How mistakes quote what was written, and guess what was meant.

Position: asked by every module of this room that words a mistake.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from monitor.config.references import Text
from monitor.config.secrecy import hide_passwords

MAX_QUOTED_CHARS = 60
"""Nor is anything longer compared with what it might have meant: difflib takes quadratic time."""

NEAR_SETTING = 0.66
"""Likeness by difflib from which a setting was meant: "ulr" and "url" are .667 alike."""

SYNONYMS = {
    "address": ("url", "email"),
    "agent": ("user_agent",),
    "alert": ("notify",),
    "atom": ("feed",),
    "channel": ("notify", "channels"),
    "cookie": ("cookies",),
    "db": ("database",),
    "delay": ("pause",),
    "files": ("include",),
    "frequency": ("every",),
    "hook": ("webhook",),
    "interval": ("every",),
    "key": ("secret",),
    "keyword": ("match",),
    "link": ("url",),
    "mail": ("email", "smtp"),
    "page": ("section",),
    "processes": ("workers",),
    "query": ("match",),
    "refresh": ("every",),
    "rss": ("feed",),
    "schedule": ("every",),
    "search": ("match",),
    "send": ("notify",),
    "sender": ("from",),
    "server": ("url", "smtp"),
    "site": ("url", "sources"),
    "threads": ("workers",),
    "title": ("name",),
    "to": ("notify", "email"),
    "token": ("secret",),
    "tz": ("timezone",),
    "words": ("match",),
}
"""What people call our settings, from the settings of other feed readers and from habit."""


def quoted(text: str) -> str:
    """Return a text in quotes as it was written: its secrets unresolved, passwords hidden, not too long."""
    raw = hide_passwords(text.raw if isinstance(text, Text) else text)
    shown = "".join(character if character.isprintable() else "�" for character in raw)
    if len(shown) > MAX_QUOTED_CHARS:
        shown = shown[: MAX_QUOTED_CHARS - 3] + "..."
    return f'"{shown}"'


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return `; did you mean "x"?` with the nearest of some names, "" when none is near."""
    near = difflib.get_close_matches(word[:MAX_QUOTED_CHARS], list(names), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def did_you_mean_setting(word: str, settings: Iterable[str]) -> str:
    """Return `; did you mean "x"?` with the nearest of some settings, by spelling or by meaning.

    Without a near one it names them all.
    """
    known = list(settings)
    meanings = {name: name for name in known}
    for synonym, targets in SYNONYMS.items():
        target = next((name for name in targets if name in known), None)
        if target is not None:
            meanings.setdefault(synonym, target)
    near = difflib.get_close_matches(word[:MAX_QUOTED_CHARS].lower(), meanings, n=1, cutoff=NEAR_SETTING)
    return f'; did you mean "{meanings[near[0]]}"?' if near else f"; there are {', '.join(known)}"
