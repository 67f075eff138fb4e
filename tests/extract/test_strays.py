"""Lines amid a story that are told from it by where they stand."""

from __future__ import annotations

import pytest

from tests.extract.conftest import Reader
from tests.extract.test_body import PARAGRAPHS, lay_out

NEWS = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x"}</script>'
TEASERS = (
    "<ul><li>Winter: <a href='/1'>The year without a ferry</a></li>"
    "<li>Harbour: <a href='/2'>Who pays for the second lock</a></li></ul>"
)


def paragraphs(read: Reader, html: str) -> list[str]:
    return read(html).article.text.split("\n\n")


@pytest.mark.parametrize(
    "label",
    [
        "<div class='tile'>Watch</div>",
        "<section><div>The ferry at noon in the harbour of Upper Tavra</div></section>",
        "<div class='pill'>Share price 4:05</div>",
    ],
)
def test_a_short_line_in_a_box_of_its_own_is_a_label_of_the_page(label: str, read: Reader) -> None:
    assert paragraphs(read, lay_out(amid=label)) == PARAGRAPHS


@pytest.mark.parametrize(
    "line",
    [
        "<div>The ferry sails again tomorrow.</div>",
        "<table><tr><td><div>Ferry</div></td><td><div>Lock</div></td></tr></table>",
        "".join(f"<div class='rank'>Ferry number {n}</div>" for n in range(3)),
    ],
    ids=["a sentence", "a table", "a pattern of the story"],
)
def test_what_a_story_lays_out_in_boxes_stays(line: str, read: Reader) -> None:
    assert len(paragraphs(read, lay_out(amid=line))) > len(PARAGRAPHS)


def test_a_story_written_in_bare_boxes_keeps_its_short_lines(read: Reader) -> None:
    html = lay_out(amid="<div>A quiet crossing</div>").replace("<p>", "<div>").replace("</p>", "</div>")
    assert "A quiet crossing" in paragraphs(read, html)


def test_a_list_of_half_linked_entries_leads_to_other_stories_on_a_news_page(read: Reader) -> None:
    assert paragraphs(read, lay_out(amid=TEASERS, head=NEWS)) == PARAGRAPHS


def test_a_list_of_half_linked_entries_is_the_storys_elsewhere(read: Reader) -> None:
    assert len(paragraphs(read, lay_out(amid=TEASERS))) == len(PARAGRAPHS) + 2


def test_a_list_with_one_plain_entry_is_the_storys_on_a_news_page(read: Reader) -> None:
    mixed = TEASERS.replace("</ul>", "<li>The ferry that nobody paid for.</li></ul>")
    assert len(paragraphs(read, lay_out(amid=mixed, head=NEWS))) == len(PARAGRAPHS) + 3


def test_a_date_line_inside_the_body_goes(read: Reader) -> None:
    opening = "The council of Tavra met again today, in the old lock, and for the last time."
    date = "<p>Tavra, 3 May 2031, 11:16 on the quay</p>"
    html = lay_out(around=f"<div class='article-body'><p>{opening}</p>{date}{{}}</div>")
    assert paragraphs(read, html) == [opening, *PARAGRAPHS]


def test_a_first_sentence_with_a_date_stays(read: Reader) -> None:
    opening = "The council met on 3 May 2031 in the old lock."
    html = lay_out(around=f"<div class='article-body'><p>{opening}</p>{{}}</div>")
    assert paragraphs(read, html) == [opening, *PARAGRAPHS]


@pytest.mark.parametrize(
    "note",
    [
        "A version of this story was in the Harbour Letters of May.",
        "Editor’s note: This essay has appeared in the Harbour Letters, which ask for it to be said.",
        "This story originally appeared in the Harbour Letters.",
    ],
)
def test_a_note_above_a_story_goes(note: str, read: Reader) -> None:
    html = lay_out(around=f"<div class='article-body'><p>{note}</p>{{}}</div>")
    assert paragraphs(read, html) == PARAGRAPHS


def test_a_story_may_open_with_a_heading(read: Reader) -> None:
    html = lay_out(around="<div class='article-body'><h2>What the ferry costs</h2>{}</div>")
    assert paragraphs(read, html) == ["What the ferry costs", *PARAGRAPHS]


