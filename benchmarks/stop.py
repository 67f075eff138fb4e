"""Is the daemon out within ten seconds of SIGTERM under load, and is nothing lost?

    python -m benchmarks.stop [--times N] [--articles N] [--seed N] [--json FILE]

The world is that of `benchmarks.crash`: the shipped `monitor run` reads papers that go on printing and
tells a mail server and an endpoint. Each time it is asked to end at any instant of its work.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from time import monotonic

from benchmarks.crash import Task, World, count_up, is_well
from benchmarks.crashing.killer import MAX_INSTANT_S
from benchmarks.report import Arguments, Figure, Report, Row, publish

LIMIT = timedelta(seconds=10)


async def stop_again_and_again(task: Task, folder: Path) -> dict[str, Figure]:
    """Start and stop the daemon `task.kills` times; return how long it took, and what was lost."""
    chance = random.Random(task.seed)
    world = World(folder, task)
    await world.open()
    took: list[float] = []
    try:
        await world.register()
        for number in range(task.kills):
            world.print_up_to(task.articles * (number + 1) // (task.kills + 1))
            await world.start_and_see_work()
            await asyncio.sleep(chance.uniform(0, MAX_INSTANT_S))
            began = monotonic()
            if await world.daemon.stop(2 * LIMIT) == 0:
                took.append(monotonic() - began)
        await world.live_to_the_end(task.articles)
    finally:
        await world.close()
    figures = count_up(world, task)
    return {
        "times": task.kills,
        "in_time": sum(seconds <= LIMIT.total_seconds() for seconds in took),
        "slowest_s": round(max(took, default=0.0), 2),
        **{name: figures[name] for name in figures if name not in ("kills", "repeats_allowed")},
    }


def main() -> None:
    """Run it and publish the figures; exit code 1 when the promise is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=10, metavar="N")
    parser.add_argument("--articles", type=int, default=300, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the stories and the instants")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures as well")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        task = Task(given.times, given.articles, given.seed)
        figures = asyncio.run(stop_again_and_again(task, Path(folder)))
    report = Report(
        name="stop",
        question="Is the daemon out within ten seconds of SIGTERM under load, and is nothing lost?",
        rows=[Row("monitor", figures)],
    )
    publish(report, Arguments(data=None, json=given.json))
    if figures["in_time"] < figures["times"] or not is_well(figures | {"repeats_allowed": 0}):
        sys.exit("the promise is broken")


if __name__ == "__main__":
    main()
