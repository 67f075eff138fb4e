# ruff: noqa: E501  (pages on one line)
"""The story, the whole story, and nothing but the story: what surrounds and interrupts it goes."""

from __future__ import annotations

import pytest

from tests.extract.conftest import Reader

TITLE = "Harbour council decides on the ferry"
PARAGRAPHS = [
    f"Paragraph {n} tells in two plain sentences what the council of the harbour has decided about it. It is long enough."
    for n in range(6)
]


def lay_out(*, above: str = "", amid: str = "", below: str = "", head: str = "", around: str = "{}") -> str:
    """Lay a story out, with something above, amid and below it."""
    html = [f"<p>{p}</p>" for p in PARAGRAPHS]
    story = above + "".join(html[:3]) + amid + "".join(html[3:]) + below
    return f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{around.format(story)}</body></html>"


INTERRUPTIONS = {
    "a caption": "<figure><img src='a.jpg'><figcaption>The ferry at noon.</figcaption></figure>",
    "a credit": "<div>A ferry leaves the harbour. Photo: Maret Oll/Getty Images</div>",
    "a read-also line": "<p>Read also: <a href='/1'>The winter without a ferry</a></p>",
    "a linked teaser": "<p><a href='/1'>The winter without a ferry</a></p>",
    "an ad": "<div class='ad-slot'>Advertisement</div>",
    "an ad line": "<p>Advertisement</p>",
    "a newsletter": "<p>Sign up for our newsletter and never miss a boat again.</p>",
    "a share line": "<div class='share-tools'>Share on</div>",
    "a related box": "<div class='related-posts'><h3>Related</h3><ul><li><a href='/1'>One</a></li></ul></div>",
    "a related list": "<h3>Related stories</h3><ul><li><a href='/1'>The winter without a ferry</a></li><li>The old lock</li></ul>",
    "a table of contents": "<nav><a href='#1'>One</a><a href='#2'>Two</a></nav>",
    "an abbreviated caption": "<div class='img_cptn'>The ferry at noon, seen from the bank of the harbour, where people wait for it.</div>",
    "something hidden": "<div hidden>This paragraph is hidden from readers and nobody was meant to see it at all.</div>",
    "a hidden span": "<span class='sr-only'>opens in a new window</span>",
    "a teaser with an opening in brackets": "<p>(MORE: <a href='/1'>The winter without a ferry</a> and what came of it)</p>",
    "a Turkish teaser": "<p><b>İLGİLİ HABER</b> <a href='/1'>Martılar rıhtıma döndü</a></p>",
    "a Persian teaser": "<p><b>بیشتر بخوانید:</b> <a href='/1'>مرغان دریایی بازگشتند</a></p>",
    "a Spanish teaser": "<blockquote>PUEDES VER: <a href='/1'>El invierno sin ferry</a></blockquote>",
    "a video's line": "<p>Watch this: The winter without a ferry</p>",
    "a picked list": "<h3>Recommended by Our Editors</h3><ul><li><a href='/1'>One</a></li></ul>",
    "a German list of links": "<h2>Weitere Informationen</h2><ul><li>Die Fähre im Winter</li></ul>",
    "a German list of books": "<h3>Zum Weiterlesen:</h3><ul><li>Die Fähre im Winter</li></ul>",
    "a shop's line": "<p>As an Amazon Associate I earn from qualifying purchases.</p>",
    "a disclosure": "<div class='editorial-disclosure'>We may earn something when you buy a boat through the links in this story.</div>",
    "other posts' excerpts": "<ul class='related_post'>"
    + "".join(
        f"<li><a href='/{n}'>Post {n}</a> {'It tells of other boats, at some length, and ends amid a word of it. ' * 4}</li>"
        for n in range(4)
    )
    + "</ul>",
    "what does not work": "<p>We’re sorry, this feature is currently unavailable. We’re working to restore it.</p>",
    "a consent to an embed": "<div><p>Ich bin damit einverstanden, dass mir Inhalte von Boot-TV angezeigt werden.</p>"
    "<p>Personenbezogene Daten können an Drittplattformen übermittelt werden.</p></div>",
    "a word on notifications": "<div><p>Notifications can be managed in the settings of your browser.</p></div>",
    "a promise about mails": "<p>Sie können sich jederzeit wieder abmelden, wenn Sie keine Boote mehr mögen.</p>",
    "a consent to mails": "<p>I would like to be emailed about offers, boats and all the news of the harbour.</p>",
    "a form": "<form><input type='radio'><input type='radio'><button>Vote</button></form>",
}


