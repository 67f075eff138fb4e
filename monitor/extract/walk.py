# ruff: noqa: E501  (tables and patterns read best unbroken)
"""HTML -> Page: one walk over the Lexbor tree.

Position: after `charset`, before `decide`. With `chosen` the only module that knows selectolax.

How: the tree is walked without recursion, so that no nesting can exhaust the stack. Text gathers
until something block-level begins or ends; then it becomes a block. Attributes are read where
they can matter, which is what keeps the walk near the price of the parse itself.
"""

from __future__ import annotations

from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.extract.chosen import MARK as CHOSEN
from monitor.extract.chosen import REMOVE, mark_chosen
from monitor.extract.marks import TAG_REASONS, read_words
from monitor.extract.markup import bound_markup
from monitor.extract.page import Block, Box, Mention, Page, Reason
from monitor.model import Overrides

MAX_NODES = 60_000
"""Nodes after which the rest of a page is not read: over twice the largest page of the development set."""

FORM_LEVELS = 4
"""Boxes around a radio button that are told of it."""

KIND_COUNT = 14
TEXT, BLOCK, LIST, INLINE, PLAIN, FOLDED, BREAK, SKIP, LINK, META, SCRIPT, TIME, INPUT, EMPHASIS = range(
    KIND_COUNT
)

MAX_STATES = 20
"""Scripts with JSON that are kept: one or two hold what a framework draws."""

MAX_START_NODES = 60
"""Nodes of an element among which its first characters are looked for."""

MAX_PEOPLE = 100
"""Mentions of an author that are kept."""

MAX_FOLDED_CHARS = 2_000
"""How much of a navigation's text is kept, to show what was stripped."""

MIN_FOLDED_LINKS = 4
"""Links of a list that may be folded: shorter ones are a story's."""

FOLDED_SHARE = 0.85
"""Share of a list's characters inside links from which it leads elsewhere and is one block."""

MAX_LIST_LEVELS = 3
"""Lists around a list from which it is not asked whether it is links, which reads all of it."""

_BLOCK_TAGS = (
    "html body head div p li dl dt dd h1 h2 h3 h4 h5 h6 article section main header aside "
    "blockquote pre table thead tbody tfoot tr td th caption figure figcaption form fieldset details summary "
    "address center legend hgroup search"
)
_SKIPPED_TAGS = (
    "style noscript svg iframe template button select textarea canvas video audio object embed map math "
    "datalist dialog frameset applet progress meter noembed noframes -comment rt rp"
)
KINDS: dict[str, int] = {
    **dict.fromkeys(_BLOCK_TAGS.split(), BLOCK),
    **dict.fromkeys(_SKIPPED_TAGS.split(), SKIP),
    **dict.fromkeys(("ul", "ol"), LIST),
    **dict.fromkeys(("nav", "footer", "menu"), FOLDED),
    **dict.fromkeys(("strong", "b", "em", "i"), EMPHASIS),
    "-text": TEXT,
    "a": LINK,
    "br": BREAK,
    "hr": BREAK,
    "script": SCRIPT,
    "meta": META,
    "link": META,
    "title": META,
    "base": META,
    "time": TIME,
    "input": INPUT,
    **dict.fromkeys(
        ("small", "u", "sup", "sub", "wbr", "img", "abbr", "code", "mark", "q", "s", "picture"), PLAIN
    ),
}
"""What the walk does with each tag; an unknown tag is INLINE, with attributes worth a look; PLAIN has none."""

_BOXES = frozenset(_BLOCK_TAGS.split())

NO_OVERRIDES = Overrides()

_WHOLE_PAGE = frozenset(("html", "body", "main", "form"))
"""Boxes whose words describe the page, not a part of it."""

_WORD_ATTRIBUTES = ("class", "id", "role", "data-component", "data-testid", "data-module", "aria-label")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_HEADING_ATTRIBUTES = tuple(name for name in _WORD_ATTRIBUTES if name != "id")
"""The id of a heading is its own text, for links into the page: it says nothing of what the heading is."""

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

_DATE_PROPS = {"datepublished": "published", "datecreated": "created", "datemodified": "modified"}


