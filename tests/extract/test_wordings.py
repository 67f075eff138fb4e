"""Wordings tried by their first characters give what trying them all gives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.page import Reason
from monitor.extract.wordings import Wordings, find_openings, split_alternatives

PATTERN = (
    r"ads?|(?:read|see) (?:also|more)|(?:\d+ )?comments?|(?:©|\(c\)).{0,9}"
    r"|[’']n ad|x{0,2}yes|.{0,3}zap|(?:à )?lire|\bnews\b"
)
LINES = [
    *(
        "ad",
        "ads",
        "adx",
        "read also",
        "see more",
        "see",
        "12 comments",
        "comment",
        "© 2026",
        "(c) us",
        "(d) us",
    ),
    *(
        "'n ad",
        "’n ad",
        "yes",
        "xxyes",
        "xxxyes",
        "aaazap",
        "zap",
        "lire",
        "à lire",
        "news",
        "newsy",
        "",
        "٣ comments",
    ),
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_told_as_by_the_whole_pattern(line: str) -> None:
    found = Wordings([(Reason.AD, PATTERN)]).fullmatch(line)
    assert (found is Reason.AD) == bool(re.fullmatch(PATTERN, line))


@given(st.text(alphabet="adsreo mnt2©(c)'’nxyzlià", max_size=14))
def test_any_text_is_told_as_by_the_whole_pattern(line: str) -> None:
    wordings = Wordings([(Reason.AD, PATTERN)])
    assert (wordings.fullmatch(line) is Reason.AD) == bool(re.fullmatch(PATTERN, line))
    assert (wordings.match(line) is Reason.AD) == bool(re.match(PATTERN, line))


def test_the_first_reason_whose_wording_fits_is_given() -> None:
    wordings = Wordings([(Reason.SHARE, "print|share this"), (Reason.AD, ".{0,20}|share.*")])
    assert wordings.fullmatch("share this") is Reason.SHARE
    assert wordings.fullmatch("share that") is Reason.AD
    assert wordings.match("share this with all") is Reason.SHARE


def test_openings_are_known_for_letters_groups_and_options() -> None:
    assert find_openings("(?:d[’'])?autres") == {"d’a", "d'a", "aut"}
    assert find_openings(r"\(c\)") == {"(c)"}
    assert find_openings(r"no\d|") == {"no"}
    assert find_openings("[ab]x{0,3}c?") == {"a", "ax", "ac", "b", "bx", "bc"}
    assert find_openings(r"\d+ comments") == {"0"}
    assert find_openings(r".{0,60}cookie") == {"", "coo"}
    assert find_openings(r"(?:[^x]|y)z") == {"", "yz"}


def test_only_outermost_bars_part_alternatives() -> None:
    assert split_alternatives(r"a(?:b|c)|[|]d|\|e") == ["a(?:b|c)", "[|]d", r"\|e"]
