"""The state that a page's framework brings along -> the text of its story.

Position: asked by `read` when a page shows hardly any text and its JSON-LD tells no story. Pure.

Pages that draw themselves with JavaScript often carry what their script would draw (`__NEXT_DATA__` and its
like): among much else a record with the headline of the page and the text of the story, as HTML, as
paragraphs, or as a tree of blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from monitor.text.records import read_records

MAX_DEPTH = 12
"""How deep the blocks of a story may lie in each other."""

MIN_TITLE_CHARS = 8
"""A shorter headline is part of too many titles."""

TITLES = ("headline", "title", "name")
BODIES = (
    *("articleBody", "body", "content", "text", "html", "bodyHtml", "contentHtml", "body_html"),
    *("content_html", "fullText", "paragraphs", "blocks", "story"),
)
PARTS = (
    *("text", "content", "children", "html", "value", "body", "data", "paragraphs", "blocks", "items"),
    "rendered",
)
"""Where a piece of a story keeps its text, or further pieces."""

INLINE = frozenset({"children"})
"""Whose pieces are of one line: words in bold, links."""

_BREAK = re.compile(
    r"</(?:p|div|h[1-6]|li|blockquote|tr|section|figure)\s{0,9}>|<br\s{0,9}/?>", re.IGNORECASE
)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")


def find_story(documents: Iterable[str], title: str) -> str:
    """Return the longest text that a record under the page's headline holds, a paragraph a line; "" for none.

    `title` is the page's; the record's headline may be a part of it, or it a part of that.
    """
    best = ""
    for record in read_records(documents):
        if any(_is_same(record.get(name), title) for name in TITLES):
            best = max(best, *(_text_of(record.get(name)) for name in BODIES), key=len)
    return best


def _is_same(name: object, title: str) -> bool:
    if isinstance(name, dict):
        name = name.get("rendered")
    if not isinstance(name, str):
        return False
    ours, theirs = (" ".join(_plain(text).split()).casefold() for text in (title, name[:1000]))
    shorter, longer = sorted((ours, theirs), key=len)
    return len(shorter) >= MIN_TITLE_CHARS and shorter in longer


def _text_of(value: object, *, depth: int = 0, inline: bool = False) -> str:
    """Return the text of a story's body, or of a piece of it, a paragraph a line."""
    if isinstance(value, str):
        return _plain(value)
    if depth > MAX_DEPTH:
        return ""
    if isinstance(value, list):
        pieces = (_text_of(piece, depth=depth + 1, inline=inline) for piece in value)
        return ("" if inline else "\n").join(piece for piece in pieces if piece)
    if isinstance(value, dict):
        for name in PARTS:
            if text := _text_of(value.get(name), depth=depth + 1, inline=name in INLINE):
                return text
    return ""


def _plain(text: str) -> str:
    """Return HTML as text, a block a line."""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    return unescape(text)
