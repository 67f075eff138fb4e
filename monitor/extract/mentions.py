"""What a page's markup says of itself: its metas, scripts and title, its dates, who wrote it.

Position: called by `walk` at the elements that say so; `metadata` makes sense of it. Knows selectolax.

Every reader takes the page so far and a node, and returns whether the node's children are to be visited.
"""

from __future__ import annotations

from collections.abc import Callable

from selectolax.lexbor import LexborNode

from monitor.extract.page import Mention, Page
from monitor.extract.tags import BASE, CANONICAL, META, SCRIPT, TIME, TITLE

MAX_STATES = 20
"""Scripts with JSON that are kept: one or two hold what a framework draws."""

MAX_START_NODES = 60
"""Nodes of an element among which its first characters are looked for."""

MAX_PEOPLE = 100
"""Mentions of an author that are kept."""

_DATE_PROPS = {"datepublished": "published", "datecreated": "created", "datemodified": "modified"}


def read_meta(page: Page, node: LexborNode) -> bool:
    """Keep a `<meta>` that has a name and a content."""
    attributes = node.attributes
    name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
    content = attributes.get("content")
    if name and content:
        page.meta.setdefault(name.lower(), []).append(content)
    return False


def read_title(page: Page, node: LexborNode) -> bool:
    """Keep the first `<title>`."""
    page.title = page.title or " ".join(node.text().split())
    return False


def read_base(page: Page, node: LexborNode) -> bool:
    """Keep the first `<base>`."""
    page.base = page.base or node.attributes.get("href") or ""
    return False


def read_canonical(page: Page, node: LexborNode) -> bool:
    """Keep the first `<link rel=canonical>`."""
    attributes = node.attributes
    if attributes.get("rel") == "canonical":
        page.canonical = page.canonical or attributes.get("href") or ""
    return False


def read_script(page: Page, node: LexborNode) -> bool:
    """Keep JSON-LD and the state of frameworks; count all scripts, which tells an empty shell."""
    page.scripts += 1
    kind = node.attributes.get("type") or ""
    if "ld+json" in kind:
        page.jsonld.append(node.text())
    elif kind == "application/json" and len(page.state) < MAX_STATES:
        page.state.append(node.text())
    return False


def read_time(page: Page, node: LexborNode) -> bool:
    """Keep a `<time>`; its text is also the page's."""
    attributes = node.attributes
    value = attributes.get("datetime") or _read_start(node, 100)
    prop = (attributes.get("itemprop") or "").lower()
    page.times.append(Mention(value[:100], len(page.blocks), _DATE_PROPS.get(prop, "time")))
    return True


READERS: dict[int, Callable[[Page, LexborNode], bool]] = {
    SCRIPT: read_script,
    META: read_meta,
    TITLE: read_title,
    BASE: read_base,
    CANONICAL: read_canonical,
    TIME: read_time,
}
"""What reads the elements of a kind."""


def read_itemprop(page: Page, node: LexborNode, prop: str) -> None:
    """Keep microdata that names an author or a date."""
    if "author" in prop.split():
        mention_person(page, node)
    elif prop in _DATE_PROPS:
        attributes = node.attributes
        value = attributes.get("content") or attributes.get("datetime") or attributes.get("title")
        value = value or _read_start(node, 100)
        page.times.append(Mention(value[:100], len(page.blocks), _DATE_PROPS[prop]))


def mention_person(page: Page, node: LexborNode) -> None:
    """Keep the text of an element that is marked as an author."""
    if len(page.people) < MAX_PEOPLE and (text := _read_start(node, 200)):
        page.people.append(Mention(text, len(page.blocks)))


def _read_start(node: LexborNode, chars: int) -> str:
    """Return the first characters of an element's text, reading no more of it than that takes.

    Elements that name an author may be nested in one another, each with all the text of the page.
    """
    parts, length = [], 0
    for child, _ in zip(node.traverse(include_text=True), range(MAX_START_NODES), strict=False):
        if child.tag == "-text":
            parts.append((child.text_content or "")[: 2 * chars])
            length += len(parts[-1])
            if length >= 2 * chars:
                break
    return " ".join("".join(parts).split())[:chars]
