"""What a word is: the promises of `monitor.text.tokens`."""

from __future__ import annotations

import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text import tokens
from monitor.text.tokens import fold, index_text, is_plain, split_terms, token_spans, tokenize

SCRIPTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("abcXYZ 019.,'’&+#-_\"\n"),
        st.sampled_from("éßİıſéﬁ½ªＡｶﾞ한ᄒ북京ก้ำऀкՈ՞ւևٱمُـצ״ה\u200b\u00ad\ud800\U00011301\U00020000"),
    )
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        (
            "AT&T, C++ and C# by O'Neill in the U.S.",
            ["at&t", "c++", "and", "c#", "by", "o'neill", "in", "the", "u.s"],
        ),
        ("wi-fi and wifi", ["wi", "fi", "and", "wifi"]),
        ("Baku's plan; the ministers’ plan", ["baku", "plan", "the", "ministers", "plan"]),
        ("l’Arménie, Ankara'da, D’Angelo", ["l", "arménie", "ankara", "da", "d", "angelo"]),
        ("up 3.5% to 1,000 at 10:30", ["up", "3.5", "to", "1,000", "at", "10", "30"]),
        ("It ended.Then at 5 p.m.Boom", ["it", "ended", "then", "at", "5", "p.m", "boom"]),
        ("Straße STRASSE ﬁne ＡＢＣ", ["strasse", "strasse", "fine", "abc"]),
        ("O‘zbek oʻzbek o'zbek комп’ютер", ["o'zbek", "o'zbek", "o'zbek", "комп'ютер"]),
        ("co\u00adop n\u200bo", ["coop", "no"]),
        ("5½ _snake_case_", ["51", "2", "snake", "case"]),
    ],
)
def test_words_of_latin_scripts_are_as_written(text: str, terms: list[str]) -> None:
    assert list(split_terms(text)) == terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ո՞ւր", "ՈՒՐ"),
        ("Երևան", "ԵՐԵՎԱՆ"),
        ("և", "եւ"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("צה״ל", 'צה"ל'),
        ("İSTANBUL", "istanbul"),
        ("ısparta", "ISPARTA"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_spellings_of_one_word_are_one_term(one: str, other: str) -> None:
    assert split_terms(one) == split_terms(other)
    assert len(split_terms(one)) == 1


@pytest.mark.parametrize(("one", "other"), [("résumé", "resume"), ("ёлка", "елка"), ("आ", "अ"), ("שׂר", "סר")])
def test_other_diacritics_are_kept(one: str, other: str) -> None:
    assert split_terms(one) != split_terms(other)


def test_combining_marks_stay_inside_their_word() -> None:
    assert split_terms("हिन्दी में") == ("हिन्दी", "में")
    grantha = "\U00011315\U0001133e\U00011315"  # a script beyond the basic plane
    assert split_terms(f"{grantha} {grantha}") == (grantha, grantha)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("北京大学", ["北", "京", "大", "学"]),
        ("대통령이", ["대", "통", "령", "이"]),
        ("ガ", ["ガ"]),
        ("น้ำ", ["น้ํ", "า"]),
        ("𠀀a", ["𠀀", "a"]),
    ],
)
def test_scripts_without_spaces_give_one_token_a_character(text: str, terms: list[str]) -> None:
    assert list(split_terms(text)) == [unicodedata.normalize("NFKC", term) for term in terms]


def test_offsets_point_into_the_original_text() -> None:
    text = "“Ո՞ւր” է Baku’s ﬁne O’Neill?"
    assert [text[token.start : token.end] for token in tokenize(text)] == [
        "Ո՞ւր",
        "է",
        "Baku",
        "ﬁne",
        "O’Neill",
    ]


@given(SCRIPTS)
def test_terms_tokens_and_index_text_agree(text: str) -> None:
    found = tokenize(text)
    assert [token.term for token in found] == list(split_terms(text))
    assert index_text(text) == " ".join(token.term for token in found)
    assert index_text(text).split(" ") == (list(split_terms(text)) or [""])
    assert list(token_spans(text)) == [token[1:] for token in found]
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(one.end <= two.start or one[1:] == two[1:] for one, two in pairwise(found))


@given(SCRIPTS)
def test_a_text_whose_terms_are_remembered_has_the_same(text: str) -> None:
    long = " ".join([text] * (tokens.REMEMBERED_CHARS.start // (len(text) + 1) + 1)) + " " * 500
    assert len(long) in tokens.REMEMBERED_CHARS
    assert split_terms(long) == split_terms(long) == tokens._split(long)


@given(SCRIPTS)
def test_a_long_text_is_cut_like_a_short_one(text: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tokens, "LONG_TEXT", -1)
        assert tokens._split(text) == tuple(token.term for token in tokenize(text))


def test_folding_only_puts_plain_words_into_small_letters() -> None:
    plain = [character for character in map(chr, range(sys.maxunicode)) if is_plain(character)]
    assert [fold(letter) for letter in plain if letter != " "] == [x.lower() for x in plain if x != " "]
    small = [letter for letter in plain if tokens._is_folded_word(letter)]
    assert small == [letter for letter in plain if letter in small and letter == fold(letter)]
    assert [letter for letter in plain if tokens._is_plain_word(letter)] == [x for x in plain if x != " "]
    assert is_plain("Москва 2026 οδός") is None
    assert is_plain("Москва Ünal Բաքու Αθήνα گروه Việt") is not None


@given(st.text(st.characters().filter(is_plain), min_size=1, max_size=tokens.MAX_RUN))
def test_a_plain_word_is_one_term(word: str) -> None:
    assert [token.term for token in tokenize(word)] == word.lower().split()


@given(SCRIPTS)
def test_the_terms_of_the_terms_are_the_terms(text: str) -> None:
    text = unicodedata.normalize("NFKC", text)
    terms = split_terms(text)
    assert [term for word in terms for term in split_terms(word)] == list(terms)


@given(SCRIPTS)
def test_composed_and_decomposed_text_are_the_same_words(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert split_terms(unicodedata.normalize("NFD", text)) == split_terms(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_ascii_pattern_is_the_general_one(text: str) -> None:
    assert [fold(word) for word in tokens._general_pattern(astral=True).findall(text)] == list(
        split_terms(text)
    )


@given(SCRIPTS)
def test_a_term_holds_no_ascii_but_what_is_promised(text: str) -> None:
    for term in split_terms(text):
        assert not any(c.isspace() for c in term)
        assert all(c.isalnum() or c in tokens.TERM_MARKS for c in term if c.isascii())


@pytest.mark.parametrize(
    "unit", ["a", "a.", "1,1", "e\u0301", "\u0301", "é&", "é'", "'s", " ", "北", "a\u200b"]
)
def test_a_long_run_of_one_thing_is_split_to_its_end(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    assert split_terms(f"{text} end")[-1] == "end"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 200,
        'צה"ל and "quoted" word',
        "don't " * 300,
        "one, two. Three" * 20_000,
        "é-é. " * 300,
        "北京,กรุงเทพ \U00011301 5½ Ո՞ւր " * 9_000,
    ],
)
def test_texts_of_unusual_shape_are_cut_like_all_others(text: str) -> None:
    assert list(split_terms(text)) == [token.term for token in tokenize(text)]
