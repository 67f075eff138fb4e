"""What of a page the parser is given, told from its bytes.

Position: asked by `walk` before the parser sees the page. Lexbor's time grows with the square of the depth,
of the attributes of one tag, and of the options of one form.
"""

from __future__ import annotations

import re

from monitor.errors import NotAnArticle

MAX_OPEN_TAGS = 20_000
"""`<` characters above which the nesting is measured before Lexbor sees the page: it takes 11 s for
100,000 nested `<div>` and far longer for `<ul><li>`."""

MAX_DEPTH = 2_000
"""Levels of nesting that no page made for readers reaches."""

MAX_TAGS = 200_000
"""Tags after which the rest of a page is not parsed: the walk ends long before, and a million take 400 MB."""

MAX_OPTIONS = 10_000
"""Options of a page's forms: as many take Lexbor half a second, four times as many twenty times that."""

MAX_TAG_BYTES = 4_096
"""Bytes of one tag beside its quoted values, which are some hundred attributes."""

MAX_READS = 4
"""How many times over a page is read for the ends of its tags: any of them may seem to hold all the rest."""

_WHOLE_TAG = re.compile(rb"""<[a-zA-Z](?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+""")
_VALUE = re.compile(rb"""=\s*+(?:"[^"]*+"|'[^']*+')""")
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_SELF_CLOSING = frozenset(
    b"p li td tr th dd dt option optgroup a "
    b"br hr img input meta link area base col embed source track wbr".split()
)


def bound_markup(html: bytes) -> bytes:
    """Return as much of a page as is worth parsing: nearly always all of it.

    Raises:
        NotAnArticle: its markup is none that a page for readers has, and would take the parser too long.
    """
    _refuse_endless_tags(html)
    if len(html) <= MAX_OPEN_TAGS * len("<b>") or html.count(b"<") <= MAX_OPEN_TAGS:
        return html
    return html[: _scan_tags(html)]


def _refuse_endless_tags(html: bytes) -> None:
    """Refuse a page with a tag of thousands of attributes: a stretch without another tag gives it away."""
    place = script = script_end = read = 0
    while place < len(html):
        end = place + MAX_TAG_BYTES
        if html.find(b"<", place, end) < 0:
            opening = max(html.rfind(b"<", 0, place), 0)
            tag = _WHOLE_TAG.match(html, opening)
            read += tag.end() - opening if tag else 0
            if tag and tag.end() > place and (_is_endless(tag[0]) or read > MAX_READS * len(html)):
                while script_end <= opening:  # what scripts compare is no tag
                    script = _find(html, b"<script", script_end)
                    script_end = _find(html, b"</script", script + 1)
                if not script < opening < script_end:
                    raise NotAnArticle("the page's markup has a tag with thousands of attributes")
                end = max(end, script_end)
            end = _find(html, b"<", end)
        place = end


def _find(html: bytes, wanted: bytes, place: int) -> int:
    """Return where `wanted` is next, the end of the page when it is nowhere."""
    found = html.find(wanted, place)
    return found if found >= 0 else len(html)


def _is_endless(tag: bytes) -> bool:
    """Return whether a tag is long but for quoted values."""
    return len(_VALUE.sub(b"=", tag)) > MAX_TAG_BYTES


def _scan_tags(html: bytes) -> int:
    """Return where the tags end that are worth parsing.

    Only a closing tag of the same name closes. Tags that close one another by themselves do not
    count, except inside SVG and MathML, where they do not.

    Raises:
        NotAnArticle: tags are nested too deep, or options too many.
    """
    open_tags: dict[bytes, int] = {}
    depth = position = options = 0
    for _ in range(MAX_TAGS):
        match = _TAG.search(html, position)
        if match is None:
            return len(html)
        position = match.end()
        closes, name = match[1], match[2].lower()
        if name in _SELF_CLOSING and not (open_tags.get(b"svg") or open_tags.get(b"math")):
            options += name == b"option"
            if options > MAX_OPTIONS:
                raise NotAnArticle(f"the page's markup has more than {MAX_OPTIONS} options to choose from")
        elif closes:
            if open_tags.get(name, 0):
                open_tags[name] -= 1
                depth -= 1
        elif name in (b"script", b"style"):
            end = html.find(b"</" + name, position)
            position = end if end >= 0 else len(html)
        else:
            open_tags[name] = open_tags.get(name, 0) + 1
            depth += 1
            if depth > MAX_DEPTH:
                raise NotAnArticle(f"the page's markup is nested more than {MAX_DEPTH} levels deep")
    return position
