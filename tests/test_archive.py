"""What the archive says of the rules: which are silent, which are loud, and which words are rare."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.archive import LOUD, count_shares, doubt_rules, rehearse
from monitor.compose import AlertCount, Pace, compose
from monitor.model import DeliveryState, Occasion, Relation, Rule
from monitor.store import SqlStore, open_store
from tests.store.samples import DAM, GAZETTE, NOW, Story, keep, make_story, repeat_story

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


PACE = Pace(group_wait=timedelta(minutes=10), story_update=timedelta(hours=1))

# name, minute, the article it is told with and how; the rule does not find those that are quiet
TELLINGS = (
    ("dam", 0, None, None),
    ("dam-echo", 5, "dam", Relation.COPY),
    ("dam-joins", 5, "dam", Relation.NEW),
    ("dam-copied-late", 20, "dam-echo", Relation.COPY),
    ("dam-again", 30, "dam", Relation.NEW),
    ("dam-meanwhile", 45, "dam-again", Relation.NEW),
    ("dam-joins-copied", 55, "dam-joins", Relation.EXACT),
    ("quiet-dam", 60, "dam", Relation.NEW),
    ("quiet-dam-echo", 65, "quiet-dam", Relation.COPY),
    ("dam-evening", 200, "quiet-dam", Relation.COPY),
    ("dam-evening-echo", 275, "quiet-dam-echo", Relation.COPY),
    ("dam-night", 300, "dam-evening", Relation.NEW),
    ("bridge", 300, None, None),
    ("bridge-echo", 400, "bridge", Relation.COPY),
)


async def keep_tellings(store: SqlStore, rule: Rule) -> None:
    """Keep articles as the daemon does, and send what is due every five minutes."""
    await store.register_channels({"desk": "there"}, NOW)
    kept: dict[str, Story] = {}
    for minute in range(0, 600, 5):
        now = NOW + timedelta(minutes=minute)
        for message in await store.claim_deliveries("desk", now, 10, timedelta(hours=1)):
            await store.mark_sent(message.id, "taken", now)
        for name, _, original, relation in (each for each in TELLINGS if each[1] == minute):
            story = make_story(name, minute=minute, rules=() if "quiet" in name else (rule,))
            if original and relation is Relation.NEW:
                verdict = replace(story.verdict, story_id=kept[original].verdict.story_id)
                story = replace(story, verdict=verdict)
            elif original and relation:
                story = repeat_story(kept[original], relation, story)
            kept[name] = story
            alerts = compose(story.article, story.matches, story.verdict, now, PACE)
            looked = await store.candidates(story.article.url, story.fingerprint)
            filing = replace(story.filing(), alerts=alerts, candidates=looked)
            assert await store.keep(filing) is not None


async def test_a_rehearsal_counts_the_alerts_that_the_daemon_sends(store: SqlStore) -> None:
    rule = Rule(name="dam", query="talks -quiet", notify=("desk",))
    await keep_tellings(store, rule)
    sent = Counter(
        message.alert.occasion for message in await store.deliveries(state=DeliveryState.SENT, limit=50)
    )
    found = await rehearse(store, rule, NOW, NOW + DAY, PACE)
    assert found.matches == len(TELLINGS) - 2
    assert found.alerts == AlertCount(stories=sent[Occasion.NEW], updates=sent[Occasion.UPDATE]) == (2, 3)
    silent = replace(rule, on=(Occasion.EDIT,))
    assert (await rehearse(store, silent, NOW, NOW + DAY, PACE)).alerts.total == 0


async def test_words_of_several_articles_have_a_share(store: SqlStore) -> None:
    assert await count_shares(store) == {}
    for name in ("dam", "bridge", "résumé", "resume"):
        await keep(store, make_story(name))
    shares = await count_shares(store)
    assert (shares["talks"], shares["resume"]) == (1.0, 0.5)
    assert "dam" not in shares
