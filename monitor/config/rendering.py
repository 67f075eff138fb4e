"""Mistakes -> the block of text that is shown to a person.

Position: beside the reader; `cli` and the daemon's log print what comes out.
"""

from __future__ import annotations

import unicodedata

from monitor.errors import ConfigError, Mistake

MAX_LINE_COLUMNS = 100
"""Of a longer line the part around the mistake is shown."""

BEFORE_MISTAKE_COLUMNS = 40


def render_mistakes(error: ConfigError) -> str:
    """Return every mistake with its place, its line and a marker under it, and how many there are.

    No line break at the end, so that a caller can go on with what happens now.
    """
    blocks = [_render(mistake) for mistake in error.mistakes]
    count = len(blocks)
    return "\n".join([*blocks, "1 mistake" if count == 1 else f"{count} mistakes"])


def _render(mistake: Mistake) -> str:
    head = f"{mistake.file}:{mistake.line}:{mistake.column}: {mistake.message}"
    if not mistake.line_text.strip():
        return head
    before, marked, behind = _cut(mistake)
    number = str(mistake.line)
    marker = " " * _columns(before) + "^" * max(1, _columns(marked))
    return f"{head}\n  {number} | {(before + marked + behind).rstrip()}\n  {' ' * len(number)} | {marker}"


def _cut(mistake: Mistake) -> tuple[str, str, str]:
    """Return what to show of the line before, under and behind the marker."""
    line = "".join(c if c.isprintable() else " " for c in mistake.line_text)
    start, end = mistake.column - 1, mistake.column - 1 + mistake.width
    before, marked, behind = line[:start].ljust(start), line[start:end], line[end:]
    if len(line) > MAX_LINE_COLUMNS:
        if len(before) > BEFORE_MISTAKE_COLUMNS:
            before = "..." + before[3 - BEFORE_MISTAKE_COLUMNS :]
        marked = marked[: MAX_LINE_COLUMNS - len(before)]
        room = MAX_LINE_COLUMNS - len(before) - len(marked)
        behind = behind if len(behind) <= room else behind[: max(0, room - 3)] + "..."
    return before, marked, behind


def _columns(text: str) -> int:
    """Return how wide a terminal shows a text: two columns for wide letters, none for combining marks."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
