import json
import logging
import sys
from collections.abc import Iterator

import pytest

from monitor.cli.logs import JsonFormatter, LogFormat, TextFormatter, start_logging


def record(step: str, level: int = logging.INFO, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("monitor", level, __file__, 1, step, None, None)
    vars(made).update(fields)
    return made


def test_a_json_line_has_time_level_step_and_what_the_step_adds() -> None:
    line = JsonFormatter().format(record("visit", source="gazette", outcome="ok", found=3))
    fields = json.loads(line)
    assert list(fields) == ["time", "level", "step", "source", "outcome", "found"]
    assert (fields["step"], fields["level"], fields["found"]) == ("visit", "info", 3)


def test_a_json_line_stays_one_line_whatever_a_page_calls_itself() -> None:
    line = JsonFormatter().format(record("ingest", title='two\nlines "quoted"\x1b[31m'))
    assert "\n" not in line
    assert "\x1b" not in line
    assert json.loads(line)["title"] == 'two\nlines "quoted"\x1b[31m'


def test_a_text_line_names_step_subject_and_outcome_and_leaves_out_what_is_empty() -> None:
    made = record("visit", source="gazette", outcome="ok", found=3, new=0, reason=None)
    line = TextFormatter().format(made)
    assert line.endswith("visit gazette ok found=3")


def test_a_page_cannot_send_commands_to_the_terminal() -> None:
    line = TextFormatter().format(record("ingest", title="\x1b]0;owned\x07 news"))
    assert "\x1b" not in line
    assert "\x07" not in line


def test_a_crash_is_logged_with_its_traceback() -> None:
    made = record("job", logging.ERROR)
    try:
        int("broken")
    except ValueError:
        made.exc_info = sys.exc_info()
    assert "ValueError: invalid literal" in TextFormatter().format(made)
    assert "ValueError: invalid literal" in json.loads(JsonFormatter().format(made))["traceback"]


@pytest.fixture
def _log_as_before() -> Iterator[None]:
    """Take back what a test does to the loggers of the process."""
    loggers = [logging.getLogger(name) for name in (None, "monitor", "apscheduler")]
    before, handlers = [logger.level for logger in loggers], list(loggers[0].handlers)
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)
    loggers[0].handlers[:] = handlers


@pytest.mark.usefixtures("_log_as_before")
def test_the_log_holds_our_steps_and_of_libraries_what_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging(LogFormat.TEXT)
    logging.getLogger("monitor").info("visit")
    logging.getLogger("sqlalchemy").info("a statement")
    logging.getLogger("httpx2").warning("a library warns")
    ticks = logging.getLogger("apscheduler.scheduler")
    ticks.warning("Execution of job skipped: maximum number of running instances reached (1)")
    ticks.error("a job raised")
    said = capsys.readouterr().err.splitlines()
    words = ("visit", "a library warns", "a job raised")
    assert [word in line for word, line in zip(words, said, strict=True)] == [True] * 3
