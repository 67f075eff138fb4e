"""Pages that are drawn by JavaScript from JSON that they bring along: they are read without a browser."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import NotAnArticle
from monitor.extract import read_article
from monitor.extract.state import find_story
from monitor.model import Article, Link, Response, Template
from tests.fakes import story_about

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
URL = "https://gazette.example/2026/05/harbour-talks-go-on"
TITLE = "Harbour talks go on"
STORY = story_about("harbour")
OTHER = story_about("ferry", 2)
HTML = "".join(f"<p>{paragraph}</p>" for paragraph in STORY)


def read(*scripts: str, body: str = '<div id="__next"></div>') -> Article:
    head = f'<html lang="en"><head><title>{TITLE} - Gazette</title></head>'
    page = f"{head}<body>{body}{''.join(scripts)}</body></html>"
    response = Response(url=URL, fetched_at=NOW, body=page.encode(), content_type="text/html")
    return read_article(response, Link(url=URL, source="gazette"), Template()).article


def state(record: object, *more: object) -> str:
    props = {"props": {"pageProps": {"page": record, "related": list(more)}}, "buildId": "x"}
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(props)}</script>'


def portable_text(paragraph: str) -> dict[str, object]:
    first, rest = paragraph[:20], paragraph[20:]
    return {"_type": "block", "children": [{"text": first, "marks": ["strong"]}, {"text": rest}]}


def rich_text(paragraph: str) -> dict[str, object]:
    return {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": paragraph}]}


BODIES = {
    "HTML": HTML,
    "HTML that is rendered": {"rendered": HTML, "protected": False},
    "plain paragraphs": list(STORY),
    "blocks with a text": [{"type": "paragraph", "text": paragraph} for paragraph in STORY],
    "blocks of HTML": [{"kind": "html", "data": {"html": f"<p>{paragraph}</p>"}} for paragraph in STORY],
    "portable text": [portable_text(paragraph) for paragraph in STORY],
    "rich text": {"nodeType": "document", "content": [rich_text(paragraph) for paragraph in STORY]},
    "blocks of an editor": {"blocks": [{"type": "p", "data": {"text": paragraph}} for paragraph in STORY]},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_the_story_of_an_empty_shell_is_read_from_its_state(body: object) -> None:
    article = read(state({"title": TITLE, "body": body}))
    assert article.text == "\n\n".join(STORY)
    assert article.title.startswith(TITLE)


def test_the_story_of_an_empty_shell_is_read_from_its_json_ld() -> None:
    claim = {"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n\n".join(STORY)}
    assert read(f'<script type="application/ld+json">{json.dumps(claim)}</script>').text == "\n\n".join(STORY)


def test_another_story_of_the_state_is_not_taken_for_the_pages() -> None:
    other = {"title": "The ferry returns to town", "body": list(OTHER) * 3}
    assert read(state({"headline": TITLE, "content": list(STORY)}, other)).text == "\n\n".join(STORY)
    with pytest.raises(NotAnArticle):
        read(state({"title": "About us and the paper"}, other))


def test_a_page_that_shows_its_story_is_read_as_it_is_shown() -> None:
    shown = f"<article><h1>{TITLE}</h1>{HTML}</article>"
    stored = {"title": TITLE, "body": [*STORY, "A paragraph that the page does not show to anybody."]}
    assert read(state(stored), body=shown).text == "\n\n".join(STORY)


def test_of_a_state_made_to_be_slow_only_so_much_is_read() -> None:
    body = "x" * 100
    deep = '{"title": "' + TITLE + '", "body": ' + "[" * 900 + f'"{body}"' + "]" * 900 + "}"
    wide = json.dumps({"title": TITLE, "body": "<p " * 500_000})
    records = [{"title": TITLE, "body": "<"}] * 50_000
    many = json.dumps([*records, *[0] * 100_000, {"title": TITLE, "body": body}])
    assert find_story([deep], TITLE) == "", "too deep for a story's body"
    assert find_story([wide], TITLE) == "<p " * 500_000, "no tag ends, so that all of it is text"
    assert find_story([many], TITLE) == "<", "the last record stands behind 200,000 values"


@given(
    document=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["title", "body", "text", "children", "content", "x"]), inner, max_size=4
            )
        ),
        max_leaves=30,
    )
)
def test_no_state_breaks_it(document: object) -> None:
    assert isinstance(find_story([json.dumps(document), "{"], TITLE), str)
