import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from monitor.deliver.views import (
    MAX_EXCERPT_CHARS,
    MAX_TEXT_CHARS,
    first_paragraphs,
    part,
    say_host,
    say_published,
    say_time,
)
from monitor.deliver.wording import MAX_SUBJECT_CHARS, Wording
from monitor.model import Excerpt
from tests.deliver.stories import FIRST, excerpt_of, hostile_titles, make_article, make_delivery, titled

YEREVAN = ZoneInfo("Asia/Yerevan")
WORDING = Wording(ZoneInfo("Europe/Vienna"))


def test_the_subject_names_the_rule_and_the_headline() -> None:
    assert WORDING.write_letter(make_delivery()).subject == "[ferries] Harbour council & ferry union to meet"


def test_a_headline_of_ten_thousand_characters_is_cut_at_a_word() -> None:
    subject = WORDING.write_letter(titled("word " * 2000)).subject
    assert len(subject) <= MAX_SUBJECT_CHARS
    assert subject.endswith(" word…")


def test_both_bodies_tell_who_wrote_what_when_where_and_why_it_was_sent() -> None:
    letter = WORDING.write_letter(make_delivery())
    shown = LexborHTMLParser(letter.html).text(separator=" ")
    for body in (letter.text, " ".join(shown.split())):
        assert "Harbour council & ferry union to meet" in body
        assert "The Ansel Gazette" in body
        assert "Mara Fictional, Ode Invented" in body
        assert "4 March 2026, 10:00 CET" in body
        assert "The old pier stays closed until its piles have been looked at." in body
        assert '"harbour council" AND ferry*' in body
        assert "ferries" in body
        assert "desk" in body
    assert "\nhttps://www.ansel-gazette.example/harbour/ferry?id=7&lang=en\n" in letter.text


def test_the_matched_words_are_marked_in_their_sentence() -> None:
    letter = WORDING.write_letter(make_delivery())
    assert "> The *harbour council* of Port Ansel will meet the *ferry union* on Thursday" in letter.text
    marks = LexborHTMLParser(letter.html).css("p.quote mark")
    assert [mark.text() for mark in marks] == ["harbour council", "ferry union"]


def test_words_matched_in_the_title_are_marked_in_the_heading() -> None:
    title = excerpt_of("Harbour council & ferry union to meet", "Harbour council", in_title=True)
    letter = WORDING.write_letter(make_delivery(excerpts=(title,)))
    tree = LexborHTMLParser(letter.html)
    assert letter.text.startswith("*Harbour council* & ferry union to meet\n")
    assert [mark.text() for mark in tree.css("h1 mark")] == ["Harbour council"]
    assert not tree.css("p.quote")


def test_the_mail_loads_nothing_and_links_only_the_article() -> None:
    html = WORDING.write_letter(make_delivery()).html
    assert "url(" not in html
    assert "@import" not in html
    tree = LexborHTMLParser(html)
    assert not tree.css("img, script, link, iframe, object, video, audio, form")
    assert [a.attributes["href"] for a in tree.css("a")] == [
        "https://www.ansel-gazette.example/harbour/ferry?id=7&lang=en"
    ]


def test_an_address_that_is_not_of_the_web_is_shown_and_not_linked() -> None:
    article = replace(make_article(), url="javascript:alert(1)")
    letter = WORDING.write_letter(make_delivery(article))
    assert not LexborHTMLParser(letter.html).css("a")
    assert "javascript:alert(1)" in letter.html


@pytest.mark.parametrize("title", list(hostile_titles(40)))
def test_page_text_is_never_markup_and_never_a_template(title: str) -> None:
    hostile = "<img src=x onerror=alert(1)>{{ 7 * 7 }}{% if %}" + title
    article = make_article(hostile, f"{hostile}\n\n{hostile}")
    delivery = make_delivery(article, excerpts=(Excerpt(text=hostile, marks=((0, 1),)),), rule=hostile)
    letter = WORDING.write_letter(delivery)
    tree = LexborHTMLParser(letter.html)
    assert not tree.css("img, script")
    assert "{{ 7 * 7 }}" in letter.text
    assert "49" not in letter.text
    letter.html.encode()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", letter.text + letter.html)


