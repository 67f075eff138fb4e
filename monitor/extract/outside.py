"""What the chrome is: a name for every block that was stripped.

Position: last step of `decide`. Nothing here changes what is kept; it says of the rest whether it was a
ticker, a weather box, a poll, navigation ..., so that a journalist can see what was taken off.
"""

from __future__ import annotations

from itertools import pairwise

from monitor.extract.authors import is_byline
from monitor.extract.dates import parse_visible
from monitor.extract.page import Page, Reason
from monitor.extract.phrases import MAX_LINE_CHARS, asks, heads_related, names_poll, read_edge_line
from monitor.extract.runs import name_boxes
from monitor.extract.sieve import Sieve
from monitor.extract.tickers import (
    QUOTE_HINTS,
    Cell,
    has_digit,
    hints_at_quotes,
    names_metal,
    read_cell,
    read_strip,
)
from monitor.extract.weather import CALENDAR_HINTS, gives_degrees, is_calendar

MAX_OPTION_WORDS = 8
"""Words of an answer in a poll."""

POLL_FIELDS = 2
"""Radio buttons in a box that make it a poll."""

_UNNAMED = (Reason.OUTSIDE, Reason.TEMPLATE)
"""Reasons that say why a block is chrome, but not what it is."""

_VAGUE = (*_UNNAMED, Reason.RELATED, Reason.NAVIGATION, Reason.FURNITURE, Reason.HIDDEN)
"""Reasons that a shape may make more exact."""


_NUMBERED = Sieve(f"{QUOTE_HINTS}|{CALENDAR_HINTS}")
"""Lines that may be quotes or a calendar."""


def name_chrome(page: Page, reasons: list[Reason], marks: list[Reason | None]) -> None:
    """Replace the vague among `reasons` with what the blocks are, in place."""
    stripped = [i for i, reason in enumerate(reasons) if reason is not Reason.STORY]
    for i in stripped:
        if reasons[i] in _UNNAMED:
            block = page.blocks[i]
            mark = marks[block.box]
            if mark is None and not (block.tag == "li" and block.link_chars * 2 > len(block.text)):
                mark = read_edge_line(block.text)
            reasons[i] = mark or reasons[i]
    vague = [i for i in stripped if reasons[i] in _VAGUE]
    numbered = [vague[place] for place in _NUMBERED.find_lines([page.blocks[i].text for i in vague])]
    _name_strips(page, reasons, numbered)
    _name_boxes(page, reasons, vague, {*numbered, *(i for i in vague if gives_degrees(page.blocks[i].text))})
    _name_polls(page, reasons, vague)
    _name_related(page, reasons)
    _name_head(page, reasons)
    _name_rest(page, reasons, vague)


def _name_strips(page: Page, reasons: list[Reason], numbered: list[int]) -> None:
    """Name lines of quotes, and runs of cells that are a strip together. `numbered` are those that may be."""
    cells: list[int] = []
    for i in numbered:
        text = page.blocks[i].text
        calendar, hinted = is_calendar(text), hints_at_quotes(text)
        if calendar or hinted:
            named = read_strip(text) or (Reason.CLOCK if calendar else None)
            if named:
                reasons[i] = named
            elif read_cell(text):
                cells.append(i)
    run: list[int] = []
    for i in cells:
        if run and not _are_neighbours(page, reasons, run[-1], i):
            _close_strip(page, reasons, run)
            run = []
        run += [
            j
            for j in range(max(run[-1] + 1 if run else i - MAX_NAME_CELLS, 0), i)
            if _is_name_cell(page, reasons, j)
        ]
        run.append(i)
    _close_strip(page, reasons, run)


MIN_QUOTES = 2
"""Quotes that make a strip: one number may be anything."""

MAX_NAME_CELLS = 2
"""Cells without a number (a code, a full name) between two with one."""


def _are_neighbours(page: Page, reasons: list[Reason], first: int, second: int) -> bool:
    """Return whether two cells belong to one strip: nothing but names stands between them."""
    return second - first <= MAX_NAME_CELLS + 1 and all(
        _is_name_cell(page, reasons, i) for i in range(first + 1, second)
    )


def _is_name_cell(page: Page, reasons: list[Reason], index: int) -> bool:
    return reasons[index] in _VAGUE and read_cell(page.blocks[index].text) is Cell.NAME


