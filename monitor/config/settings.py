"""The configuration as the rest of the program sees it: values that can be used.

Position: what `reader` makes, and all that `app` takes from this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from monitor.compose import Pace
from monitor.config.parsing import ParsedFile
from monitor.errors import FileStamp
from monitor.model import (
    AppriseChannel,
    ChannelSettings,
    EmailChannel,
    FileChannel,
    Rule,
    Smtp,
    Source,
    WebhookChannel,
    name_id,
)
from monitor.timetable import Timetable


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Config:
    """A configuration without a mistake.

    `channels` holds `console` in any case; `timetables` says of each when it sends.
    `smtp` is None when no mail is sent. `database` is a URL; the path of a SQLite file in it is absolute.
    `contact` goes into the User-Agent, None leaves it out. `workers` None means as many as the machine has
    cores. `browser` is the program that draws pages, None for the first that is found. Bytes of pages are
    kept for `keep_pages`; alerts wait as `pace` says. A cluster of copies takes others in for `copy_window`,
    a story for `story_window`, after its first article. The channels of `health` are told how the sources
    fare. `fold_diacritics` is for rules that do not say it. `files` are all that was read, secrets among
    them, by path; `patterns` those of `include`, absolute. `parsed` lets the next reading skip what has not
    changed.
    """

    sources: tuple[Source, ...]
    channels: tuple[ChannelSettings, ...]
    timetables: Mapping[str, Timetable]
    rules: tuple[Rule, ...]
    smtp: Smtp | None
    database: str
    contact: str | None
    timezone: ZoneInfo
    workers: int | None
    browser: str | None
    keep_pages: timedelta
    pace: Pace
    copy_window: timedelta
    story_window: timedelta
    health: tuple[str, ...]
    fold_diacritics: bool
    files: tuple[FileStamp, ...]
    patterns: tuple[str, ...] = ()
    parsed: tuple[ParsedFile, ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        # The URL of the database, headers and channels may hold secrets.
        counts = {
            "sources": self.sources,
            "channels": self.channels,
            "rules": self.rules,
            "files": self.files,
        }
        return f"Config({', '.join(f'{name}={len(values)}' for name, values in counts.items())})"

    def counts(self) -> dict[str, int]:
        """Return how many sources, rules and channels there are, for people to read."""
        return {"sources": len(self.sources), "rules": len(self.rules), "channels": len(self.channels)}

    def targets(self) -> dict[str, str]:
        """Return for each channel what tells whether it leads elsewhere than before; no secret is in it."""
        return {settings.name: name_id("target", _lead_of(settings)) for settings in self.channels}


def _lead_of(settings: ChannelSettings) -> str:
    """Return where a channel leads."""
    match settings:
        case WebhookChannel() | AppriseChannel():
            return settings.url
        case EmailChannel():
            return " ".join(settings.to)
        case FileChannel():
            return settings.path
        case _:
            return "console"
