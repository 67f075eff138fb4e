import json
import signal
from datetime import timedelta
from pathlib import Path

from monitor.demo.daemon import Daemon, LogLine, read_line


def test_a_line_of_the_log_is_read_with_what_was_stripped() -> None:
    line = {
        "time": "2026-11-21T20:00:00.000+00:00",
        "level": "info",
        "step": "ingest",
        "source": "review",
        "url": "http://127.0.0.1/a",
        "outcome": "copy",
        "copy_of": "abc",
        "title": "Ferry",
        "alerts": 0,
        "stripped": {"poll": 2},
        "ms": 12,
    }
    assert read_line(json.dumps(line)) == LogLine(
        step="ingest",
        source="review",
        url="http://127.0.0.1/a",
        outcome="copy",
        copy_of="abc",
        title="Ferry",
        stripped={"poll": 2},
    )


def test_fields_that_are_null_or_absent_are_empty() -> None:
    assert read_line('{"step": "visit", "level": "info", "reason": null}') == LogLine(step="visit")


def test_what_is_no_log_line_is_an_error_in_its_own_words() -> None:
    for text in ("Traceback (most recent call last):", "[1]", ""):
        assert read_line(text) == LogLine(step="output", level="error", reason=text)


async def test_a_daemon_that_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    lines: list[LogLine | None] = []
    daemon = Daemon(tmp_path / "sources.yaml", lines.append)
    await daemon.start()
    # It is still loading, and has no say about signals yet: no patience at all means SIGTERM, then SIGKILL.
    assert await daemon.stop(timedelta()) in (-signal.SIGTERM, -signal.SIGKILL)
    assert lines[-1] is None
