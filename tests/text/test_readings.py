"""Which letters are the same: the promises of `monitor.text.readings`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.readings import Reading, split, strip_diacritics
from monitor.text.tokens import split_terms, token_spans

TEXTS = st.text(st.sampled_from("aiİıIéøłйёңß5½ .'-\u0307\u0301ءأが한हि")) | st.text()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Résumé naïve Łódź øre", ["resume", "naive", "lodz", "ore"]),
        ("мой ёлка", ["мой", "елка"]),
        ("がぎ हिन्दी", ["が", "ぎ", "हिन्दी"]),
        ("أحمد", ["احمد"]),
        ("ısı İzmir", ["isi", "izmir"]),
    ],
)
def test_diacritics_are_dropped_and_letters_of_their_own_are_not(text: str, terms: list[str]) -> None:
    assert list(split(text, Reading.PLAIN)) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("IŞIK İSTANBUL", ["ışık", "istanbul"]),
        ("sınır SINIR", ["sınır", "sınır"]),
        ("sinir SİNİR I\u0307zmir", ["sinir", "sinir", "izmir"]),
        ("Iğdır'ın 5½", ["ığdır", "ın", "51", "2"]),
    ],
)
def test_turkish_tells_the_dotless_i_apart(text: str, terms: list[str]) -> None:
    assert list(split(text, Reading.TURKISH)) == terms


@given(TEXTS, st.sampled_from(Reading))
def test_every_reading_has_a_term_for_each_token(text: str, reading: Reading) -> None:
    terms = split(text, reading)
    assert len(terms) == len(list(token_spans(text)))
    assert all(terms)
    assert not any(" " in term for term in terms)


@given(TEXTS, st.sampled_from(Reading))
def test_what_two_readings_find_is_one_plain_term(text: str, reading: Reading) -> None:
    plain = [strip_diacritics(term) for term in split_terms(text)]
    assert [strip_diacritics(term) for term in split(text, reading)] == plain
    assert [strip_diacritics(term) for term in plain] == plain
