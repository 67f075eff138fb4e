# ruff: noqa: E501  (pages on one line)
"""Where the story stands: the right box is found, whatever the words around it and however much else there is."""

from __future__ import annotations

import pytest

from tests.extract.conftest import Reader
from tests.extract.test_body import PARAGRAPHS, TITLE

ESSAY = [
    f"{p} And the {n} lines after it say the same at greater length, so that it weighs more."
    for n, p in enumerate(PARAGRAPHS * 4)
]
OTHERS = "".join(f"<p>{p.replace('council', 'reader')}</p>" for p in ESSAY)
CLAIM = "<meta property='og:type' content='article'>"


def paragraphs(texts: list[str]) -> str:
    """Write paragraphs."""
    return "".join(f"<p>{text}</p>" for text in texts)


def lay_out(body: str, head: str = "") -> str:
    """Lay a page out around a title."""
    return f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{body}</body></html>"


@pytest.mark.parametrize(
    "chrome",
    [
        "<div class='comments'>{}</div>",
        "<div class='cookie-notice'>{}</div>",
    ],
)
@pytest.mark.parametrize("name", ["entry-content", "story", ""])
def test_a_short_story_is_found_beside_comments_and_notices_many_times_its_length(
    read: Reader, chrome: str, name: str
) -> None:
    html = lay_out(f"<div class='{name}'>{paragraphs(PARAGRAPHS)}</div>{chrome.format(OTHERS)}")
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_a_story_is_found_beside_other_stories_many_times_its_length(read: Reader) -> None:
    other = f"<section class='section_related'><div class='related-list'>{OTHERS * 3}</div></section>"
    html = lay_out(f"<div>{paragraphs(ESSAY[:9])}</div>{other}")
    assert read(html).article.text.split("\n\n") == ESSAY[:9]


def test_a_mark_around_a_box_with_the_storys_name_is_not_believed(read: Reader) -> None:
    html = lay_out(
        f"<div class='widget related'><div class='post-body'>{paragraphs(PARAGRAPHS)}</div></div>{OTHERS[:600]}"
    )
    assert read(html).article.text.split("\n\n")[: len(PARAGRAPHS)] == PARAGRAPHS


def test_a_layout_that_is_named_after_its_table_of_contents_is_no_navigation(read: Reader) -> None:
    others = f"<p>{'The paper has told of the harbour for ninety years, and asks its readers to go on with it. ' * 16}</p>"
    html = lay_out(
        f"<div class='wrap sticky-table-of-contents'><div>{paragraphs(ESSAY)}</div></div><div class='colophon'>{others}</div>"
    )
    assert read(html).article.text.split("\n\n")[: len(ESSAY)] == ESSAY


def test_a_box_with_the_storys_name_wins_over_one_for_any_content(read: Reader) -> None:
    footer = "<div class='page-footer-spotlight'><p>The writer of this story has lived by the harbour for thirty years and knows it.</p></div>"
    html = lay_out(
        f"<main class='main-content'><div class='article-body'>{paragraphs(PARAGRAPHS)}</div>{footer}</main>"
    )
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_paragraphs_behind_the_paywalls_mark_belong_to_the_story(read: Reader) -> None:
    shown, locked = PARAGRAPHS[:2], PARAGRAPHS[2:]
    html = lay_out(
        f"<div class='article-body'>{paragraphs(shown)}</div>"
        f"<div class='article-body'>{''.join(f'<p class=paywall>{p}</p>' for p in locked)}</div>",
    )
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "around", ["<div class='promo-article related'>{}</div>", "<div class='newsletter-layout'>{}</div>"]
)
def test_a_page_that_calls_itself_an_article_is_read_again_when_class_words_hide_its_story(
    read: Reader, around: str
) -> None:
    teasers = "".join(f"<div class='related'><p>{p}</p></div>" for p in ESSAY)
    story = around.format(paragraphs(PARAGRAPHS))
    assert PARAGRAPHS[3] in read(lay_out(story + teasers, CLAIM)).article.text


@pytest.mark.parametrize(
    ("amid", "kept"),
    [
        (
            "<figure><blockquote><p>We never said that the ferry would stop for good.</p></blockquote></figure>",
            "We never said that the ferry would stop for good.",
        ),
        (
            "<figure class='wp-block-table'><table><tr><td>Crossings in May</td><td>Three hundred and two.</td></tr></table></figure>",
            "Crossings in May",
        ),
    ],
)
def test_quotes_and_tables_in_figures_are_read_with_the_story(read: Reader, amid: str, kept: str) -> None:
    html = lay_out(f"<article>{paragraphs(PARAGRAPHS[:3])}{amid}{paragraphs(PARAGRAPHS[3:])}</article>")
    assert kept in read(html).article.text


