"""Where in the page the story stands.

Position: called by `decide` once the marks are set. Pure, on plain lists.

How: every block weighs as much as it looks like prose. A box that microdata or its class words call
the body of the story is believed when it holds most of the prose; else `<article>`; else the walk goes
down from the root for as long as one child holds nearly everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from monitor.extract.marks import Body, names_body
from monitor.extract.page import Block, Box, Page
from monitor.extract.phrases import heads_related

MIN_PROSE_CHARS = 25
"""Characters below which a block is no prose, whatever its punctuation."""

FULL_PROSE_CHARS = 80
"""Characters from which a block counts as prose without punctuation at its end."""

DENSE_SCRIPT_FACTOR = 3
"""A character of Chinese, Japanese or Thai says about as much as three of an alphabet."""

TRUSTED_SHARE = 0.5
"""Share of the page's prose from which a box that is named as the body is believed."""

NAMED_SHARE = 0.2
"""Share of the page's prose from which a box with the story's name is no other story's."""

DOMINANT_SHARE = 0.75
"""Share of a box's prose from which its heaviest child stands for it."""

_SENTENCE_ENDS = frozenset(".!?…:;։。！？｡؟۔।॥๏\"”»’'“)]」』）")
DENSE_SCRIPT = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")

_PROSE_TAGS = frozenset(
    ("p", "blockquote", "div", "section", "article", "main", "body", "pre", "td", "dd", "html")
)


_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Span:
    """The blocks `first` to `last - 1`, which lie in one box."""

    first: int
    last: int
    box: int


@lru_cache(maxsize=256)
def fold(text: str) -> str:
    """Return the words of a text alone, so that two spellings of one title are equal."""
    return _NOT_WORD.sub(" ", text.casefold()).strip()


def count_chars(text: str) -> float:
    """Return how long a text is, in characters of an alphabet."""
    return len(text) * (DENSE_SCRIPT_FACTOR if _is_dense(text) else 1)


def ends_sentence(text: str) -> bool:
    """Return whether a block's text ends as a sentence does, or a quotation."""
    return text[-1:] in _SENTENCE_ENDS


def _is_dense(text: str) -> bool:
    return not text.isascii() and DENSE_SCRIPT.search(text, 0, 40) is not None


def weigh(block: Block) -> float:
    """Return how much prose a block holds, in characters of an alphabet."""
    text = block.text
    chars = len(text)
    if block.link_chars * 2 > chars or (block.tag not in _PROSE_TAGS and block.tag != "li"):
        return 0.0
    if not text.isascii() and DENSE_SCRIPT.search(text, 0, 40):
        chars *= DENSE_SCRIPT_FACTOR
    if chars < MIN_PROSE_CHARS:
        return 0.0
    if chars < FULL_PROSE_CHARS or block.tag == "li":
        if text[-1:] not in _SENTENCE_ENDS:
            return 0.0
        if block.tag != "p":
            return chars * 0.5
    return float(chars - block.link_chars)


def running_sum(weights: list[float]) -> list[float]:
    """Return the sums of the first n weights, for n from 0 on."""
    sums = [0.0]
    total = 0.0
    for weight in weights:
        total += weight
        sums.append(total)
    return sums


def name_bodies(boxes: list[Box], prose: list[int]) -> dict[int, Body]:
    """Return which of the boxes with `prose` are called the body of the story, and how."""
    names: dict[int, Body] = {}
    for i in prose:
        box = boxes[i]
        if box.itemprop and ("articlebody" in box.itemprop or "reviewbody" in box.itemprop):
            names[i] = Body.MICRODATA
        elif box.words and (name := names_body(box.words)):
            names[i] = name
    return names


def choose_body(page: Page) -> list[Span]:
    """Return the spans of the boxes that the source's overrides name, in page order."""
    return [Span(page.boxes[i].first, page.boxes[i].last, i) for i in page.chosen]


def find_body(page: Page, names: dict[int, Body], sums: list[float], whole: list[float]) -> list[Span]:
    """Return the spans of blocks that hold the story, in page order; none when there is no prose.

    `names` are the boxes that are called its body. `sums` are the running sums of the blocks' weights,
    chrome weighing nothing; `whole` those with what is marked as chrome.
    """
    boxes = page.boxes
    total = sums[-1]
    if not total:
        return []
    held = [sums[box.last] - sums[box.first] for box in boxes]
    index = _named(boxes, names, held, total)
    if index is None:
        index = _descend(boxes, held, _article(boxes, held, total))
    return _with_twins(boxes, whole, _widen(boxes, held, index))


def find_named_body(page: Page, names: dict[int, Body], sums: list[float], whole: list[float]) -> list[Span]:
    """Return the spans of a box that has the story's own name and holds most of the prose; else none."""
    boxes = page.boxes
    held = [sums[box.last] - sums[box.first] for box in boxes]
    own = {i: name for i, name in names.items() if name is not Body.CONTENT}
    index = _named(boxes, own, held, sums[-1])
    return [] if index is None else _with_twins(boxes, whole, index)


