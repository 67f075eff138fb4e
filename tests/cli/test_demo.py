import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.cli.demo import as_object, show_event
from monitor.cli.printing import print_json_line
from monitor.demo import (
    ArticleKept,
    Chapter,
    Check,
    DaemonComplained,
    DaemonStarted,
    DaemonStopped,
    DemoEvent,
    DemoSummary,
    HookArrived,
    MailArrived,
    Opened,
    Published,
    Visited,
)

EVENTS: list[tuple[DemoEvent, str]] = [
    (
        Opened(
            newsstand={"The Review": "http://127.0.0.1:1/"},
            mailbox="smtp://127.0.0.1:2",
            webhook="http://127.0.0.1:3/news",
            configuration=Path("sources.yaml"),
        ),
        "The Review at http://127.0.0.1:1/",
    ),
    (Chapter("What comes next."), "What comes next."),
    (DaemonStarted(command="monitor run"), "$ monitor run"),
    (Published(paper="The Review", title="Ferry", url="http://127.0.0.1:1/f"), "The Review: Ferry"),
    (
        ArticleKept(
            source="review",
            title="Ferry",
            url="http://127.0.0.1:1/f",
            stripped={"poll": 2, "weather": 7},
            copy_of="Boat",
            alerts=0,
        ),
        "of “Boat”: no second alert",
    ),
    (
        Visited(source="review", outcome="ok", found=9, new=2, kept=2, copies=1, reason=None),
        "review: links 9, new 2, kept 2, copies 1",
    ),
    (
        Visited(source="review", outcome="failed", found=0, new=0, kept=0, copies=0, reason="it is down"),
        "review: failed: it is down",
    ),
    (
        MailArrived(subject="[ferry] Ferry", to=("desk@example.org",), text="They talk.\n", repeated=False),
        "They talk.",
    ),
    (HookArrived(id="abc", body='{"type": "alert"}', repeated=False), '"type": "alert"'),
    (DaemonComplained(text="store: the disk is full"), "store: the disk is full"),
    (DaemonStopped(exit_code=0), "stopped with exit code 0"),
]


@pytest.mark.parametrize(("event", "words"), EVENTS, ids=[words for _, words in EVENTS])
def test_each_event_is_told_in_words(
    event: DemoEvent, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_event(event)
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(("event", "_"), EVENTS, ids=[words for _, words in EVENTS])
def test_each_event_is_one_line_of_json(event: DemoEvent, _: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_json_line(as_object(event))
    (line,) = capsys.readouterr().out.splitlines()
    assert isinstance(json.loads(line), dict)


def test_what_was_stripped_most_is_named_first(capsys: pytest.CaptureFixture[str]) -> None:
    show_event(next(event for event, _ in EVENTS if isinstance(event, ArticleKept)))
    assert "7 weather, 2 poll" in capsys.readouterr().out


def test_the_summary_names_what_did_not_happen(capsys: pytest.CaptureFixture[str]) -> None:
    checks = (Check(name="the alert came", passed=True), Check(name="the copy is known", passed=False))
    summary = DemoSummary(checks=checks, elapsed=timedelta(seconds=12))
    show_event(summary)
    told = capsys.readouterr().out
    assert "✓ the alert came" in told
    assert "✗ the copy is known" in told
    assert "1 of 2 did not happen (12 s)." in told
    assert as_object(summary)["passed"] is False
