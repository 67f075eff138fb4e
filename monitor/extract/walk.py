"""HTML -> Page: one walk over the Lexbor tree.

Position: after `charset`, before `decide`. With `chosen`, `mentions` and `tags` the only module that knows
selectolax.

How: the tree is walked without recursion, so that no nesting can exhaust the stack. Text gathers
until something block-level begins or ends; then it becomes a block. Attributes are read where
they can matter, which is what keeps the walk near the price of the parse itself.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache, partial

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from monitor.extract.chosen import MARK as CHOSEN
from monitor.extract.chosen import REMOVE, mark_chosen
from monitor.extract.marks import TAG_REASONS, read_mark
from monitor.extract.markup import bound_markup
from monitor.extract.mentions import READERS, mention_person, read_itemprop
from monitor.extract.page import Block, Box, Page, Reason
from monitor.extract.tags import (
    BLOCK,
    BLOCK_TAGS,
    BOX_TAGS,
    BREAK,
    EMPHASIS,
    FOLDED,
    INLINE,
    INPUT,
    KIND_COUNT,
    KINDS,
    LINK,
    LIST,
    PLAIN,
    RULE,
    SKIPPED,
    TEXT,
)
from monitor.model import Overrides

MAX_NODES = 60_000
"""Nodes after which the rest of a page is not read: over twice the largest page of the development set."""

FORM_LEVELS = 4
"""Boxes around a radio button that are told of it."""

MAX_FOLDED_CHARS = 2_000
"""How much of a navigation's text is kept, to show what was stripped."""

MIN_FOLDED_LINKS = 4
"""Links of a list that may be folded: shorter ones are a story's."""

FOLDED_SHARE = 0.85
"""Share of a list's characters inside links from which it leads elsewhere and is one block."""

MAX_LIST_LEVELS = 3
"""Lists around a list from which it is not asked whether it is links, which reads all of it."""

NO_OVERRIDES = Overrides()

_WITHOUT_EVENTS = LexborDocumentOptions.WO_EVENTS.value
"""Spares the parser what no page here needs: copies of the options that are selected."""

_WORD_ATTRIBUTES = ("class", "id", "role", "data-component", "data-testid", "data-module", "aria-label")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_HEADING_ATTRIBUTES = tuple(name for name in _WORD_ATTRIBUTES if name != "id")
"""The id of a heading, or of the section under it, is its own text, for links into the page: it says nothing
of what they are."""

_UNSEEN_WORDS = (
    "visually-hidden",
    "visuallyhidden",
    "sr-only",
    "screen-reader",
    "screenreader",
    "show-for-sr",
)
_BREAK = " \n"
"""What a `<br>` leaves in a block's text, told from the page's own white space by its identity."""


def cut_html(html: bytes, overrides: Overrides = NO_OVERRIDES) -> Page:
    """Cut an HTML page, given as valid UTF-8, into blocks.

    Raises:
        NotAnArticle: its markup is none that a page for readers has.
    """
    tree = LexborHTMLParser(bound_markup(html), scripting=True, options=_WITHOUT_EVENTS)
    cutter = _Cutter()
    if overrides != NO_OVERRIDES:
        cutter.has_overrides = True
        cutter.page.overrides, cutter.page.chosen_title = mark_chosen(tree, overrides, BLOCK_TAGS)
    if tree.root is not None:
        cutter.walk(tree.root)
    return cutter.page


