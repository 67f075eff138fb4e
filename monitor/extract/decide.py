"""Page -> a decision for every block: kept, or stripped and why.

Position: after `walk` or `flat`; `read` makes the article of what is kept, `monitor explain` prints the
same decisions. Pure, on plain lists.

How: weigh the prose, mark boxes by their words, find the body (`body`), revoke marks that would
cover the story, judge the lines inside (`lines`), trim both ends, name everything else (`outside`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.extract.body import Span, find_body, find_flat_body, running_sum, weigh
from monitor.extract.lead import keep_lead
from monitor.extract.lines import drop_titles, judge_lines, trim
from monitor.extract.outside import name_chrome
from monitor.extract.page import Block, Box, Page, Reason
from monitor.extract.tail import strip_tail
from monitor.extract.template import count_seen
from monitor.model import Template

REVOKED_SHARE = 0.4
"""A mark that would cover this share of the story's prose is wrong, and revoked."""

WRAPPER_SHARE = 0.7
"""A mark that would cover this share of the page's prose is a wrapper's, and revoked."""

LEAST_SHARE = 0.3
"""Marks that would leave less than this share of the page's prose, and less than MIN_STORY_CHARS, are
distrusted when the body is looked for."""

MIN_STORY_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a block. `seen_on` counts the source's recent pages with it, 0 if never learned."""

    block: Block
    reason: Reason
    seen_on: int = 0


def decide(
    page: Page, title: str, hashes: Sequence[int] = (), template: Template | None = None
) -> list[Decision]:
    """Return a decision for each block of `page`, in order.

    `title` is the article's title, whose repetitions are dropped. `hashes` are the blocks' hashes and
    `template` what the source has taught; without them nothing learned is used.
    """
    blocks = page.blocks
    weights = [weigh(block) for block in blocks]
    seen = count_seen(hashes, weights, template) if template else [0] * len(blocks)
    weights = [0.0 if count else weight for weight, count in zip(weights, seen, strict=True)]
    sums = running_sum(weights)
    own = {i: box.mark for i, box in enumerate(page.boxes) if box.mark is not None}
    marks = mark_boxes(page.boxes, own, sums)
    reasons = [Reason.OUTSIDE] * len(blocks)
    spans = (
        find_flat_body(page, weights, title)
        if page.flat
        else find_body(page, _trusted_sums(page, weights, marks))
    )
    for span in spans:
        inner = mark_boxes(page.boxes, own, sums, within=span)
        for i in range(span.first, span.last):
            reasons[i] = inner[blocks[i].box] or Reason.STORY
    for i, count in enumerate(seen):
        if count:
            reasons[i] = Reason.TEMPLATE
    drop_titles(page, reasons, title)
    judge_lines(page, reasons, weights)
    trim(page, reasons, weights)
    strip_tail(page, reasons)
    trim(page, reasons, weights)
    keep_lead(page, reasons, marks)
    name_chrome(page, reasons, marks)
    return [
        Decision(block, reason, count) for block, reason, count in zip(blocks, reasons, seen, strict=True)
    ]


def _trusted_sums(page: Page, weights: list[float], marks: list[Reason | None]) -> list[float]:
    """Return the running sums of the prose that no mark covers; of all prose when marks cover nearly all."""
    sums = running_sum([0.0 if marks[b.box] else w for b, w in zip(page.blocks, weights, strict=True)])
    if sums[-1] < min(LEAST_SHARE * sum(weights), MIN_STORY_CHARS):
        return running_sum(weights)
    return sums


def mark_boxes(
    boxes: list[Box], own: dict[int, Reason], sums: Sequence[float], *, within: Span | None = None
) -> list[Reason | None]:
    """Return for each box why it is chrome, by its own words or those of a box around it.

    `own` are the boxes' own marks, `sums` the running sums of the blocks' weights. With `within`, only
    the boxes inside that span's box are marked. A mark that covers too much of the prose is revoked, and so
    are all that share its words.
    """
    root, first, last = (within.box, within.first, within.last) if within else (0, 0, boxes[0].last)
    inside = {i: mark for i, mark in own.items() if i > root and first <= boxes[i].first < last}
    limit = (sums[last] - sums[first]) * (REVOKED_SHARE if within else WRAPPER_SHARE)
    revoked = _overreaching(boxes, inside, sums, limit)
    marks: list[Reason | None] = [None] * len(boxes)
    if not inside:
        return marks
    for i in range(root + 1, len(boxes)):
        box = boxes[i]
        if box.first >= last:
            break
        mark = marks[box.parent]
        if mark is None and i in inside and (box.words or box.tag) not in revoked:
            mark = inside[i]
        marks[i] = mark
    return marks


def _overreaching(boxes: list[Box], own: dict[int, Reason], sums: Sequence[float], limit: float) -> set[str]:
    """Return the names, class words or tags, of marked boxes that together cover `limit` of the prose."""
    covered: dict[str, float] = {}
    ends: dict[str, int] = {}
    for i in own:
        box = boxes[i]
        weight = sums[box.last] - sums[box.first]
        name = box.words or box.tag
        if weight and box.first >= ends.get(name, 0):
            covered[name] = covered.get(name, 0.0) + weight
            ends[name] = box.last
    return {name for name, weight in covered.items() if weight >= limit}
