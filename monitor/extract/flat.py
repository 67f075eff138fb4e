"""Text -> Page: a page that somebody has already flattened to text.

Position: beside `walk`; `read` chooses by content type. Lines become blocks; blank lines, indents and
bullets are the only structure left.
"""

from __future__ import annotations

import re

from monitor.extract.page import Block, Box, Page

_BULLET = re.compile(r"^\s*(?:[•‣▪◦●○■□–—*·»›-]|\d{1,2}[.)])\s+(?=\S)")
_HARD_BULLET = "•‣▪◦●○■□"

WRAP_CHARS = 60
"""Lines at least this long, and of similar length, may be one hard-wrapped paragraph."""

MAX_LINES = 50_000
"""Lines after which the rest of a text is not read."""


def cut_text(text: str) -> Page:
    """Cut flattened text into blocks: a line each, or a paragraph when its lines were wrapped.

    A line that opens with a bullet is a list entry (tag `li`), every other one a paragraph (`p`).
    """
    page = Page(flat=True, boxes=[Box(-1, "body", 0)])
    paragraph: list[str] = []
    for line in text.splitlines()[:MAX_LINES]:
        if line.strip():
            paragraph.append(line)
        else:
            _take(page, paragraph)
            paragraph = []
    _take(page, paragraph)
    page.boxes[0].last = len(page.blocks)
    return page


def _take(page: Page, lines: list[str]) -> None:
    """Add the lines between two blank ones."""
    if not lines:
        return
    if _is_wrapped(lines):
        lines = [" ".join(lines)]
    for line in lines:
        text, tag = " ".join(line.split()), "p"
        bullet = _BULLET.match(text)
        if bullet and (text[0] in _HARD_BULLET or len(lines) > 1):
            text, tag = text[bullet.end() :], "li"
        page.blocks.append(Block(text, tag, 0))


def _is_wrapped(lines: list[str]) -> bool:
    """Return whether lines are one paragraph that was wrapped at a fixed width."""
    if len(lines) == 1 or any(_BULLET.match(line) for line in lines[1:]):
        return False
    widths = [len(line.strip()) for line in lines]
    body = widths[:-1]
    return (
        min(body) >= WRAP_CHARS and max(widths) <= 2 * WRAP_CHARS and max(body) - min(body) <= WRAP_CHARS // 3
    )
