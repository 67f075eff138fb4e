"""Alert -> a stream of text, by default the daemon's standard output.

Position: after `wording`; behind `ports.Channel`. It needs no set-up, so it is what a new installation
tells its news with.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from datetime import timedelta, tzinfo
from typing import TextIO

from monitor.deliver.clean import one_line
from monitor.deliver.retry import LOCAL_WAITS, wait_after
from monitor.deliver.views import AlertView, Sentence, emphasise, mark_changes, view_alert
from monitor.deliver.wording import Wording
from monitor.errors import DeliveryFailed
from monitor.model import ConsoleChannel, Delivery, DiffPiece, DiffSide, Outgoing

BOLD, DIM, YELLOW, RESET = "\x1b[1m", "\x1b[2m", "\x1b[1;33m", "\x1b[0m"
GREEN, RED = "\x1b[4;32m", "\x1b[9;31m"
"""Underlined and struck out, so that they are told apart without their colours, too."""

MAX_TITLE_CHARS = 200
MAX_REASON_CHARS = 200


class ConsoleSender:
    """Prints alerts: coloured on a terminal, plain into a file or a pipe."""

    def __init__(self, channel: ConsoleChannel, timezone: tzinfo, stream: TextIO | None = None) -> None:
        """Print to `stream`; None: the standard output."""
        self._channel = channel
        self._wording = Wording(timezone)
        self._stream = sys.stdout if stream is None else stream
        self._turn = asyncio.Lock()

    @property
    def name(self) -> str:
        """The channel's name in the configuration."""
        return self._channel.name

    async def send(self, message: Outgoing) -> str:
        """Print one message; of a digest the words of its mail.

        Raises:
            DeliveryFailed: the stream is closed, broken or full.
        """
        if isinstance(message, Delivery):
            view = view_alert(message, self._wording.timezone)
            text = render(view, coloured=self._is_terminal())
        else:
            text = self._wording.write_letter(message).text + "\n"
        try:
            async with self._turn:  # a pipe that nobody reads blocks: not the event loop
                await asyncio.to_thread(self._print, text)
        except (OSError, ValueError) as exc:  # ValueError: a closed file
            raise DeliveryFailed(
                f"the alert cannot be printed: {one_line(str(exc), MAX_REASON_CHARS)}; "
                "is the standard output still open?"
            ) from exc
        return "printed"

    def retry_wait(self, attempts: int, alert_id: str = "") -> timedelta | None:  # noqa: ARG002 - the port's
        """Return the wait after `attempts` failed ones, from a minute to a day; None after four days."""
        return wait_after(LOCAL_WAITS, attempts)

    async def close(self) -> None:
        """Do nothing: the stream is its owner's."""

    def _is_terminal(self) -> bool:
        return not self._stream.closed and self._stream.isatty()

    def _print(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()


def render(view: AlertView, *, coloured: bool) -> str:
    """Return an alert as a few lines and an empty one; `coloured` for a terminal."""
    title = say(view.title, coloured=coloured)
    about = " · ".join(part for part in (view.source, view.authors, view.published) if part)
    lines = [
        view.happened,
        about,
        view.also_in,
        *(say_changes(line, coloured=coloured) for line in view.changes),
        *(f"> {say(sentence, coloured=coloured)}" for sentence in view.excerpts),
        view.url,
        *(f"{each.title} ({each.source}): {each.url}" for each in view.further),
    ]
    head = paint(f"{view.rule}: ", DIM, coloured=coloured) + paint(title, BOLD, coloured=coloured)
    return "\n".join([head, *(f"  {line}" for line in lines if line)]) + "\n\n"


def say(sentence: Sentence, *, coloured: bool) -> str:
    """Return a sentence with its matched words emphasised."""
    if coloured:
        return "".join(f"{YELLOW}{piece.text}{RESET}" if piece.marked else piece.text for piece in sentence)
    return emphasise(sentence)


def say_changes(line: Iterable[DiffPiece], *, coloured: bool) -> str:
    """Return a line of an edit with what was removed and added told apart."""
    if not coloured:
        return mark_changes(line)
    colours = {DiffSide.REMOVED: RED, DiffSide.ADDED: GREEN}
    return "".join(
        paint(piece.text, colours.get(piece.side, ""), coloured=piece.side in colours) for piece in line
    ).strip()


def paint(text: str, code: str, *, coloured: bool) -> str:
    """Return `text` in a colour, also after the end of a mark within it."""
    return f"{code}{text.replace(RESET, RESET + code)}{RESET}" if coloured else text
