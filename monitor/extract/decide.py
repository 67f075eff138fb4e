"""Page -> a decision for every block: kept, or stripped and why.

Position: after `walk` or `flat`; `read` makes the article of what is kept, `monitor explain` prints the
same decisions. Pure, on plain lists.

How: weigh the prose, mark boxes by their words, find the body (`body`), revoke marks that would
cover the story, judge the lines inside (`lines`), trim both ends, name everything else (`outside`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Sequence
from dataclasses import dataclass
from operator import attrgetter

from monitor.extract.body import (
    Span,
    choose_body,
    find_body,
    find_flat_body,
    find_named_body,
    name_bodies,
    running_sum,
    surround_named_body,
    weigh,
)
from monitor.extract.lead import keep_lead
from monitor.extract.lines import drop_titles, judge_lines, trim
from monitor.extract.marks import Body, read_mark
from monitor.extract.metadata import Metadata
from monitor.extract.outside import name_chrome
from monitor.extract.page import Box, Page, Reason
from monitor.extract.runs import strip_runs
from monitor.extract.series import find_teasers, strip_series
from monitor.extract.strays import strip_strays
from monitor.extract.tail import strip_tail
from monitor.extract.template import count_seen
from monitor.model import Template

_QUOTED = frozenset(("blockquote", "table", "pre"))
"""What stands in a `<figure>` to be read with the story."""

_LISTS = frozenset(("ul", "ol"))

REVOKED_SHARE = 0.4
"""A mark that would cover this share of the story's prose is wrong, and revoked."""

WRAPPER_SHARE = 0.7
"""A mark that would cover this share of the page's prose, and leave less than MIN_STORY_CHARS, is a
wrapper's, and revoked."""

LEAST_SHARE = 0.3
"""Marks that would leave less than this share of the page's prose, and less than MIN_STORY_CHARS, are
distrusted when the body is looked for."""

MIN_STORY_CHARS = 1_000

MAX_CAPTION_CHARS = 600
"""Prose beside a picture that is longer than this is no caption."""

LEAST_CHARS = 140
"""Prose that plain marks must leave: a teaser's."""

_OTHERS = (Reason.COMMENTS, Reason.COOKIES)
"""What is never the story, however much longer than it."""

_RELATED = "related"
"""Boxes whose words say outright that they hold other stories are not theirs either."""

_PARAGRAPH = "p"
"""So are paragraphs without class words, which are hidden one by one; a story is hidden with its box."""

PLAIN = frozenset(
    (Reason.COMMENTS, Reason.COOKIES, Reason.NAVIGATION, Reason.CAPTION, Reason.COPYRIGHT, Reason.FURNITURE)
)
"""The reasons of marks that are hardly ever put around a story."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Why each block of a page is kept or stripped, and on how many recent pages it was `seen`.

    The `reasons` are exact for what is kept; what is stripped has its names when `name_all` gives them.
    """

    reasons: list[Reason]
    seen: list[int]
    marks: list[Reason | None]

    def name_all(self, page: Page) -> list[Reason]:
        """Return the reasons with a name for all that was stripped."""
        reasons = list(self.reasons)
        name_chrome(page, reasons, self.marks)
        return reasons


