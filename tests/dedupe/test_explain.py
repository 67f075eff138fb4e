"""Why two articles are copies: the promises of `monitor.dedupe.explain`."""

from __future__ import annotations

import pytest

from monitor.dedupe import explain
from monitor.model import Relation
from tests.dedupe.stories import make_article, write_story

STORY = make_article(write_story(1))
OTHER_STORY = write_story(2)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        (STORY.text, Relation.EXACT),
        (STORY.text + "\n\nRead more.", Relation.COPY),
        (write_story(3, 50) + "\n\n" + STORY.text, Relation.CONTAINS),
        (OTHER_STORY, Relation.NEW),
    ],
)
def test_the_verdict_is_that_of_the_walk(text: str, relation: Relation) -> None:
    assert explain(STORY, make_article(text, source="courier"), frozenset()).relation is relation


def test_a_copy_meets_every_measure_and_another_story_fails_one() -> None:
    copy = explain(STORY, make_article(STORY.text + "\n\nRead more.", source="courier"), frozenset())
    assert all(measure.is_met for measure in copy.measures)
    assert copy.shared_facts
    other = explain(STORY, make_article(OTHER_STORY, source="courier"), frozenset())
    assert not all(measure.is_met for measure in other.measures)
    assert other.other_facts


def test_two_of_one_outlet_need_more() -> None:
    cut = make_article(STORY.text[: len(STORY.text) // 2] + "\n\n" + write_story(4, 12), page="b")
    at_home = explain(STORY, cut, frozenset())
    assert at_home.relation is Relation.NEW
    assert [measure.needed for measure in at_home.measures] == [2, 0.85, 0.8]
