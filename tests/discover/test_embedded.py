"""Pages that are drawn by their own script."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discover import find_links
from monitor.discover.embedded import read_embedded
from monitor.errors import NotASeed
from monitor.model import Link, Response, Seed, SeedKind

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOME = "https://app.example/"
SHELL = '<div id="root"></div><nav><a href="/about">About</a></nav>'


def read(*scripts: str) -> tuple[Link, ...]:
    response = Response(url=HOME, fetched_at=NOW, body=(SHELL + "".join(scripts)).encode())
    return find_links(response, Seed(url=HOME, kind=SeedKind.FRONT), "app")


def state(value: object, kind: str = "application/json") -> str:
    return f'<script id="__NEXT_DATA__" type="{kind}">{json.dumps(value)}</script>'


def test_the_state_of_a_framework_lists_articles_with_titles_and_dates() -> None:
    stories = [
        {
            "path": f"/story/{number}/a-ferry-to-the-island",
            "title": f"A ferry to the island leaves at {number}",
            "publishedAt": "2026-05-03T10:00:00+04:00",
        }
        for number in range(4)
    ]
    menu = [
        {"url": "/about", "title": "About"},
        {"url": "/world", "name": "World"},
        {"url": "/logo.svg", "title": "The logo of this newspaper"},
    ]
    links = read(
        state(
            {
                "props": {
                    "menu": menu,
                    "stories": stories,
                    "partner": {
                        "url": "https://other.example/2026/05/04/x-y",
                        "title": "A story of another site",
                    },
                }
            }
        )
    )
    assert [link.url for link in links] == [
        f"{HOME}story/{number}/a-ferry-to-the-island" for number in range(4)
    ]
    assert links[0].title == "A ferry to the island leaves at 0"
    assert links[0].published_at is not None
    assert links[0].published_at.astimezone(UTC) == datetime(2026, 5, 3, 6, 0, tzinfo=UTC)


def test_a_json_ld_list_counts_too() -> None:
    items = [
        {
            "@type": "ListItem",
            "url": f"{HOME}2026/05/0{day}/council-meets-again",
            "name": "Council meets again",
        }
        for day in (1, 2)
    ]
    assert len(read(state({"@type": "ItemList", "itemListElement": items}, "application/ld+json"))) == 2


def test_titles_as_wordpress_renders_them_are_understood() -> None:
    post = {
        "link": f"{HOME}2026/05/01/the-quay",
        "title": {"rendered": "The quay &amp; the sea are open"},
        "date": "2026-05-01T09:00:00",
    }
    (link,) = read(state([post]))
    assert link.title == "The quay & the sea are open"


@pytest.mark.parametrize("field", ["slug", "@id", "permalink"])
def test_the_url_of_a_story_may_have_other_names(field: str) -> None:
    stories = [{field: f"/story/{n}", "headline": f"A ferry to the island leaves at {n}"} for n in range(4)]
    assert len(read(state(stories))) == 4


def test_a_lone_link_of_the_page_does_not_hide_what_its_script_would_draw() -> None:
    notice = '<p><a href="/privacy-policy-of-this-newspaper">Read our privacy policy in full here</a></p>'
    stories = [{"url": f"/story/{n}", "title": f"A ferry to the island leaves at {n}"} for n in range(4)]
    assert [link.url for link in read(notice, state(stories))] == [f"{HOME}story/{n}" for n in range(4)]


def test_links_of_the_page_itself_go_first() -> None:
    anchor = '<h2><a href="/2026/05/04/the-page-says-so-itself">The page says so itself</a></h2>'
    other = {"url": "/2026/05/04/the-state-says-otherwise", "title": "The state says otherwise today"}
    assert [link.url for link in read(anchor, state([other]))] == [
        f"{HOME}2026/05/04/the-page-says-so-itself"
    ]


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/json">{"url": "/2026/05/04/x-y-z"',
        '<script type="application/json">' + '{"a":' * 5000,
        state([1, None, "x", {"url": 5, "title": []}]),
        state({"url": "http://[", "title": "A title of some words"}),
    ],
)
def test_what_cannot_be_read_lists_nothing(script: str) -> None:
    with pytest.raises(NotASeed):
        read(script)


def test_only_so_much_of_it_is_looked_at() -> None:
    assert list(read_embedded([json.dumps([0] * 300_000 + [{"url": "/a", "title": "b"}])])) == []


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["url", "title", "date", "x"]), inner)
        ),
    )
)
def test_no_json_breaks_it(value: object) -> None:
    assert all(entry.reference and entry.title for entry in read_embedded([json.dumps(value)]))