def surround_named_body(boxes: list[Box], names: dict[int, Body], sums: list[float]) -> Iterator[int]:
    """Yield the boxes around the heaviest one with the story's own name: what their words say is wrong."""
    own = [i for i, name in names.items() if name is not Body.CONTENT]
    index = max(own, key=lambda i: sums[boxes[i].last] - sums[boxes[i].first], default=0)
    if sums[boxes[index].last] - sums[boxes[index].first] < NAMED_SHARE * sums[-1]:
        return
    while index > 0:
        index = boxes[index].parent
        yield index


def _named(boxes: list[Box], names: Mapping[int, Body], held: list[float], total: float) -> int | None:
    """Return the innermost box that is named as the body and holds most of the prose, by the surest name."""
    for kinds in _KINDS:
        indices = [i for i, name in names.items() if name in kinds and held[i]]
        heaviest = max((held[i] for i in indices), default=0.0)
        if heaviest and heaviest >= TRUSTED_SHARE * total:
            return max(i for i in indices if held[i] >= DOMINANT_SHARE * heaviest)
        twins = _twin_weights(boxes, held, indices)
        if twins and max(twins.values()) >= TRUSTED_SHARE * total:
            words = max(twins, key=lambda key: twins[key])
            return next(i for i in indices if (boxes[i].parent, boxes[i].words) == words)
    return None


_KINDS = ((Body.MICRODATA,), (Body.STORY,), (Body.STORY, Body.CONTENT))


def _twin_weights(boxes: list[Box], held: list[float], indices: list[int]) -> dict[tuple[int, str], float]:
    """Return the prose of boxes that share parent and words, together: a body cut in pieces."""
    weights: dict[tuple[int, str], float] = {}
    for i in indices:
        key = (boxes[i].parent, boxes[i].words)
        weights[key] = weights.get(key, 0.0) + held[i]
    return weights


def _article(boxes: list[Box], held: list[float], total: float) -> int:
    """Return the heaviest `<article>`, or `<main>`, that holds most of the prose; else the root."""
    for tag in ("article", "main"):
        indices = [i for i, box in enumerate(boxes) if box.tag == tag]
        best = max(indices, key=lambda i: held[i], default=0)
        if best and held[best] >= TRUSTED_SHARE * total:
            return best
    return 0


def _descend(boxes: list[Box], held: list[float], index: int) -> int:
    """Return the box reached by following the child that holds nearly all, as long as there is one."""
    children: dict[int, list[int]] = {}
    for i, box in enumerate(boxes):
        if held[i]:
            children.setdefault(box.parent, []).append(i)
    while True:
        heaviest = max(children.get(index, ()), key=lambda i: held[i], default=None)
        if (
            heaviest is None
            or held[heaviest] < DOMINANT_SHARE * held[index]
            or boxes[heaviest].tag in ("p", "li", "td")
        ):
            return index
        index = heaviest


WIDER_SHARE = 1.35
"""How many times a box's prose one around it must hold for the story to be cut over several boxes."""

WIDER_LEVELS = 3
"""Levels that the search for such a box climbs, beyond which only `<article>` and `<main>` count."""


def _widen(boxes: list[Box], held: list[float], index: int) -> int:
    """Return the box around a body that holds much more of the prose, or the body's own box."""
    place, best = boxes[index].parent, index
    level = 1
    while place > 0 and boxes[place].tag not in ("html", "body"):
        near = level <= WIDER_LEVELS or boxes[place].tag in ("article", "main")
        if near and held[place] >= WIDER_SHARE * held[best]:
            best = place
        place = boxes[place].parent
        level += 1
    return best


def _with_twins(boxes: list[Box], sums: list[float], index: int) -> list[Span]:
    """Return the span of a box, with those of its siblings of the same words when they hold prose too.

    Their prose counts whatever it is marked as: a paywall begins at such a sibling.
    """
    chosen = boxes[index]
    spans = [Span(chosen.first, chosen.last, index)]
    if chosen.words:
        spans += [
            Span(box.first, box.last, i)
            for i, box in enumerate(boxes)
            if i != index
            and box.words == chosen.words
            and box.parent == chosen.parent
            and sums[box.last] > sums[box.first]
        ]
    return sorted(spans, key=lambda span: span.first)


def find_flat_body(page: Page, weights: list[float], title: str) -> list[Span]:
    """Return the one span of a flattened page that holds the story; empty when there is no prose.

    It runs from the first prose below the title to the last prose above the links to other stories,
    with the list entries that follow it directly.
    """
    start = _below_title(page, weights, title)
    end = _above_related(page, weights)
    prose = [i for i in range(start, end) if weights[i]]
    if not prose:
        return []
    first, last = prose[0], prose[-1] + 1
    while last < end and page.blocks[last].tag == "li":
        last += 1
    return [Span(first, last, 0)]


def _below_title(page: Page, weights: list[float], title: str) -> int:
    """Return the index after the last line near the top that is the title, 0 when none is."""
    wanted = fold(title)
    below = 0
    for i, block in enumerate(page.blocks):
        if fold(block.text) == wanted:
            below = i + 1
        elif weights[i] and below:
            break
    return below


def _above_related(page: Page, weights: list[float]) -> int:
    """Return the index of the heading over other stories that most prose stands above, else the end."""
    sums = running_sum(weights)
    for i, block in enumerate(page.blocks):
        if sums[i] > TRUSTED_SHARE * sums[-1] and heads_related(block.text):
            return i
    return len(page.blocks)
