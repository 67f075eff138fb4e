"""Where computation runs: worker processes for hostile bytes, threads for our own values.

Position: an adapter of `ports.Workers`. Pebble keeps the processes, and kills the one that passes
its deadline; the others go on.

The processes come from a fork server that has imported what reading a page needs (`monitor.jobs.reader`)
and nothing else: they start in milliseconds, share its memory, and carry no database, no HTTP client
and no event loop.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from importlib.machinery import ModuleSpec
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from monitor.errors import WorkerKilled
from monitor.jobs.memory import keep_little_memory

P = ParamSpec("P")
T = TypeVar("T")

DEADLINE = timedelta(seconds=30)
"""A real page takes milliseconds, the worst that passes the size caps a few seconds."""

PAGES_PER_WORKER = 2000
"""After so many pages a worker is replaced, so that no parser's leak can grow for weeks."""


class PebbleWorkers:
    """`processes` worker processes that are killed past `deadline`, and as many threads."""

    def __init__(self, processes: int, deadline: timedelta = DEADLINE) -> None:
        hide_main_module()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["monitor.jobs.reader"])
        self._deadline_s = deadline.total_seconds()
        self._pool = ProcessPool(
            max_workers=processes,
            max_tasks=PAGES_PER_WORKER,
            initializer=keep_little_memory,
            context=context,
        )
        self._threads = ThreadPoolExecutor(max_workers=processes, thread_name_prefix="compute")

    async def run_isolated(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a worker process; see `ports.Workers`."""
        future = self._pool.schedule(function, args=args, kwargs=kwargs, timeout=self._deadline_s)
        try:
            result: T = await asyncio.wrap_future(future)
        except TimeoutError as exc:
            raise WorkerKilled(f"the page took longer than {self._deadline_s:g} s to read") from exc
        except ProcessExpired as exc:
            raise WorkerKilled(f"the page took its worker process down (exit code {exc.exitcode})") from exc
        return result

    async def run_threaded(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a thread; see `ports.Workers`."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, partial(function, *args, **kwargs)
        )

    def close(self) -> None:
        """Stop the workers, whatever they are at."""
        self._pool.stop()  # type: ignore[no-untyped-call] # Pebble leaves it without types
        self._pool.join()
        self._threads.shutdown(cancel_futures=True)


def hide_main_module() -> None:
    """Keep worker processes from importing the program's own entry point.

    `multiprocessing` runs the main script again in every child, which would load the command line,
    the configuration and the database there. It leaves out a main module called `*.__main__`, as
    `python -m monitor` is; an installed `monitor` script has no name, so it is given that one.
    """
    main = sys.modules["__main__"]
    if main.__spec__ is None:
        main.__spec__ = ModuleSpec("monitor.__main__", None)
