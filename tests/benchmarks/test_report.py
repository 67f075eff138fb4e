"""The one manner of benchmarks: what is printed, what is written, and what RESULTS.md makes of it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.__main__ import find_benchmarks
from benchmarks.report import Arguments, Report, Row, draw_table, flatten, publish, read_arguments, show
from benchmarks.usage import measure

REPORT = Report(
    name="juggling",
    question="How many balls stay in the air?",
    rows=[
        Row("monitor", {"balls": 12, "drops_per_h": 0.5}),
        Row("two hands", {"balls": 3, "cpu_ms": 1234.5}),
    ],
    distributions=["pytest", "no-such-distribution"],
    ran_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
)


def test_our_figures_stand_under_their_own_names_and_a_peers_under_the_peers() -> None:
    flat = flatten(REPORT)
    assert (flat["balls"], flat["drops_per_h"]) == (12, 0.5)
    assert (flat["two hands.balls"], flat["two hands.cpu_ms"]) == (3, 1234.5)


def test_a_report_says_on_what_it_ran() -> None:
    flat = flatten(REPORT)
    assert flat["benchmark"] == "juggling"
    assert flat["ran_at"] == "2026-11-21T09:30:00+00:00"
    assert {"machine.cpu", "machine.cores", "machine.memory_gib", "machine.system"} <= flat.keys()
    assert flat["version.python"] == ".".join(map(str, sys.version_info[:3]))
    assert flat["version.pytest"] == pytest.__version__
    assert flat["version.no-such-distribution"] == "not installed"


def test_every_value_of_the_json_is_flat(tmp_path: Path) -> None:
    publish(REPORT, Arguments(data=None, json=tmp_path / "new" / "juggling.json"))
    written = json.loads((tmp_path / "new" / "juggling.json").read_text("utf-8"))
    assert written == flatten(REPORT)
    assert all(isinstance(value, str | int | float) for value in written.values())


def test_a_table_has_a_column_for_each_figure_and_a_dash_where_there_is_none() -> None:
    assert list(draw_table(REPORT.rows)) == [
        "           balls  drops per h  cpu ms",
        "monitor       12        0.500       -",
        "two hands      3            -   1,234",
    ]


def test_a_table_wider_than_a_page_is_turned() -> None:
    many = [
        Row("monitor", {f"figure_{number}": number for number in range(20)}),
        Row("two hands", {"figure_3": 7}),
    ]
    lines = list(draw_table(many))
    assert lines[0].split() == ["monitor", "two", "hands"]
    assert [line.split() for line in lines[3:5]] == [["figure", "2", "2", "-"], ["figure", "3", "3", "7"]]
    assert len(lines) == 21


@pytest.mark.parametrize(
    ("figure", "shown"),
    [(None, "-"), (0, "0"), (1234567, "1,234,567"), (0.9456, "0.946"), (3.14159, "3.14"), (42.0, "42.0")],
)
def test_figures_are_shown_with_three_digits_that_count(figure: float | None, shown: str) -> None:
    assert show(figure) == shown


def test_results_are_made_from_the_files_of_runs(tmp_path: Path) -> None:
    path = tmp_path / "juggling.json"
    path.write_text(json.dumps(flatten(REPORT)), "utf-8")
    run = results.read_run(path)
    assert run.rows == tuple(REPORT.rows)
    text = results.write_results([run])
    assert "How many balls stay in the air? (`python -m benchmarks.juggling`)" in text
    assert "| | balls | drops per h | cpu ms |\n|---|---:|---:|---:|\n" in text
    assert "| monitor | 12 | 0.500 | - |\n| two hands | 3 | - | 1,234 |\n" in text
    assert "python " in text
    assert "no-such-distribution not installed" in text


def test_the_results_in_the_repository_are_those_of_its_files() -> None:
    runs = [results.read_run(path) for path in sorted(results.FIGURES.glob("*.json"))]
    assert runs
    assert results.RESULTS.read_text("utf-8") == results.write_results(runs)


def test_there_is_a_benchmark_for_every_file_of_figures() -> None:
    assert {path.stem for path in results.FIGURES.glob("*.json")} <= set(find_benchmarks())


def test_data_that_are_not_there_are_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmark", "--data", str(tmp_path / "nowhere")])
    with pytest.raises(SystemExit) as end:
        read_arguments("Is it there?")
    assert end.value.code == 0
    assert "not run" in capsys.readouterr().out


def test_arguments_are_the_same_for_every_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmark", "--data", str(tmp_path), "--json", "figures.json"])
    assert read_arguments(None) == Arguments(data=tmp_path, json=Path("figures.json"))


def test_a_commands_cost_is_the_kernels_account_of_it() -> None:
    usage = measure(
        [sys.executable, "-c", "sum(range(3_000_000)); b = b'x' * 50_000_000; raise SystemExit(3)"]
    )
    assert usage.exit_code == 3
    assert usage.cpu_s > 0
    assert usage.wall_s > 0
    assert usage.peak_mb > 50
