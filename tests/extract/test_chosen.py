# ruff: noqa: E501  (pages on one line)
"""What a person says of a stubborn source's pages, by CSS."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.extract import Explanation, explain_page, read_article
from monitor.model import Article, Link, Overrides, Response, Template

STORY = [
    f"Paragraph {n} tells in two plain sentences what the council decided. It is long enough."
    for n in range(6)
]
OTHER = [
    f"Other {n} tells at some length of what is not the story, though it looks like one. So it does."
    for n in range(9)
]


def page(story: str = "", head: str = "") -> bytes:
    """Write a page whose markup misleads: the story is called a sidebar, the rest an article."""
    paragraphs = "".join(f"<p>{text}</p>" for text in STORY)
    others = "".join(f"<p>{text}</p>" for text in OTHER)
    return (
        f"<html><head><title>Wrong title</title>{head}</head><body><h1>Wrong title</h1>"
        f"<div id='odd' class='sidebar'><h5 class='real'>The ferry\n stays</h5>{paragraphs}{story}</div>"
        f"<article class='article-body'>{others}</article></body></html>"
    ).encode()


def response(body: bytes, content_type: str = "text/html") -> Response:
    """Serve a page."""
    at = datetime(2032, 1, 1, tzinfo=UTC)
    return Response(url="https://gazette.example/a", fetched_at=at, body=body, content_type=content_type)


LINK = Link(url="https://gazette.example/a", source="gazette")


def read(html: bytes, **chosen: object) -> Article:
    """Read a page with overrides."""
    return read_article(response(html), LINK, Template(), Overrides(**chosen)).article  # type: ignore[arg-type]


def explain(html: bytes, **chosen: object) -> Explanation:
    """Explain a page with overrides."""
    return explain_page(response(html), LINK, Template(), Overrides(**chosen))  # type: ignore[arg-type]


def test_without_overrides_the_markup_misleads() -> None:
    assert STORY[0] not in read(page()).text


@pytest.mark.parametrize("selector", ["#odd", "body > div", ".sidebar, .nothing-else", "div:is(#odd)"])
def test_the_story_stands_where_a_person_says(selector: str) -> None:
    assert read(page(), body=selector).text.split("\n\n") == STORY


def test_a_body_may_be_in_several_parts_and_in_elements_amid_a_line() -> None:
    parts = "".join(
        f"<span class='part'><p>{text}</p></span><p>Filler of the template, which says nothing new.</p>"
        for text in STORY
    )
    html = f"<html><title>A title</title><body><h1>A title</h1><div>{parts}</div></body></html>".encode()
    assert read(html, body=".part").text.split("\n\n") == STORY


def test_what_a_person_removes_goes_and_says_so() -> None:
    odd = "<div class='odd'>This box is chrome that no rule would ever tell from a paragraph of the story.</div>"
    html = page(odd)
    assert "This box is chrome" in read(html, body="#odd").text
    assert "This box is chrome" not in read(html, body="#odd", remove=(".odd",)).text
    reasons = {
        d.block.text[:8]: str(d.reason) for d in explain(html, body="#odd", remove=(".odd",)).decisions
    }
    assert reasons["This box"] == "removed by the source's settings"
    assert reasons["Other 0 "] == "outside the body that the source's settings name"
    assert reasons["Paragrap"] == "story"


def test_what_is_removed_stays_removed_though_it_is_most_of_the_page() -> None:
    assert read(page(), remove=("article",)).text.split("\n\n") == STORY


def test_an_element_amid_a_line_is_taken_out_of_it() -> None:
    line = "<p>The council met on Monday, <a class='cut' href='/'>says our archive</a> and it took all day to vote.</p>"
    assert (
        "The council met on Monday, and it took all day to vote."
        in read(page(line), body="#odd", remove=(".cut",)).text
    )


def test_the_title_is_where_a_person_says() -> None:
    assert read(page(), title=".real").title == "The ferry stays"
    assert read(page(), title=".nowhere").title == "Wrong title"


def test_an_override_that_matches_nothing_changes_nothing_and_is_told() -> None:
    assert read(page(), body=".nowhere", remove=(".nothing",)) == read(page())
    matches = explain(page(), body=".nowhere", remove=(".nothing", "p"), title="h5").overrides
    told = [(match.setting, match.selector, match.elements) for match in matches]
    assert told == [
        ("title", "h5", 1),
        ("body", ".nowhere", 0),
        ("remove", ".nothing", 0),
        ("remove", "p", 15),
    ]


def test_a_body_that_a_person_chose_is_not_replaced_by_the_json_ld() -> None:
    claim = '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "%s"}</script>' % (
        " ".join(OTHER) * 4
    )
    assert read(page(head=claim), body="#odd").text.split("\n\n") == STORY


@pytest.mark.parametrize(
    ("chosen", "elements", "survives"),
    [
        ({"body": "div"}, 900, True),
        ({"body": "span"}, 900, True),
        ({"body": "html"}, 1, True),
        ({"remove": ("span",)}, 900, False),
        ({"remove": ("div", "div")}, 900, False),
    ],
)
def test_matches_nested_in_each_other_do_no_harm(
    chosen: dict[str, object], elements: int, survives: bool
) -> None:
    nested = b"<title>A title</title>" + b"<div><span>" * 900 + "".join(f"<p>{t}</p>" for t in STORY).encode()
    explained = explain(nested, **chosen)
    assert {match.elements for match in explained.overrides} == {elements}
    assert (explained.refusal is None) == survives


def test_a_page_of_which_all_is_removed_holds_no_article() -> None:
    explained = explain(page(), body="body", remove=("html", "title", "h3"))
    assert explained.refusal is not None


def test_overrides_say_nothing_of_a_page_that_came_as_text() -> None:
    text = response("\n\n".join(["A title of five words", *STORY]).encode(), "text/plain")
    assert explain_page(text, LINK, Template(), Overrides(body="div")).overrides == ()


def test_a_page_cannot_mark_itself_on_a_source_without_overrides() -> None:
    html = page().replace(b"id='odd'", b"id='odd' data-monitor-override='body'")
    assert read(html) == read(page())
