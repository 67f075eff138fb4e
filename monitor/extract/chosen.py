"""What a person chose on a source's pages, by CSS: where the story stands, what goes, where its title is.

Position: called by `walk` between the parse and the walk, for the few sources that have overrides. Besides
`walk` the only module that knows selectolax.

How: a matched element is given a mark that the walk reads off it. An element amid a line (a link, a
span) would break its paragraph in two, so it is taken out of the tree instead.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.extract.page import OverrideMatch
from monitor.model import Overrides

MARK = "data-monitor-override"
BODY, REMOVE = "body", "remove"
"""The mark's values. A page that gives them itself, on a source with overrides, hides only its own text."""

MAX_MATCHES = 2_000
"""Elements that one selector marks at most."""


def mark_chosen(
    tree: LexborHTMLParser, overrides: Overrides, boxes: Collection[str]
) -> tuple[list[OverrideMatch], str]:
    """Mark in `tree` what the overrides name; return how often each matched, and the title they give or "".

    `boxes` are the tags that the walk makes boxes of. The selectors are sound (`check_selector`).
    """
    found: list[OverrideMatch] = []
    title = ""
    if overrides.title:
        nodes = tree.css(overrides.title)
        title = next((text for node in nodes if (text := " ".join(node.text().split()))), "")
        found.append(OverrideMatch("title", overrides.title, len(nodes)))
    if overrides.body:
        nodes = tree.css(overrides.body)
        for node in _outermost(nodes):
            _mark(node, BODY, boxes)
        found.append(OverrideMatch("body", overrides.body, len(nodes)))
    for selector in overrides.remove:
        nodes = tree.css(selector)
        for node in _outermost(nodes):
            if node.tag in boxes:
                node.attrs[MARK] = REMOVE
            else:
                node.decompose()
        found.append(OverrideMatch("remove", selector, len(nodes)))
    return found, title


def _mark(node: LexborNode, value: str, boxes: Collection[str]) -> None:
    """Mark an element, or a box put around it when it makes none itself."""
    if node.tag in boxes:
        node.attrs[MARK] = value
        return
    box = LexborHTMLParser(f"<div {MARK}={value}></div>").css("div")[0]
    node.insert_before(box)
    if node.prev is not None:
        node.prev.insert_child(node)
        node.decompose()


def _outermost(nodes: list[LexborNode]) -> Iterator[LexborNode]:
    """Yield the elements that lie in no other of them, in order."""
    seen = {node.mem_id for node in nodes[:MAX_MATCHES]}
    for node in nodes[:MAX_MATCHES]:
        around = node.parent
        while around is not None and around.mem_id not in seen:
            around = around.parent
        if around is None:
            yield node