def decide(
    page: Page,
    metadata: Metadata,
    hashes: Sequence[int] = (),
    template: Template | None = None,
    *,
    believed: Container[Reason] | None = None,
) -> Decisions:
    """Return what becomes of the blocks of `page`.

    `metadata` is what the page says of itself: the repetitions of its title are dropped, and news is read as
    such. `hashes` are the blocks' hashes and `template` what the source has taught; without them nothing
    learned is used. With `believed`, class words that give other reasons are not.
    """
    ground = _survey(page, hashes, template, believed)
    reasons = [Reason.UNCHOSEN if page.chosen else Reason.OUTSIDE] * len(page.blocks)
    _place_story(page, reasons, ground, metadata.title)
    for i, count in enumerate(ground.seen):
        if count:
            reasons[i] = Reason.TEMPLATE
    for i in ground.removed:
        reasons[i] = Reason.REMOVED
    drop_titles(page, reasons, metadata.title)
    body = [i for i, reason in enumerate(reasons) if reason is Reason.STORY]
    judge_lines(page, reasons, body, ground.weights)
    strip_runs(page, reasons, body, ground.weights)
    strip_series(page, reasons, body, ground.weights, ground.listed)
    trim(page, reasons, body, ground.weights)
    strip_tail(page, reasons, body)
    trim(page, reasons, body, ground.weights)
    strip_strays(page, reasons, body, is_news=metadata.claims_news)
    keep_lead(page, reasons, ground.marks)
    return Decisions(reasons, ground.seen, ground.marks)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is known of a page before its story is looked for.

    By block: `weights`, how much prose it holds (none when it was learned, removed or listed), their running
    `sums`, `seen`, on how many recent pages it was, those `removed` by the source's settings, and those of
    other stories that are `listed`. By box: its `own` marks, how those are called that are said to hold the
    story, those that hold `prose`, and the `marks` that cover it.
    """

    weights: list[float]
    sums: list[float]
    seen: list[int]
    removed: list[int]
    listed: set[int]
    own: _OwnMarks
    names: dict[int, Body]
    prose: list[int]
    marks: list[Reason | None]


def _survey(
    page: Page, hashes: Sequence[int], template: Template | None, believed: Container[Reason] | None
) -> _Ground:
    """Weigh a page's blocks and read its boxes' words; see `decide`."""
    weights = [weigh(block) for block in page.blocks]
    seen = count_seen(page.blocks, hashes, weights, template) if template else [0] * len(weights)
    if any(seen):
        weights = [0.0 if count else weight for weight, count in zip(weights, seen, strict=True)]
    taken = [box for box in page.boxes if box.mark is Reason.REMOVED] if page.overrides else []
    removed = [i for box in taken for i in range(box.first, box.last)]
    for i in removed:
        weights[i] = 0.0
    listed = find_teasers(page, weights)
    if sum(weights) - sum(weights[i] for i in listed) < MIN_STORY_CHARS:
        listed = set()
    for i in listed:
        weights[i] = 0.0
    sums = running_sum(weights)
    prose = [i for i, box in enumerate(page.boxes) if sums[box.last] > sums[box.first]]
    names = name_bodies(page.boxes, prose)
    own = _OwnMarks(page, sums, believed)
    own.update(dict.fromkeys(surround_named_body(page.boxes, names, sums)))
    marks = mark_boxes(page.boxes, own, sums, prose)
    return _Ground(weights, sums, seen, removed, listed, own, names, prose, marks)


class _OwnMarks(dict[int, Reason | None]):
    """The boxes' own marks by index, None for none. Read when asked for: most boxes lie in marked ones."""

    def __init__(self, page: Page, sums: Sequence[float], believed: Container[Reason] | None) -> None:
        self._page, self._sums, self._believed = page, sums, believed

    def __missing__(self, index: int) -> Reason | None:
        box = self._page.boxes[index]
        mark = read_mark(box)
        if mark is not None and not self._is_believable(box, mark):
            mark = None
        self[index] = mark
        return mark

    def _is_believable(self, box: Box, mark: Reason) -> bool:
        if mark is Reason.CAPTION and self._sums[box.last] - self._sums[box.first] > MAX_CAPTION_CHARS:
            return False
        if mark is Reason.RELATED and box.tag in _LISTS and not _has_links(self._page, box):
            return False
        return self._believed is None or mark in self._believed


def _place_story(page: Page, reasons: list[Reason], ground: _Ground, title: str) -> None:
    """Find the body and call its blocks the story's, but for those that marks still cover, in place."""
    spans = (
        find_flat_body(page, ground.weights, title)
        if page.flat
        else choose_body(page) or _find_body(page, ground)
    )
    for span in spans:
        inner = mark_boxes(page.boxes, ground.own, ground.sums, ground.prose, span)
        for i in range(span.first, span.last):
            reasons[i] = inner[page.blocks[i].box] or Reason.STORY


def _has_links(page: Page, box: Box) -> bool:
    """Return whether there is a link in a box; a list without any leads to no other stories."""
    return any(block.links for block in page.blocks[box.first : box.last])


