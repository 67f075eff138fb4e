"""Every error this program raises on purpose.

* MonitorError
  - ConfigError          a person must edit a file
  - RuleError            a query cannot be read; says the column and the cure
  - StoreError           the database cannot be used: in use, newer than this program, full
  - FetchError           a page could not be had
    - FetchFailed          ... this time; worth another try
    - FetchRefused         ... and will not be: a Disallow that was read, a private address, too large
      - FetchGone            ... for it is not there: 404 or 410
  - NotASeed             the document lists no articles
  - NotAnArticle         the page holds no article we can read; `transient` for walls and empty shells
  - WorkerKilled         a page took too long, or took its worker process down
  - DeliveryFailed       a channel did not take the alert

`transient` is the only thing a caller branches on: True means that the same attempt may succeed later.
Errors cross process borders, so each keeps its arguments picklable.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


class MonitorError(Exception):
    """The root of the tree. `str(error)` is one line that a journalist can act on."""

    transient = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake in a configuration file, with its place.

    `line` and `column` count from 1; `line_text` is the line as written; `width` is how many
    characters of it the marker underlines (at least 1).
    """

    file: str
    line: int
    column: int
    message: str
    line_text: str = ""
    width: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """What a file looked like when it was read; three zeros when there was none."""

    path: str
    mtime_ns: int
    size: int
    inode: int


class ConfigError(MonitorError):
    """The configuration cannot be used. `mistakes` holds every one that was found, in file order.

    `files` and `patterns` (of includes, absolute) say what was looked at, so that a daemon knows when
    another try is worth it.
    """

    def __init__(
        self,
        mistakes: tuple[Mistake, ...],
        files: tuple[FileStamp, ...] = (),
        patterns: tuple[str, ...] = (),
    ) -> None:
        super().__init__(mistakes, files, patterns)
        self.mistakes = mistakes
        self.files = files
        self.patterns = patterns

    def __str__(self) -> str:
        return "\n".join(f"{m.file}:{m.line}:{m.column}: {m.message}" for m in self.mistakes)


class RuleError(MonitorError):
    """A query cannot be read. `column` counts characters of the query from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message, column)
        self.message = message
        self.column = column

    def __str__(self) -> str:
        return f"column {self.column}: {self.message}"


class StoreError(MonitorError):
    """The database cannot be used. `transient` when waiting may cure it (locked, disk full)."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), str(self), {"transient": self.transient})


class FetchError(MonitorError):
    """A page could not be had; the text names the cause in words (DNS, TLS, 404, robots ...)."""


class FetchFailed(FetchError):
    """Not this time: worth another try. `retry_after` is the wait the server asked for, or None."""

    transient = True

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), str(self), {"retry_after": self.retry_after})


class FetchRefused(FetchError):
    """Never to be tried again: a Disallow that was read, a private address, too large, 404 or 410."""


class FetchGone(FetchRefused):
    """The server says that there is no such page: 404 or 410."""


class NotASeed(MonitorError):
    """The document lists no articles: no feed, and no links that look like articles."""

    transient = True


class NotAnArticle(MonitorError):
    """The page holds no article we can read. `transient` for walls, captchas and empty shells."""

    def __init__(self, reason: str, *, transient: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.transient = transient

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.reason, {"transient": self.transient})


class WorkerKilled(MonitorError):
    """A worker process passed its deadline or died over the work it was given."""

    transient = True


class DeliveryFailed(MonitorError):
    """A channel did not take the alert.

    `transient` when a later attempt may succeed; `retry_after` is the wait that the receiver asked
    for, or None. `progress` is what the channel wants to know at the next attempt, such as who has the
    alert already; None when nothing has changed. `stops_channel`: the receiver wants nothing any more.
    """

    def __init__(
        self,
        message: str,
        *,
        transient: bool = True,
        retry_after: timedelta | None = None,
        progress: str | None = None,
        stops_channel: bool = False,
    ) -> None:
        super().__init__(message)
        self.transient = transient
        self.retry_after = retry_after
        self.progress = progress
        self.stops_channel = stops_channel


def _rebuild(kind: type[MonitorError], message: str, keywords: dict[str, object]) -> MonitorError:
    """Make an error again on the other side of a process border (pickle drops keyword arguments)."""
    return kind(message, **keywords)
