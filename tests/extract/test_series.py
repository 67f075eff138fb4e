"""Galleries amid a story and teasers below it, whose boxes have no telling name."""

from __future__ import annotations

import pytest

from monitor.errors import NotAnArticle
from monitor.extract import Reason, explain_page
from monitor.model import Link, Response, Template
from tests.extract.conftest import READ_AT, Reader
from tests.extract.test_body import PARAGRAPHS, lay_out

SCENES = (
    "The lock of Lower Tavra was drained last week, and a hundred people came to see its floor.",
    "A boat built of reeds crossed the bay in four hours, one more than its makers had hoped.",
    "The pilots of the harbour have sold their old house, in which the fire brigade will live.",
    "Three swans have taken the buoy at the northern mole, and nobody has the heart to move them.",
)


def gallery(counters: list[str]) -> str:
    """Return slides with a counter, a heading and a caption that is a sentence."""
    slides = "".join(
        f"<li><h2><span>{counter}</span> Scene from the bay</h2><p>{scene}</p></li>"
        for counter, scene in zip(counters, SCENES, strict=False)
    )
    return f"<div><h3>The bay in pictures</h3><ul>{slides}</ul></div>"


def teasers(count: int = 4, *, heading: str = "Recommended for you", link: str = "/story") -> str:
    """Return other stories, each a linked headline over its first sentence."""
    told = "".join(
        f"<div><h3><a href='{link}{n}'>What happened on day {n} at the great lock</a></h3>"
        f"<p>{scene}</p><div>Gazette</div></div>"
        for n, scene in enumerate(SCENES[:count])
    )
    return f"<div><h3>{heading}</h3>{told}</div>"


def paragraphs(read: Reader, html: str) -> list[str]:
    return read(html).article.text.split("\n\n")


@pytest.mark.parametrize("form", ["{}/4", "{} / 4", "{} of 4", "{} von 4"])
def test_a_gallery_that_the_story_goes_on_after_is_stripped(form: str, read: Reader) -> None:
    slides = gallery([form.format(n) for n in range(1, 5)])
    assert paragraphs(read, lay_out(amid=slides)) == PARAGRAPHS


def test_a_gallery_below_which_no_story_goes_on_is_the_story(read: Reader) -> None:
    slides = gallery([f"{n}/4" for n in range(1, 5)])
    assert SCENES[3] in paragraphs(read, lay_out(below=slides))


@pytest.mark.parametrize(
    "counters",
    [["1/4", "3/4", "2/4", "4/4"], ["1/4", "2/8", "3/9", "4/7"], ["1/2", "2/2"]],
    ids=["out of order", "of different counts", "only two"],
)
def test_fractions_are_no_slides(counters: list[str], read: Reader) -> None:
    assert SCENES[0] in paragraphs(read, lay_out(amid=gallery(counters)))


def test_slides_are_explained_as_captions() -> None:
    html = lay_out(amid=gallery([f"{n}/4" for n in range(1, 5)]))
    response = Response(
        url="https://gazette.example/s", fetched_at=READ_AT, body=html.encode(), content_type="text/html"
    )
    told = explain_page(response, Link(url=response.url, source="gazette"), Template())
    assert {d.reason for d in told.decisions if d.block.text in SCENES} == {Reason.CAPTION}


@pytest.mark.parametrize(
    "heading", ["Recommended for you", "Lesen Sie auch", "À lire aussi", "Читайте также"]
)
def test_other_stories_with_their_first_sentences_are_stripped_below_a_heading(
    heading: str, read: Reader
) -> None:
    assert paragraphs(read, lay_out(below=teasers(heading=heading))) == PARAGRAPHS


def test_other_stories_amid_a_story_are_stripped_and_the_story_goes_on(read: Reader) -> None:
    assert paragraphs(read, lay_out(amid=teasers())) == PARAGRAPHS


def test_what_has_more_than_an_excerpt_is_an_entry_of_the_story(read: Reader) -> None:
    lines = "".join(
        f"<div>{fact}</div>" for fact in ("Ferries: four", "Locks: two", "Pilots: nine", "Swans: three")
    )
    entries = teasers().replace("<div>Gazette</div>", lines)
    assert SCENES[1] in paragraphs(read, lay_out(below=entries))


def test_names_that_are_links_are_no_headlines(read: Reader) -> None:
    firms = teasers().replace("What happened on day ", "Firm ").replace(" at the great lock", "")
    assert SCENES[1] in paragraphs(read, lay_out(below=firms))


def test_a_label_under_each_entry_of_a_round_up_is_no_heading_over_other_stories(read: Reader) -> None:
    entries = teasers(heading="The week in brief").replace("<div>Gazette</div>", "<p>Read more</p>")
    assert SCENES[1] in paragraphs(read, lay_out(below=entries))


LONG = "".join(f"<p>{n}. {scene}</p>" for n, scene in enumerate(SCENES * 3))


def listed(box: str, *, heading: str = "What happened on day {} at the great lock") -> str:
    """Return eight other stories that outweigh the one they stand under, without a heading over them."""
    excerpt = " ".join(SCENES)
    told = "".join(
        box.format(f"<h3><a href='/{n}'>{heading.format(n)}</a></h3><p>{excerpt} Day {n}.</p>")
        for n in range(8)
    )
    return f"<div>{told}</div>"


def test_a_long_list_of_other_stories_is_not_taken_for_the_story(read: Reader) -> None:
    html = lay_out(below=LONG, around="<div>{}</div>" + listed("<div>{}</div>"))
    text = read(html).article.text
    assert text.startswith(PARAGRAPHS[0])
    assert "Day 3" not in text


def test_other_stories_in_the_box_of_the_story_are_stripped(read: Reader) -> None:
    assert "Day 3" not in read(lay_out(below=LONG + listed("<div>{}</div>"))).article.text


def test_a_round_up_whose_headings_lead_to_its_stories_is_kept(read: Reader) -> None:
    assert "Day 3" in read(lay_out(below=LONG + listed("{}"))).article.text


@pytest.mark.parametrize(
    "heading", ["{}. A place for long walks in autumn", "Where do you go on day {} of a visit?"]
)
def test_numbered_entries_and_answers_are_the_storys(heading: str, read: Reader) -> None:
    assert "Day 3" in read(lay_out(below=LONG + listed("<div>{}</div>", heading=heading))).article.text


def test_a_list_of_stories_with_little_beside_it_is_not_one_of_them(read: Reader) -> None:
    about = " ".join(SCENES)
    page = f"<html><body><h1>News of the bay</h1><p>{about}</p>{listed('<div>{}</div>')}</body></html>"
    with pytest.raises(NotAnArticle, match="list"):
        read(page)


def test_hidden_paragraphs_stay_hidden_however_many_they_are(read: Reader) -> None:
    hidden = "".join(f"<p style='display: none'>{scene} {scene} {scene}</p>" for scene in SCENES)
    assert paragraphs(read, lay_out(amid=hidden)) == PARAGRAPHS


def test_a_story_hidden_until_its_script_shows_it_is_read(read: Reader) -> None:
    html = lay_out().replace("<p>", "<p hidden>")
    assert paragraphs(read, html) == PARAGRAPHS
