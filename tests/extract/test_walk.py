"""A page comes apart into blocks in reading order, each in the boxes that hold it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from monitor.extract.page import Page
from monitor.extract.tags import BOX_TAGS, KINDS, TEXT
from monitor.extract.walk import cut_html

INLINE = ("b", "a", "span", "x-word", "code")
BLOCKS = ("div", "section", "blockquote", "main", "article")


def texts(html: str) -> list[str]:
    return [block.text for block in cut_html(html.encode()).blocks]


def trees(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tags = st.sampled_from((*INLINE, *BLOCKS))
    return st.builds(
        lambda tag, inner: f"<{tag}>{''.join(inner)}</{tag}>", tags, st.lists(children, max_size=4)
    )


MARKUP = st.lists(
    st.recursive(st.sampled_from(("one", " two ", "\n", " ", "&amp;", "\N{NO-BREAK SPACE}", "<br>")), trees),
    max_size=6,
).map("".join)


@given(MARKUP)
def test_every_word_is_in_one_block_and_none_comes_twice(markup: str) -> None:
    page = cut_html(markup.encode())
    root = LexborHTMLParser(markup).root
    assert root is not None
    letters = "".join("".join(block.text for block in page.blocks).split())
    assert letters == "".join(root.text().split())


@given(MARKUP)
def test_boxes_lie_in_each_other_and_blocks_in_the_innermost(markup: str) -> None:
    page = cut_html(markup.encode())
    for box in page.boxes[1:]:
        around = page.boxes[box.parent]
        assert around.first <= box.first < box.last <= around.last
    for i, block in enumerate(page.blocks):
        box = page.boxes[block.box]
        assert (box.first <= i < box.last, block.tag) == (True, box.tag)
        assert not any(b.first <= i < b.last for b in page.boxes if b.parent == block.box)


@given(MARKUP, st.integers(0, 60))
def test_markup_cut_anywhere_gives_a_page(markup: str, end: int) -> None:
    assert isinstance(cut_html(markup[:end].encode()), Page)


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        ("<p>one <b>two</b> <i>three</i></p>four", ["one two three", "four"]),
        ("<div>one<p>two</p>three</div>", ["one", "two", "three"]),
        ("<p>a<unknown>b</unknown><!-- c -->d", ["abd"]),
        ("<p>a<br>b<br> <br>c<hr>d", ["a b", "c", "d"]),
        ("<p>a<script>b</script><style>c</style><svg><a>d</a></svg>e", ["ae"]),
        ("<p>a <span class='x sr-only'>b</span><span hidden>c</span>d", ["a d"]),
        ("<nav>a <p>b</p></nav><p>c", ["a b", "c"]),
    ],
)
def test_what_ends_a_block_and_what_is_not_seen(html: str, blocks: list[str]) -> None:
    assert texts(html) == blocks


def test_a_list_of_links_is_one_block_and_any_other_list_has_its_entries() -> None:
    links = "<li><a href=x>somewhere else</a></li>"
    assert texts(f"<ul>{links * 4}</ul>") == [" ".join(["somewhere else"] * 4)]
    assert len(texts(f"<ul>{links * 3}</ul>")) == len(texts(f"<ol>{'<li>an entry' * 3}</ol>")) == 3


def test_what_is_in_bold_or_italics_is_counted_in_its_block() -> None:
    page = cut_html(b"<p>so <b>it <i>is</i></b> <em>now</em>.<p>not <u>here</u>")
    assert [block.emphasis for block in page.blocks] == [len("it") + len("is") + len("now"), 0]


def test_links_and_what_they_hold_are_counted_in_their_block() -> None:
    page = cut_html(b"<p>see <a href=x> this </a> and <a href=y>that</a><p>not <i>here</i>")
    assert [(b.link_chars, b.links) for b in page.blocks] == [(8, 2), (0, 0)]


def test_what_a_page_says_of_itself_is_kept() -> None:
    page = cut_html(
        b"<html lang=fr><title>A  story</title><base href=/b><link rel=canonical href=/c><meta name=Author "
        b"content=Ann><script type=application/ld+json>{}</script><script type=application/json>[]</script>"
        b"<p>x</p><time datetime=2020-01-02>then</time><span class=byline>By Bob</span>"
        b"<b itemprop=x></b><i></i><div itemprop=dateModified>2020-01-03</div><input type=password>"
    )
    assert (page.title, page.base, page.canonical, page.language) == ("A story", "/b", "/c", "fr")
    assert (page.meta, page.jsonld, page.state, page.scripts) == ({"author": ["Ann"]}, ["{}"], ["[]"], 2)
    assert [(m.value, m.before, m.kind) for m in page.times] == [
        ("2020-01-02", 1, "time"),
        ("2020-01-03", 2, "modified"),
    ]
    assert [(m.value, m.before) for m in page.people] == [("By Bob", 1)]
    assert page.password_fields == 1


def test_tags_are_known_by_the_numbers_that_the_parser_gives_them_in_any_page() -> None:
    for tag_id, tag in BOX_TAGS.items():
        wrapped = {"html": "html", "head": "head", "body": "body"}.get(tag)
        markup = "<p>x" if wrapped else f"<{tag}>x</{tag}>"
        table = f"<table><caption>x</caption><thead><tr><th>x<tbody><tr><td>x<tfoot><tr><td>x</table>{markup}"
        found = LexborHTMLParser(table).css(tag)
        assert {node.tag_id for node in found} == {tag_id}
    text = LexborHTMLParser("<p>x").css("p")[0].first_child
    assert text is not None
    assert KINDS[text.tag_id] == TEXT
