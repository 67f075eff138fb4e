"""What is shown of a match: the sentences and the words marked in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match import RuleSet
from monitor.match.excerpts import MAX_CHARS, MAX_EXCERPTS
from monitor.model import Article, Excerpt, Rule
from tests.match.articles import make_article


def excerpts(query: str, article: Article) -> tuple[Excerpt, ...]:
    (match,) = RuleSet.compile([Rule(name="rule", query=query, notify=())]).match(article)
    return match.excerpts


def marked(excerpt: Excerpt) -> list[str]:
    return [excerpt.text[start:end] for start, end in excerpt.marks]


def test_the_sentence_is_shown_with_the_words_marked() -> None:
    article = make_article("First one. The Foreign Ministry of Artsakh replied. Last one.")
    (excerpt,) = excerpts('artsakh "foreign ministry"', article)
    assert excerpt.text == "The Foreign Ministry of Artsakh replied."
    assert marked(excerpt) == ["Foreign Ministry", "Artsakh"]
    assert not excerpt.in_title


def test_the_title_comes_first() -> None:
    article = make_article("A drone fell. Nothing else.", title="Drone over Baku")
    title, sentence = excerpts("drone", article)
    assert (title.text, marked(title), title.in_title) == ("Drone over Baku", ["Drone"], True)
    assert (sentence.text, marked(sentence)) == ("A drone fell.", ["drone"])


def test_sentences_that_show_another_word_come_before_those_that_repeat() -> None:
    article = make_article("A drone. The drone. Some drone. My drone. Over Baku.")
    shown = excerpts("drone baku", article)
    assert [excerpt.text for excerpt in shown] == ["A drone.", "The drone.", "Over Baku."]


def test_no_more_than_a_few_are_shown() -> None:
    assert len(excerpts("drone", make_article("A drone. " * 5000, title="Drone"))) == MAX_EXCERPTS


def test_a_match_outside_title_and_text_shows_the_title() -> None:
    article = replace(make_article(), authors=("Jane Roe",))
    for query in ("author:roe", "author:(jane NEAR roe)", 'author:"jane roe"', "lang:en"):
        (excerpt,) = excerpts(query, article)
        assert excerpt == Excerpt(text="A title", marks=(), in_title=True)


def test_only_words_that_take_part_are_marked() -> None:
    article = make_article(
        "One drone flew far away. A hospital near the drone. Ten words lie from this to the next hospital."
    )
    (excerpt,) = excerpts("drone NEAR/3 hospital", article)
    assert marked(excerpt) == ["hospital", "drone"]
    (excerpt,) = excerpts('"drone hospital"~3 NOT plane', article)
    assert marked(excerpt) == ["hospital", "drone"]
    assert [marked(e) for e in excerpts("drone OR (ten plane)", article)] == [["drone"], ["drone"]]


def test_marks_that_overlap_are_one() -> None:
    (excerpt,) = excerpts(
        '"foreign ministry" "ministry of" re(/n M/)', make_article("A foreign Ministry of old.")
    )
    assert marked(excerpt) == ["foreign Ministry of"]


@pytest.mark.parametrize("filler", ["word ", "語"])
def test_a_long_sentence_is_cut_around_its_mark(filler: str) -> None:
    text = filler * 300 + "drone " + filler * 300
    (excerpt,) = excerpts("drone", make_article(text))
    assert len(excerpt.text) <= MAX_CHARS
    assert excerpt.text.startswith("…")
    assert excerpt.text.endswith("…")
    assert marked(excerpt) == ["drone"]


def test_a_long_title_is_cut_too() -> None:
    (excerpt,) = excerpts("drone", make_article(title="word " * 300 + "drone"))
    assert excerpt.text.endswith("drone")
    assert len(excerpt.text) <= MAX_CHARS


def test_an_endless_mark_is_cut() -> None:
    (excerpt,) = excerpts("re(/a+/)", make_article("b " + "a" * 5000))
    assert len(excerpt.text) <= MAX_CHARS
    assert set(marked(excerpt)[0]) == {"a"}


def test_white_space_within_a_sentence_is_a_space() -> None:
    (excerpt,) = excerpts("drone", make_article("A\u00a0drone\tfell."))
    assert excerpt.text == "A drone fell."


@given(
    st.lists(
        st.sampled_from(["drone", "Drone.", "x", "word", "\n\n", "京", "…", "e\u0301", "“"]), min_size=1
    ),
    st.sampled_from(["drone", "x drone", "word NEAR drone", '"x drone"', "dro*", "京", "re(/[dx]/)"]),
)
def test_marks_lie_within_their_excerpt_in_order(pieces: list[str], query: str) -> None:
    rules = RuleSet.compile([Rule(name="rule", query=query, notify=())])
    for match in rules.match(make_article(" ".join(pieces), title="x")):
        assert 1 <= len(match.excerpts) <= MAX_EXCERPTS
        for excerpt in match.excerpts:
            assert len(excerpt.text) <= MAX_CHARS
            ends = [0, *(offset for mark in excerpt.marks for offset in mark), len(excerpt.text)]
            assert ends == sorted(ends)
            assert all(marked(excerpt))
