"""What the archive says of the rules: which are silent, which are loud, and which words are rare."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import LOUD, count_shares, doubt_rules
from monitor.model import Rule
from monitor.store import SqlStore, open_store
from tests.store.samples import DAM, GAZETTE, NOW, keep, make_story

DAY = timedelta(days=1)
MINUTES_A_DAY = 24 * 60


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path / 'archive.sqlite3'}", "daemon")
    await opened.register([GAZETTE], NOW)
    yield opened
    await opened.close()


def make_rule(query: str) -> Rule:
    return Rule(name=query, query=query, notify=())


async def test_a_rule_that_has_found_nothing_for_a_month_is_doubted(store: SqlStore) -> None:
    await keep(store, make_story("dam", rules=(DAM,)))
    await keep(store, make_story("bridge", minute=35 * MINUTES_A_DAY))
    doubts = await doubt_rules(store, [DAM, make_rule("bridge"), make_rule("volcano")], NOW + 40 * DAY)
    assert [doubt.rule for doubt in doubts] == ["dam", "volcano"]
    assert all("nothing for 30 days" in doubt.message for doubt in doubts)


async def test_no_rule_is_silent_in_an_archive_that_is_younger_or_empty(store: SqlStore) -> None:
    assert await doubt_rules(store, [DAM], NOW) == ()
    await keep(store, make_story("bridge"))
    assert await doubt_rules(store, [DAM], NOW + 29 * DAY) == ()


async def test_a_rule_that_finds_too_much_is_doubted_whether_it_is_new_or_not(store: SqlStore) -> None:
    known = make_rule("talks")
    for number in range(LOUD + 1):
        await keep(store, make_story(f"dam{number}", rules=(known,)))
    few = make_rule("dam7")
    doubts = await doubt_rules(store, [known, make_rule("mayor"), few], NOW + DAY / 2)
    assert [doubt.rule for doubt in doubts] == ["talks", "mayor"]
    assert "more than 50 articles a day" in doubts[0].message


async def test_words_of_several_articles_have_a_share(store: SqlStore) -> None:
    assert await count_shares(store) == {}
    for name in ("dam", "bridge", "résumé", "resume"):
        await keep(store, make_story(name))
    shares = await count_shares(store)
    assert (shares["talks"], shares["resume"]) == (1.0, 0.5)
    assert "dam" not in shares
