"""How deep a page is nested, told from its bytes.

Position: asked by `walk` before the parser sees the page, whose time grows with the square of the depth.
"""

from __future__ import annotations

import re

from monitor.errors import NotAnArticle

MAX_OPEN_TAGS = 20_000
"""`<` characters above which the nesting is measured before Lexbor sees the page: it takes 11 s for
100,000 nested `<div>` and far longer for `<ul><li>`."""

MAX_DEPTH = 2_000
"""Levels of nesting that no page made for readers reaches."""

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_SELF_CLOSING = frozenset(
    b"p li td tr th dd dt option optgroup a "
    b"br hr img input meta link area base col embed source track wbr".split()
)


def refuse_deep(html: bytes) -> None:
    """Refuse a page whose markup no reader's page reaches.

    Raises:
        NotAnArticle: it is nested more than `MAX_DEPTH` levels deep.
    """
    if (
        len(html) > MAX_OPEN_TAGS * len("<b>")
        and html.count(b"<") > MAX_OPEN_TAGS
        and measure_nesting(html) > MAX_DEPTH
    ):
        raise NotAnArticle(f"the page's markup is nested more than {MAX_DEPTH} levels deep")


def measure_nesting(html: bytes) -> int:
    """Return how deep tags are nested at most, as far as the bytes tell, without building a tree.

    Only a closing tag of the same name closes. Tags that close one another by themselves do not
    count, except inside SVG and MathML, where they do not.
    """
    open_tags: dict[bytes, int] = {}
    depth = deepest = position = 0
    while match := _TAG.search(html, position):
        position = match.end()
        closes, name = match[1], match[2].lower()
        if name in _SELF_CLOSING and not (open_tags.get(b"svg") or open_tags.get(b"math")):
            continue
        if closes:
            if open_tags.get(name, 0):
                open_tags[name] -= 1
                depth -= 1
        elif name in (b"script", b"style"):
            end = html.find(b"</" + name, position)
            position = end if end >= 0 else len(html)
        else:
            open_tags[name] = open_tags.get(name, 0) + 1
            depth += 1
            deepest = max(deepest, depth)
    return deepest
