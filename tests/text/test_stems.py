"""Which words are forms of one word: the promises of `monitor.text.stems`."""

from __future__ import annotations

import pytest

from monitor.text.stems import ALGORITHMS, stem, stems_anywhere


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "elections", "election"),
        ("ru", "выборах", "выборы"),
        ("hy", "քաղաքներ", "քաղաքի"),
        ("ar", "المدرسة", "مدرسة"),
        ("tr", "seçimler", "seçimleri"),
        ("de", "wahlen", "wahl"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, one: str, other: str) -> None:
    assert stem(one, language) == stem(other, language)


@pytest.mark.parametrize("language", [None, "xx", "zh"])
def test_a_language_without_a_stemmer_leaves_words_alone(language: str | None) -> None:
    assert stem("elections", language) == "elections"


@pytest.mark.parametrize("language", sorted(ALGORITHMS))
def test_every_language_has_its_algorithm(language: str) -> None:
    assert stem("elections", language)
    assert stem("elections", language) in stems_anywhere("elections")


def test_half_a_character_is_a_word_of_its_own() -> None:
    assert stem("n\ud800m", "de") == "n\ud800m"
