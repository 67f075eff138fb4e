"""Series: slides of a gallery amid a story, and other stories with their first sentences.

Position: called by `decide` before the body is found (`find_teasers`), and between `runs` and `trim`. Pure.

Both are prose, often more of it than the story, and their boxes may have no telling name. Slides are
counted ("3/50") and the story goes on after them. Other stories are headlines that are links, each with an
excerpt under it: three below a heading that says so, or six in a row of which each has a box.
"""

from __future__ import annotations

import re
from itertools import accumulate

from monitor.extract.body import count_chars
from monitor.extract.lines import LINKED_SHARE, MAX_LINKED_CHARS
from monitor.extract.page import Block, Box, Page, Reason
from monitor.extract.phrases import heads_related

MIN_SLIDES = 3
"""Slides counted one after another from which they are a gallery."""

MIN_TEASERS = 3
"""Headlines with an excerpt from which they are other stories; a story may quote one or two."""

MIN_LISTED = 6
"""Linked headings with an excerpt from which they are a list of stories, whatever stands above them."""

_HEADINGS = frozenset(("h2", "h3", "h4"))

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


def strip_series(
    page: Page, reasons: list[Reason], body: list[int], weights: list[float], listed: set[int]
) -> None:
    """Strip the galleries amid the story, whose blocks are among `body`, and other stories, in place.

    `listed` are the blocks that `find_teasers` has found.
    """
    for i in listed.intersection(body):
        reasons[i] = Reason.RELATED
    slides = [(i, *counter) for i in body if (counter := _read_counter(page.blocks[i]))]
    if len(slides) >= MIN_SLIDES:
        _strip_gallery(page, reasons, slides, body, weights)
    _strip_teasers(page, reasons, body, weights, listed)


def find_teasers(page: Page, weights: list[float]) -> set[int]:
    """Return the blocks of other stories that a page lists, each a box with a linked heading and a paragraph.

    A round-up, whose headings and paragraphs take turns in one box, is no such list; nor are answers to
    questions, whose headings open them.
    """
    blocks = page.blocks
    heads = [i for i, block in enumerate(blocks) if block.tag in _HEADINGS and _is_headline(block)]
    found: set[int] = set()
    run: list[range] = []
    for before, head, following in zip([-1, *heads], heads, [*heads[1:], len(blocks)], strict=False):
        excerpt = next((i for i in range(head + 1, following) if weights[i]), None)
        if excerpt is None:
            continue
        box = _around(page, head, excerpt)
        while box.parent >= 0 and _holds_one(page.boxes[box.parent], before, following):
            box = page.boxes[box.parent]
        if not _holds_one(box, before, following) or sum(map(bool, weights[box.first : box.last])) > 1:
            run = []
        elif not _is_entry(blocks[head].text):
            run.append(range(box.first, box.last))
            if len(run) >= MIN_LISTED:
                found.update(*(run if len(run) == MIN_LISTED else run[-1:]))
    return found


def _holds_one(box: Box, before: int, following: int) -> bool:
    """Return whether a box lies between two headings, the one `before` and the `following` one."""
    return before < box.first and box.last <= following


def _is_entry(heading: str) -> bool:
    """Return whether a heading is a question or has a number, as the parts of a story have."""
    return heading[0].isdecimal() or heading[-1] in "?؟？"


def _around(page: Page, first: int, last: int) -> Box:
    """Return the innermost box around two blocks."""
    box = page.boxes[page.blocks[first].box]
    while box.last <= last:
        box = page.boxes[box.parent]
    return box


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
    box = _around(page, first, last)
    while box.parent >= 0:
        around = page.boxes[box.parent]
        if any(weights[around.first : box.first]) or any(weights[box.last : around.last]):
            break
        box = around
    return box


def _strip_teasers(
    page: Page, reasons: list[Reason], body: list[int], weights: list[float], listed: set[int]
) -> None:
    """Strip what stands below a heading over other stories, as far as every excerpt has its headline.

    Of lines that are the same, only the last is a heading: "Read more" under each of many is a label.
    """
    headings = [
        p for p, i in enumerate(body) if reasons[i] is Reason.RELATED and heads_related(page.blocks[i].text)
    ]
    if not headings:
        return
    last = {page.blocks[body[place]].text: place for place in headings}
    above = list(accumulate(weights[i] for i in body))
    for place, following in zip(headings, [*headings[1:], len(body)], strict=True):
        if last[page.blocks[body[place]].text] == place and above[place] >= MIN_ABOVE:
            for i in _find_run(page, reasons, body[place + 1 : following], weights, listed):
                if reasons[i] is Reason.STORY:
                    reasons[i] = Reason.RELATED


def _find_run(
    page: Page, reasons: list[Reason], below: list[int], weights: list[float], listed: set[int]
) -> list[int]:
    """Return those `below` a heading that are headlines with their excerpts, none when there are few."""
    teasers = lines = 0
    end = 0
    headed = False
    for place, i in enumerate(below):
        is_prose = weights[i] > 0 or i in listed
        if _is_headline(page.blocks[i]):
            headed, lines = True, 0
        elif headed and is_prose:
            headed = False
            teasers += 1
            end = place + 1
        elif reasons[i] is Reason.STORY:
            lines += 1
            if is_prose or lines > MAX_LINES:
                break
    return below[:end] if teasers >= MIN_TEASERS else []


def _is_headline(block: Block) -> bool:
    """Return whether a line is the headline of another story, or more than a name at least."""
    chars = len(block.text)
    return (
        chars <= MAX_LINKED_CHARS
        and block.link_chars >= LINKED_SHARE * chars
        and count_chars(block.text) >= MIN_HEADLINE_CHARS
    )