@pytest.mark.parametrize("name", INTERRUPTIONS)
def test_what_interrupts_a_story_goes(name: str, read: Reader) -> None:
    assert read(lay_out(amid=INTERRUPTIONS[name])).article.text.split("\n\n") == PARAGRAPHS


TRAILERS = {
    "a biography": "<p>Orsa Velin is a reporter who covers the coast.</p>",
    "a long biography": "<p>Orsa Velin is a freelance writer who lives by the harbour. "
    + "She has followed the ferry through nine winters and two councils. " * 8
    + "</p>",
    "a disclaimer": "<p>This page is for informational purposes only and does not constitute legal advice.</p>",
    "favourites": "<p>Follow your favorites to hear first of ferries and of all that floats in the harbour.</p>",
    "a contribution": "<p>Additional reporting by Bero Kastel in Upper Tavra.</p>",
    "an agency": "<p>(AFP)</p>",
    "an address": "<p>한서진 기자 (seojin@harbour.example)</p>",
    "posts of a block theme": "<h2>More posts</h2><div class='wp-block-query'><ul class='wp-block-post-template'>"
    + "<li><h2><a href='/1'>Gulls return</a></h2><p>The gulls are back, and nobody is amused by their appetite.</p></li>"
    * 3
    + "</ul></div>",
    "a Greek invitation": "<p>Ακολουθήστε το Λιμάνι στο Google News και μάθετε πρώτοι όλες τις ειδήσεις</p>",
    "a first publication": "<p>This story was originally published on 3 May 2031.</p>",
    "a view": "<p>The views expressed in this article are those of the author and not of the harbour.</p>",
    "apps": "<p>For more of the harbour, download the Gazette apps and take them on the boat.</p>",
    "German sources": "<h4>Quellenangaben:</h4><p>Velin O. Von Fähren und ihren Wintern. Hafenbriefe 2029.</p>",
    "a comment's form": "<p>Deine E-Mail-Adresse wird nicht veröffentlicht. Erforderliche Felder sind markiert.</p>",
    "a forum": "<ul class='forum'><li><p>This is what I think of the ferry, and I have thought about it for long.</p></li></ul>",
    "boxes about two people": "<h2>About the Author</h2><div>Orsa Velin knows every ferry of the coast, and has for years.</div>"
    "<h2>About the Reviewer</h2><div>Bero Kastel knows every captain of the coast, and every lock.</div>",
    "footnotes": "<p>[1] Winters without a boat, Harbour Letters (2029).</p><p>[2] Ferries, and what they cost, ibid.</p>",
    "pictures' sources": "<h2>Image References</h2><p>The ferry at noon is by Maret Oll, from her book of boats; the lock is by Orsa Velin.</p>",
    "a form below": "<div class='gform_wrapper'><p>Please tell us a bit about your boat, and where it lies.</p></div>",
    "a teaser of articles": "<p>More helpful articles by the harbour's own paper:</p>",
    "tags": "<p>Tags: harbour, ferry</p>",
    "a copyright": "<p>© 2031 The Gazette. All rights reserved.</p>",
    "sources": "<h3>References</h3><p>Velin O. On ferries and their winters. Harbour Letters 2029.</p>",
    "comments": "<div id='comments'><p>This is what I think of the ferry, and I have thought about it for long.</p></div>",
    "a heading with nothing under it": "<h2>More on the subject of boats</h2>",
    "an app": "<p>Download our free app to read the paper on the boat.</p>",
}


@pytest.mark.parametrize("name", TRAILERS)
def test_what_trails_a_story_goes(name: str, read: Reader) -> None:
    assert read(lay_out(below=TRAILERS[name])).article.text.split("\n\n") == PARAGRAPHS


def test_sub_headings_quotes_and_lists_stay(read: Reader) -> None:
    amid = "<h2>What it costs</h2><ul><li>four boats</li><li>two piers</li></ul><blockquote>We had no choice.</blockquote>"
    text = read(lay_out(amid=amid)).article.text.split("\n\n")
    assert text[3:7] == ["What it costs", "four boats", "two piers", "We had no choice."]


