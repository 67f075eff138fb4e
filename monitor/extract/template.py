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
from monitor.extract.page import Block, Page
from monitor.model import Template

WINDOW = 32
"""Pages that a template remembers."""

MIN_PAGES = 8
"""Pages below which nothing is learned: two stories of a series share more than that."""

CHROME_SHARE = 0.5
"""Share of the recent pages from which a block is the site's own."""

MAX_BODY_SHARE = 0.3
"""A block with more of the page's prose than this is never taken for chrome."""

MAX_FORMULA_SHARE = 0.5
"""Blocks with numbers that together have more of the prose than this are a story told by formula
day by day, of rates, quakes or trains: only its numbers are new, and they were masked."""

MAX_MASKED_CHARS = 200
"""Longer blocks are compared as they are: no ticker is that long, and masking takes time."""

_CALENDAR = WEEKDAYS | MONTHS.keys()
MAX_DAY_CHARS = 60
"""A longer line without a number is no date or forecast: its days are not masked."""

_DIGIT = re.compile(r"\d")
_DIGIT_BYTES = b"0123456789\xd9\xdb\xdf\xe0\xe1\xea\xef\xf0"
"""The digits of ASCII, and the first bytes of all others in UTF-8."""

_EDGES = ".,:;()[]|•·"


def hash_blocks(page: Page) -> list[int]:
    """Return an unsigned 64-bit hash of each block's masked words and structural place."""
    tags = [box.tag for box in page.boxes]
    around = [0, *(box.parent for box in page.boxes[1:])]
    parents = [around[block.box] for block in page.blocks]
    places = [
        _hash_place(block.tag, tags[parent], tags[around[parent]])
        for block, parent in zip(page.blocks, parents, strict=True)
    ]
    words = map(crc32, _mask_blocks(page.blocks))
    return [word << 32 | place for word, place in zip(words, places, strict=True)]


def count_seen(
    blocks: Sequence[Block], hashes: Sequence[int], weights: list[float], template: Template
) -> list[int]:
    """Return for each block on how many recent pages it was seen when that makes it chrome, else 0."""
    if len(template.pages) < MIN_PAGES:
        return [0] * len(hashes)
    wanted = set(hashes)
    seen = Counter(h for page in template.pages for h in page if h in wanted)
    least = CHROME_SHARE * len(template.pages)
    heaviest = MAX_BODY_SHARE * sum(weights)
    counts = [
        seen[h] if seen[h] >= least and (not weight or weight <= heaviest) else 0
        for h, weight in zip(hashes, weights, strict=True)
    ]
    formula = [i for i, count in enumerate(counts) if count and weights[i] and _DIGIT.search(blocks[i].text)]
    if sum(weights[i] for i in formula) > MAX_FORMULA_SHARE * sum(weights):
        for i in formula:
            counts[i] = 0
    return counts


def _mask_blocks(blocks: Sequence[Block]) -> list[bytes]:
    """Return the words of each block, as UTF-8, with what changes from day to day masked.

    The lines with numbers are found by taking what digits are made of out of all lines at once.
    """
    if not blocks:
        return []
    texts = [b.text if len(b.text) > MAX_MASKED_CHARS else b.text.casefold() for b in blocks]
    encoded = "\n".join(texts).encode("utf-8", "replace")
    lines = encoded.split(b"\n")
    without = encoded.translate(None, _DIGIT_BYTES).split(b"\n")
    for i, (block, text, line, left) in enumerate(zip(blocks, texts, lines, without, strict=True)):
        chars = len(block.text)
        if chars > MAX_MASKED_CHARS:
            continue
        numbered = len(left) != len(line) and _DIGIT.search(text)
        if numbered or (chars <= MAX_DAY_CHARS and not _CALENDAR.isdisjoint(text.split())):
            lines[i] = _mask(text).encode("utf-8", "replace")
    return lines


def _mask(text: str) -> str:
    """Return the words of a line with numbers, changes of them, signs, months and days as "#"."""
    return " ".join(
        [
            (word if word not in _CALENDAR else "#")
            if word.isalpha()
            else "#"
            if word[0].isdecimal() or word[-1].isdecimal()
            else _mask_word(word)
            for word in text.split()
        ]
    )


def _mask_word(word: str) -> str:
    """Return "#" for a word with a number in it, a sign, a month or a day; any other as it is."""
    bare = word.strip(_EDGES)
    changes = bare in _CALENDAR or _DIGIT.search(bare) or not any(map(str.isalnum, bare))
    return "#" if changes else word


@lru_cache(maxsize=4_096)
def _hash_place(tag: str, parent: str, grandparent: str) -> int:
    """Return a 32-bit hash of the tags around a block, inner before outer."""
    return crc32(f"{tag}/{parent}/{grandparent}".encode("utf-8", "replace"))
