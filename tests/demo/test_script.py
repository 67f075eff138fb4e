"""The demo itself: the real daemon, told about by its events."""

from pathlib import Path

from monitor.demo import (
    ArticleKept,
    DaemonComplained,
    DaemonStarted,
    DaemonStopped,
    DemoEvent,
    DemoSummary,
    Edited,
    HookArrived,
    MailArrived,
    Opened,
    Published,
    run_demo,
)


async def play(folder: Path) -> list[DemoEvent]:
    return [event async for event in run_demo(stay=False, folder=folder)]


async def test_the_story_is_told_in_order_and_everything_that_should_happen_does(tmp_path: Path) -> None:
    events = await play(tmp_path)

    summary = events[-1]
    assert isinstance(summary, DemoSummary)
    assert [check for check in summary.checks if not check.passed] == []
    assert summary.passed

    kinds = [type(event) for event in events]
    landmarks = (
        Opened,
        DaemonStarted,
        ArticleKept,
        Published,
        MailArrived,
        Edited,
        DaemonStopped,
        DemoSummary,
    )
    places = [kinds.index(kind) for kind in landmarks]
    assert places == sorted(places)
    assert (kinds.count(MailArrived), kinds.count(HookArrived), kinds.count(DaemonComplained)) == (4, 3, 0)
    copies = [event for event in events if isinstance(event, ArticleKept) and event.copy_of is not None]
    assert [copy.source for copy in copies] == ["herald"]


async def test_a_daemon_that_cannot_work_fails_the_demo_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "monitor.db").mkdir()

    events = await play(tmp_path)

    summary = events[-1]
    assert isinstance(summary, DemoSummary)
    assert not summary.passed
    assert any("monitor.db" in event.text for event in events if isinstance(event, DaemonComplained))
    assert any(isinstance(event, DaemonStopped) and event.exit_code != 0 for event in events)
