"""What a configuration says about edits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor.config import Config
from monitor.errors import ConfigError
from monitor.model import ASKABLE, RECHECK, Occasion

Read = Callable[..., Config]
SITE = "sources:\n  - { url: https://a.example/, %s }\n"
RULE = "sources: [https://a.example/]\nrules:\n  - { name: a, match: b, notify: console, %s }\n"


@pytest.mark.parametrize(
    ("written", "ages"),
    [
        ("every: 1h", RECHECK),
        ("recheck: [10m, 2d]", (timedelta(minutes=10), timedelta(days=2))),
        ("recheck: 1h", (timedelta(hours=1),)),
        ("recheck: []", ()),
    ],
)
def test_a_source_says_at_which_ages_it_is_looked_at_again(
    read: Read, written: str, ages: tuple[timedelta, ...]
) -> None:
    [source] = read(SITE % written).sources
    assert source.recheck == ages


@pytest.mark.parametrize(
    ("written", "occasions"),
    [
        ("match: b", (Occasion.NEW,)),
        ("on: edit", (Occasion.EDIT,)),
        ("on: [new, edit, removal, edit]", ASKABLE),
    ],
)
def test_a_rule_says_what_it_is_told_of(read: Read, written: str, occasions: tuple[Occasion, ...]) -> None:
    text = RULE % written if written.startswith("on") else RULE.replace(", %s", "")
    [rule] = read(text).rules
    assert rule.on == occasions


def test_an_occasion_that_is_none_is_told_with_a_suggestion(read: Read) -> None:
    with pytest.raises(ConfigError, match="is not what a rule can be told of; did you mean"):
        read(RULE % "on: edits")


@pytest.mark.parametrize(("written", "wait"), [("", 60), ("group_wait: 0", 0), ("group_wait: 2m", 120)])
def test_alerts_wait_a_minute_for_copies_unless_told_otherwise(read: Read, written: str, wait: int) -> None:
    assert read(f"sources: [https://a.example/]\n{written}").pace.group_wait == timedelta(seconds=wait)
