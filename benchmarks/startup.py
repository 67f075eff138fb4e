"""What do the commands cost that are run again and again, such as the health check every 30 seconds?

    python -m benchmarks.startup [--json FILE]

Each command runs `RUNS` times in a process of its own on a small archive; the table shows the median.
A bare interpreter stands beside them: nobody can be faster.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.report import Report, Row, publish, read_arguments
from benchmarks.usage import measure

RUNS = 5

CONFIGURATION = """\
sources:
  - https://www.example.org/
rules:
  - name: ferry
    match: ferry AND (talks OR dialogue)
    notify: [console]
"""

PAGE = "<html><title>Ferry talks</title><body><article><h1>Ferry talks</h1>{}</article></body></html>"
PARAGRAPH = (
    "<p>The ferry talks went on through the night, and in the morning both sides spoke of progress.</p>"
)


def time_command(name: str, command: Sequence[str], exit_code: int) -> Row:
    """Return the median cost of a command; one that ends otherwise than expected measures nothing."""
    runs = [measure(command) for _ in range(RUNS)]
    if {run.exit_code for run in runs} != {exit_code}:
        sys.exit(f"{name}: exit codes {[run.exit_code for run in runs]}, expected {exit_code}")
    return Row(
        name,
        {
            "wall_ms": round(median(run.wall_s for run in runs) * 1000, 1),
            "cpu_ms": round(median(run.cpu_s for run in runs) * 1000, 1),
            "peak_mb": round(median(run.peak_mb for run in runs), 1),
        },
    )


def main() -> None:
    """Measure each command and publish the table."""
    arguments = read_arguments(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        config, page = Path(folder, "sources.yaml"), Path(folder, "page.html")
        config.write_text(CONFIGURATION, "utf-8")
        page.write_text(PAGE.format(PARAGRAPH * 12), "utf-8")
        monitor = [sys.executable, "-m", "monitor"]
        measure([*monitor, "sources", "--config", str(config)])  # makes the archive
        rows = [
            time_command("bare interpreter", [sys.executable, "-c", ""], 0),
            time_command("monitor --help", [*monitor, "--help"], 0),
            time_command("monitor config check", [*monitor, "config", "check", str(config)], 0),
            time_command("monitor health", [*monitor, "health", "--config", str(config)], 1),
            time_command("monitor extract", [*monitor, "extract", str(page)], 0),
        ]
    question = f"What do the commands cost that are run again and again? (median of {RUNS} runs)"
    publish(Report(name="startup", question=question, rows=rows), arguments)


if __name__ == "__main__":
    main()
