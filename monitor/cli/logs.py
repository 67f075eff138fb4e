"""One line a step: for people on a terminal, as JSON for machines.

Position: set up by `monitor run` before the daemon starts.

Every line has the same keys in the same order: time, level, step (visit, ingest, deliver, start,
stop, reload ...), then what the step adds: source or channel, url, outcome, ms.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class LogFormat(StrEnum):
    """How a line looks."""

    TEXT = "text"
    JSON = "json"


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its line break."""
        step = {"time": stamp(record), "level": record.levelname.lower(), "step": record.getMessage()}
        fields: dict[str, object] = {**step, **extra(record)}
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """`21:04:07 visit gazette ok found=12 new=1 ...`: the step, its subject, and what is worth saying."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback or a reason of several lines follows it."""
        fields = extra(record)
        subject = [str(fields.pop(key)) for key in ("source", "channel", "outcome") if fields.get(key)]
        rest = [f"{key}={value}" for key, value in fields.items() if value not in (None, "", 0, {}, [])]
        when = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        level = "" if record.levelno <= logging.INFO else f"{record.levelname} "
        line = printable(" ".join([when, level + record.getMessage(), *subject, *rest]))
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def printable(line: str) -> str:
    """Return a line that no page can use to send commands to the terminal."""
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() or c == "\n" else " " for c in line)


def stamp(record: logging.LogRecord) -> str:
    """Return when the line was logged, ISO 8601 in UTC."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def extra(record: logging.LogRecord) -> dict[str, object]:
    """Return what the step added to the line."""
    return {key: value for key, value in vars(record).items() if key not in STANDARD}


def start_logging(form: LogFormat) -> None:
    """Send the program's log to standard error, and of libraries only what went wrong."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonFormatter() if form is LogFormat.JSON else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(logging.WARNING)
    logging.getLogger("monitor").setLevel(logging.INFO)
    # A tick is left out while the last one is at work. With a locked database, that is all the time.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
