"""What a page is cut into: blocks in reading order, and the boxes that hold them.

Position: made by `walk` (HTML) or `flat` (text), before `decide`. The rest of the room works on these
plain lists and never sees a tree again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why a block was kept or stripped, in words that a journalist understands."""

    STORY = "story"
    TITLE = "title"
    REPEATED_TITLE = "repeated title"
    BYLINE = "byline"
    DATELINE = "date line"
    CAPTION = "caption"
    TICKER = "currency ticker"
    METALS = "metal prices"
    STOCKS = "stock strip"
    WEATHER = "weather"
    CLOCK = "clock or calendar"
    POLL = "poll"
    AD = "ad"
    RELATED = "related links"
    FURNITURE = "page furniture"
    SHARE = "share line"
    NEWSLETTER = "newsletter or subscription"
    NAVIGATION = "navigation"
    COMMENTS = "comments"
    COOKIES = "cookie notice"
    TAGS = "tag line"
    COPYRIGHT = "copyright note"
    NOTE = "note on the story"
    AUTHOR_BOX = "about the author"
    HIDDEN = "hidden"
    REPEATED = "repeated text"
    TEMPLATE = "learned template"
    REMOVED = "removed by the source's settings"
    UNCHOSEN = "outside the body that the source's settings name"
    OUTSIDE = "outside the story"


for _reason in Reason:
    # Python 3.11 finds a member through a descriptor, ten times as slow as an attribute, and the loops over
    # a page's blocks ask a thousand times; from 3.12 on the class holds its members like this by itself.
    type.__setattr__(Reason, _reason.name, _reason)

KEPT = frozenset({Reason.STORY, Reason.TITLE})
"""The reasons that keep a block: in the text, or as the article's title."""


@dataclass(slots=True)
class Box:
    """A block-level element. `parent` is the index of the box around it, -1 for the root.

    `words` are its class, id, role and kin, lower case, which `marks` reads; `mark` is what its tag and its
    other attributes say against it. It holds the blocks `first` to `last - 1`, its children's among them;
    `form_fields` counts the radio buttons and check boxes inside.
    """

    parent: int
    tag: str
    first: int
    words: str = ""
    mark: Reason | None = None
    last: int = 0
    itemprop: str = ""
    form_fields: int = 0


@dataclass(slots=True)
class Block:
    """A run of text that nothing block-level interrupts.

    `text` has its white space folded and is never empty. `link_chars` of its characters lie inside
    links. `box` is the index of the innermost box, whose tag is `tag`. `emphasis` counts the characters in
    bold or italics, `links` the links.
    """

    text: str
    tag: str
    box: int
    link_chars: int = 0
    emphasis: int = 0
    links: int = 0


@dataclass(slots=True)
class Mention:
    """Markup that names an author or a time: what it says, and before which block it stands."""

    value: str
    before: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class OverrideMatch:
    """An override of a source and how many elements of a page it matched."""

    setting: str
    selector: str
    elements: int


@dataclass(slots=True)
class Page:
    """A page, cut. `boxes[0]` is the body.

    `meta` maps lower-case names and properties of `<meta>` to their contents in page order.
    `jsonld` are the raw texts of the JSON-LD scripts, `state` those of other JSON. `times` are `<time>` and
    microdata dates, `people` the texts of elements marked as an author. `flat` says that the page came as
    text.
    `overrides` tells how the source's overrides matched; `chosen` are the boxes that they name as the body,
    `chosen_title` is the title that they give, "" if none.
    """

    blocks: list[Block] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    jsonld: list[str] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    times: list[Mention] = field(default_factory=list)
    people: list[Mention] = field(default_factory=list)
    title: str = ""
    language: str = ""
    canonical: str = ""
    base: str = ""
    scripts: int = 0
    script_hosts: list[str] = field(default_factory=list)
    password_fields: int = 0
    flat: bool = False
    overrides: list[OverrideMatch] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    chosen_title: str = ""
