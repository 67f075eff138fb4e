"""Run every benchmark, each in its own process, and make RESULTS.md: `python -m benchmarks [NAME ...]`.

One whose data are not there says "not run", and its earlier figures stay.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from benchmarks import results

COMMON = {
    *("__init__", "__main__", "floors", "misbehaviour", "processes", "report", "results", "stories", "usage")
}
"""Modules that are no benchmarks."""


def find_benchmarks() -> list[str]:
    """Return the names of all benchmarks, in order."""
    return sorted(path.stem for path in results.HERE.glob("*.py") if path.stem not in COMMON)


def main(names: Sequence[str]) -> int:
    """Run the benchmarks with these names, or all; return how many ended badly."""
    failures = 0
    for name in names or find_benchmarks():
        print(f"\n=== {name}", flush=True)
        command = [
            sys.executable,
            "-m",
            f"benchmarks.{name}",
            "--json",
            str(results.FIGURES / f"{name}.json"),
        ]
        failures += subprocess.run(command, check=False).returncode != 0
    print()
    results.main(sorted(results.FIGURES.glob("*.json")))
    return failures


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