def test_short_paragraphs_that_close_a_story_stay(read: Reader) -> None:
    below = "<p><b>And now?</b></p><p>Now we sail.</p><div>Back</div>"
    assert read(lay_out(below=below)).article.text.split("\n\n") == [*PARAGRAPHS, "And now?", "Now we sail."]


def test_a_table_of_the_story_stays(read: Reader) -> None:
    amid = "<table><tr><th>Boat</th><th>Seats</th></tr><tr><td>Ada</td><td>120</td></tr></table>"
    assert "Ada" in read(lay_out(amid=amid)).article.text


def test_a_table_keeps_the_linked_names_of_its_rows(read: Reader) -> None:
    amid = "<table><tr><th><a href='/ada'>The good ship Ada</a></th><td>120</td></tr></table>"
    assert "The good ship Ada" in read(lay_out(amid=amid)).article.text


def test_line_breaks_in_pairs_part_paragraphs(read: Reader) -> None:
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><div>{'<br><br>'.join(PARAGRAPHS)}</div>"
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_a_standfirst_outside_the_body_belongs_to_the_story(read: Reader) -> None:
    lead = "After four weeks without a boat, the island is to get a timetable again."
    html = lay_out(around=f"<p class='standfirst'>{lead}</p><div class='article-body'>{{}}</div>")
    assert read(html).article.text.split("\n\n") == [lead, *PARAGRAPHS]


def test_a_standfirst_that_the_description_names_is_found(read: Reader) -> None:
    lead = "After four weeks without a boat, the island is to get a timetable again."
    head = f"<meta name='description' content='{lead}'>"
    html = lay_out(
        head=head, around=f"<div class='x'><div>{lead}</div></div><div class='article-body'>{{}}</div>"
    )
    assert read(html).article.text.startswith(lead)


def test_a_standfirst_that_the_body_repeats_comes_once(read: Reader) -> None:
    html = lay_out(around=f"<p class='standfirst'>{PARAGRAPHS[0]}</p><div class='article-body'>{{}}</div>")
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_a_standfirst_that_the_body_repeats_after_its_dateline_comes_once(read: Reader) -> None:
    html = lay_out(
        around=f"<div class='synopsis'><p>{PARAGRAPHS[0]}</p></div><div class='article-body'><p>TAVRA: {PARAGRAPHS[0]}</p>{{}}</div>"
    )
    assert read(html).article.text.split("\n\n")[0] == f"TAVRA: {PARAGRAPHS[0]}"


def test_a_standfirst_beside_the_byline_is_found_when_it_is_the_description(read: Reader) -> None:
    lead = "The ferry has kept two banks of one harbour together for longer than anybody remembers."
    html = lay_out(
        head=f"<meta name='description' content='{lead}'>",
        around=f"<div class='article-body'><div class='article-info'><p>{lead}</p><p>By Orsa Velin</p></div>{{}}</div>",
    )
    assert read(html).article.text.split("\n\n") == [lead, *PARAGRAPHS]


def test_a_standfirst_is_found_above_a_bar_of_buttons(read: Reader) -> None:
    lead = "After four weeks without a boat, the island is to get a timetable again."
    bar = "".join(f"<div>Button {n}</div>" for n in range(20))
    html = lay_out(around=f"<p class='standfirst'>{lead}</p>{bar}<div class='article-body'>{{}}</div>")
    assert read(html).article.text.split("\n\n") == [lead, *PARAGRAPHS]


def test_a_title_with_its_kicker_is_no_standfirst(read: Reader) -> None:
    around = f"<h2>A matter of many weeks:{TITLE}</h2><div class='article-body'>{{}}</div>"
    assert read(lay_out(around=around)).article.text.split("\n\n") == PARAGRAPHS


def test_a_list_that_closes_the_story_stays_with_its_heading(read: Reader) -> None:
    captains = ["2031: Orsa Velin", "2030: Bero Kastel", "2029: Maret Oll"]
    entries = "".join(f"<li>{captain}</li>" for captain in captains)
    html = lay_out(below=f"<h2>Captains of the year</h2><ul>{entries}</ul>")
    assert read(html).article.text.split("\n\n") == [*PARAGRAPHS, "Captains of the year", *captains]