class _Cutter:
    """The walk's state: the page so far, and the text that waits for its block to end.

    A box is made when its first block is: many elements hold no text, and those cost nothing then.
    `waiting` are the open elements without a box yet, outer before inner; `box` is the innermost with one.
    `linked` and `emphasised` are those of the text's `parts` that lie in links, and in bold or italics.
    """

    def __init__(self) -> None:
        self.page = Page(boxes=[Box(-1, "html", 0)])
        self.box = 0
        self.waiting: list[LexborNode] = []
        self.parts: list[str] = []
        self.linked: list[str] = []
        self.emphasised: list[str] = []
        self.links = 0
        self.has_overrides = False
        self.lists = 0

    def walk(self, root: LexborNode) -> None:  # noqa: C901, PLR0912, PLR0915 - the hot loop: calls cost more than the work
        """Visit every node below `root` in document order."""
        kind_of, enter, flush = KINDS.get, self.enterers(), self.flush
        parts, linked, emphasised, waiting = self.parts, self.linked, self.emphasised, self.waiting
        in_links = in_emphasis = 0
        open_nodes: list[tuple[LexborNode, int]] = []
        node = root
        for _ in range(MAX_NODES):
            kind = kind_of(node.tag_id, INLINE)
            child = None
            if kind == TEXT:
                text = node.text_content or ""
                if parts or not text.isspace():
                    parts.append(text)
                    if in_links:
                        linked.append(text)
                    if in_emphasis:
                        emphasised.append(text)
            elif kind == BLOCK:
                if parts:
                    flush()
                child = node.first_child
                if child is not None:
                    waiting.append(node)
            elif kind == PLAIN or (kind != SKIPPED and enter[kind](node)):
                child = node.first_child
                if child is not None:
                    if kind == LINK:
                        in_links += 1
                    elif kind == EMPHASIS:
                        in_emphasis += 1
            if child is not None:
                open_nodes.append((node, kind))
                node = child
                continue
            following = node.next
            while following is None and open_nodes:
                node, kind = open_nodes.pop()
                if kind == BLOCK:
                    if parts:
                        flush()
                    if waiting:
                        waiting.pop()
                    else:
                        self.close_box()
                elif kind == LINK:
                    in_links -= 1
                elif kind == EMPHASIS:
                    in_emphasis -= 1
                elif kind == LIST:
                    self.close_list()
                following = node.next
            if following is None:
                break
            node = following
        self.close_all()

    def enterers(self) -> list[Callable[[LexborNode], bool]]:
        """Return what to do on opening an element, by kind; it says whether to visit the children."""
        by_kind: dict[int, Callable[[LexborNode], bool]] = {
            LIST: self.open_list,
            FOLDED: self.fold_box,
            BREAK: self.break_line,
            EMPHASIS: lambda _node: True,
            RULE: self.rule_off,
            LINK: self.open_link,
            INPUT: self.read_input,
            **{kind: partial(read, self.page) for kind, read in READERS.items()},
        }
        return [by_kind.get(kind, self.enter_inline) for kind in range(KIND_COUNT)]

    def flush(self) -> None:
        """End the block in the making."""
        if text := " ".join("".join(self.parts).split()):
            if self.waiting:
                self.open_boxes()
            page, chars = self.page, len(text)
            link_chars = min(_count_chars(self.linked), chars) if self.linked else 0
            emphasis = min(_count_chars(self.emphasised), chars) if self.emphasised else 0
            page.blocks.append(
                Block(text, page.boxes[self.box].tag, self.box, link_chars, emphasis, self.links)
            )
        self.parts.clear()
        self.linked.clear()
        self.emphasised.clear()
        self.links = 0

    def open_boxes(self) -> None:
        """Make the boxes of the open elements that have none."""
        boxes, first = self.page.boxes, len(self.page.blocks)
        for node in self.waiting:
            tag = BOX_TAGS[node.tag_id]
            box = Box(self.box, tag, first)
            attributes = node.attributes
            if len(attributes) == 1 and "class" in attributes:
                box.words = (attributes["class"] or "").lower()
            elif attributes:
                self.read_box_attributes(node, attributes, box)
            if box.mark is None:
                box.mark = TAG_REASONS.get(tag)
            self.box = len(boxes)
            boxes.append(box)
        self.waiting.clear()

    def close_box(self) -> None:
        """Close the innermost box."""
        box = self.page.boxes[self.box]
        box.last = len(self.page.blocks)
        self.box = box.parent

    def close_all(self) -> None:
        """End the page: close what is open."""
        self.flush()
        while self.box:
            self.close_box()
        self.page.boxes[0].last = len(self.page.blocks)

    def open_list(self, node: LexborNode) -> bool:
        """Open a list, unless it is taken as one block."""
        if self.parts:
            self.flush()
        if self.fold_links(node) or node.first_child is None:
            return False
        self.waiting.append(node)
        self.lists += 1
        return True

    def close_list(self) -> None:
        """Close a list."""
        if self.parts:
            self.flush()
        if self.waiting:
            self.waiting.pop()
        else:
            self.close_box()
        self.lists -= 1

    def fold_box(self, node: LexborNode) -> bool:
        """Take an element that is never part of a story as one block of links."""
        if self.parts:
            self.flush()
        if text := " ".join(node.text(separator=" ").split()):
            self.take_links(node, text, 0)
        return False

    def fold_links(self, node: LexborNode) -> bool:
        """Take a list as one block when next to all of it is links; return whether it is."""
        if self.has_overrides or self.lists >= MAX_LIST_LEVELS:
            return False
        links = node.css("a")
        if len(links) < MIN_FOLDED_LINKS:
            return False
        words = node.text(separator=" ").split()
        linked = "".join("".join([link.text() for link in links]).split())
        if len(linked) < FOLDED_SHARE * sum(map(len, words)) or not linked:
            return False
        self.take_links(node, " ".join(words), len(links))
        return True

    def take_links(self, node: LexborNode, text: str, links: int) -> None:
        """Make one block of an element and all that is in it."""
        self.waiting.append(node)
        self.open_boxes()
        page, box = self.page, self.page.boxes[self.box]
        box.mark = read_mark(box) or Reason.NAVIGATION
        kept = text[:MAX_FOLDED_CHARS]
        page.blocks.append(Block(kept, box.tag, self.box, len(kept), 0, links * len(kept) // len(text)))
        self.close_box()

    def break_line(self, _node: LexborNode) -> bool:
        """Take a `<br>`: two in a row end the paragraph."""
        if self.follows_break():
            self.flush()
        else:
            self.parts.append(_BREAK)
        return False

    def rule_off(self, _node: LexborNode) -> bool:
        """Take an `<hr>`, which ends the paragraph."""
        self.flush()
        return False

    def follows_break(self) -> bool:
        """Return whether nothing but white space stands between here and the last line break."""
        return next(
            (part is _BREAK for part in reversed(self.parts) if part is _BREAK or not part.isspace()), False
        )

    def open_link(self, node: LexborNode) -> bool:
        """Open an `<a>`."""
        self.links += 1
        if "author" in (node.attributes.get("rel") or ""):
            mention_person(self.page, node)
        return True

    def read_box_attributes(self, node: LexborNode, attributes: dict[str, str | None], box: Box) -> None:
        """Read what is rarer than class: id, role, microdata, what is hidden, the page's language."""
        headed = box.tag in _HEADINGS or attributes.get("class") == "section"
        names = _HEADING_ATTRIBUTES if headed else _WORD_ATTRIBUTES
        words = [attributes[name] or "" for name in names if name in attributes]
        box.words = " ".join(words).lower() if words else ""
        prop = attributes.get("itemprop")
        if prop:
            box.itemprop = prop.lower()
            read_itemprop(self.page, node, box.itemprop)
        if self.has_overrides and CHOSEN in attributes:
            self.read_choice(attributes[CHOSEN] or "", box)
        elif "hidden" in attributes or "display:none" in (attributes.get("style") or "").replace(" ", ""):
            box.mark = Reason.HIDDEN
        if box.tag == "html":
            self.page.language = attributes.get("lang") or attributes.get("xml:lang") or ""

    def read_choice(self, choice: str, box: Box) -> None:
        """Read what the source's overrides make of a box."""
        if choice == REMOVE:
            box.mark = Reason.REMOVED
        else:
            self.page.chosen.append(len(self.page.boxes))

    def enter_inline(self, node: LexborNode) -> bool:
        """Open a span or an element unknown to the walk; return whether it can be seen."""
        attributes = node.attributes
        if not attributes:
            return True
        words = attributes.get("class")
        names = _read_inline_words(words) if words else None
        if names is _Names.UNSEEN:
            return False
        prop = attributes.get("itemprop")
        if prop:
            read_itemprop(self.page, node, prop.lower())
        elif names is _Names.PERSON:
            mention_person(self.page, node)
        return "hidden" not in attributes

    def read_input(self, node: LexborNode) -> bool:
        """Count choices to tick for the boxes around them, and password fields for the page."""
        kind = (node.attributes.get("type") or "").lower()
        if kind == "password":
            self.page.password_fields += 1
        elif kind in ("radio", "checkbox"):
            self.open_boxes()
            index = self.box
            for _ in range(FORM_LEVELS):
                self.page.boxes[index].form_fields += 1
                index = self.page.boxes[index].parent
                if index <= 0:
                    break
        return False


class _Names(Enum):
    """What the class of a span may say of its text: that nobody sees it, that it names a person."""

    UNSEEN = auto()
    PERSON = auto()


@lru_cache(maxsize=1_024)
def _read_inline_words(words: str) -> _Names | None:
    """Return what a class says of a text amid a line, None for nothing."""
    if any(word in words for word in _UNSEEN_WORDS):
        return _Names.UNSEEN
    return _Names.PERSON if "author" in words or "byline" in words else None


def _count_chars(texts: list[str]) -> int:
    return sum([len(text.strip()) for text in texts])
