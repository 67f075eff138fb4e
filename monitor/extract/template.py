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

import re2

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

MAX_MASKED_CHARS = 200
"""Longer blocks are compared as they are: no ticker is that long, and masking takes time."""

_CALENDAR = WEEKDAYS | MONTHS.keys()
MAX_DAY_CHARS = 60
"""A longer line without a number is no date or forecast: its days are not masked."""

_DIGIT = re.compile(r"\d")
_DIGITS = b"0123456789"
_OTHER_DIGIT = re2.compile(r"[^0-9\P{Nd}]")
"""A digit of another script."""

_EDGES = ".,:;()[]|•·"


def hash_blocks(page: Page) -> list[int]:
    """Return an unsigned 64-bit hash of each block's masked words and structural place."""
    boxes, flat = page.boxes, page.flat
    places: dict[int | str, int] = {}
    hashes = []
    for block, words in zip(page.blocks, _mask_blocks(page.blocks), strict=True):
        key = block.tag if flat else block.box
        place = places.get(key)
        if place is None:
            around = boxes[max(boxes[block.box].parent, 0)]
            place = _hash_place(block.tag, around.tag, boxes[max(around.parent, 0)].tag)
            places[key] = place
        hashes.append(crc32(words) << 32 | place)
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


def _mask_blocks(blocks: Sequence[Block]) -> list[bytes]:
    """Return the words of each block, as UTF-8, with what changes from day to day masked.

    The lines with numbers are found by taking all digits out of all lines at once.
    """
    texts = [b.text if len(b.text) > MAX_MASKED_CHARS else b.text.casefold() for b in blocks]
    joined = "\n".join(texts)
    encoded = joined.encode("utf-8", "replace")
    lines = encoded.split(b"\n")
    others_have_digits = len(encoded) != len(joined) and _OTHER_DIGIT.search(encoded) is not None
    for i, without in enumerate(encoded.translate(None, _DIGITS).split(b"\n")):
        text, chars = texts[i], len(blocks[i].text)
        if chars > MAX_MASKED_CHARS:
            continue
        numbered = len(without) != len(lines[i]) or (others_have_digits and _DIGIT.search(text))
        if numbered or (chars <= MAX_DAY_CHARS and not _CALENDAR.isdisjoint(text.split())):
            lines[i] = _mask(text).encode("utf-8", "replace")
    return lines


def _mask(text: str) -> str:
    """Return the words of a line with numbers, changes of them, signs, months and days as "#"."""
    return " ".join(
        [
            "#"
            if word[-1].isdecimal() or word[0].isdecimal()
            else word
            if word.isalpha() and word not in _CALENDAR
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
def _hash_place(*tags: str) -> int:
    """Return a 32-bit hash of the tags around a block, inner before outer."""
    return crc32("/".join(tags).encode("utf-8", "replace"))