def _find_body(page: Page, ground: _Ground) -> list[Span]:
    """Return where the story stands, by the prose that no mark covers.

    When marks cover nearly all, a box with the story's name is still believed; else only the plain marks
    count, and when those cover all, none does.
    """
    marks, names, whole = ground.marks, ground.names, ground.sums
    weighed = list(zip(page.blocks, ground.weights, strict=True))
    sums = running_sum([0.0 if marks[block.box] else weight for block, weight in weighed])
    if sums[-1] >= min(LEAST_SHARE * whole[-1], MIN_STORY_CHARS):
        return find_body(page, names, sums, whole)
    if spans := find_named_body(page, names, sums, whole):
        return spans
    sums = running_sum([0.0 if marks[block.box] in PLAIN else weight for block, weight in weighed])
    return find_body(page, names, sums if sums[-1] >= LEAST_CHARS else whole, whole)


def mark_boxes(
    boxes: list[Box], own: _OwnMarks, sums: Sequence[float], prose: list[int], within: Span | None = None
) -> list[Reason | None]:
    """Return for each box why it is chrome, by its own words or those of a box around it.

    `own` are the boxes' own marks, `sums` the running sums of the blocks' weights, `prose` the boxes that
    weigh anything, ascending. With `within`, only the boxes inside that span's box are marked. A mark that
    covers too much of the prose is revoked, and so are all that share its words.
    """
    root, first, last = (within.box, within.first, within.last) if within else (0, 0, boxes[0].last)
    inside = range(root + 1, _skip(boxes, root + 1, last))
    total = sums[last] - sums[first]
    limit = total * REVOKED_SHARE if within else max(total * WRAPPER_SHARE, total - MIN_STORY_CHARS)
    held = [i for i in prose if i in inside]
    revoked = _overreaching(boxes, own, sums, held, (limit, max(limit, total - LEAST_CHARS)))
    marks: list[Reason | None] = [None] * len(boxes)
    i = root + 1
    while i < inside.stop:
        mark = own[i]
        if mark is None or (revoked and _name(boxes[i]) in revoked):
            i += 1
            continue
        end = _skip(boxes, i + 1, boxes[i].last)
        marks[i:end] = [mark] * (end - i)
        if mark is Reason.CAPTION:
            _unmark_quoted(boxes, marks, own, revoked, range(i + 1, end))
        i = end
    return marks


def _skip(boxes: list[Box], index: int, block: int) -> int:
    """Return the index of the first box from `index` on that begins at `block` or later."""
    return bisect_left(boxes, block, index, key=attrgetter("first"))


def _name(box: Box) -> str:
    """Return what boxes are held to be of one kind by: their class words, or their tag."""
    return box.words or box.tag


def _unmark_quoted(
    boxes: list[Box], marks: list[Reason | None], own: _OwnMarks, revoked: set[str], inside: range
) -> None:
    """Take the mark off what stands in a figure to be read with the story, in place."""
    for i in inside:
        mark = marks[boxes[i].parent]
        if mark is Reason.CAPTION and boxes[i].tag in _QUOTED:
            mark = None
        if mark is None and _name(boxes[i]) not in revoked:
            mark = own[i]
        marks[i] = mark


def _overreaching(
    boxes: list[Box], own: _OwnMarks, sums: Sequence[float], prose: list[int], limits: tuple[float, float]
) -> set[str]:
    """Return the names of marked boxes, of those with `prose`, that together cover too much of it.

    `limits` are what is too much, for most marks, and for comments and their like. Navigation holds links, no
    prose, so that less of it is too much.
    """
    covered: dict[str, float] = {}
    limit_of: dict[str, float] = {}
    ends: dict[str, int] = {}
    for i in prose:
        mark, box = own[i], boxes[i]
        if mark is None:
            continue
        name = _name(box)
        if box.first >= ends.get(name, 0):
            covered[name] = covered.get(name, 0.0) + sums[box.last] - sums[box.first]
            limit_of[name] = limits[mark in _OTHERS or _RELATED in name or name == _PARAGRAPH]
            if mark is Reason.NAVIGATION:
                limit_of[name] = REVOKED_SHARE * sums[-1]
            ends[name] = box.last
    return {name for name, weight in covered.items() if weight >= limit_of[name]}
