"""Series: slides of a gallery amid a story, and other stories with their first sentences below it.

Position: called by `decide` between `lines` and `trim`. Pure.

Both are prose, often more of it than the story, and their boxes may have no telling name. Slides are
counted ("3/50") and the story goes on after them; other stories follow a heading that says so, each a
headline that is a link with an excerpt under it.
"""

from __future__ import annotations

import re

from monitor.extract.body import count_chars
from monitor.extract.lines import LINKED_SHARE, MAX_LINKED_CHARS
from monitor.extract.page import Block, Box, Page, Reason
from monitor.extract.phrases import heads_related

MIN_SLIDES = 3
"""Slides counted one after another from which they are a gallery."""

MIN_TEASERS = 3
"""Headlines with an excerpt from which they are other stories; a story may quote one or two."""

MAX_LINES = 3
"""Lines beside a headline and its excerpt, a source and a date; what has more is an entry of the story's."""

MIN_HEADLINE_CHARS = 20
"""Characters of a headline; lists of firms and schools link their names."""

MIN_ABOVE = 300
"""Characters of prose above a heading over other stories from which there is a story above it."""

MIN_AROUND = 140
"""Characters of prose above and below a gallery from which a story goes on around it."""

MAX_COUNTER_CHARS = 100
_COUNTER = re.compile(r"(\d{1,3}) ?(?:/|of|von|sur|de|di|из) ?(\d{1,3})\b")
"""How the heading of a slide opens, or all of it."""


def strip_series(page: Page, reasons: list[Reason], body: list[int], weights: list[float]) -> None:
    """Strip the galleries amid the story, whose blocks are among `body`, and the teasers, in place."""
    slides = [(i, *counter) for i in body if (counter := _read_counter(page.blocks[i]))]
    if len(slides) >= MIN_SLIDES:
        _strip_gallery(page, reasons, slides, body, weights)
    headings = [i for i in body if reasons[i] is Reason.RELATED and heads_related(page.blocks[i].text)]
    texts = [page.blocks[i].text for i in headings]
    for nth, i in enumerate(headings, 1):
        if page.blocks[i].text not in texts[nth:]:  # what stands under each of many is a label: "Read more"
            place = body.index(i)
            _strip_teasers(page, reasons, body[:place], body[place + 1 :], weights)


def _read_counter(block: Block) -> tuple[int, int] | None:
    """Return the number of a slide and how many there are, by the line that heads it."""
    text = block.text
    if not text[0].isdecimal() or len(text) > MAX_COUNTER_CHARS:
        return None
    counter = _COUNTER.match(text)
    return (int(counter[1]), int(counter[2])) if counter else None


def _strip_gallery(
    page: Page,
    reasons: list[Reason],
    slides: list[tuple[int, int, int]],
    body: list[int],
    weights: list[float],
) -> None:
    """Strip the box around the slides, each with its block, number and their count, if the story goes on."""
    first, number, count = slides[0]
    last = first
    for i, following, total in slides[1:]:
        if total != count or following != number + 1:
            return
        last, number = i, following
    box = _find_gallery(page, first, last, weights)
    above = sum(weights[i] for i in body if i < box.first)
    below = sum(weights[i] for i in body if i >= box.last)
    if number > count or min(above, below) < MIN_AROUND:
        return
    for i in body:
        if box.first <= i < box.last:
            reasons[i] = Reason.CAPTION


def _find_gallery(page: Page, first: int, last: int, weights: list[float]) -> Box:
    """Return the box around the first and the last slide, or one around it that adds no prose: a heading."""
    box = page.boxes[page.blocks[first].box]
    while box.last <= last:
        box = page.boxes[box.parent]
    while box.parent >= 0:
        around = page.boxes[box.parent]
        if any(weights[around.first : box.first]) or any(weights[box.last : around.last]):
            break
        box = around
    return box


def _strip_teasers(
    page: Page, reasons: list[Reason], above: list[int], below: list[int], weights: list[float]
) -> None:
    """Strip what stands `below` a heading over other stories, as far as every excerpt has its headline."""
    teasers = lines = 0
    run: list[int] = []
    headed = False
    for place, i in enumerate(below):
        if _is_headline(page.blocks[i]):
            headed, lines = True, 0
        elif weights[i] and headed:
            headed = False
            teasers += 1
            run = below[: place + 1]
        elif reasons[i] is Reason.STORY:
            lines += 1
            if weights[i] or lines > MAX_LINES:
                break
    if teasers >= MIN_TEASERS and sum(weights[i] for i in above) >= MIN_ABOVE:
        for i in run:
            if reasons[i] is Reason.STORY:
                reasons[i] = Reason.RELATED


def _is_headline(block: Block) -> bool:
    """Return whether a line is the headline of another story, or more than a name at least."""
    chars = len(block.text)
    return (
        chars <= MAX_LINKED_CHARS
        and block.link_chars >= LINKED_SHARE * chars
        and count_chars(block.text) >= MIN_HEADLINE_CHARS
    )
