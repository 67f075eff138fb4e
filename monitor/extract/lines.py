"""Inside the body: which lines are the story's.

Position: called by `decide` on the blocks between the ends of the body. Pure.
"""

from __future__ import annotations

from monitor.extract.body import ends_sentence, fold
from monitor.extract.page import Block, Page, Reason
from monitor.extract.phrases import MAX_LINE_CHARS, heads_related, is_caption, read_edge_line, read_line
from monitor.extract.tickers import read_strip

LINKED_SHARE = 0.85
"""Share of a line's characters inside links from which it leads elsewhere."""

MAX_LINKED_CHARS = 200
"""A linked line longer than this is prose about what it links."""

MAX_KICKER_CHARS = 60
"""Characters that a heading may have before the title: a kicker, glued to it or parted by a colon."""

_TITLES = frozenset(("h1", "h2"))

MIN_ENTRIES = 3
"""Entries without links from which a list below the last sentence is the story's, with its heading."""

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_OPENING_HEADINGS = frozenset(("h2", "h3", "h4"))
"""What a story may open with, below its title."""

_KEPT_LINKED = _HEADINGS | {"td", "th"}
"""Headings and cells that are links are read with what stands under and beside them."""

_ENDS = ".!?…։。！？؟”»"
"""What a short paragraph ends with that opens or closes a story."""

_LISTED = frozenset(("li", "td", "th", "dt", "dd"))


def drop_titles(page: Page, reasons: list[Reason], title: str) -> None:
    """Take the title out of the story: its first occurrence is the title, the others repeat it."""
    wanted = fold(title)
    word = max(wanted.split(), key=len, default="")
    slack = len(title) // 4 + 2
    found = False
    for i, block in enumerate(page.blocks if wanted else ()):
        longer = len(block.text) - len(title)
        longest = max(slack, MAX_KICKER_CHARS) if block.tag in _TITLES else slack
        if not -slack <= longer <= longest or word not in block.text.casefold():
            continue
        folded = fold(block.text)
        if folded == wanted or (longer > 0 and block.tag in _TITLES and folded.endswith(wanted)):
            reasons[i] = Reason.REPEATED_TITLE if found else Reason.TITLE
            found = True


def judge_lines(page: Page, reasons: list[Reason], body: list[int], weights: list[float]) -> None:
    """Strip the lines inside the body, the blocks `body`, that are no part of the story, in place."""
    first = next((i for i, weight in enumerate(weights) if weight), 0)
    last = next((i for i in range(len(weights) - 1, first, -1) if weights[i]), first)
    under_related = False
    for i in body:
        block = page.blocks[i]
        linked = block.link_chars >= LINKED_SHARE * len(block.text) and len(block.text) <= MAX_LINKED_CHARS
        if weights[i] and not linked and len(block.text) > MAX_LINE_CHARS:
            under_related = False
            continue
        listed = block.tag in _LISTED
        if under_related and (linked or listed):
            reasons[i] = read_line(block.text) or Reason.RELATED
        else:
            reasons[i] = _judge_line(block, linked=linked, amid_list=listed and first < i < last)
            under_related = reasons[i] is Reason.RELATED and heads_related(block.text)


def _judge_line(block: Block, *, linked: bool, amid_list: bool) -> Reason:
    """Return what a short line of the body is. `amid_list`: an entry of a list with prose on both sides."""
    text = block.text
    named = read_line(text)
    if named:
        return named
    if linked and block.tag not in _KEPT_LINKED:
        return read_edge_line(text) or Reason.RELATED
    if is_caption(text) and not ends_sentence(text):
        return Reason.CAPTION
    strip = None if amid_list else read_strip(text)
    return strip or Reason.STORY


def trim(page: Page, reasons: list[Reason], body: list[int], weights: list[float]) -> None:
    """Strip what is no sentence before the first and after the last one of the story, in place."""
    kept = [i for i in body if reasons[i] is Reason.STORY]
    prose = [i for i in kept if weights[i]]
    if not prose:
        return
    first = _open(page, reasons, prose[0])
    for i in kept:
        if i < first or (i > prose[-1] and not _continues(page, reasons, i)):
            reasons[i] = Reason.OUTSIDE


def _open(page: Page, reasons: list[Reason], first: int) -> int:
    """Return the index of what the story opens with: the prose at `first`, or the lines right above it.

    Those are headings and short sentences in the same box.
    """
    box = page.boxes[page.blocks[first].box]
    around = box.parent if box.tag == "p" else page.blocks[first].box
    while (
        first
        and reasons[first - 1] is Reason.STORY
        and _may_open(page.blocks[first - 1])
        and page.boxes[page.blocks[first - 1].box].parent == around
    ):
        first -= 1
    return first


def _may_open(block: Block) -> bool:
    """Return whether a line above the first prose may be the story's."""
    if block.link_chars:
        return False
    return block.tag in _OPENING_HEADINGS or (block.tag == "p" and block.text[-1] in _ENDS)


def _continues(page: Page, reasons: list[Reason], index: int) -> bool:
    """Return whether a line after the last sentence is the story's: an entry or the heading of a list."""
    if reasons[index - 1] is not Reason.STORY:
        return False
    block, before = page.blocks[index], page.blocks[index - 1]
    if block.tag in _LISTED:
        return True
    linked = block.link_chars and not _is_linked_prose(block)
    if block.tag == "p" and not linked and block.text[-1] in _ENDS and before.tag == "p":
        return page.boxes[block.box].parent == page.boxes[before.box].parent
    below = page.blocks[index + 1 : index + 1 + MIN_ENTRIES]
    return (
        page.blocks[index].tag in _HEADINGS
        and len(below) == MIN_ENTRIES
        and all(entry.tag == "li" and not entry.link_chars for entry in below)
    )


def _is_linked_prose(block: Block) -> bool:
    """Return whether a paragraph with links is too long, and too little in them, to lead elsewhere."""
    return len(block.text) > MAX_LINKED_CHARS and block.link_chars < LINKED_SHARE * len(block.text)