@pytest.mark.parametrize(
    "name",
    [
        "elementor-widget-container",
        "elementor-widget elementor-widget-text-editor",
        "cmp-text",
        "article-detail",
        "elementor-widget__width-inherit",
        "hs_cos_wrapper hs_cos_wrapper_widget hs_cos_wrapper_type_rich_text",
        "so-widget-sow-editor so-widget-sow-editor-base",
    ],
)
def test_words_of_page_builders_say_nothing_against_a_box(read: Reader, name: str) -> None:
    html = lay_out(
        f"<article>{paragraphs(PARAGRAPHS[:4])}<div class='{name}'>{paragraphs(PARAGRAPHS[4:])}</div></article>"
    )
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


CAPTION = "The ferry at noon, seen from the old lock, with the council on its upper deck."


@pytest.mark.parametrize("name", ["newsitem-image", "contentImage", "media-photo", "pic picture"])
def test_the_text_in_a_box_named_after_its_picture_is_a_caption(read: Reader, name: str) -> None:
    picture = f"<div class='{name}'><img src='a.jpg'><div class='info'>{CAPTION}</div></div>"
    html = lay_out(f"<article>{paragraphs(PARAGRAPHS[:3])}{picture}{paragraphs(PARAGRAPHS[3:])}</article>")
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize("name", ["article-image", "text-with-image", "no-background-image", "recipe-image"])
def test_a_box_that_only_has_a_picture_among_its_words_is_kept(read: Reader, name: str) -> None:
    html = lay_out(
        f"<article>{paragraphs(PARAGRAPHS[:5])}<div class='{name}'><p>{PARAGRAPHS[5]}</p></div></article>"
    )
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_prose_beside_a_picture_is_no_caption(read: Reader) -> None:
    html = lay_out(f"<div class='lead-image'>{paragraphs(ESSAY[:9])}</div>")
    assert read(html).article.text.split("\n\n") == ESSAY[:9]


@pytest.mark.parametrize(
    "notes",
    [
        "<p>More information: O. Velin, On ferries and their winters, Harbour Letters.</p><p>The council has more about ferries on its page, which is free for all.</p>",
        "<p>Disclaimer: " + "Nothing here is advice, and nobody may hold the writer to it. " * 10 + "</p>",
        "<p>O. Velin et al. 2029. On ferries and their winters. Harbour Letters 4.</p>",
        "<p>A previous version of this article wrongly stated that the ferry sails on Mondays.</p>",
        "<p>Fotos: Orsa Velin</p>",
    ],
)
def test_notes_at_the_end_go(read: Reader, notes: str) -> None:
    html = lay_out(f"<article>{paragraphs(PARAGRAPHS)}{notes}</article>")
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


OPENING = (
    "<p class='{}'>The council met on Monday, as it has <a href='/1'>since the winter</a> without a ferry, to decide"
    " what the harbour will do when the last of its boats is sold to a museum in the capital. Nobody left before noon,"
    " and nobody was satisfied.</p>"
)


def test_a_first_paragraph_with_a_link_outside_the_body_is_the_storys(read: Reader) -> None:
    body = "".join(f"<p class='story-text'>{p}</p>" for p in PARAGRAPHS)
    html = f"<body><h1>{TITLE}</h1><div>{OPENING.format('story-text')}</div><div class='article-body'>{body}</div></body>"
    assert read(html).article.text.startswith("The council met on Monday")


def test_a_linked_teaser_of_another_make_outside_the_body_is_not(read: Reader) -> None:
    body = "".join(f"<p class='story-text'>{p}</p>" for p in PARAGRAPHS)
    html = f"<body><h1>{TITLE}</h1><div>{OPENING.format('kicker-text')}</div><div class='article-body'>{body}</div></body>"
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_a_standfirst_between_the_title_and_its_repetition_is_kept(read: Reader) -> None:
    lead = "<div class='preamble'><p>The ferry sails no more, and the council has to say why.</p></div>"
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    html = lay_out(f"{lead}<div class='player'><h3>{TITLE}</h3></div><div class='article-body'>{body}</div>")
    assert read(html).article.text.startswith("The ferry sails no more")


@pytest.mark.parametrize(
    "words", ["subscriber-preview", "subscriber-only", "paywall-content", "premium_text"]
)
def test_the_part_of_a_story_that_some_may_not_read_is_the_storys(words: str, read: Reader) -> None:
    first, rest = PARAGRAPHS[0], "".join(f"<p>{p}</p>" for p in PARAGRAPHS[1:])
    html = f"<body><h1>{TITLE}</h1><div class='article-body'><div class='{words}'><p>{first}</p></div>{rest}</div></body>"
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_a_last_paragraph_mostly_of_links_is_the_storys_when_it_is_long(read: Reader) -> None:
    last = (
        "<p>The council has <a href='/1'>promised a new boat by the end of the winter, and said who pays for all of it"
        " and who does not</a>, but on Tuesday the pilots of the harbour want <a href='/2'>more than a promise, or so they said at noon</a>.</p>"
    )
    assert read(lay_out("".join(f"<p>{p}</p>" for p in PARAGRAPHS) + last)).article.text.endswith(
        "or so they said at noon."
    )
