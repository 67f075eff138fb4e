"""Strays: lines amid a story that neither their words nor their links give away, but their place does.

Position: called by `decide` once both ends of the body are trimmed, before `lead`. Pure.

A story is written in paragraphs. A short line that stands in a box of its own between them is a label of
the page; a list whose every entry leads elsewhere is a teaser on a news page; a date at the top is the
page's; a last line in italics is a note on the news.
"""

from __future__ import annotations

import re

from monitor.extract.body import ends_sentence
from monitor.extract.dates import parse_visible
from monitor.extract.page import Page, Reason
from monitor.extract.tickers import has_digit

MAX_LABEL_CHARS = 80
"""A line is a label up to this length, and a date line."""

MAX_ALIKE = 2
"""Labels of the same words up to which they are no pattern of the story: ranks and scores are many."""

PARAGRAPHS_SHARE = 0.6
"""Share of a story's characters in paragraphs and lists from which it is not written in bare boxes."""

LINKED_ENTRY, LINKED_LIST = 0.3, 0.5
"""Share of each entry's characters, and of the list's, inside links from which it leads to other stories:
right on all 28 entries of ten news pages of the development set."""

MAX_LIST_SHARE = 0.3
"""Share of a story's characters that such lists may have."""

MAX_TOP_NOTE_CHARS = 420
_TOP_NOTE = re.compile(
    r"\W*(?:a version of this|editor.?s note\b|(?:originally|first) (?:published|appeared)"
    r"|this (?:story|article|post|interview|essay|piece|column) (?:was |has been )?"
    r"(?:originally|first|last|updated|corrected))",
    re.IGNORECASE,
)
"""How a note above a story opens."""

MAX_NOTE_CHARS = 200
"""A last line in italics is a note up to this length: right on 11 of 13 news pages of the
development set."""

MIN_NOTED_BLOCKS = 5
"""Blocks of a story from which its last one may be a note."""

EMPHASISED_SHARE = 0.95
"""Share of a line's characters in bold or italics from which all of it is."""

TOP_BLOCKS = 4
"""Blocks at the top of a story among which a date line is the page's."""

_QUOTES = '"“„«'
"""What a quotation opens with, which stories like to end on."""

BYLINE_BLOCKS = 4
"""Blocks on either side of the title of a later story among which its byline or date is."""

_BYLINES = frozenset((Reason.BYLINE, Reason.DATELINE))

_PARAGRAPHS = frozenset(("p", "li", "blockquote"))
_BARE = frozenset(("div", "section"))
LAID_OUT_LEVELS = 12
"""Boxes around one among which a table or a list is looked for: nesting may be deep on purpose."""

_LAID_OUT = frozenset(("td", "th", "li", "dd", "table"))
"""Where a bare box is a cell or an entry."""


def strip_strays(page: Page, reasons: list[Reason], body: list[int], *, is_news: bool) -> None:
    """Strip labels, dates and later stories, on news pages also linked lists and a last note, in place."""
    kept = [i for i in body if reasons[i] is Reason.STORY]
    kept = _cut_next_story(page, reasons, kept)
    chars = sum(len(page.blocks[i].text) for i in kept)
    _strip_dates(page, reasons, kept)
    _strip_top_note(page, reasons, kept)
    _strip_labels(page, reasons, kept, chars)
    if is_news:
        _strip_last_note(page, reasons, kept)
        _strip_linked_lists(page, reasons, kept, chars)


def _cut_next_story(page: Page, reasons: list[Reason], kept: list[int]) -> list[int]:
    """Strip what pages that scroll on for ever append: the stories after this one; return what is left.

    The title of each is a heading of the first level with the same words as the title of the page's own, and
    with a byline or a date beside it.
    """
    headings = [place for place, i in enumerate(kept) if place and page.blocks[i].tag == "h1"]
    if not headings:
        return kept
    titles = {
        page.boxes[block.box].words
        for block, reason in zip(page.blocks, reasons, strict=True)
        if reason is Reason.TITLE and block.tag == "h1"
    } - {""}
    for place in headings:
        i = kept[place]
        if page.boxes[page.blocks[i].box].words in titles and not _BYLINES.isdisjoint(
            reasons[max(i - BYLINE_BLOCKS, 0) : i + BYLINE_BLOCKS]
        ):
            for later in kept[place:]:
                reasons[later] = Reason.RELATED
            return kept[:place]
    return kept


