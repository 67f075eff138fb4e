"""Inside the body: which lines are the story's.

Position: called by `decide` on the blocks between the ends of the body. Pure.
"""

from __future__ import annotations

from monitor.extract.body import SENTENCE_END, fold
from monitor.extract.page import Page, Reason
from monitor.extract.phrases import heads_related, is_caption, read_edge_line, read_line
from monitor.extract.shapes import read_strip

LINKED_SHARE = 0.85
"""Share of a line's characters inside links from which it leads elsewhere."""

MAX_LINKED_CHARS = 200
"""A linked line longer than this is prose about what it links."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LISTED = frozenset(("li", "td", "th", "dt", "dd"))


def drop_titles(page: Page, reasons: list[Reason], title: str) -> None:
    """Take the title out of the story: its first occurrence is the title, the others repeat it."""
    wanted = fold(title)
    found = False
    for i, block in enumerate(page.blocks):
        if abs(len(block.text) - len(title)) <= len(title) // 4 + 2 and wanted and fold(block.text) == wanted:
            reasons[i] = Reason.REPEATED_TITLE if found else Reason.TITLE
            found = True


def judge_lines(page: Page, reasons: list[Reason], weights: list[float]) -> None:
    """Strip the lines inside the body that are no part of the story, in place."""
    under_related = False
    for i, block in enumerate(page.blocks):
        if reasons[i] is not Reason.STORY:
            continue
        text = block.text
        linked = block.link_chars >= LINKED_SHARE * len(text) and len(text) <= MAX_LINKED_CHARS
        if weights[i] and not linked and len(text) > 160:
            under_related = False
            continue
        if heads_related(text):
            reasons[i] = Reason.RELATED
            under_related = True
        elif named := read_line(text):
            reasons[i] = named
        elif under_related and (linked or block.tag in _LISTED):
            reasons[i] = Reason.RELATED
        elif linked and block.tag != "td" and block.tag not in _HEADINGS:
            reasons[i] = read_edge_line(text) or Reason.RELATED
        elif is_caption(text) and not SENTENCE_END.search(text):
            reasons[i] = Reason.CAPTION
        elif strip := read_strip(text):
            if block.tag not in _LISTED or not weights_around(weights, i):
                reasons[i] = strip
        elif weights[i]:
            under_related = False


def weights_around(weights: list[float], index: int) -> bool:
    """Return whether there is prose both before and after a block."""
    return any(weights[:index]) and any(weights[index + 1 :])


def trim(page: Page, reasons: list[Reason], weights: list[float]) -> None:
    """Strip what is no sentence before the first and after the last one of the story, in place."""
    kept = [i for i, reason in enumerate(reasons) if reason is Reason.STORY]
    prose = [i for i in kept if weights[i]]
    if not prose:
        return
    for i in kept:
        if i < prose[0] or (i > prose[-1] and not _continues(page, reasons, i)):
            reasons[i] = Reason.OUTSIDE


def _continues(page: Page, reasons: list[Reason], index: int) -> bool:
    """Return whether a line after the last sentence belongs to it: an entry of a list in the story."""
    return page.blocks[index].tag in _LISTED and reasons[index - 1] is Reason.STORY
