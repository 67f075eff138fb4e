"""How `monitor sources` shows a source that answers and gives nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.cli import printing
from monitor.health import Ailment
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