def test_a_list_without_links_is_the_storys_whatever_its_name(read: Reader) -> None:
    reasons = [f"Reason {n} is told in a sentence that is no shorter than the others." for n in range(3)]
    entries = "".join(f"<li>{reason}</li>" for reason in reasons)
    html = lay_out(amid=f"<ul class='story-list'>{entries}</ul>")
    assert read(html).article.text.split("\n\n") == [*PARAGRAPHS[:3], *reasons, *PARAGRAPHS[3:]]


def test_a_body_in_pieces_is_put_together(read: Reader) -> None:
    pieces = "".join(
        f"<div class='story-body'><p>{p}</p></div><div class='ad'>Advertisement</div>" for p in PARAGRAPHS
    )
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1><div>{pieces}</div>"
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_a_mark_that_would_take_the_story_is_revoked(read: Reader) -> None:
    html = lay_out(around="<div class='content-with-sidebar related-content'>{}</div>")
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_what_stands_in_a_box_whose_mark_is_revoked_goes_by_its_own(read: Reader) -> None:
    line = "<div class='share-tools'>Tell your neighbours</div>"
    halves = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[:3]), "".join(f"<p>{p}</p>" for p in PARAGRAPHS[3:])
    story = f"<div class='story-body'><div class='promo-block'>{line}{halves[0]}</div>{halves[1]}</div>"
    reading = read(f"<title>{TITLE}</title><h1>{TITLE}</h1>{story}")
    assert reading.article.text.split("\n\n") == PARAGRAPHS
    assert reading.stripped["share line"] == 1


def test_what_stands_beside_a_quotation_in_a_figure_goes_by_its_own_mark(read: Reader) -> None:
    quoted = "<blockquote><p>We waited for the ferry all winter long.</p><p class='share'>Tell it to your neighbours, who wait as well.</p></blockquote>"
    text = read(lay_out(amid=f"<figure>{quoted}</figure>")).article.text
    assert "We waited for the ferry" in text
    assert "neighbours" not in text


def test_a_genre_is_no_comment(read: Reader) -> None:
    thread = "".join(f"<li class='reply'><p>{p} I see it another way.</p></li>" for p in PARAGRAPHS * 9)
    html = lay_out(
        around=f"<div class='news commentary'><article>{{}}</article></div><ul class='comments'>{thread}</ul>"
    )
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_utility_classes_that_share_a_mark_take_no_paragraph(read: Reader) -> None:
    html = lay_out().replace("<p>", "<p class='mx-4 share print:hidden [&_a]:underline'>")
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_a_page_without_any_structure_is_read(read: Reader) -> None:
    teasers = "".join(f"<div><a href='/{n}'>Another headline {n} of the day</a></div>" for n in range(5))
    html = lay_out(around="<div><div>{}</div>" + teasers + "</div>")
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_microdata_names_the_body(read: Reader) -> None:
    other = (
        "<div class='content'>" + "".join(f"<p>{p} In another story.</p>" for p in PARAGRAPHS[:4]) + "</div>"
    )
    html = lay_out(around="<div itemprop='articleBody'>{}</div>" + other)
    assert read(html).article.text.split("\n\n") == PARAGRAPHS


def test_words_glued_by_markup_stay_apart_only_where_readers_see_it(read: Reader) -> None:
    amid = (
        "<p>The <b>S</b>aint <i>Orrin</i> sails<br>again on Monday, which is <a href='/x'>good news</a>.</p>"
    )
    assert (
        "The Saint Orrin sails again on Monday, which is good news." in read(lay_out(amid=amid)).article.text
    )


def test_hard_wrapped_text_becomes_paragraphs_again(read: Reader) -> None:
    wrapped = (
        f"{TITLE}\n\nThe council of the harbour said on Tuesday that it would reopen\n"
        "talks with the operator of the island ferry, four weeks after the\nlast crossing.\n\n"
        "Nobody on the island had expected that the talks would take so long\nas they did in the end.\n"
    )
    text = read(wrapped, content_type="text/plain").article.text
    assert text.split("\n\n")[0].endswith("four weeks after the last crossing.")
    assert len(text.split("\n\n")) == 2