def test_a_heading_in_another_box_than_the_first_paragraph_does_not_open_the_story(read: Reader) -> None:
    html = lay_out(around="<div class='article-body'><div><h2>On the harbour</h2></div>{}</div>")
    assert paragraphs(read, html) == PARAGRAPHS


def test_a_story_may_open_with_a_short_sentence(read: Reader) -> None:
    html = lay_out(around="<div class='article-body'><p>Nobody came.</p>{}</div>")
    assert paragraphs(read, html) == ["Nobody came.", *PARAGRAPHS]


def test_a_last_line_in_italics_is_a_note(read: Reader) -> None:
    note = "<p><em>The ferry will sail again in the spring, with a new captain.</em></p>"
    assert paragraphs(read, lay_out(below=note, head=NEWS)) == PARAGRAPHS


def test_a_last_line_in_bold_is_the_storys_elsewhere(read: Reader) -> None:
    appeal = "<p><b>The ferry will sail again in the spring, with a new captain.</b></p>"
    assert len(paragraphs(read, lay_out(below=appeal))) == len(PARAGRAPHS) + 1


@pytest.mark.parametrize(
    "ending",
    [
        "<p>The ferry will sail <em>again</em> in the spring, with a new captain.</p>",
        "<p><em>“The ferry will sail again in the spring, with a new captain.”</em></p>",
        "<p><em>The first of two lines.</em></p><p><em>And the second one of them.</em></p>",
    ],
    ids=["a word in italics", "a quotation", "verses"],
)
def test_other_endings_stay(ending: str, read: Reader) -> None:
    assert len(paragraphs(read, lay_out(below=ending, head=NEWS))) == len(PARAGRAPHS) + ending.count("<p>")


def test_a_standfirst_that_the_first_paragraph_repeats_stays_away_below_a_heading(read: Reader) -> None:
    head = f'<meta name="description" content="{PARAGRAPHS[0]}">'
    around = f"<p>{PARAGRAPHS[0]}</p><div class='article-body'><h2>What the ferry costs</h2>{{}}</div>"
    assert paragraphs(read, lay_out(head=head, around=around)) == ["What the ferry costs", *PARAGRAPHS]


def test_the_id_of_a_heading_says_nothing_against_it(read: Reader) -> None:
    heading = "<h2 class='big' id='tools-that-share-the-newsletter'>What the ferry needs</h2>"
    assert "What the ferry needs" in paragraphs(read, lay_out(amid=heading))


def test_the_id_of_a_section_says_nothing_against_it(read: Reader) -> None:
    sections = "".join(
        f"<div class='section' id='sharing-boat-{n}'><h2>Sharing boat {n}</h2><p>{p}</p></div>"
        for n, p in enumerate(PARAGRAPHS)
    )
    text = paragraphs(read, lay_out(around=f"<div class='article-body'>{{}}{sections}</div>"))
    assert text[-1] == PARAGRAPHS[-1]
    assert "Sharing boat 0" in text


def test_the_stories_that_a_page_appends_to_its_own_go(read: Reader) -> None:
    other = "".join(f"<p>{p.replace('council', 'captain')}</p>" for p in PARAGRAPHS)
    byline = "<div class='byline'>Orsa Velin</div>"
    title = "<div><h1 class='headline'>Captain leaves the ferry</h1></div>"
    scrolled = f"{byline}{title}<div class='text'>{other}</div>"
    html = lay_out(
        head=NEWS, around=f"<div class='article-body'><div class='text'>{{}}</div>{scrolled}</div>"
    )
    assert paragraphs(read, html.replace("<h1>", "<h1 class='headline'>", 1)) == PARAGRAPHS


def test_a_heading_of_the_first_level_with_other_words_than_the_title_is_a_sections(read: Reader) -> None:
    html = lay_out(amid="<h1 class='part'>What it costs</h1>").replace("<h1>", "<h1 class='headline'>", 1)
    text = paragraphs(read, html)
    assert "What it costs" in text
    assert text[-1] == PARAGRAPHS[-1]
