"""Whose text an article says it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.dedupe import find_agency
from monitor.dedupe.agencies import AGENCIES
from tests.dedupe.stories import make_article, write_story

STORY = write_story(1)


@pytest.mark.parametrize(
    ("dateline", "agency"),
    [
        ("PARIS, Nov 22 (Reuters) - ", "Reuters"),
        ("YEREVAN (AP) — ", "AP"),
        ("AFP — ", "AFP"),
        ("Berlin (dpa/tmn) - ", "dpa"),
        ("МОСКВА, 22 ноября. /ТАСС/. ", "TASS"),
        ("МОСКВА, 22 ноя — РИА Новости. ", "RIA Novosti"),
        ("ԵՐԵՎԱՆ, 22 ՆՈՅԵՄԲԵՐԻ, ԱՐՄԵՆՊՐԵՍ: ", "Armenpress"),
        ("Pekin, 22 listopada (PAP) ", "PAP"),
    ],
)
def test_a_dateline_names_the_agency(dateline: str, agency: str) -> None:
    assert find_agency(make_article(dateline + STORY)) == agency


@pytest.mark.parametrize(
    ("credit", "agency"),
    [
        ("(Reuters)", "Reuters"),
        ("Source: AFP", "AFP"),
        ("© Interfax", "Interfax"),
        ("Источник: ТАСС.", "TASS"),
        ("(dpa/AFP)", "dpa"),
        ("The harbour opens again on Monday. (EFE)", "EFE"),
        ("The harbour opens again on Monday. — AFP", "AFP"),
        ("Reuters", "Reuters"),
    ],
)
def test_a_closing_credit_names_the_agency(credit: str, agency: str) -> None:
    assert find_agency(make_article(f"{STORY}\n\n{credit}")) == agency


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("(Reuters)", "Reuters"),
        ("Source: AFP", "AFP"),
        ("© Interfax", "Interfax"),
        ("— dpa/tmn", "dpa"),
        ("Photo: Reuters", None),
        ("The harbour in spring — Reuters", None),
        ("With files from AFP", None),
        ("Reuters contributed to this report.", None),
        ("Source: AFP" + " " * 200, None),
    ],
)
def test_a_line_below_the_text_that_is_a_credit_names_the_agency(line: str, agency: str | None) -> None:
    assert find_agency(make_article(STORY), ["More on the dam.", line]) == agency


@pytest.mark.parametrize(
    ("author", "agency"),
    [
        ("Reuters", "Reuters"),
        ("Reuters Staff", "Reuters"),
        ("Ada Example, AFP", "AFP"),
        ("THE ASSOCIATED PRESS", "AP"),
        ("Xinhua News Agency", "Xinhua"),
    ],
)
def test_an_author_is_the_agency(author: str, agency: str) -> None:
    assert find_agency(replace(make_article(STORY), authors=(author,))) == agency


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        "The minister told Reuters that the dam holds. " + STORY,
        "Reuters has named a new editor. " + STORY,
        STORY + "\n\nThe editor of Reuters said so.",
        STORY + "\n\nHe works for AFP and AP, and lives in a house by the sea.",
        "PARTNERS (APART) - " + STORY,
        "",
    ],
)
def test_a_mention_is_no_credit(text: str) -> None:
    assert find_agency(make_article(text)) is None


def test_an_author_whose_name_begins_like_an_agency_is_a_person() -> None:
    for author in ("Anna Reutersson", "Apia Example", "Paul Dpason"):
        assert find_agency(replace(make_article(STORY), authors=(author,))) is None


@given(st.text(max_size=400))
def test_any_text_is_of_a_known_agency_or_of_none(text: str) -> None:
    assert find_agency(make_article(text)) in {None, *AGENCIES}
