"""The daemon, asked to end in the middle of its work. `python -m benchmarks.stop` does it fifty times."""

from pathlib import Path

from benchmarks.crash import Task, is_well
from benchmarks.stop import stop_again_and_again


async def test_asked_to_end_under_load_it_is_out_in_time_and_loses_and_repeats_nothing(
    tmp_path: Path,
) -> None:
    figures = await stop_again_and_again(Task(kills=2, articles=30, seed=3), tmp_path)
    assert figures["in_time"] == figures["times"] == 2
    assert is_well(figures | {"repeats_allowed": 0})