def test_a_long_article_is_cut_and_says_how_much_is_left() -> None:
    paragraph = "word " * 199 + "end."
    article = make_article(text="\n\n".join([paragraph] * 40))
    letter = WORDING.write_letter(make_delivery(article))
    left = re.search(r"\[([\d,]+) more words on the page\.\]", letter.text)
    assert left is not None
    assert letter.text.count("word ") + int(left[1].replace(",", "")) == pytest.approx(8000, abs=60)
    assert "more words on the page" in letter.html
    assert len(letter.text) < MAX_TEXT_CHARS + 2000


def test_a_short_article_is_whole_and_says_nothing_of_more() -> None:
    assert "more words" not in WORDING.write_letter(make_delivery()).html


@given(
    st.lists(st.text(st.sampled_from("ab \u0301é"), min_size=1, max_size=120), min_size=1, max_size=8),
    st.integers(3, 300),
)
def test_paragraphs_fit_and_no_word_is_counted_twice(texts: list[str], max_chars: int) -> None:
    text = "\n\n".join(text.strip() or "a" for text in texts)
    shown, left = first_paragraphs(text, max_chars)
    assert shown
    assert sum(len(paragraph) for paragraph in shown) <= max_chars
    assert left <= len(text.split())
    if left == 0 and not shown[-1].endswith("…"):
        assert "\n\n".join(shown) == text


def test_a_page_that_is_not_free_says_so() -> None:
    letter = WORDING.write_letter(make_delivery(replace(make_article(), paywalled=True)))
    assert "not free to read" in letter.text
    assert "not free to read" in letter.html


def test_an_undated_article_without_author_leaves_no_empty_dots() -> None:
    article = replace(make_article(), authors=(), published_at=None)
    letter = WORDING.write_letter(make_delivery(article))
    assert "\nThe Ansel Gazette\n" in letter.text
    assert "in a page it read on 4 March 2026, 10:12 CET." in letter.text


def test_a_time_is_said_in_the_zone_of_the_reader() -> None:
    noon = datetime(2026, 8, 1, 22, 30, tzinfo=UTC)
    assert say_time(noon, ZoneInfo("Europe/Vienna")) == "2 August 2026, 00:30 CEST"
    assert say_time(noon, YEREVAN) == "2 August 2026, 02:30 UTC+04"
    assert say_time(noon, UTC) == "1 August 2026, 22:30 UTC"


def test_a_date_without_a_time_stays_the_day_that_the_page_named() -> None:
    day = datetime(2026, 8, 1, tzinfo=timezone(timedelta(hours=-9)))
    assert say_published(day, YEREVAN) == "1 August 2026"


def test_the_first_and_the_last_day_that_a_page_can_claim_are_said() -> None:
    first = datetime(1, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=14)))
    last = datetime(9999, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-12)))
    assert say_time(first, UTC) == "1 January 1"
    assert say_time(last, YEREVAN) == "31 December 9999"


def test_the_host_is_said_as_people_say_it() -> None:
    assert say_host("https://www.example.org/a") == "example.org"
    assert say_host("https://[broken/a") == ""
    assert say_host("mailto:a@b.example") == ""


def test_an_overlong_sentence_is_shown_around_its_first_match() -> None:
    text = "lead " * 400 + FIRST + " tail" * 400
    sentence = part(excerpt_of(text, "harbour council", "ferry union"))
    shown = "".join(piece.text for piece in sentence)
    assert [piece.text for piece in sentence if piece.marked] == ["harbour council", "ferry union"]
    assert shown.startswith("…lead")
    assert shown.endswith("…")
    assert len(shown) <= MAX_EXCERPT_CHARS + 2


def test_a_match_deep_in_a_text_without_spaces_is_shown_too() -> None:
    sentence = part(Excerpt(text="字" * 3000, marks=((2000, 2002), (2900, 2902))))
    assert [piece.text for piece in sentence if piece.marked] == ["字字"]


@given(st.data())
def test_the_pieces_of_a_short_sentence_are_the_sentence(data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from("abc é漢 "), min_size=1, max_size=60))
    bounds = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    marks = tuple(zip(bounds[::2], bounds[1::2], strict=False))
    sentence = part(Excerpt(text=text, marks=marks))
    assert "".join(piece.text for piece in sentence) == text
    assert [piece.text for piece in sentence if piece.marked] == [text[start:end] for start, end in marks]


def test_the_preview_is_the_first_sentence_or_the_beginning() -> None:
    assert WORDING.view(make_delivery()).preview == FIRST
    assert WORDING.view(make_delivery(excerpts=())).preview == FIRST
