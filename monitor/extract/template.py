"""What a source's own pages teach: which blocks are the site's, not the story's.

Position: asked by `decide`; fed by the block hashes that `read` hands back. Pure.

How: a block is remembered by a hash of its words, with numbers, months and days masked, and of the
tags around it. A block seen on half or more of the source's recent pages is chrome, whatever its
numbers say today. A redesign is forgotten as its last pages leave the window.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

from monitor.extract.months import MONTHS, WEEKDAYS
from monitor.extract.page import Page
from monitor.model import Template

WINDOW = 32
"""Pages that a template remembers."""

MIN_PAGES = 8
"""Pages below which nothing is learned: two stories of a series share more than that."""

CHROME_SHARE = 0.5
"""Share of the recent pages from which a block is the site's own."""

MAX_BODY_SHARE = 0.3
"""A block with more of the page's prose than this is never taken for chrome."""

MAX_MASKED_CHARS = 200
"""Longer blocks are compared as they are: no ticker is that long, and masking takes time."""

_CALENDAR = WEEKDAYS | MONTHS.keys()
MAX_DAY_CHARS = 60
"""A longer line without a number is no date or forecast: its days are not masked."""

_DIGIT = re.compile(r"\d")
_EDGES = ".,:;()[]|•·"


def hash_blocks(page: Page) -> list[int]:
    """Return an unsigned 64-bit hash of each block's masked words and structural place."""
    boxes = page.boxes
    texts = "\n".join([_mask(block.text) for block in page.blocks]).encode("utf-8", "replace")
    places: dict[tuple[str, int], int] = {}
    hashes = []
    for block, text in zip(page.blocks, texts.split(b"\n"), strict=False):
        parent = boxes[block.box].parent
        place = places.get((block.tag, parent))
        if place is None:
            around = boxes[max(parent, 0)]
            place = _hash_place(block.tag, around.tag, boxes[max(around.parent, 0)].tag)
            places[block.tag, parent] = place
        hashes.append(crc32(text) << 32 | place)
    return hashes


def count_seen(hashes: Sequence[int], weights: list[float], template: Template) -> list[int]:
    """Return for each block on how many recent pages it was seen when that makes it chrome, else 0."""
    if len(template.pages) < MIN_PAGES:
        return [0] * len(hashes)
    wanted = set(hashes)
    seen = Counter(h for page in template.pages for h in page if h in wanted)
    least = CHROME_SHARE * len(template.pages)
    heaviest = MAX_BODY_SHARE * sum(weights)
    return [
        seen[h] if seen[h] >= least and (not weight or weight <= heaviest) else 0
        for h, weight in zip(hashes, weights, strict=True)
    ]


def _mask(text: str) -> str:
    """Return the words of a block with what changes from day to day masked."""
    if len(text) > MAX_MASKED_CHARS:
        return text
    folded = text.casefold()
    if _DIGIT.search(folded) or (len(text) <= MAX_DAY_CHARS and not _CALENDAR.isdisjoint(folded.split())):
        words = folded.split()
        return " ".join([w if w.isalpha() and w not in _CALENDAR else _mask_word(w) for w in words])
    return folded


def _mask_word(word: str) -> str:
    """Return "#" for a number, a change of one, a sign, a month or a day; any other word as it is."""
    bare = word.strip(_EDGES)
    changes = bare in _CALENDAR or _DIGIT.search(bare) or not any(map(str.isalnum, bare))
    return "#" if changes else word


@lru_cache(maxsize=4_096)
def _hash_place(*tags: str) -> int:
    """Return a 32-bit hash of the tags around a block, inner before outer."""
    return crc32("/".join(tags).encode("utf-8", "replace"))
