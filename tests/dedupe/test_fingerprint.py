"""What is kept of a text: the promises of `monitor.dedupe.fingerprint`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.dedupe.fingerprint import (
    KEPT_BELOW,
    MAX_FACTS,
    MAX_SKETCH,
    MIN_SKETCH,
    SHINGLE_TOKENS,
    find_facts,
    find_sketch_end,
    fingerprint_article,
    sketch_terms,
)
from monitor.text.tokens import split_terms
from tests.dedupe.stories import make_article, write_story


def test_hashes_are_the_same_on_every_machine_and_in_every_process() -> None:
    fingerprint = fingerprint_article(make_article("The foreign minister of Zembla met 12 envoys on Monday."))
    assert fingerprint.content == 13434791162083515325
    assert fingerprint.sketch[0] == 2485593959962621924
    assert fingerprint.facts == {"zembla", "12", "monday"}


def test_a_usual_article_keeps_an_eighth_of_its_shingles() -> None:
    terms = split_terms(write_story(1, 25))
    sketch = sketch_terms(terms).hashes
    assert len(terms) / 12 < len(sketch) < len(terms) / 6
    assert all(shingle < KEPT_BELOW for shingle in sketch)
    assert list(sketch) == sorted(set(sketch))


def test_each_kept_shingle_has_the_place_where_it_stands_first() -> None:
    terms = [str(number) for number in range(1000)]
    sketch = sketch_terms([*terms, *terms])
    assert len(sketch.places) == len(sketch.hashes)
    assert max(sketch.places) <= 128
    halves = sketch_terms(terms[:500]).hashes
    first = {number for number, place in zip(*sketch, strict=True) if place < 64}
    assert first >= set(halves) & set(sketch.hashes) - {max(halves)}
    assert len(first) > 30


def test_a_short_text_keeps_enough_to_be_compared() -> None:
    terms = split_terms(write_story(1, 2))
    assert len(sketch_terms(terms).hashes) == MIN_SKETCH


@pytest.mark.parametrize("size", [1_000, 50_000])
def test_a_long_text_does_not_fill_the_index(size: int) -> None:
    sketch = sketch_terms([str(number) for number in range(size)]).hashes
    assert len(sketch) == MAX_SKETCH
    for kept in (sketch, (*sketch, KEPT_BELOW - 9)):
        assert find_sketch_end(kept) == kept[-1] + 1


@pytest.mark.parametrize("terms", [[], ["one"], ["one", "two"]])
def test_a_text_of_less_than_a_shingle_has_a_sketch_or_none(terms: list[str]) -> None:
    assert len(sketch_terms(terms).hashes) == min(1, len(terms))


@given(st.lists(st.sampled_from("abcdef"), max_size=300), st.integers(0, 300))
def test_up_to_its_end_a_sketch_holds_what_a_part_of_the_text_holds(terms: list[str], length: int) -> None:
    whole, part = sketch_terms([*terms, *"xyz"]).hashes, sketch_terms(terms[:length]).hashes
    if len(terms[:length]) >= SHINGLE_TOKENS:
        end = min(find_sketch_end(whole), find_sketch_end(part))
        assert {shingle for shingle in part if shingle < end} <= set(whole)


def test_facts_are_numbers_and_names_but_no_first_words() -> None:
    text = (
        "Yesterday Orvane Quillby paid 1,200.50 to Zembla. Nobody said why.\n\n"
        "Perhaps KESTRIN knows, or Tes\u00admond."
    )
    assert find_facts(text, split_terms(text)) == {
        "quillby",
        "120050",
        "zembla",
        "kestrin",
        "tesmond",
        "orvane",
    }


def test_facts_are_bounded() -> None:
    text = " ".join(f"of {number}" for number in range(10_000))
    assert len(find_facts(text, split_terms(text))) == MAX_FACTS


@pytest.mark.parametrize(
    "text",
    ["", "a", "\ud800", "word " * 200_000, "One sentence repeated. " * 50_000],
    ids=["nothing", "a word", "half a character", "1 MB", "one sentence"],
)
def test_any_text_has_a_fingerprint(text: str) -> None:
    once, again = fingerprint_article(make_article(text)), fingerprint_article(make_article(text))
    assert once == again