def _strip_dates(page: Page, reasons: list[Reason], kept: list[int]) -> None:
    """Strip short lines with a full date near the top; never the only one."""
    for i in kept[: min(TOP_BLOCKS, len(kept) - 1)]:
        block = page.blocks[i]
        text = block.text
        if (
            len(text) < MAX_LABEL_CHARS
            and block.tag not in ("blockquote", "td")
            and has_digit(text)
            and not ends_sentence(text)
            and parse_visible(text)
        ):
            reasons[i] = Reason.DATELINE


def _strip_top_note(page: Page, reasons: list[Reason], kept: list[int]) -> None:
    """Strip a first paragraph that tells where the story was before, or what was changed in it."""
    if len(kept) > 1:
        text = page.blocks[kept[0]].text
        if len(text) <= MAX_TOP_NOTE_CHARS and _TOP_NOTE.match(text):
            reasons[kept[0]] = Reason.NOTE


def _strip_last_note(page: Page, reasons: list[Reason], kept: list[int]) -> None:
    """Strip the last line when all of it is in bold or italics, and the one before is not."""
    if len(kept) < MIN_NOTED_BLOCKS:
        return
    before, last = (page.blocks[i] for i in kept[-2:])
    if (
        last.tag == "p"
        and len(last.text) < MAX_NOTE_CHARS
        and last.emphasis >= EMPHASISED_SHARE * len(last.text)
        and before.emphasis * 2 < len(before.text)
        and last.text[0] not in _QUOTES
    ):
        reasons[kept[-1]] = Reason.NOTE


def _strip_labels(page: Page, reasons: list[Reason], kept: list[int], chars: int) -> None:
    """Strip the short lines in boxes of their own, where the story itself is in paragraphs."""
    labels = [
        i
        for i in kept
        if page.blocks[i].tag in _BARE
        and len(page.blocks[i].text) < MAX_LABEL_CHARS
        and not ends_sentence(page.blocks[i].text)
        and not _is_laid_out(page, page.blocks[i].box)
    ]
    if not labels:
        return
    written = sum(len(page.blocks[i].text) for i in kept if page.blocks[i].tag in _PARAGRAPHS)
    if written < PARAGRAPHS_SHARE * chars:
        return
    alike: dict[str, list[int]] = {}
    for i in labels:
        alike.setdefault(page.boxes[page.blocks[i].box].words, []).append(i)
    for group in alike.values():
        for i in group if len(group) <= MAX_ALIKE else ():
            reasons[i] = Reason.OUTSIDE


def _is_laid_out(page: Page, index: int) -> bool:
    """Return whether a box, or one close around it, is of a table or a list."""
    for _ in range(LAID_OUT_LEVELS):
        if index < 0 or page.boxes[index].tag in _LAID_OUT:
            break
        index = page.boxes[index].parent
    return index >= 0 and page.boxes[index].tag in _LAID_OUT


def _strip_linked_lists(page: Page, reasons: list[Reason], kept: list[int], chars: int) -> None:
    """Strip the lists that lead to other stories."""
    lists: dict[int, list[int]] = {}
    for i in kept:
        box = page.boxes[page.blocks[i].box]
        if box.tag == "p":
            box = page.boxes[box.parent]
        if box.tag == "li":
            lists.setdefault(box.parent, []).append(i)
    for entries in lists.values():
        blocks = [page.blocks[i] for i in entries]
        length = sum(len(block.text) for block in blocks)
        if (
            sum(block.link_chars for block in blocks) >= LINKED_LIST * length
            and all(block.link_chars >= LINKED_ENTRY * len(block.text) for block in blocks)
            and length <= MAX_LIST_SHARE * chars
        ):
            for i in entries:
                reasons[i] = Reason.RELATED
