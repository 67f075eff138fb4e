"""docs/rules.md is the reference of the rule language, so each of its examples must be true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.errors import RuleError
from monitor.match import RuleSet, matches_query, parse_query, read_rule
from monitor.match.document import Field
from monitor.model import Rule
from tests.match.articles import read_article

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```query(.*?)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FOUND = [
    (lines[0], frozenset(settings.split()), sign, line)
    for settings, lines in ((settings, block.splitlines()) for settings, block in BLOCKS)
    for sign, _, line in (line.partition(" ") for line in lines[1:])
    if sign in "+-"
]
REFUSED = [line[2:] for _, block in BLOCKS for line in block.splitlines() if line.startswith("! ")]


def test_the_page_has_examples() -> None:
    assert len(FOUND) > 50
    assert len(REFUSED) > 15


def test_no_example_has_a_setting_that_is_none() -> None:
    assert {name for _, names, _, _ in FOUND for name in names} == {"stem", "fold_diacritics"}


@pytest.mark.parametrize(("query", "settings", "sign", "line"), FOUND)
def test_an_example_finds_what_it_says(query: str, settings: frozenset[str], sign: str, line: str) -> None:
    article = read_article(line)
    rule = Rule(
        name="example",
        query=query,
        notify=(),
        stem="stem" in settings,
        fold_diacritics="fold_diacritics" in settings,
    )
    rules = RuleSet.compile([rule])
    assert matches_query(read_rule(rule), article) is (sign == "+")
    assert bool(rules.match(article)) is (sign == "+")


@pytest.mark.parametrize("query", REFUSED)
def test_an_example_of_a_mistake_is_refused(query: str) -> None:
    with pytest.raises(RuleError):
        parse_query(query)


def test_every_field_is_on_the_page() -> None:
    assert all(f"| `{field}:` |" in PAGE for field in Field if field is not Field.ANY)
