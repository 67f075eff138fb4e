# ruff: noqa: E501  (tables read best unbroken)
"""What the walk does with each tag.

Position: read by `walk` and `chosen`.

How: the parser numbers its tags, and a number costs a third of a name to ask a node for, so both tables are kept
by number too. Elements of names that HTML does not know have numbers that no table holds.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

KIND_COUNT = 18
(
    TEXT,
    BLOCK,
    LIST,
    SKIPPED,
    PLAIN,
    LINK,
    INLINE,
    FOLDED,
    BREAK,
    RULE,
    SCRIPT,
    META,
    TITLE,
    BASE,
    CANONICAL,
    TIME,
    INPUT,
    EMPHASIS,
) = range(KIND_COUNT)
"""How the walk takes a node."""

_BLOCKS = (
    "html body head div p li dl dt dd h1 h2 h3 h4 h5 h6 article section main header aside "
    "blockquote pre table thead tbody tfoot tr td th caption figure figcaption form fieldset details summary "
    "address center legend hgroup search"
)
_NAMES: dict[int, str] = {
    BLOCK: _BLOCKS,
    LIST: "ul ol",
    FOLDED: "nav footer menu",
    SKIPPED: (
        "style noscript svg iframe template button select textarea canvas video audio object embed map math "
        "datalist dialog frameset applet progress meter noembed noframes rt rp"
    ),
    PLAIN: "small u sup sub wbr img abbr code mark q s picture",
    EMPHASIS: "strong b em i",
    LINK: "a",
    BREAK: "br",
    RULE: "hr",
    SCRIPT: "script",
    META: "meta",
    TITLE: "title",
    BASE: "base",
    CANONICAL: "link",
    TIME: "time",
    INPUT: "input",
}
"""The tags of each kind; any other element is INLINE, with attributes worth a look. PLAIN ones have none."""

BLOCK_TAGS = frozenset(_BLOCKS.split())


_PARSER = LexborHTMLParser("")


def _number(tag: str) -> int:
    number: int = _PARSER.create_node(tag).tag_id
    return number


def _number_nodes() -> dict[int, int]:
    """Return the kinds of what is no element: a text, a comment."""
    text, comment = LexborHTMLParser("<p>x<!---->").css("p")[0].iter(include_text=True)
    return {text.tag_id: TEXT, comment.tag_id: SKIPPED}


KINDS: dict[int, int] = {
    **_number_nodes(),
    **{_number(tag): kind for kind, tags in _NAMES.items() for tag in tags.split()},
}
"""The kind of a node by its `tag_id`."""

BOX_TAGS: dict[int, str] = {
    _number(tag): tag for kind in (BLOCK, LIST, FOLDED) for tag in _NAMES[kind].split()
}
"""The tags that make boxes, by their `tag_id`."""
