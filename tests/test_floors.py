"""The gate that holds the quality of extraction: `python -m benchmarks.floors`."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import extraction
from benchmarks.extraction import FLOORS, SLACK, Gold, Score, report_falls

ROOT = Path(__file__).parent.parent
STORY = "The council met on Monday to talk about the ferry, which has not sailed since the winter began."


def score(text: str) -> Score:
    """Score a text against the story."""
    page = Gold(
        html=b"", url="", source="aed", text=STORY, wanted=(), unwanted=(), title=None, authors=(), date=None
    )
    scored = Score()
    scored.add(page, {"text": text})
    return scored


@pytest.mark.parametrize(("floor", "code"), [(1.0, 0), (1.0 + SLACK / 2, 0), (1.0 + SLACK * 2, 1)])
def test_an_f1_may_fall_by_the_slack_and_no_further(
    floor: float,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "floors.json").write_text(json.dumps({"aed": floor}))
    monkeypatch.setattr(extraction, "FLOORS", tmp_path / "floors.json")
    assert report_falls({"aed": score(STORY), "new": score("")}) == code
    assert ("aed: F1 1.0000 has fallen" in capsys.readouterr().out) == bool(code)


def test_every_source_has_a_floor_between_nothing_and_all() -> None:
    floors = json.loads(FLOORS.read_text("utf-8"))
    assert {"aed", "fundus", "trafilatura", "wcxb-dev", "wcxb-test"} <= set(floors)
    assert all(0.5 < floor <= 1 for floor in floors.values())


def run_gate(data: Path) -> subprocess.CompletedProcess[str]:
    """Run the gate as CI does."""
    command = [sys.executable, "-m", "benchmarks.floors", "--data", str(data)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_gate_says_not_run_where_its_pages_are_not_there(tmp_path: Path) -> None:
    ended = run_gate(tmp_path / "nowhere")
    assert ended.returncode == 0
    assert ended.stdout.startswith("not run: ")


def test_the_gate_fails_on_pages_that_are_read_badly(tmp_path: Path) -> None:
    page = b"<html><title>A title</title><body><h1>A title</h1><p>Hello.</p></body></html>"
    (tmp_path / "page.gz").write_bytes(gzip.compress(page))
    gold = {"file": "page.gz", "url": "https://a.example/b", "source": "aed", "text": STORY}
    (tmp_path / "gold.jsonl").write_text(json.dumps(gold) + "\n")
    ended = run_gate(tmp_path)
    assert ended.returncode == 1
    assert "aed: F1 0.0000 has fallen" in ended.stdout