def cut_html(html: bytes, overrides: Overrides = NO_OVERRIDES) -> Page:
    """Cut an HTML page, given as valid UTF-8, into blocks.

    Raises:
        NotAnArticle: its markup is none that a page for readers has.
    """
    tree = LexborHTMLParser(bound_markup(html), scripting=True)
    cutter = _Cutter()
    if overrides != NO_OVERRIDES:
        cutter.has_overrides = True
        cutter.page.overrides, cutter.page.chosen_title = mark_chosen(tree, overrides, _BOXES)
    if tree.root is not None:
        cutter.walk(tree.root)
    return cutter.page


class _Cutter:
    """The walk's state: the page so far, and the text that waits for its block to end.

    A box is made when its first block is: many elements hold no text, and those cost nothing then.
    `waiting` are the open elements without a box yet, outer before inner; `box` is the innermost with one.
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

    def walk(self, root: LexborNode) -> None:  # noqa: C901, PLR0912, PLR0915 - the hot loop: a call costs more than the work
        """Visit every node below `root` in document order."""
        kind_of, enter, parts, waiting = KINDS.get, self.enterers(), self.parts, self.waiting
        linked, emphasised = self.linked, self.emphasised
        in_links = in_emphasis = 0
        node, open_nodes = root, []
        for _ in range(MAX_NODES):
            tag = node.tag or ""
            kind = kind_of(tag, INLINE)
            child = None
            if kind == TEXT:
                text = node.text_content or ""
                if parts or not text.isspace():
                    parts.append(text)
                    if in_links:
                        linked.append(text)
                    if in_emphasis:
                        emphasised.append(text)
            elif kind in (BLOCK, LIST):
                if parts:
                    self.flush()
                if kind == BLOCK or not self.fold_links(node):
                    child = node.first_child
                    if child is not None:
                        waiting.append(node)
                        self.lists += kind == LIST
            elif kind == PLAIN or (kind != SKIP and enter[kind](node, tag)):
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
                if kind in (BLOCK, LIST):
                    if parts:
                        self.flush()
                    self.lists -= kind == LIST
                    if waiting:
                        waiting.pop()
                    else:
                        self.close_box()
                elif kind == LINK:
                    in_links -= 1
                elif kind == EMPHASIS:
                    in_emphasis -= 1
                following = node.next
            if following is None:
                break
            node = following
        self.close_all()

    def enterers(self) -> list[Callable[[LexborNode, str], bool]]:
        """Return what to do on opening an element, by kind; it says whether to visit the children."""
        by_kind = {
            FOLDED: self.fold_box,
            BREAK: self.break_line,
            LINK: self.open_link,
            META: self.read_meta,
            SCRIPT: self.read_script,
            TIME: self.read_time,
            INPUT: self.read_input,
            EMPHASIS: lambda _node, _tag: True,
        }
        return [by_kind.get(kind, self.enter_inline) for kind in range(KIND_COUNT)]

    def flush(self) -> None:
        """End the block in the making."""
        text = " ".join("".join(self.parts).split())
        if text:
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
        page = self.page
        for node in self.waiting:
            tag = node.tag or ""
            box = Box(self.box, tag, len(page.blocks))
            attributes = node.attributes
            if attributes:
                if len(attributes) == 1 and "class" in attributes:
                    box.words = (attributes["class"] or "").lower()
                else:
                    self.read_box_attributes(node, attributes, box)
            if box.mark is None:
                box.mark = TAG_REASONS.get(tag)
                if box.mark is None and box.words and tag not in _WHOLE_PAGE:
                    box.mark = read_words(box.words)
            self.box = len(page.boxes)
            page.boxes.append(box)
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

    def fold_box(self, node: LexborNode, _tag: str) -> bool:
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
        box.mark = box.mark or Reason.NAVIGATION
        kept = text[:MAX_FOLDED_CHARS]
        page.blocks.append(Block(kept, box.tag, self.box, len(kept), 0, links * len(kept) // len(text)))
        self.close_box()

    def break_line(self, _node: LexborNode, tag: str) -> bool:
        """Take a `<br>`: two in a row, or an `<hr>`, end the paragraph."""
        if tag == "hr" or self.follows_break():
            self.flush()
        else:
            self.parts.append(_BREAK)
        return False

    def follows_break(self) -> bool:
        """Return whether nothing but white space stands between here and the last line break."""
        return next(
            (part is _BREAK for part in reversed(self.parts) if part is _BREAK or not part.isspace()), False
        )

    def open_link(self, node: LexborNode, _tag: str) -> bool:
        """Open an `<a>`."""
        self.links += 1
        if "author" in (node.attributes.get("rel") or ""):
            self.mention_person(node)
        return True

    def read_box_attributes(self, node: LexborNode, attributes: dict[str, str | None], box: Box) -> None:
        """Read what is rarer than class: id, role, microdata, what is hidden, the page's language."""
        names = _HEADING_ATTRIBUTES if box.tag in _HEADINGS else _WORD_ATTRIBUTES
        words = [attributes[name] or "" for name in names if name in attributes]
        box.words = " ".join(words).lower() if words else ""
        prop = attributes.get("itemprop")
        if prop:
            box.itemprop = prop.lower()
            self.read_itemprop(node, box.itemprop, attributes)
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

    def read_itemprop(self, node: LexborNode, prop: str, attributes: dict[str, str | None]) -> None:
        """Keep microdata that names an author or a date."""
        if "author" in prop.split():
            self.mention_person(node)
        elif prop in _DATE_PROPS:
            value = attributes.get("content") or attributes.get("datetime") or attributes.get("title")
            value = value or _read_start(node, 100)
            self.page.times.append(Mention(value[:100], len(self.page.blocks), _DATE_PROPS[prop]))

    def enter_inline(self, node: LexborNode, _tag: str) -> bool:
        """Open a span or an element unknown to the walk; return whether it can be seen."""
        attributes = node.attributes
        if not attributes:
            return True
        words = attributes.get("class") or ""
        if words and any(word in words for word in _UNSEEN_WORDS):
            return False
        prop = attributes.get("itemprop")
        if prop:
            self.read_itemprop(node, prop.lower(), attributes)
        elif "author" in words or "byline" in words:
            self.mention_person(node)
        return "hidden" not in attributes

    def mention_person(self, node: LexborNode) -> None:
        """Keep the text of an element that is marked as an author."""
        if len(self.page.people) < MAX_PEOPLE and (text := _read_start(node, 200)):
            self.page.people.append(Mention(text, len(self.page.blocks)))

    def read_script(self, node: LexborNode, _tag: str) -> bool:
        """Keep JSON-LD and the state of frameworks; count them all, which tells an empty shell."""
        self.page.scripts += 1
        kind = node.attributes.get("type") or ""
        if "ld+json" in kind:
            self.page.jsonld.append(node.text())
        elif kind == "application/json" and len(self.page.state) < MAX_STATES:
            self.page.state.append(node.text())
        return False

    def read_time(self, node: LexborNode, _tag: str) -> bool:
        """Keep a `<time>`; its text is also the page's."""
        attributes = node.attributes
        value = attributes.get("datetime") or _read_start(node, 100)
        prop = (attributes.get("itemprop") or "").lower()
        self.page.times.append(Mention(value[:100], len(self.page.blocks), _DATE_PROPS.get(prop, "time")))
        return True

    def read_input(self, node: LexborNode, _tag: str) -> bool:
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

    def read_meta(self, node: LexborNode, tag: str) -> bool:
        """Read an element of the head."""
        page, attributes = self.page, node.attributes
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            content = attributes.get("content")
            if name and content:
                page.meta.setdefault(name.lower(), []).append(content)
        elif tag == "title":
            page.title = page.title or " ".join(node.text().split())
        elif tag == "base":
            page.base = page.base or attributes.get("href") or ""
        elif attributes.get("rel") == "canonical":
            page.canonical = page.canonical or attributes.get("href") or ""
        return False


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


def _count_chars(texts: list[str]) -> int:
    return sum([len(text.strip()) for text in texts])
