"""The one manner of benchmarks: the arguments, the table for people, the flat JSON for machines.

Position: used by every benchmark; `results` reads the files that it writes.

The JSON of a run is one flat object: "benchmark", "question", "ran_at", then what it ran on
("machine.*", "version.*"), then the figures. A figure of ours stands under its own name (`f1`), a
peer's under the peer's name (`trafilatura.f1`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OURS = "monitor"
"""The row whose figures stand under their own names."""

ABSENT = "-"
"""What a table shows where a row has no such figure."""

MAX_COLUMNS = 15
"""Figures that a table has side by side; more are below one another, since no page is so wide."""

Figure = int | float


@dataclass(frozen=True, slots=True)
class Arguments:
    """What every benchmark is told: where its data lie (None: it makes its own), where its JSON goes."""

    data: Path | None
    json: Path | None


@dataclass(frozen=True, slots=True)
class Row:
    """One contestant, and its figures by name; names carry their units (`cpu_ms`, `peak_mb`)."""

    name: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one run of a benchmark found.

    `name` is the module's, `question` one sentence, `distributions` those whose versions matter.
    """

    name: str
    question: str
    rows: Sequence[Row]
    distributions: Sequence[str] = ()
    ran_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def read_arguments(docstring: str | None, default_data: Path | None = None) -> Arguments:
    """Read `[--data DIR] [--json FILE]` from the command line.

    A benchmark whose data are not there says so and ends with exit code 0: it was not run.
    """
    parser = argparse.ArgumentParser(
        description=docstring, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", type=Path, default=default_data, metavar="DIR", help=f"default: {default_data}"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as well")
    given = parser.parse_args()
    if given.data is not None and not given.data.is_dir():
        print(f"not run: {given.data} is not there; name the data with --data DIR")
        sys.exit(0)
    return Arguments(data=given.data, json=given.json)


def publish(report: Report, arguments: Arguments) -> None:
    """Print the table, and write the JSON when it was asked for."""
    print(report.question)
    print()
    print("\n".join(draw_table(report.rows)))
    if arguments.json is not None:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(flatten(report), indent=2, ensure_ascii=False) + "\n", "utf-8")


def flatten(report: Report) -> dict[str, str | Figure]:
    """Return the report as one flat object (see the module's docstring)."""
    flat: dict[str, str | Figure] = {
        "benchmark": report.name,
        "question": report.question,
        "ran_at": report.ran_at.isoformat(timespec="seconds"),
    }
    flat |= {f"machine.{key}": value for key, value in describe_machine()}
    flat |= {f"version.{key}": value for key, value in describe_versions(report.distributions)}
    for row in report.rows:
        prefix = "" if row.name == OURS else f"{row.name}."
        flat |= {f"{prefix}{key}": figure for key, figure in row.figures.items()}
    return flat


def describe_machine() -> Iterator[tuple[str, str | int]]:
    """Yield what a figure depends on: processor, how many cores, memory, system."""
    yield "cpu", processor()
    yield "cores", len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield "memory_gib", round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    yield "system", f"{platform.system()} {platform.release()}"


def processor() -> str:
    """Return the processor's name as Linux tells it, or what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def describe_versions(distributions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the version of Python, of us and of each distribution that is installed."""
    yield "python", platform.python_version()
    for name in ("news-monitor", *distributions):
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "not installed"


def draw_table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table for a terminal."""
    cells = lay_out(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for first, *rest in cells:
        line = [first.ljust(widths[0]), *map(str.rjust, rest, widths[1:])]
        yield "  ".join(line).rstrip()


def lay_out(rows: Sequence[Row]) -> list[list[str]]:
    """Return the cells of a table, its head first: a row for each contestant, a column for each figure.

    With more than `MAX_COLUMNS` figures it is turned: a row for each figure, a column for each contestant.
    """
    names = dict.fromkeys(name for row in rows for name in row.figures)
    cells = [["", *(name.replace("_", " ") for name in names)]]
    cells += [[row.name, *(show(row.figures.get(name)) for name in names)] for row in rows]
    if len(names) > max(MAX_COLUMNS, len(rows)):
        return [list(column) for column in zip(*cells, strict=True)]
    return cells


def show(figure: Figure | None) -> str:
    """Return a figure as people read it: in groups of three, or with the three digits that count."""
    if figure is None:
        return ABSENT
    if isinstance(figure, int) or abs(figure) >= 1000:
        return f"{figure:,.0f}"
    decimals = 3 if abs(figure) < 1 else 2 if abs(figure) < 10 else 1
    return f"{figure:.{decimals}f}"
