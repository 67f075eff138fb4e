"""What an edit is, and what it changed: the promises of `monitor.dedupe.revise`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.dedupe import find_changes, next_look
from monitor.model import Article, ChangeKind, DiffSide
from tests.dedupe.stories import make_article

TEXT = (
    "The ministers of Zembla and Kestria met on Monday for six hours.\n\n"
    "About 40 people waited outside. “We have not agreed on anything yet,” said Orvane Quillby.\n\n"
    "The talks go on next week in the harbour hall."
)
ARTICLE = make_article(TEXT, title="Ferry talks begin")


def edit(old: str, new: str) -> Article:
    assert old in TEXT
    return replace(ARTICLE, text=TEXT.replace(old, new))


@pytest.mark.parametrize(
    ("later", "kinds"),
    [
        (replace(ARTICLE, title="Ferry talks fail"), (ChangeKind.HEADLINE,)),
        (edit("40 people", "65 people"), (ChangeKind.NUMBER,)),
        (edit("not agreed on anything", "agreed on everything"), (ChangeKind.QUOTATION,)),
        (edit("Orvane Quillby", "Orvane Tesmond"), (ChangeKind.NAME,)),
        (edit("waited outside", "stood outside"), (ChangeKind.WORDING,)),
        (edit("next week", "next week, it was said,"), (ChangeKind.WORDING,)),
        (replace(ARTICLE, text=TEXT + "\n\nnobody knows more."), (ChangeKind.ADDED,)),
        (edit("\n\nThe talks go on next week in the harbour hall.", ""), (ChangeKind.REMOVED,)),
    ],
)
def test_an_edit_is_named_by_what_it_changed(later: Article, kinds: tuple[ChangeKind, ...]) -> None:
    changes = find_changes(ARTICLE, later)
    assert changes is not None
    assert changes.kinds == kinds


@pytest.mark.parametrize(
    "later",
    [
        ARTICLE,
        edit("“We have not agreed on anything yet,”", '"We have not agreed on anything yet,"'),
        edit("six hours", "six\u00a0ho\u00adurs"),
        replace(ARTICLE, title="Ferry Talks Begin"),
        edit("six hours.\n\nAbout", "six hours. About"),
        edit("outside. “We", "outside.\n\n“We"),
    ],
)
def test_typography_is_no_edit(later: Article) -> None:
    assert find_changes(ARTICLE, later) is None


def test_a_figure_that_counts_by_itself_is_no_edit() -> None:
    before, after = (replace(ARTICLE, text=f"{TEXT}\n\n{count} views") for count in (12, 1204))
    assert find_changes(before, after) is None


def test_the_words_of_both_versions_are_shown_in_order() -> None:
    later = edit("About 40 people waited", "About 65 people waited")
    changes = find_changes(ARTICLE, later)
    assert changes is not None
    [line] = changes.lines
    assert [(piece.text, piece.side) for piece in line[:4]] == [
        ("About", DiffSide.KEPT),
        (" 40", DiffSide.REMOVED),
        (" 65", DiffSide.ADDED),
        (
            " people waited outside. “We have not agreed on anything yet,” said Orvane Quillby.",
            DiffSide.KEPT,
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "shown", "kinds"),
    [
        (
            "四十名工程师将前往哈尔梅特。",
            "五十名工程师将前往哈尔梅特。",
            "[-四-]{+五+}十名",
            (ChangeKind.WORDING,),
        ),
        (
            "「準備はできた」と話した。",
            "「準備はまだだ」と話した。",
            "[-できた-]{+まだだ+}」",
            (ChangeKind.QUOTATION,),
        ),
        ("ฝนตกในกรุงเทพ", "ฝนตกเบาในกรุงเทพ", "ฝนตก{+เบา+}ในกรุงเทพ", (ChangeKind.WORDING,)),
    ],
)
def test_scripts_without_spaces_are_compared_by_characters(
    old: str, new: str, shown: str, kinds: tuple[ChangeKind, ...]
) -> None:
    changes = find_changes(replace(ARTICLE, text=old), replace(ARTICLE, text=new))
    assert changes is not None
    assert changes.kinds == kinds
    signs = {DiffSide.KEPT: "{}", DiffSide.REMOVED: "[-{}-]", DiffSide.ADDED: "{{+{}+}}"}
    assert shown in "".join(signs[piece.side].format(piece.text) for piece in changes.lines[0])


LINES = st.lists(st.text("ab1 .“”外交กํา", max_size=30), max_size=8).map("\n\n".join)


@given(LINES, LINES)
def test_the_pieces_make_both_versions_of_a_line(one: str, other: str) -> None:
    changes = find_changes(replace(ARTICLE, text=one), replace(ARTICLE, text=other))
    lines = changes.lines if changes else ()
    for side, text in ((DiffSide.ADDED, one), (DiffSide.REMOVED, other)):
        known = {"".join(line.split()) for line in text.split("\n\n")}
        for line in lines:
            version = "".join("".join(piece.text for piece in line if piece.side is not side).split())
            assert version in known | {""}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "x"),
        ("word " * 200_000, "word " * 200_001),
        ("One sentence repeated.\n\n" * 50_000, "One sentence repeated twice.\n\n" * 50_000),
        ("\ud800", "\ud801"),
    ],
    ids=["nothing", "1 MB", "many lines", "half a character"],
)
def test_any_two_texts_are_compared(before: str, after: str) -> None:
    changes = find_changes(replace(ARTICLE, text=before), replace(ARTICLE, text=after))
    seen = before.isprintable() or "\n" in before  # half a character is none that a reader sees
    assert (changes is not None) is seen


def test_an_article_is_looked_at_again_at_the_next_age_it_reaches() -> None:
    ladder = (timedelta(hours=1), timedelta(days=2))
    hour, day = timedelta(hours=1), timedelta(days=1)
    found = ARTICLE.fetched_at
    assert next_look(ARTICLE, found, ladder) == found + hour
    assert next_look(ARTICLE, found + hour, ladder) == found + 2 * day
    assert next_look(ARTICLE, found + 2 * day, ladder) is None
    assert next_look(ARTICLE, found, ()) is None
    noon = replace(ARTICLE, fetched_at=found + hour / 2, published_at=found + hour / 4)
    assert next_look(noon, noon.fetched_at, ladder) == found + hour / 4 + hour
    by_day = replace(ARTICLE, fetched_at=found + 12 * hour, published_at=found)
    assert next_look(by_day, by_day.fetched_at, ladder) == by_day.fetched_at + hour
    old = replace(ARTICLE, published_at=found - 9 * day)
    assert next_look(old, found, ladder) is None
