"""Has the text that we extract become worse? Our F1 on each source, against `floors.json`.

    python -m benchmarks.floors [--data DIR]

What CI runs of `benchmarks.extraction`: each page once, ours alone, no clock. Ends with exit code 1 when an
F1 falls more than 0.003 below its floor. A change that raises one writes the new figure into the file.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from benchmarks.extraction import DATA, Score, adapter, load_pages, report_falls
from benchmarks.report import read_arguments


def main() -> int:
    """Score every page, print the figures, and hold us to the floors."""
    folder = read_arguments(__doc__, DATA).data or DATA
    scores: dict[str, Score] = defaultdict(Score)
    for page in load_pages(folder):
        scores[page.source].add(page, adapter(page.html, page.url))
    print("  ".join(f"{source} {score.text_f1():.4f}" for source, score in scores.items()))
    return report_falls(scores)


if __name__ == "__main__":
    sys.exit(main())
