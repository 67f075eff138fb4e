"""The standfirst: the sentence or two between the title and the body, which belong to the story.

Position: called by `decide` once both ends of the body are trimmed. Pure.

Templates put it into the header of the article, outside the body. It is known by what the page calls
its description, by class words, or by being the one sentence that stands there.
"""

from __future__ import annotations

import re

from monitor.extract.authors import is_byline
from monitor.extract.body import ends_sentence, fold
from monitor.extract.dates import parse_visible
from monitor.extract.page import Block, Page, Reason
from monitor.extract.phrases import is_caption, read_edge_line
from monitor.extract.tail import is_biography

HEAD_BLOCKS = 25
"""Blocks above the body among which a standfirst is looked for."""

MIN_LEAD_CHARS = 30
MIN_PLAIN_LEAD_CHARS = 50
"""Characters from which a line that nothing else speaks for may be a standfirst."""

MIN_LINKED_LEAD_CHARS = 200
"""Characters from which a line with a link in it may be the story's first paragraph, not a teaser."""

MAX_LEAD_CHARS = 1_000
SAME_CHARS = 40
"""Characters of two texts that must agree for one to be the other, cut short or gone on with."""

COMPARED_CHARS = 160
"""Characters of two texts that are compared at most."""

OPENING_BLOCKS = 2
"""Blocks at the top of the body that a standfirst must not repeat: its heading and its first paragraph."""

_LEAD_WORDS = re.compile(
    r"standfirst|stand-first|(?<![a-z])lead(?!er|s|-?gen|ing)|lede|(?<![a-z])de[ck]k?(?![a-z])|sub-?_?(?:title|head|headline|line)|summary"
    r"|(?<![a-z])intro|excerpt|chapo|sapo|abstract|strap-?line|(?<![a-z])strap(?![a-z])|vorspann|untertitel|unterzeile|bajada|entradilla"
    r"|sottotitolo|sommario|ingress|description|-desc(?![a-z])|teaser-?text|preamble|manchet|perex|spot(?![a-z])|copete|sumario|tagline"
)
_DESCRIPTIONS = (
    "og:description",
    "description",
    "twitter:description",
    "dc.description",
    "sailthru.description",
)
_POSSIBLE = frozenset(
    ("p", "div", "h2", "h3", "h4", "section", "header", "article", "strong", "blockquote", "li")
)


_REVIEWED = (Reason.OUTSIDE, Reason.RELATED, Reason.BYLINE)
"""What a standfirst is taken for at first: templates put it among teasers, or beside the byline."""


def keep_lead(page: Page, reasons: list[Reason], marks: list[Reason | None]) -> None:
    """Give the story its standfirst back, in place."""
    start = next((i for i, reason in enumerate(reasons) if reason is Reason.STORY), None)
    if start is None:
        return
    above = range(start - 1, max(start - HEAD_BLOCKS, -1), -1)
    title = min((i for i in above if reasons[i] in (Reason.TITLE, Reason.REPEATED_TITLE)), default=None)
    head = range(max(0, start - HEAD_BLOCKS) if title is None else title + 1, start)
    possible = [i for i in head if reasons[i] in _REVIEWED and _may_be_lead(page.blocks[i])]
    if not possible:
        return
    descriptions = [_fold_start(value) for name in _DESCRIPTIONS for value in page.meta.get(name, ())]
    opening = zip(page.blocks[start : start + OPENING_BLOCKS], reasons[start:], strict=False)
    found = [_fold_start(block.text) for block, reason in opening if reason is Reason.STORY]
    for i in possible:
        folded = _fold_start(page.blocks[i].text)
        if any(_same(folded, other) for other in found):
            continue
        described = any(_same(folded, description) for description in descriptions)
        placed = title is not None and marks[page.blocks[i].box] is None and _reads_as_lead(page, i, start)
        if described or (placed and reasons[i] is not Reason.BYLINE):
            reasons[i] = Reason.STORY
            found.append(folded)


def _fold_start(text: str) -> str:
    """Return the words of as much of a text as is compared."""
    return fold(text[: 2 * (COMPARED_CHARS + SAME_CHARS)])


def _may_be_lead(block: Block) -> bool:
    """Return whether nothing speaks against a block above the body being the standfirst."""
    text = block.text
    if not MIN_LEAD_CHARS <= len(text) * _density(text) <= MAX_LEAD_CHARS or block.tag not in _POSSIBLE:
        return False
    return block.link_chars * 2 <= len(text) and not is_caption(text) and not read_edge_line(text)


def _reads_as_lead(page: Page, index: int, start: int) -> bool:
    """Return whether a block between title and body is named as the standfirst, or reads like one.

    The body begins at the block `start`; a paragraph of the same make is one of its own.
    """
    block = page.blocks[index]
    text = block.text
    if is_byline(text) or is_biography(text):
        return False
    if _named_lead(page, block.box):
        return True
    if len(text) < (MIN_LINKED_LEAD_CHARS if block.link_chars else MIN_PLAIN_LEAD_CHARS):
        return False
    if block.link_chars and not (ends_sentence(text) and _is_made_alike(page, index, start)):
        return False
    if len(text) < MIN_PLAIN_LEAD_CHARS * 2 and parse_visible(text):
        return False
    return block.tag in ("h2", "p") or ends_sentence(text)


def _is_made_alike(page: Page, one: int, other: int) -> bool:
    """Return whether two blocks are paragraphs with the same class words, or in boxes with the same."""
    boxes = [page.boxes[page.blocks[i].box] for i in (one, other)]
    if any(box.tag != "p" for box in boxes):
        return False
    around = [page.boxes[box.parent].words for box in boxes]
    return (boxes[0].words == boxes[1].words != "") or (around[0] == around[1] != "")


def _density(text: str) -> int:
    return 1 if text.isascii() or text[0] < "\u0e00" else 3


def _named_lead(page: Page, index: int) -> bool:
    """Return whether the words of a box, or of the one around it, call it a standfirst."""
    box = page.boxes[index]
    words = box.words + " " + box.itemprop + (" " + page.boxes[box.parent].words if box.parent >= 0 else "")
    return bool(_LEAD_WORDS.search(words))


def _same(one: str, other: str) -> bool:
    """Return whether one of two folded texts is the beginning of the other, a dateline aside."""
    opening = one[:COMPARED_CHARS]
    if len(opening) > SAME_CHARS and opening in other[: COMPARED_CHARS + SAME_CHARS]:
        return True
    chars = min(len(one), len(other), COMPARED_CHARS)
    return chars >= min(SAME_CHARS, len(one)) > 0 and one[:chars] == other[:chars]
