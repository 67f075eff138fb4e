"""When to kill: at a named point, seen from outside, or at any instant.

Position: between what is seen (`papers`, `sinks`, the log, the write-ahead log) and the daemon.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.001
MAX_DELAY_S = 0.04
"""Longer than reading and keeping a page takes, so that a delay falls on each side of the commit."""

MAX_INSTANT_S = 2.5
"""Long enough for a look at each paper, and for what came of it to be told."""

ANY_INSTANT = "any instant"
AFTER_FETCH = "page fetched"
BEFORE_COMMIT = "page fetched, up to 40 ms later"
COMMITTING = "commit being written"
COMMITTED = "article kept"
BEFORE_MARK = "mail answered 250, up to 3 ms later"

POINTS = {
    ANY_INSTANT: ("first request", 0.0, MAX_INSTANT_S),
    AFTER_FETCH: ("page fetched", 0.0, 0.0),
    BEFORE_COMMIT: ("page fetched", 0.0, MAX_DELAY_S),
    COMMITTING: ("commit being written", 0.0, 0.0),
    COMMITTED: ("article kept", 0.0, 0.0),
    "claimed, mail begun": ("claimed, mail begun", 0.0, 0.0),
    "mail handed over, not answered": ("mail handed over, not answered", 0.0, 0.0),
    "mail answered 250": ("mail answered 250", 0.0, 0.0),
    BEFORE_MARK: ("mail answered 250", 0.0, 0.003),
    "webhook handed over, not answered": ("webhook handed over, not answered", 0.0, 0.0),
    "webhook answered 200": ("webhook answered 200", 0.0, 0.0),
}
"""A point -> the sight that it hangs on, and the least and most seconds after it."""

DIGEST_POINTS = (
    "digest by mail handed over, not answered",
    "digest by mail answered 250",
    "digest by webhook handed over, not answered",
    "digest by webhook answered 200",
)
"""Digests are rare, two a minute: whatever moment a life was to have, one sight in four ends it."""

DIGEST_CHANCE = 0.25

MAX_NTH = 6


@dataclass(frozen=True, slots=True)
class Moment:
    """Some seconds after the `nth` sight since the daemon was started."""

    point: str
    sight: str
    nth: int
    delay_s: float


class Killer:
    """Sees what happens, and kills at the moment that was chosen."""

    def __init__(self, kill: Callable[[], None], chance: random.Random) -> None:
        self.killed: Counter[str] = Counter()
        self._kill, self._chance = kill, chance
        self._seen: Counter[str] = Counter()
        self._moment: Moment | None = None

    def choose(self, number: int) -> None:
        """Choose the moment of a kill: each point in its turn, and in between any instant."""
        points = list(POINTS)
        point = ANY_INSTANT if number % 2 else points[1 + number // 2 % (len(points) - 1)]
        sight, least, most = POINTS[point]
        nth = 1 if point == ANY_INSTANT else self._chance.randint(1, MAX_NTH)
        self._seen.clear()
        self._moment = Moment(point, sight, nth, self._chance.uniform(least, most))

    def spare(self) -> None:
        """Kill nobody from now on."""
        self._moment = None

    def note(self, sight: str) -> None:
        """See something happen."""
        self._seen[sight] += 1
        moment = self._moment
        if moment is not None and sight in DIGEST_POINTS and self._chance.random() < DIGEST_CHANCE:
            self._moment = moment = Moment(sight, sight, 1, 0.0)
            self.strike(moment)
            return
        if moment is None or sight != moment.sight or self._seen[sight] != moment.nth:
            return
        if moment.delay_s:
            asyncio.get_running_loop().call_later(moment.delay_s, self.strike, moment)
        else:
            self.strike(moment)

    def strike(self, moment: Moment) -> None:
        """Kill, unless this moment is over."""
        if self._moment is moment:
            self._moment = None
            self.killed[moment.point] += 1
            self._kill()

    async def watch_log(self, write_ahead_log: Path) -> None:
        """See each change of the write-ahead log: a commit that is being written, or has just been."""
        before = (0, 0)
        while True:
            await asyncio.sleep(POLL_S)
            try:
                stat = write_ahead_log.stat()  # noqa: ASYNC240  (a thread would take longer than the call)
            except FileNotFoundError:
                continue
            if (stat.st_size, stat.st_mtime_ns) != before:
                before = (stat.st_size, stat.st_mtime_ns)
                self.note(COMMITTING)