def _close_strip(page: Page, reasons: list[Reason], run: list[int]) -> None:
    """Name a run of cells when it holds both names and numbers, more than once."""
    cells = [read_cell(page.blocks[i].text) for i in run]
    names = sum(cell in (Cell.NAME, Cell.QUOTE) for cell in cells)
    numbers = sum(cell in (Cell.NUMBER, Cell.QUOTE) for cell in cells)
    if names < MIN_QUOTES or numbers < MIN_QUOTES:
        return
    for i in run:
        reasons[i] = Reason.METALS if names_metal(page.blocks[i].text) else Reason.TICKER
    for before, i in pairwise(run):
        if read_cell(page.blocks[i].text) is Cell.NUMBER:
            reasons[i] = reasons[before]


def _name_boxes(page: Page, reasons: list[Reason], vague: list[int], hinted: set[int]) -> None:
    """Name tickers of lines with a name and a price each, and weather boxes: runs with a `hinted` line."""
    if not hinted:
        return
    run: list[int] = []
    for i in vague:
        block = page.blocks[i]
        if len(block.text) > MAX_LINE_CHARS or (block.link_chars and not has_digit(block.text)):
            continue
        if run and run[-1] != i - 1:
            _name_run(page, reasons, run, hinted)
            run = []
        run.append(i)
    _name_run(page, reasons, run, hinted)


def _name_run(page: Page, reasons: list[Reason], run: list[int], hinted: set[int]) -> None:
    if not hinted.isdisjoint(run):
        texts = [page.blocks[i].text for i in run]
        for place, reason in name_boxes(texts, least_weather=1).items():
            reasons[run[place]] = reason


def _name_polls(page: Page, reasons: list[Reason], vague: list[int]) -> None:
    """Name questions with answers to tick; in flattened text, a question that stands below the story."""
    start = next((i for i, reason in enumerate(reasons) if reason is Reason.STORY), len(reasons))
    last = len(reasons)
    for i in vague:
        block = page.blocks[i]
        if reasons[i] not in _VAGUE:
            continue
        plain = not block.link_chars
        if _has_choices(page, block.box):
            reasons[i] = Reason.POLL
        elif plain and (
            (i > start and (names_poll(block.text) or _is_question(block.text)))
            or (last == i - 1 and _is_option(block.text))
        ):
            reasons[i] = Reason.POLL
            last = i


def _is_question(text: str) -> bool:
    return len(text) <= MAX_LINE_CHARS and asks(text)


def _is_option(text: str) -> bool:
    return len(text) <= MAX_LINE_CHARS and len(text.split()) <= MAX_OPTION_WORDS and not heads_related(text)


def _has_choices(page: Page, index: int) -> bool:
    """Return whether a box, or one close around it, holds radio buttons."""
    return index > 0 and page.boxes[index].form_fields >= POLL_FIELDS


def _name_related(page: Page, reasons: list[Reason]) -> None:
    """Name what follows a heading over links, up to something else."""
    following = False
    for i, block in enumerate(page.blocks):
        if reasons[i] is Reason.RELATED:
            following = following or heads_related(block.text)
        elif reasons[i] is Reason.OUTSIDE and following:
            reasons[i] = Reason.RELATED
        else:
            following = False


def _name_head(page: Page, reasons: list[Reason]) -> None:
    """Name the lines between title and story that say who wrote it and when."""
    start = next((i for i, reason in enumerate(reasons) if reason is Reason.STORY), 0)
    for i in range(max(0, start - HEAD_BLOCKS), start):
        if reasons[i] is not Reason.OUTSIDE:
            continue
        text = page.blocks[i].text
        if is_byline(text):
            reasons[i] = Reason.BYLINE
        elif parse_visible(text):
            reasons[i] = Reason.DATELINE


HEAD_BLOCKS = 12
"""Blocks above the story among which a byline or a date is named."""


def _name_rest(page: Page, reasons: list[Reason], vague: list[int]) -> None:
    """Name what is left: lines of links are navigation."""
    for i in vague:
        if reasons[i] is Reason.OUTSIDE and page.blocks[i].link_chars * 2 > len(page.blocks[i].text):
            reasons[i] = Reason.NAVIGATION
