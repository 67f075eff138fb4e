"""The real daemon in a process of its own, its log as values, and what its archive holds.

Position: between `script`, which starts and stops it, and the command line, by which alone it is
spoken to: `monitor run`, `monitor articles --json`, `monitor deliveries --json`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from monitor.errors import MonitorError

MONITOR = (sys.executable, "-m", "monitor")
MAX_LINE_BYTES = 1 << 20
EVERYTHING = "1000"
"""More than the demo's archive ever holds."""

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One step of the daemon. A line that is no JSON has the step "output" and stands in `reason`."""

    step: str
    level: str = "info"
    source: str = ""
    channel: str = ""
    url: str = ""
    outcome: str = ""
    reason: str = ""
    title: str = ""
    copy_of: str = ""
    found: int = 0
    new: int = 0
    kept: int = 0
    copies: int = 0
    alerts: int = 0
    stripped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedArticle:
    """What `monitor articles --json` says of an article. `copy_of` is None for the first of its story."""

    id: str
    source: str
    url: str
    title: str
    authors: tuple[str, ...]
    text: str
    copy_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """What `monitor deliveries --json` says of an alert."""

    alert_id: str
    channel: str
    state: str
    attempts: int
    article_title: str
    occasion: str = "new"


class Daemon:
    """`monitor run` after one configuration file.

    `on_line` is told each line of its log, and None when it has ended.
    """

    def __init__(self, configuration: Path, on_line: Callable[[LogLine | None], None]) -> None:
        self.configuration = configuration
        self._environment = make_environment(configuration.parent / "bytecode")
        self._on_line = on_line
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def command(self) -> str:
        """What was run, as one would type it."""
        return f"monitor run --config {self.configuration} --log-format json"

    @property
    def pid(self) -> int | None:
        """Its process, None before the first start."""
        return None if self._process is None else self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, None while it runs; a signal's number, negated, when that ended it."""
        return None if self._process is None else self._process.returncode

    async def start(self) -> None:
        """Start it. A session of its own: Ctrl-C reaches the demo alone, which then stops the daemon."""
        self._process = await asyncio.create_subprocess_exec(
            *MONITOR, "run", "--config", str(self.configuration), "--log-format", "json",
            stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE,
            env=self._environment, start_new_session=True, limit=MAX_LINE_BYTES,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read(self._process))

    def kill(self) -> None:
        """End it with SIGKILL, wherever it stands."""
        self._signal(signal.SIGKILL)

    async def stop(self, patience: timedelta) -> int:
        """End it with SIGTERM; with SIGKILL when it has not ended within `patience`. Return its exit code."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience.total_seconds()):
                return await self.wait()
        except TimeoutError:
            self.kill()
            return await self.wait()

    async def wait(self) -> int:
        """Wait until it has ended and its log is read to the end; return its exit code."""
        if self._process is None or self._reading is None:
            return 0
        await asyncio.shield(self._reading)  # a caller's patience may end here; the reading goes on
        return await self._process.wait()

    async def articles(self) -> tuple[ArchivedArticle, ...]:
        """Return all it has kept, newest first. It may be running meanwhile."""
        listed = await self._ask("articles", "--json", "--limit", EVERYTHING)
        return tuple(
            ArchivedArticle(
                id=text(fields, "id"),
                source=text(fields, "source"),
                url=text(fields, "url"),
                title=text(fields, "title"),
                authors=texts(fields, "authors"),
                text=text(fields, "text"),
                copy_of=text(fields, "copy_of") or None,
            )
            for fields in listed
        )

    async def deliveries(self) -> tuple[OutboxEntry, ...]:
        """Return its outbox, newest first. It may be running meanwhile."""
        listed = await self._ask("deliveries", "--json", "--limit", EVERYTHING)
        return tuple(
            OutboxEntry(
                alert_id=text(part(fields, "alert"), "id"),
                channel=text(part(fields, "alert"), "channel"),
                state=text(fields, "state"),
                attempts=number(fields, "attempts"),
                article_title=text(part(fields, "article"), "title"),
                occasion=text(part(fields, "alert"), "occasion"),
            )
            for fields in listed
        )

    async def _ask(self, *arguments: str) -> list[Fields]:
        """Return what a command of the program lists.

        Raises:
            MonitorError: it failed; what it printed says why.
        """
        process = await asyncio.create_subprocess_exec(
            *MONITOR, *arguments, "--config", str(self.configuration),
            stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=self._environment,
        )  # fmt: skip
        try:
            output, complaint = await process.communicate()
        finally:
            if process.returncode is None:  # whoever asked has gone
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise MonitorError(f"monitor {arguments[0]} failed: {complaint.decode(errors='replace').strip()}")
        listed: list[Fields] = json.loads(output)
        return listed

    def _signal(self, number: signal.Signals) -> None:
        # Not Process.send_signal: it polls the child first, and one that has just ended is then reaped
        # before asyncio learns how it ended.
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    async def _read(self, process: Process) -> None:
        assert process.stderr is not None  # noqa: S101  (it was asked for as a pipe)
        async for line in process.stderr:
            self._on_line(read_line(line.decode("utf-8", "replace").rstrip()))
        await process.wait()
        self._on_line(None)


def make_environment(bytecode: Path) -> dict[str, str]:
    """Return our environment without what would lead the daemon away from its file or from loopback.

    Where Python may not keep bytecode beside the code, as in many containers, it is kept in the folder
    `bytecode`: every start but the first is three times as fast.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MONITOR_") and not name.lower().endswith("_proxy")
    }
    if environment.pop("PYTHONDONTWRITEBYTECODE", None):
        environment["PYTHONPYCACHEPREFIX"] = str(bytecode)
    return environment


def read_line(line: str) -> LogLine:
    """Return a line of the daemon's log, parsed."""
    try:
        fields = json.loads(line)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return LogLine(step="output", level="error", reason=line)
    return LogLine(
        step=text(fields, "step"),
        level=text(fields, "level"),
        source=text(fields, "source"),
        channel=text(fields, "channel"),
        url=text(fields, "url"),
        outcome=text(fields, "outcome"),
        reason=text(fields, "reason") or text(fields, "traceback"),
        title=text(fields, "title"),
        copy_of=text(fields, "copy_of"),
        found=number(fields, "found"),
        new=number(fields, "new"),
        kept=number(fields, "kept"),
        copies=number(fields, "copies"),
        alerts=number(fields, "alerts"),
        stripped={reason: number(part(fields, "stripped"), reason) for reason in part(fields, "stripped")},
    )


def text(fields: Fields, name: str) -> str:
    """Return a field that is text, "" when there is none."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    """Return a field that is a list of texts, empty when there is none."""
    value = fields.get(name)
    return tuple(str(entry) for entry in value) if isinstance(value, list) else ()


def number(fields: Fields, name: str) -> int:
    """Return a field that is a number, 0 when there is none."""
    value = fields.get(name)
    return value if isinstance(value, int) else 0


def part(fields: Fields, name: str) -> Fields:
    """Return a field that has fields of its own, empty when there is none."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}
