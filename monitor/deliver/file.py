"""Alert -> a line in a file: the JSON of a webhook's body, for programs on the same machine.

Position: after `body`; behind `ports.Channel`.

The file is opened for each alert, so that it may be moved away and compressed at any time. A line is on
the disk before the alert counts as sent; one that a crash has torn stays torn, and the alert comes again
on a line of its own.
"""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

from monitor.deliver.body import write_body
from monitor.deliver.clean import one_line
from monitor.deliver.retry import LOCAL_WAITS, wait_after
from monitor.errors import DeliveryFailed
from monitor.model import FileChannel, Outgoing

MAX_REASON_CHARS = 200


class FileSender:
    """Appends alerts to one file, made when it is not there; its folder must be."""

    def __init__(self, channel: FileChannel) -> None:
        """Prepare; nothing is opened yet."""
        self._channel = channel
        self._path = Path(channel.path)
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        return self._channel.name

    async def send(self, message: Outgoing) -> str:
        """Append one message; return where its line begins.

        Raises:
            DeliveryFailed: the file cannot be written: no folder, no right, no room.
        """
        line = write_body(message) + b"\n"
        try:
            async with self._turn:
                start = await asyncio.to_thread(append, self._path, line)
        except (OSError, ValueError) as exc:  # ValueError: a path with a NUL in it
            known = isinstance(exc, OSError) and exc.strerror
            reason = one_line(known or str(exc), MAX_REASON_CHARS)
            cure = "; is its folder there?" if isinstance(exc, FileNotFoundError) else ""
            raise DeliveryFailed(f"the alert cannot be written to {self._path}: {reason}{cure}") from exc
        return f"written at byte {start} of {self._path}"

    def retry_wait(self, attempts: int, alert_id: str = "") -> timedelta | None:  # noqa: ARG002 - the port's
        """Return the wait after `attempts` failed ones, from a minute to a day; None after four days."""
        return wait_after(LOCAL_WAITS, attempts)

    async def close(self) -> None:
        """Do nothing: no file stays open."""


def append(path: Path, line: bytes) -> int:
    """Write a line at the end of a file, on a line of its own, durably; return where it begins."""
    with path.open("a+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # the last one was torn
                line = b"\n" + line
        file.write(line)  # in append mode, wherever the reading was
        file.flush()
        os.fsync(file.fileno())
    return end + line.startswith(b"\n")
