"""What happens in the demo, in words that `cli` can print.

Position: yielded by `script`, in the order in which it happens. The last is a `DemoSummary`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Everything that the daemon will talk to is listening; its configuration is written."""

    newsstand: Mapping[str, str]
    """The papers' names, and their front pages' URLs."""
    mailbox: str
    webhook: str
    configuration: Path


@dataclass(frozen=True, slots=True)
class Chapter:
    """What comes next, and why it is worth watching."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonStarted:
    """The real daemon, in a process of its own, has begun to work."""

    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A paper has brought out a story."""

    paper: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A paper has changed a story that was out."""

    paper: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleKept:
    """The daemon has read a page and kept its story.

    `stripped` counts the chrome blocks by the reason they were stripped for. `copy_of` is the title of
    the story that it repeats, None when it is new.
    """

    source: str
    title: str
    url: str
    stripped: Mapping[str, int]
    copy_of: str | None
    alerts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A visit that found something new, or failed: then `reason` says why."""

    source: str
    outcome: str
    found: int
    new: int
    kept: int
    copies: int
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailArrived:
    """An alert lies in the mailbox. `repeated`: its Message-ID had come before."""

    subject: str
    to: tuple[str, ...]
    text: str
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HookArrived:
    """An alert with a valid signature came to the webhook. `repeated`: its id had come before."""

    id: str
    body: str
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonComplained:
    """The daemon has logged a warning or an error, or printed something that is no log line."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonStopped:
    """The daemon has ended. A negative `exit_code` is the signal that killed it."""

    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something that should have happened, and whether it did. `detail` is what was seen."""

    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSummary:
    """All that should have happened."""

    checks: tuple[Check, ...]
    elapsed: timedelta

    @property
    def passed(self) -> bool:
        """Whether all of it did."""
        return all(check.passed for check in self.checks)


DemoEvent = (
    Opened
    | Chapter
    | DaemonStarted
    | Published
    | Edited
    | ArticleKept
    | Visited
    | MailArrived
    | HookArrived
    | DaemonComplained
    | DaemonStopped
    | DemoSummary
)
