"""JSON of runs -> RESULTS.md: every figure in it was printed by a run.

    python -m benchmarks.results [FILE ...]

Without arguments it reads the files of `benchmarks/results/`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import OURS, Figure, Row, lay_out

HERE = Path(__file__).parent
FIGURES = HERE / "results"
RESULTS = HERE / "RESULTS.md"

HEADER = """\
# Results

Made by `make bench` from the figures in `benchmarks/results/`; not edited by hand. Every section names
the command that printed it, the machine and the versions.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One file of figures, read back. `machine` and `versions` are (name, value) pairs in file order."""

    benchmark: str
    question: str
    ran_at: str
    machine: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]


def read_run(path: Path) -> Run:
    """Read the flat JSON of one run; see `report` for its keys."""
    flat: dict[str, str | Figure] = json.loads(path.read_text("utf-8"))
    figures: dict[str, dict[str, Figure]] = {}
    for key, value in flat.items():
        if not isinstance(value, str) and not key.startswith(("machine.", "version.")):
            row, _, name = key.rpartition(".")
            figures.setdefault(row or OURS, {})[name] = value
    return Run(
        benchmark=str(flat["benchmark"]),
        question=str(flat["question"]),
        ran_at=str(flat["ran_at"]),
        machine=tuple(pick(flat, "machine.")),
        versions=tuple(pick(flat, "version.")),
        rows=tuple(Row(name, values) for name, values in figures.items()),
    )


def pick(flat: dict[str, str | Figure], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the entries under a prefix, without it."""
    for key, value in flat.items():
        if key.startswith(prefix):
            yield key.removeprefix(prefix), str(value)


def write_results(runs: Sequence[Run]) -> str:
    """Return RESULTS.md: a section for each run, in order of name."""
    sections = ["\n".join(draw_section(run)) for run in sorted(runs, key=lambda run: run.benchmark)]
    return "\n".join([HEADER, *sections])


def draw_section(run: Run) -> Iterator[str]:
    """Yield the lines of one section."""
    head, *body = lay_out(run.rows)
    machine = dict(run.machine)
    yield f"## {run.benchmark}\n"
    yield f"{run.question} (`python -m benchmarks.{run.benchmark}`)\n"
    yield f"| {' | '.join(head).lstrip()} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    for cells in body:
        yield f"| {' | '.join(cells)} |"
    yield (
        f"\n{run.ran_at}, {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['system']}; {', '.join(f'{name} {value}' for name, value in run.versions)}.\n"
    )


def main(paths: Sequence[Path]) -> None:
    """Read the runs and write RESULTS.md."""
    RESULTS.write_text(write_results([read_run(path) for path in paths]), "utf-8")
    print(f"wrote {RESULTS.name} from {len(paths)} files")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or sorted(FIGURES.glob("*.json")))
