"""How `monitor sources` shows a source that answers and gives nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.cli import printing
from monitor.health import Ailment
from monitor.model import Visit, VisitOutcome
from monitor.ports import SourceState

NOW = datetime(2026, 3, 29, 12, 30, tzinfo=UTC)
STATE = SourceState(
    name="gazette",
    url="https://gazette.example/",
    active=True,
    added_at=NOW,
    seed=None,
    last_visit_at=NOW,
    next_visit_at=NOW,
    failures=0,
    failing_since=None,
    reason=None,
    articles=50,
    last_article_at=NOW,
    waiting=0,
    dismissed=0,
)
AILMENT = Ailment(reason="its articles have lost their dates", since=NOW)


def test_an_unwell_source_shows_its_state_why_and_since_when(capsys: pytest.CaptureFixture[str]) -> None:
    printing.show_sources([STATE], {"gazette": AILMENT}, UTC)
    shown = capsys.readouterr().out
    assert "gazette is unwell since" in shown
    assert AILMENT.reason in shown
    assert printing.describe_state(STATE, AILMENT).plain == "unwell"
    assert printing.describe_state(STATE, None).plain == "well"


def test_programs_are_told_what_ails_a_source() -> None:
    assert printing.source_json(STATE, AILMENT)["ailment"] == AILMENT
    assert printing.source_json(STATE, None)["ailment"] is None


def test_links_that_were_tried_in_vain_are_told_from_those_that_only_wait(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printing.show_source(replace(STATE, waiting=5, postponed=3), {}, (), UTC)
    assert "5 links wait to be fetched, 3 of them tried in vain; 0 gave no article" in capsys.readouterr().out


def test_a_visit_with_pages_that_gave_nothing_says_where_the_reasons_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    visit = Visit(source="city desk", started_at=NOW, finished_at=NOW, outcome=VisitOutcome.OK, postponed=1)
    printing.show_visit(visit)
    assert "`monitor sources 'city desk'` says why" in capsys.readouterr().out
    printing.show_visit(replace(visit, postponed=0))
    assert "says why" not in capsys.readouterr().out
