"""Which sentence is shown around a word: the promises of `monitor.text.sentences`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text import sentences as module
from monitor.text.sentences import MAX_CLOSING, MAX_SENTENCE, Sentences, split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stop. He left! Really? Yes… No", ["Stop.", "He left!", "Really?", "Yes…", "No"]),
        ("One line\nanother\n\nthird", ["One line", "another", "third"]),
        ('He said: "Stop." Then (he left.) Now', ['He said: "Stop."', "Then (he left.)", "Now"]),
        ("Բարև։ Ինչպե՞ս ես։ Լավ։", ["Բարև։", "Ինչպե՞ս ես։", "Լավ։"]),
        ("今日は。明日は！はい", ["今日は。", "明日は！", "はい"]),
        ("यह है। वह है।", ["यह है।", "वह है।"]),
        ("هل هذا؟ نعم.", ["هل هذا؟", "نعم."]),
        (" \n ", []),
        ("", []),
    ],
)
def test_text_is_cut_at_the_marks_of_its_script(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith met Gen. J. K. Doe of the U.S. on Dec. 3.",
        "It rose 3.5 percent to 1.000 euros.",
        "Он родился в 1990 г. в Москве.",
        "Am 12. März kam Dr. Weiß zurück.",
        "See example.org for more.",
        "He left (etc.) and came back.",
    ],
)
def test_abbreviations_initials_and_figures_end_no_sentence(text: str) -> None:
    assert sentences(text) == [text]


def test_the_sentence_around_a_word_is_found() -> None:
    text = "First one here. The second has the word in it. And a third."
    start = text.index("word")
    found = Sentences(text).around(start, start + 4)
    assert text[slice(*found)] == "The second has the word in it."


def test_a_span_across_a_border_gives_both_sentences() -> None:
    text = "One two. Three four. Five."
    assert text[slice(*Sentences(text).around(4, 14))] == "One two. Three four."


def test_only_the_neighbourhood_of_a_word_in_an_endless_line_is_looked_at() -> None:
    text = "x " * 100_000
    start, end = Sentences(text).around(100_000, 100_001)
    assert end - start <= 2 * MAX_SENTENCE + 1
    assert start <= 100_000 < end


@given(st.text(st.one_of(st.characters(), st.sampled_from("aA .!?\n。։\"'1"))))
def test_sentences_cover_all_that_is_not_white_space(text: str) -> None:
    spans = list(split_sentences(text))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(Sentences(text).around(a, b) == (a, b) for a, b in spans)


@given(st.text(st.one_of(st.characters(), st.sampled_from("aA .!?\n。։\"'1"))), st.integers(1, 40))
def test_a_text_read_in_pieces_has_the_same_sentences(text: str, block: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "BLOCK", block)
        patched.setattr(module, "MAX_SENTENCE", 30)
        known = Sentences(text)
        spans = [span for span in split_sentences(text) if span[1] - span[0] < 30]
        assert [known.around(end - 1, end) for _, end in reversed(spans)] == spans[::-1]
        assert [Sentences(text).around(start, start + 1) for start, _ in spans] == spans


def test_only_so_many_quotes_close_with_a_sentence() -> None:
    quotes = "'" * MAX_CLOSING
    assert sentences(f"Stop.{quotes} Go") == [f"Stop.{quotes}", "Go"]
    assert sentences(f"Stop.{quotes}' Go") == [f"Stop.{quotes}' Go"]


@given(st.text(st.sampled_from("aA .!?\n。։'1")), st.data())
def test_the_span_lies_within_its_sentence(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    low, high = Sentences(text).around(start, end)
    assert low <= start
    assert end <= high
